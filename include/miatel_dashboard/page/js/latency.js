// Percentiles of the time from sending to the receipt.

import * as Chart from "./chart.js";
import * as Format from "./format.js";
import * as Theme from "./theme.js";
import { el, empty, fill, head, legend, missing, note } from "./dom.js";

const TITLE = "Time to the receipt";
const NAMES = { p50_seconds: "p50", p90_seconds: "p90", p95_seconds: "p95", p99_seconds: "p99" };

const colour = (at) => Theme.palette()[[5, 0, 6, 1][at]];

export const draw = (view) => {
  const part = view.latency;
  if (part.missing) return missing("latency", TITLE, part);
  if (!part.receipt_count)
    return empty(
      "latency",
      TITLE,
      "No delivered segment has a receipt time in this period with these filters.",
    );
  const kind = view.period.bucket;
  const names = Object.keys(NAMES);
  const box = el("div", { className: "chart", role: "img" });
  const within = Object.entries(part.within)
    .map(([bound, rate]) => `${Format.rate(rate)} within ${bound} s`)
    .join(", ");
  fill(
    "latency",
    head(TITLE),
    note(
      `p95 is the time within which 95 % of delivered segments were confirmed, a point a ${kind}. Of ${Format.some(part.receipt_count, "receipt")}: ${within}. Read off between counts within 1, 2, 3, 5, 7, 10, 15, 20, 30, 45 s, 1, 2, 5, 15 min, 1, 6, 24 h: the true time lies between the same two. The axis is logarithmic.`,
    ),
    legend(
      names.map((name, at) => ({
        colour: colour(at),
        name: NAMES[name],
        value: Format.seconds(part.all[name]),
      })),
    ),
    box,
  );
  Chart.draw(box, {
    description: TITLE,
    grid: Chart.grid(),
    tooltip: Chart.tooltip(
      (items) =>
        Chart.tip(
          Format.bucketName(kind, items[0].axisValue),
          items
            .map((item) => ({
              colour: item.color,
              name: item.seriesName,
              value: Format.seconds(item.value ?? null),
            }))
            .toReversed(),
        ),
      { trigger: "axis", axisPointer: Chart.pointer },
    ),
    xAxis: { ...Chart.dayAxis(kind, part.dates), boundaryGap: false },
    yAxis: { ...Chart.valueAxis((value) => Format.seconds(value)), type: "log", min: 1 },
    series: names.map((name, at) => ({
      name: NAMES[name],
      type: "line",
      data: part.lines[name].map((value) => (value === null ? null : Math.max(value, 1))),
      color: colour(at),
      showSymbol: part.dates.length < 2,
      lineStyle: { width: name === "p95_seconds" ? 2.5 : 1.5 },
    })),
  });
  return undefined;
};
