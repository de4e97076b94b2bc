// Five figures, each beside the period before.

import * as Currency from "./currency.js";
import * as Format from "./format.js";
import { el, fill } from "./dom.js";

const tile = (title, figure, change, text, size = "figure") =>
  el(
    "article",
    { className: "tile" },
    el("h2", {}, title),
    el("div", { className: size }, figure),
    change,
    el("p", { className: "note" }, text),
  );

// kind: how the difference is told; good: whether more is better, null where it is neither.
const change = (now, before, tell, good) => {
  if (before === null || before === undefined || now === null || now === undefined)
    return el("p", { className: "change muted" }, "no earlier period landed");
  const difference = now - before;
  const text = tell(difference, now, before);
  if (text === "") return el("p", { className: "change muted" }, "as before");
  const tone = good === null ? "muted" : difference > 0 === good ? "good" : "bad";
  return el("p", { className: `change ${tone}` }, `${difference > 0 ? "▲" : "▼"} ${text}`);
};

const asShare = (show) => (difference, now, before) => {
  const share = before ? Math.abs(difference / before) : null;
  if (share === null) return `from ${show(before)}`;
  return share < 0.0005 || show(now) === show(before)
    ? ""
    : `${Format.rate(share)} from ${show(before)}`;
};
const asPoints = (difference, now, before) =>
  Math.abs(difference) < 0.0005 ? "" : `${Format.points(difference)} from ${Format.rate(before)}`;

const costs = (rows, isLanded) => {
  if (!rows.length) return tile("Cost", Format.none, null, "No prices in this period.");
  const shown = rows.filter((row) => row.cost !== null);
  const tell =
    shown.length > 2
      ? (difference, now, before) => (before ? Format.rate(Math.abs(difference / before)) : "")
      : asShare((value) => Format.amount(value));
  const figures = shown.map((row) => [
    el("span", {}, Format.amount(row.cost), el("small", {}, ` ${Currency.name(row.currency)}`)),
    (isLanded || shown.length < 3) &&
      change(
        Number(row.cost),
        isLanded && row.previous_cost !== null ? Number(row.previous_cost) : null,
        tell,
        null,
      ),
  ]);
  const each = shown
    .filter((row) => row.cost_per_delivered_message !== null)
    .map((row) => Format.money(row.cost_per_delivered_message, row.currency))
    .join(", ");
  const text =
    shown.length > 2
      ? `${isLanded ? "Against the period before" : "No earlier period landed"}. Currencies are never added.`
      : `A delivered message: ${each || Format.none}. Currencies are never added.`;
  const size = shown.length > 2 ? "figure list" : shown.length > 1 ? "figure many" : "figure";
  return tile(
    "Cost",
    figures.map((figure) => el("div", { className: "one" }, figure)),
    null,
    text,
    size,
  );
};

// What is known for certain of a figure that is read off between two counts.
const between = (bounds) => {
  if (!bounds) return "";
  return bounds[1] === null
    ? ""
    : `: later than ${Format.duration(bounds[0])}, within ${Format.duration(bounds[1])}`;
};

export const draw = (view) => {
  const { overview, latency_overview: latency, period } = view;
  if (overview.missing) {
    fill("overview");
    return;
  }
  const now = overview.current;
  const before = period.is_previous_landed ? overview.previous : {};
  const receipt = latency.missing
    ? tile("Receipt, p95", Format.none, null, latency.missing)
    : tile(
        "Receipt, p95",
        Format.seconds(latency.p95_seconds),
        change(
          latency.p95_seconds,
          period.is_previous_landed ? latency.previous_p95_seconds : null,
          asShare(Format.seconds),
          false,
        ),
        `95 % of delivered segments were confirmed within about this time${between(latency.p95_between)}.`,
      );
  fill(
    "overview",
    tile(
      "Messages",
      Format.count(now.message_count || 0),
      change(now.message_count, before.message_count, asShare(Format.count), null),
      `In ${Format.count(now.segment_count || 0)} segments, which is what is billed.`,
    ),
    tile(
      "Delivered, all",
      Format.rate(now.delivery_rate),
      change(now.delivery_rate, before.delivery_rate, asPoints, true),
      `Of all sent. ${Format.count(now.failed_message_count || 0)} failed, ${Format.count(now.pending_message_count || 0)} still open.`,
    ),
    tile(
      "Delivered, mature",
      Format.rate(now.mature_delivery_rate),
      change(now.mature_delivery_rate, before.mature_delivery_rate, asPoints, true),
      `Of the ${Format.count(now.mature_message_count || 0)} old enough to have settled. The fair rate.`,
    ),
    receipt,
    costs(overview.costs, period.is_previous_landed),
  );
};
