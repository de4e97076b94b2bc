// Cost over time of one currency, and the prices that changed.

import * as Address from "../address.js";
import * as Chart from "../chart.js";
import * as Currency from "../currency.js";
import * as Format from "../format.js";
import * as Panel from "../panel.js";
import * as SeveralSources from "../several_sources.js";
import * as Theme from "../theme.js";
import { el, legend, note, segments } from "../dom.js";
import { register } from "../registry.js";
import { t } from "../texts.js";

const MOST_PRICES = 4;

const sum = (values) => values.reduce((total, value) => total + value, 0);

const priceChange = (row, facts) => {
  const rate = row.change_rate;
  const account = Format.nameOr(row.account_name, t("cost.no_account"));
  const isOne = SeveralSources.isOne(facts);
  const change = {
    day: Format.day(row.changed_on_date),
    network: row.network_name,
    account: isOne ? account : t("cost.account_of", { account, source: row.source_name }),
    before: Format.amount(row.previous_price),
    price: Format.money(row.price, row.currency),
  };
  if (rate === null) return t("cost.price_change", change);
  const by = `${rate > 0 ? "+" : "−"}${Format.rate(Math.abs(rate))}`;
  return t("cost.price_change_by", { ...change, by });
};

// In the currency shown; the rest is in the table price_changes.
const priceChanges = (part, currency, facts) => {
  if (part.missing) return note(part.missing);
  const rows = part.rows.filter((row) => row.currency === currency);
  const others = part.row_count - rows.length;
  if (!rows.length) {
    const key = others ? "cost.no_price_changed_here" : "cost.no_price_changed";
    return note(t(key, { currency: Currency.name(currency), others }));
  }
  const count = rows.length;
  const more = count - MOST_PRICES;
  const key = more > 0 ? "cost.prices_changed_and_more" : "cost.prices_changed";
  const shown = rows.slice(0, MOST_PRICES).map((row) => el("li", {}, priceChange(row, facts)));
  return [note(t(key, { count, more })), el("ul", { className: "prices" }, shown)];
};

const choice = (rows, costs, currency, redraw) =>
  rows.length > 1 &&
  segments(
    t("cost.currency"),
    costs.map((one) => [one.currency, Currency.name(one.currency)]),
    currency,
    (chosen) => {
      Address.set({ currency: chosen });
      redraw();
    },
  );

const barsOf = (row) => [
  {
    name: t("cost.arrived"),
    colour: Theme.palette()[0],
    data: row.cost.map((value, index) => value - row.failed_cost[index]),
  },
  { name: t("cost.failed"), colour: Theme.outcome("failed"), data: row.failed_cost },
];

const shortAmount = (value) =>
  Math.abs(value) < 10 && value ? Format.amount(value) : Format.count(value);

const draw = ({ data, facts, redraw }) => {
  const rows = data.cost;
  if (rows.missing) return Panel.drawMessage("cost", t("cost.title"), rows.missing);
  if (!rows.length) return Panel.drawMessage("cost", t("cost.title"), t("cost.none"));
  const kind = data.period.bucket;
  const currency = Currency.chosen(data);
  const title = t("cost.title_of_currency", { currency: Currency.name(currency) });
  const row = rows.find((one) => one.currency === currency);
  const bars = barsOf(row);
  const money = (value) => Format.money(value, currency);
  const box = Chart.newBox();
  Panel.draw(
    "cost",
    { title, controls: choice(rows, data.overview.costs, currency, redraw) },
    note(t("cost.note", { bucket: t(`bucket.${kind}`) })),
    legend(
      bars.map((bar) => ({ colour: bar.colour, name: bar.name, value: money(sum(bar.data)) })),
    ),
    box,
    priceChanges(data.prices, currency, facts),
  );
  return Chart.draw(box, {
    description: title,
    grid: Chart.grid(),
    tooltip: Chart.bucketTooltip(kind, (item) => ({
      colour: item.color,
      name: item.seriesName,
      value: money(item.value),
    })),
    xAxis: Chart.dayAxis(kind, row.dates),
    yAxis: Chart.valueAxis(shortAmount),
    series: Chart.stack(bars),
  });
};

register("cost", draw, ["currency"]);
