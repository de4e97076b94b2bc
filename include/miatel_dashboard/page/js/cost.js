// Cost over time of one currency: they are never added to each other.

import * as Address from "./address.js";
import * as Chart from "./chart.js";
import * as Currency from "./currency.js";
import * as Format from "./format.js";
import * as Theme from "./theme.js";
import { el, empty, fill, head, legend, missing, note, segments } from "./dom.js";

const TITLE = "Cost over time";
const NAMES = { arrived: "for delivered and open segments", failed: "for failed segments" };

const MOST_PRICES = 4;

const priceChange = (row) => {
  const by =
    row.change_rate === null
      ? ""
      : `, ${row.change_rate > 0 ? "+" : "−"}${Format.rate(Math.abs(row.change_rate))}`;
  return `${Format.day(row.changed_on_date)}: ${row.network_name}, ${Format.nameOr(row.account_name, "no account")}: ${Format.amount(row.previous_price)} → ${Format.money(row.price, row.currency)}${by}`;
};

// In the currency shown; the rest is in the table price_changes.
const priceChanges = (part, currency) => {
  if (part.missing) return note(part.missing);
  const rows = part.rows.filter((row) => row.currency === currency);
  const others = part.row_count - rows.length;
  if (!rows.length)
    return note(
      `No price of a segment changed in ${Currency.name(currency)}${others ? `; ${Format.count(others)} did in other currencies` : ""}.`,
    );
  const more =
    rows.length > MOST_PRICES
      ? `, and ${Format.some(rows.length - MOST_PRICES, "more", "more")} in the table price_changes`
      : "";
  return [
    note(`${Format.some(rows.length, "price")} of a segment changed${more}:`),
    el(
      "ul",
      { className: "prices" },
      rows.slice(0, MOST_PRICES).map((row) => el("li", {}, priceChange(row))),
    ),
  ];
};

const total = (values) => values.reduce((sum, value) => sum + value, 0);

export const draw = (view, redraw) => {
  if (view.cost.missing) return missing("cost", TITLE, view.cost);
  if (!view.cost.length)
    return empty("cost", TITLE, "No message of this period has a price with these filters.");
  const kind = view.period.bucket;
  const currency = Currency.chosen(view);
  const row = view.cost.find((one) => one.currency === currency);
  const parts = {
    arrived: row.cost.map((value, at) => value - row.failed_cost[at]),
    failed: row.failed_cost,
  };
  const colours = { arrived: Theme.palette()[0], failed: Theme.outcome("failed") };
  const box = el("div", { className: "chart", role: "img" });
  const choose =
    view.cost.length > 1 &&
    segments(
      "Currency",
      view.overview.costs.map((one) => [one.currency, Currency.name(one.currency)]),
      currency,
      (chosen) => {
        Address.set({ currency: chosen });
        redraw();
      },
    );
  fill(
    "cost",
    head(`${TITLE}, ${Currency.name(currency)}`, choose),
    note(
      `What the segments cost a ${kind}, and how much of it was paid for segments that failed. Currencies are never added to each other.`,
    ),
    legend(
      Object.keys(parts).map((name) => ({
        colour: colours[name],
        name: NAMES[name],
        value: Format.money(total(parts[name]), currency),
      })),
    ),
    box,
    priceChanges(view.prices, currency),
  );
  Chart.draw(box, {
    description: `${TITLE}, ${Currency.name(currency)}`,
    grid: Chart.grid(),
    tooltip: Chart.tooltip(
      (items) =>
        Chart.tip(
          Format.bucketName(kind, items[0].axisValue),
          items.map((item) => ({
            colour: item.color,
            name: item.seriesName,
            value: Format.money(item.value, currency),
          })),
        ),
      { trigger: "axis", axisPointer: Chart.pointer },
    ),
    xAxis: Chart.dayAxis(kind, row.dates),
    yAxis: Chart.valueAxis((value) =>
      Math.abs(value) < 10 && value ? Format.amount(value) : Format.count(value),
    ),
    series: Object.keys(parts).map((name) => ({
      name: NAMES[name],
      type: "bar",
      stack: "all",
      barCategoryGap: "20%",
      color: colours[name],
      data: parts[name],
    })),
  });
  return undefined;
};
