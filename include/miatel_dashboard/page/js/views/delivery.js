// Delivery rate over time, a line a country or network.

import * as Address from "../address.js";
import * as Chart from "../chart.js";
import * as Format from "../format.js";
import * as Panel from "../panel.js";
import * as Theme from "../theme.js";
import { legend, note, segments } from "../dom.js";
import { register } from "../registry.js";
import { sentences, t } from "../texts.js";

const inPercent = (rates) => rates.map((rate) => (rate === null ? null : rate * 100));
const latest = (rates) => Format.rate(rates.findLast((rate) => rate !== null) ?? null);

// The last points, of which not every message is mature.
const immatureArea = (points) => {
  const first = points.findIndex((point) => point.mature_message_count < point.message_count);
  if (first < 0) return undefined;
  const dates = [points[Math.max(first - 1, 0)], points[points.length - 1]].map((point) => ({
    xAxis: point.bucket_date,
  }));
  return {
    silent: true,
    itemStyle: { color: Theme.value("muted"), opacity: 0.1 },
    data: [dates],
  };
};

const lineOf = (dimension, line) => ({
  name: line.label,
  type: "line",
  data: inPercent(line.rates),
  showSymbol: line.rates.length < 2,
  symbolSize: 6,
  lineStyle: { width: 2, type: Theme.dash(dimension, line.name) },
  color: Theme.colourOf(dimension, line.name),
  emphasis: { focus: "series" },
});

const lineOfAll = (rates, points) => ({
  name: t("delivery.all"),
  type: "line",
  data: inPercent(rates),
  showSymbol: rates.length < 2,
  lineStyle: { width: 1.5, type: "dotted" },
  color: Theme.value("muted"),
  markArea: immatureArea(points),
});

const legendOf = (dimension, lines, rates) =>
  legend([
    ...lines.map((line) => ({
      colour: Theme.colourOf(dimension, line.name),
      dash: Theme.dash(dimension, line.name),
      name: line.label,
      value: latest(line.rates),
    })),
    { colour: Theme.value("muted"), name: t("delivery.all"), value: latest(rates) },
  ]);

const choice = (dimension, redraw) =>
  segments(
    t("delivery.lines_by"),
    ["country", "network"].map((by) => [by, t(`delivery.by_${by}`)]),
    dimension,
    (by) => {
      Address.set({ by: by === "country" ? null : by });
      redraw();
    },
  );

const tooltip = (kind, lines, points) =>
  Chart.bucketTooltip(kind, (item) => {
    if (item.value === null || item.value === undefined) return null;
    const line = lines[item.seriesIndex];
    const count = line ? line.counts[item.dataIndex] : points[item.dataIndex].message_count;
    const value = t("delivery.rate_of", { rate: Format.rate(item.value / 100), count });
    return { colour: item.color, name: item.seriesName, value };
  });

const draw = ({ data, redraw }) => {
  const { delivery: part, period } = data;
  const title = t("delivery.title");
  if (part.missing) return Panel.drawMessage("delivery", title, part.missing);
  if (!part.points.length) return Panel.drawMessage("delivery", title, t("page.nothing_sent"));
  const dimension = Address.get("by") === "network" ? "network" : "country";
  const lines = dimension === "network" ? part.by_network : part.by_country;
  const dates = part.points.map((point) => point.bucket_date);
  const box = Chart.newBox();
  Panel.draw(
    "delivery",
    { title, controls: choice(dimension, redraw) },
    note(
      sentences([
        t("delivery.note", { bucket: t(`bucket.${period.bucket}`) }),
        t(lines.length > 1 ? "delivery.which_lines" : "delivery.one_line"),
      ]),
    ),
    legendOf(dimension, lines, part.rates),
    box,
  );
  return Chart.draw(box, {
    description: title,
    grid: Chart.grid(),
    tooltip: tooltip(period.bucket, lines, part.points),
    xAxis: { ...Chart.dayAxis(period.bucket, dates), boundaryGap: false },
    yAxis: Chart.valueAxis((value) => t("unit.percent", { value: String(value) }), {
      max: 100,
      min: ({ min }) => Math.max(0, Math.floor(min / 10 - 0.2) * 10),
    }),
    series: [...lines.map((line) => lineOf(dimension, line)), lineOfAll(part.rates, part.points)],
  });
};

register("delivery", draw, ["by"]);
