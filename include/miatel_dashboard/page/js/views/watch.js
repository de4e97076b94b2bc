// The watch list: what looks suspicious, in a sentence each.

import * as Format from "../format.js";
import * as Panel from "../panel.js";
import * as SeveralSources from "../several_sources.js";
import { el, note } from "../dom.js";
import { has, sentences, t } from "../texts.js";
import { register } from "../registry.js";

const isKnown = (value) => value !== null && value !== undefined;
const inPercent = (share) => t("unit.percent", { value: String(Math.round(100 * share)) });

// Rates for the types that compare rates, counts of messages for the one that compares those.
const sentence = (row) => {
  const type = row.watch_type;
  if (!has(`watch.what.${type}`)) return type;
  const lacksUsual = type === "volume_up_delivery_down" && !isKnown(row.usual_message_count);
  return t(lacksUsual ? "watch.more_than_usual" : `watch.what.${type}`, {
    messages: row.message_count,
    usual: row.usual_message_count,
    observed_rate: inPercent(row.observed_value),
    usual_rate: inPercent(row.baseline_value),
    observed_count: row.observed_value,
    usual_count: row.baseline_value,
  });
};

// Hours of a finding; without an end it lasts.
const when = (row) => {
  if (!row.until_at) return t("watch.since", { time: Format.time(row.since_at) });
  const isOneDay = row.since_at.slice(0, 10) === row.until_at.slice(0, 10);
  return t("watch.from_until", {
    from: Format.dayAndHour(row.since_at),
    until: isOneDay ? Format.hour(row.until_at) : Format.dayAndHour(row.until_at),
  });
};

// Network, sender and account of a finding; what is not narrowed is all of it.
const where = (row, facts) => {
  const names = Object.entries({
    network: row.network_name,
    sender: row.sender,
    account: row.account_name,
    source: SeveralSources.isOne(facts) ? null : row.source_name,
  }).filter(([, name]) => isKnown(name));
  if (names.length) return names.map(([kind, name]) => t(`watch.${kind}`, { name }));
  return [row.country_name || t("watch.all_traffic")];
};

const typeOf = (row) => {
  const key = `watch.type.${row.watch_type}`;
  const type = has(key) ? t(key) : row.watch_type;
  return t("watch.type_and_strength", { type, strength: Format.rate(row.strength, 0) });
};

const finding = (row, facts) =>
  el(
    "li",
    {},
    el("p", { className: "what" }, sentence(row)),
    el(
      "p",
      { className: "about" },
      el("span", { className: row.strength >= 0.8 ? "chip bad" : "chip warn" }, typeOf(row)),
      el("span", {}, when(row)),
      el("span", {}, t("count.messages", { count: row.message_count })),
      where(row, facts).map((text) => el("span", {}, text)),
    ),
  );

const draw = ({ data: { watch: part }, facts }) => {
  const title = t("watch.title");
  if (part.missing) return Panel.drawMessage("watch", title, part.missing);
  if (!part.rows.length) {
    return Panel.draw("watch", { title }, note(t("watch.note")), Panel.message(t("watch.none")));
  }
  const count = t("watch.findings", { count: part.row_count });
  return Panel.draw(
    "watch",
    { title },
    note(sentences([count, t("watch.note")])),
    el(
      "ul",
      { className: "found" },
      part.rows.map((row) => finding(row, facts)),
    ),
  );
};

register("watch", draw);
