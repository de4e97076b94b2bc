// The tables of networks and senders.

import * as Currency from "./currency.js";
import * as Format from "./format.js";
import * as Table from "./table.js";
import { empty, missing } from "./dom.js";

const number = (key, title, show = (row) => Format.count(row[key])) => ({
  key,
  title,
  number: true,
  value: (row) => row[key],
  show,
});
const text = (key, title, instead) => ({
  key,
  title,
  value: (row) => row[key],
  show: (row) => Format.nameOr(row[key], instead),
});

// Every currency stands in the CSV, one of them on the page.
const costs = (part, shown) =>
  part.currencies.map((currency) => ({
    key: `cost_${currency || "no_currency"}`,
    title: `Cost, ${Currency.name(currency)}`,
    number: true,
    hidden: currency !== shown,
    value: (row) => row.costs[currency] ?? null,
    sort: (row) => (row.costs[currency] === undefined ? null : Number(row.costs[currency])),
    show: (row) => Format.amount(row.costs[currency] ?? null),
  }));

const measures = (part, currency) => [
  number("message_count", "Messages"),
  number("delivered_message_count", "Delivered"),
  number("failed_message_count", "Failed"),
  number("pending_message_count", "Open"),
  number("delivery_rate", "Rate, all", (row) => Format.rate(row.delivery_rate)),
  number("mature_delivery_rate", "Rate, mature", (row) => Format.rate(row.mature_delivery_rate)),
  number("p95_seconds", "p95", (row) => Format.seconds(row.p95_seconds)),
  ...costs(part, currency),
  {
    key: "top_failure",
    title: "Most frequent failure",
    value: (row) => row.top_failure,
    show: (row) => row.top_failure ?? Format.none,
  },
];

const one = (id, title, about, part, names, currency) => {
  if (part.missing && !part.rows) return missing(id, title, part);
  if (!part.rows.length)
    return empty(id, title, "Nothing was sent in this period with these filters.");
  const lacking = part.missing.length ? ` ${part.missing.join(" ")}` : "";
  Table.draw(
    id,
    title,
    `${about} Rates are of messages, p95 is the time to the receipt. A click on a heading sorts${part.currencies.length > 1 ? "; cost is of the currency chosen above, the CSV has each" : ""}.${lacking}`,
    [...names, ...measures(part, currency)],
    part.rows,
    part.row_count,
  );
  return undefined;
};

export const draw = (view) => {
  const currency = Currency.chosen(view);
  one(
    "networks",
    "Networks",
    "One row a network.",
    view.networks,
    [text("country_name", "Country"), text("network_name", "Network"), text("mccmnc", "MCC MNC")],
    currency,
  );
  one(
    "senders",
    "Senders",
    "One row a sender.",
    view.senders,
    [text("sender", "Sender", "(none)")],
    currency,
  );
};
