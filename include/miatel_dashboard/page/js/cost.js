// Cost over time, a chart a currency.
"use strict";

const Cost = (() => {
  const TITLE = "Cost, each currency by itself";

  const one = (row, kind) => {
    const box = el("div", { className: "chart low", role: "img" });
    const total = (values) => values.reduce((sum, value) => sum + value, 0);
    const parts = { arrived: row.cost.map((value, at) => value - row.failed_cost[at]), failed: row.failed_cost };
    const colours = { arrived: Theme.palette()[0], failed: Theme.outcome("failed") };
    const names = { arrived: "for delivered and open segments", failed: "for failed segments" };
    const draw = () => Chart.draw(box, {
      description: `Cost in ${row.currency}`,
      grid: Chart.grid({ top: 8 }),
      tooltip: Chart.tooltip((items) => Chart.tip(Format.bucketName(kind, items[0].axisValue), items.map((item) => ({ colour: item.color, name: item.seriesName, value: Format.money(item.value, row.currency) }))), { trigger: "axis", axisPointer: Chart.pointer }),
      xAxis: Chart.dayAxis(kind, row.dates),
      yAxis: Chart.valueAxis((value) => Format.count(value), { splitNumber: 3 }),
      series: Object.keys(parts).map((name) => ({ name: names[name], type: "bar", stack: "all", barCategoryGap: "20%", color: colours[name], data: parts[name] })),
    });
    const keys = legend([
      { colour: colours.arrived, name: `${row.currency || "(no currency)"}, ${names.arrived}`, value: Format.amount(total(parts.arrived)) },
      { colour: colours.failed, name: names.failed, value: Format.amount(total(parts.failed)) },
    ]);
    return { parts: [keys, box], draw };
  };

  const draw = (view) => {
    if (view.cost.missing) return missing("cost", TITLE, view.cost);
    if (!view.cost.length) return empty("cost", TITLE, "No message of this period has a price with these filters.");
    const charts = view.cost.map((row) => one(row, view.period.bucket));
    fill("cost", head(TITLE), note(`What the segments cost a ${view.period.bucket}, and how much of it was paid for segments that failed. Currencies are never added to each other.`), charts.map((chart) => chart.parts));
    charts.forEach((chart) => chart.draw());
    return undefined;
  };

  return { draw };
})();
