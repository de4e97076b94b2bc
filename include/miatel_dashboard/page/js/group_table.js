// The tables of networks and senders: a row a group, the same measures of each.

import * as Currency from "./currency.js";
import * as Format from "./format.js";
import * as Panel from "./panel.js";
import * as Reasons from "./reasons.js";
import * as Table from "./table.js";
import { sentences, t } from "./texts.js";

const measure = (key, show = Format.count) => ({
  key,
  title: t(`table.${key}`),
  number: true,
  value: (row) => row[key],
  show: (row) => show(row[key]),
});

export const names = (key) => ({ key, title: t(`table.${key}`), value: (row) => row[key] });

// Every currency stands in the CSV, one of them on the page.
const costs = (part, shown) =>
  part.currencies.map((currency) => ({
    key: `cost_${Format.nameOr(currency, "no_currency")}`,
    title: t("table.cost", { currency: Currency.name(currency) }),
    number: true,
    hidden: currency !== shown,
    value: (row) => row.costs[currency] ?? null,
    sort: (row) => (row.costs[currency] === undefined ? null : Number(row.costs[currency])),
    show: (row) => Format.amount(row.costs[currency] ?? null),
  }));

const topFailure = (row) => (row.top_failure ? Reasons.labelOf(row.top_failure) : null);

const measures = (part, currency) => [
  measure("message_count"),
  measure("delivered_message_count"),
  measure("failed_message_count"),
  measure("pending_message_count"),
  measure("delivery_rate", (rate) => Format.rate(rate)),
  measure("mature_delivery_rate", (rate) => Format.rate(rate)),
  measure("p95_seconds", Format.seconds),
  ...costs(part, currency),
  {
    key: "top_failure",
    title: t("table.top_failure"),
    value: topFailure,
    show: (row) => topFailure(row) ?? Format.none,
  },
];

export const draw = (name, data, columns) => {
  const part = data[name];
  const title = t(`${name}.title`);
  if (part.missing && !part.rows) return Panel.drawMessage(name, title, part.missing);
  if (!part.rows.length) return Panel.drawMessage(name, title, t("page.nothing_sent"));
  const about = sentences([
    t(`${name}.note`),
    t(part.currencies.length > 1 ? "table.note_of_currencies" : "table.note"),
    ...part.missing,
  ]);
  return Table.draw(name, {
    title,
    about,
    columns: [...columns, ...measures(part, Currency.chosen(data))],
    rows: part.rows,
    count: part.row_count,
  });
};
