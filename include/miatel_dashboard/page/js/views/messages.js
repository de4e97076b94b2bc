// Messages over time by what became of them.

import * as Chart from "../chart.js";
import * as Format from "../format.js";
import * as Panel from "../panel.js";
import * as Theme from "../theme.js";
import { legend, note } from "../dom.js";
import { register } from "../registry.js";
import { t } from "../texts.js";

const OUTCOMES = ["delivered", "failed", "pending"];

const draw = ({ data: { delivery: part, period } }) => {
  const title = t("messages.title");
  if (part.missing) return Panel.drawMessage("messages", title, part.missing);
  if (!part.points.length) return Panel.drawMessage("messages", title, t("page.nothing_sent"));
  const kind = period.bucket;
  const bars = OUTCOMES.map((outcome) => ({
    name: t(`outcome.${outcome}`),
    colour: Theme.outcome(outcome),
    data: part.points.map((point) => point[`${outcome}_message_count`]),
  }));
  const dates = part.points.map((point) => point.bucket_date);
  const box = Chart.newBox();
  Panel.draw(
    "messages",
    { title },
    note(t("messages.note", { bucket: t(`bucket.${kind}`) })),
    legend(bars.map(({ name, colour }) => ({ name, colour }))),
    box,
  );
  return Chart.draw(box, {
    description: title,
    grid: Chart.grid(),
    tooltip: Chart.bucketTooltip(kind, Chart.countRow),
    xAxis: Chart.dayAxis(kind, dates),
    yAxis: Chart.valueAxis(Format.count),
    series: Chart.stack(bars),
  });
};

register("messages", draw);
