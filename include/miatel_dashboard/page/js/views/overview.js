// Five figures, each beside the period before.

import * as Currency from "../currency.js";
import * as Format from "../format.js";
import { el, fill } from "../dom.js";
import { list, t } from "../texts.js";
import { register } from "../registry.js";

const isNone = (value) => value === null || value === undefined;

const tile = (title, { figure, change = null, note, size = "figure" }) =>
  el(
    "article",
    { className: "tile" },
    el("h2", {}, title),
    el("div", { className: size }, figure),
    change,
    el("p", { className: "note" }, note),
  );

const muted = (text) => el("p", { className: "change muted" }, text);

// describe: the difference in words; good: whether more is better, null where it is neither.
const changeOf = (now, before, describe, good) => {
  if (isNone(before) || isNone(now)) return muted(t("overview.no_earlier"));
  const difference = now - before;
  const text = describe(difference, now, before);
  if (text === "") return muted(t("page.as_before"));
  const tone = good === null ? "muted" : difference > 0 === good ? "good" : "bad";
  return el("p", { className: `change ${tone}` }, `${difference > 0 ? "▲" : "▼"} ${text}`);
};

const asShare = (show) => (difference, now, before) => {
  if (!before) return t("overview.from", { before: show(before) });
  const share = Math.abs(difference / before);
  if (share < 0.0005 || show(now) === show(before)) return "";
  return t("overview.change_from", { change: Format.rate(share), before: show(before) });
};

const asPoints = (difference, now, before) =>
  Math.abs(difference) < 0.0005
    ? ""
    : t("overview.change_from", {
        change: Format.points(difference),
        before: Format.rate(before),
      });

const shareAlone = (difference, now, before) =>
  before ? Format.rate(Math.abs(difference / before)) : "";

// The cost of one currency; of more than two the change is short, or left out.
const costOf = (row, isPreviousLanded, many) => {
  const previous =
    isPreviousLanded && row.previous_cost !== null ? Number(row.previous_cost) : null;
  const describe = many ? shareAlone : asShare((value) => Format.amount(value));
  return el(
    "div",
    { className: "one" },
    el("span", {}, Format.amount(row.cost), el("small", {}, ` ${Currency.name(row.currency)}`)),
    (isPreviousLanded || !many) && changeOf(Number(row.cost), previous, describe, null),
  );
};

const costNote = (rows, isPreviousLanded, many) => {
  if (many) return t(isPreviousLanded ? "overview.against_before" : "overview.costs_no_earlier");
  const each = rows
    .filter((row) => row.cost_per_delivered_message !== null)
    .map((row) => Format.money(row.cost_per_delivered_message, row.currency));
  return t("overview.cost_each", { costs: list(each) || Format.none });
};

const costs = (rows, isPreviousLanded) => {
  const title = t("overview.cost");
  if (!rows.length) return tile(title, { figure: Format.none, note: t("overview.no_prices") });
  const known = rows.filter((row) => row.cost !== null);
  const many = known.length > 2;
  const shape = known.length > 1 ? "figure many" : "figure";
  return tile(title, {
    figure: known.map((row) => costOf(row, isPreviousLanded, many)),
    note: costNote(known, isPreviousLanded, many),
    size: many ? "figure list" : shape,
  });
};

// What is known for certain of a figure that is read off between two counts.
const receiptNote = (bounds) => {
  if (!bounds || bounds[1] === null) return t("overview.receipt_note");
  const [low, high] = bounds.map((bound) => Format.duration(bound));
  return t("overview.receipt_note_between", { low, high });
};

const receipt = (part, isPreviousLanded) => {
  const title = t("overview.receipt");
  if (part.missing) return tile(title, { figure: Format.none, note: part.missing });
  const before = isPreviousLanded ? part.previous_p95_seconds : null;
  return tile(title, {
    figure: Format.seconds(part.p95_seconds),
    change: changeOf(part.p95_seconds, before, asShare(Format.seconds), false),
    note: receiptNote(part.p95_between),
  });
};

const rateTile = (name, now, before, column) =>
  tile(t(`overview.${name}`), {
    figure: Format.rate(now[column]),
    change: changeOf(now[column], before[column], asPoints, true),
    note: t(`overview.${name}_note`, {
      failed: now.failed_message_count || 0,
      open: now.pending_message_count || 0,
      mature: now.mature_message_count || 0,
    }),
  });

const draw = ({ data: { overview: part, latency_overview: latency, period } }) => {
  if (part.missing) return fill("overview");
  const isPreviousLanded = period.is_previous_landed;
  const now = part.current;
  const before = isPreviousLanded ? part.previous : {};
  return fill(
    "overview",
    tile(t("overview.messages"), {
      figure: Format.count(now.message_count || 0),
      change: changeOf(now.message_count, before.message_count, asShare(Format.count), null),
      note: t("overview.messages_note", { segments: now.segment_count || 0 }),
    }),
    rateTile("delivered", now, before, "delivery_rate"),
    rateTile("mature", now, before, "mature_delivery_rate"),
    receipt(latency, isPreviousLanded),
    costs(part.costs, isPreviousLanded),
  );
};

register("overview", draw);
