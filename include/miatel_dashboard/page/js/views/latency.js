// Percentiles of the time from sending to the receipt.

import * as Chart from "../chart.js";
import * as Format from "../format.js";
import * as Panel from "../panel.js";
import * as Theme from "../theme.js";
import { legend, note } from "../dom.js";
import { list, t } from "../texts.js";
import { register } from "../registry.js";

// The data's name of each percentile, and which colour of the palette it has.
const PERCENTILES = { p50_seconds: 5, p90_seconds: 0, p95_seconds: 6, p99_seconds: 1 };

const noteOf = (part, kind) => {
  const shares = Object.entries(part.within).map(([bound, rate]) =>
    t("latency.within", { rate: Format.rate(rate), bound }),
  );
  return t("latency.note", {
    bucket: t(`bucket.${kind}`),
    receipts: t("count.receipts", { count: part.receipt_count }),
    shares: list(shares),
  });
};

const lineOf = (part, name) => ({
  name: t(`latency.${name}`),
  type: "line",
  data: part.lines[name].map((value) => (value === null ? null : Math.max(value, 1))),
  color: Theme.palette()[PERCENTILES[name]],
  showSymbol: part.dates.length < 2,
  lineStyle: { width: name === "p95_seconds" ? 2.5 : 1.5 },
});

const tooltip = (kind) =>
  Chart.bucketTooltip(
    kind,
    (item) => ({
      colour: item.color,
      name: item.seriesName,
      value: Format.seconds(item.value ?? null),
    }),
    (rows) => rows.toReversed(),
  );

const draw = ({ data: { latency: part, period } }) => {
  const title = t("latency.title");
  if (part.missing) return Panel.drawMessage("latency", title, part.missing);
  if (!part.receipt_count) return Panel.drawMessage("latency", title, t("latency.none"));
  const kind = period.bucket;
  const names = Object.keys(PERCENTILES);
  const box = Chart.newBox();
  Panel.draw(
    "latency",
    { title },
    note(noteOf(part, kind)),
    legend(
      names.map((name) => ({
        colour: Theme.palette()[PERCENTILES[name]],
        name: t(`latency.${name}`),
        value: Format.seconds(part.all[name]),
      })),
    ),
    box,
  );
  return Chart.draw(box, {
    description: title,
    grid: Chart.grid(),
    tooltip: tooltip(kind),
    xAxis: { ...Chart.dayAxis(kind, part.dates), boundaryGap: false },
    yAxis: { ...Chart.valueAxis((value) => Format.seconds(value)), type: "log", min: 1 },
    series: names.map((name) => lineOf(part, name)),
  });
};

register("latency", draw);
