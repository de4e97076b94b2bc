// Delivery rate over time by country or network, and messages by outcome.

import * as Address from "./address.js";
import * as Chart from "./chart.js";
import * as Format from "./format.js";
import * as Theme from "./theme.js";
import { el, empty, fill, head, legend, missing, note, segments } from "./dom.js";

const TITLE = "Delivery rate over time, % of messages";
const OUTCOMES = ["delivered", "failed", "pending"];

// The last points of which not every message has settled.
const unsettled = (points) => {
  const at = points.findIndex((point) => point.mature_message_count < point.message_count);
  return at < 0 ||
    points.slice(at).every((point) => point.mature_message_count === point.message_count)
    ? -1
    : at;
};

const areas = (points) => {
  const at = unsettled(points);
  if (at < 0) return undefined;
  return {
    silent: true,
    itemStyle: { color: Theme.value("muted"), opacity: 0.1 },
    data: [
      [
        { xAxis: points[Math.max(at - 1, 0)].bucket_date },
        { xAxis: points[points.length - 1].bucket_date },
      ],
    ],
  };
};

const lineOf = (dimension, line) => ({
  name: line.label,
  type: "line",
  data: line.rates.map((rate) => (rate === null ? null : rate * 100)),
  showSymbol: line.rates.length < 2,
  symbolSize: 6,
  lineStyle: { width: 2, type: Theme.dash(dimension, line.name) },
  color: Theme.colourOf(dimension, line.name),
  emphasis: { focus: "series" },
});

const latest = (values) => values.findLast((value) => value !== null);

const rates = (view, redraw) => {
  const dimension = Address.get("by") === "network" ? "network" : "country";
  const { points, rates: whole, by_country: countries, by_network: networks } = view.delivery;
  const kind = view.period.bucket;
  const lines = dimension === "network" ? networks : countries;
  const dates = points.map((point) => point.bucket_date);
  const box = el("div", { className: "chart", role: "img" });
  fill(
    "delivery",
    head(
      TITLE,
      segments(
        "Lines by",
        [
          ["country", "By country"],
          ["network", "By network"],
        ],
        dimension,
        (by) => {
          Address.set({ by: by === "country" ? null : by });
          redraw();
        },
      ),
    ),
    note(
      `Delivered, of the messages old enough to have settled, a point a ${kind}. ${lines.length > 1 ? `Those with most messages and the one that loses most, and all` : "All"} together dotted in grey; shaded days have not settled yet, points of fewer than 20 messages are left out. The axis may begin above zero.`,
    ),
    legend([
      ...lines.map((line) => ({
        colour: Theme.colourOf(dimension, line.name),
        dash: Theme.dash(dimension, line.name),
        name: line.label,
        value: Format.rate(latest(line.rates) ?? null),
      })),
      { colour: Theme.value("muted"), name: "all", value: Format.rate(latest(whole) ?? null) },
    ]),
    box,
  );
  const everything = {
    name: "all",
    type: "line",
    data: whole.map((rate) => (rate === null ? null : rate * 100)),
    showSymbol: whole.length < 2,
    lineStyle: { width: 1.5, type: "dotted" },
    color: Theme.value("muted"),
    markArea: areas(points),
  };
  const tip = (items) =>
    Chart.tip(
      Format.bucketName(kind, items[0].axisValue),
      items
        .filter((item) => item.value !== null && item.value !== undefined)
        .map((item) => {
          const line = lines[item.seriesIndex];
          const count = line ? line.counts[item.dataIndex] : points[item.dataIndex].message_count;
          return {
            colour: item.color,
            name: item.seriesName,
            value: `${Format.rate(item.value / 100)} of ${Format.count(count)}`,
          };
        }),
    );
  Chart.draw(box, {
    description: TITLE,
    grid: Chart.grid(),
    tooltip: Chart.tooltip(tip, { trigger: "axis", axisPointer: Chart.pointer }),
    xAxis: { ...Chart.dayAxis(kind, dates), boundaryGap: false },
    yAxis: Chart.valueAxis((value) => `${value} %`, {
      max: 100,
      min: ({ min }) => Math.max(0, Math.floor(min / 10 - 0.2) * 10),
    }),
    series: [...lines.map((line) => lineOf(dimension, line)), everything],
  });
};

const messages = (view) => {
  const title = "Messages by outcome, count";
  const kind = view.period.bucket;
  const points = view.delivery.points;
  const box = el("div", { className: "chart", role: "img" });
  fill(
    "messages",
    head(title),
    note(
      `Messages sent a ${kind}. One is delivered only when each of its segments is; open ones wait for a receipt.`,
    ),
    legend(
      OUTCOMES.map((name) => ({
        colour: Theme.outcome(name),
        name: name === "pending" ? "open" : name,
      })),
    ),
    box,
  );
  Chart.draw(box, {
    description: title,
    grid: Chart.grid(),
    tooltip: Chart.tooltip(
      (items) =>
        Chart.tip(
          Format.bucketName(kind, items[0].axisValue),
          items.map((item) => ({
            colour: item.color,
            name: item.seriesName,
            value: Format.count(item.value),
          })),
        ),
      { trigger: "axis", axisPointer: Chart.pointer },
    ),
    xAxis: Chart.dayAxis(
      kind,
      points.map((point) => point.bucket_date),
    ),
    yAxis: Chart.valueAxis((value) => Format.count(value)),
    series: OUTCOMES.map((name) => ({
      name: name === "pending" ? "open" : name,
      type: "bar",
      stack: "all",
      barCategoryGap: "20%",
      color: Theme.outcome(name),
      data: points.map((point) => point[`${name}_message_count`]),
    })),
  });
};

export const draw = (view, redraw) => {
  if (view.delivery.missing) {
    missing("delivery", TITLE, view.delivery);
    missing("messages", "Messages by outcome, count", view.delivery);
  } else if (!view.delivery.points.length) {
    empty("delivery", TITLE, "Nothing was sent in this period with these filters.");
    empty(
      "messages",
      "Messages by outcome, count",
      "Nothing was sent in this period with these filters.",
    );
  } else {
    rates(view, redraw);
    messages(view);
  }
};
