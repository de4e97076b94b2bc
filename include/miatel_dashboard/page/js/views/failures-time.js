// How the reasons of failed segments came and went.

import * as Chart from "../chart.js";
import * as Format from "../format.js";
import * as Panel from "../panel.js";
import * as Reasons from "../reasons.js";
import * as Theme from "../theme.js";
import { legend, note } from "../dom.js";
import { register } from "../registry.js";
import { t } from "../texts.js";

// The last line may be that of all other reasons: it has no code.
const barOf = (line, index) => ({
  name: line.code === null ? t("failures-time.others") : Reasons.labelOf(line),
  colour: line.code === null ? Theme.outcome("pending") : Theme.palette()[index],
  data: line.counts,
});

const draw = ({ data: { failures: part, period } }) => {
  const title = t("failures-time.title");
  if (part.missing) return Panel.drawMessage("failures-time", title, part.missing);
  if (!part.reasons.length) return Panel.drawMessage("failures-time", title, t("failures.none"));
  const kind = period.bucket;
  const bars = part.lines.map(barOf);
  const box = Chart.newBox();
  Panel.draw(
    "failures-time",
    { title },
    note(t("failures-time.note", { bucket: t(`bucket.${kind}`) })),
    legend(bars.map(({ name, colour }) => ({ name, colour }))),
    box,
  );
  return Chart.draw(box, {
    description: title,
    grid: Chart.grid(),
    tooltip: Chart.bucketTooltip(kind, Chart.countRow),
    xAxis: Chart.dayAxis(kind, part.dates),
    yAxis: Chart.valueAxis(Format.count),
    series: Chart.stack(bars),
  });
};

register("failures-time", draw);
