// What all charts share: axes, tooltips made of elements, colours of the theme, resizing.

import * as Format from "./format.js";
import * as Theme from "./theme.js";
import { el, swatch } from "./dom.js";

const shown = new Map();
const resizing = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const known = shown.get(target);
    if (!known) continue;
    known.chart.resize();
    if (known.onResize) known.onResize(known.chart);
  }
});

export const clear = () => {
  for (const [box, { chart }] of shown) {
    resizing.unobserve(box);
    chart.dispose();
  }
  shown.clear();
};

export const draw = (box, option, onResize) => {
  const chart = echarts.init(box, null, { renderer: "canvas" });
  chart.setOption({
    animation: false,
    textStyle: {
      fontFamily: getComputedStyle(document.body).fontFamily,
      color: Theme.value("text"),
    },
    aria: { enabled: true, label: { description: option.description } },
    ...option,
  });
  shown.set(box, { chart, onResize });
  resizing.observe(box);
  if (onResize) onResize(chart);
  return chart;
};

export const tooltip = (content, more = {}) => ({
  confine: true,
  backgroundColor: Theme.value("surface"),
  borderColor: Theme.value("line"),
  padding: [8, 11],
  textStyle: { color: Theme.value("text"), fontSize: 12.5 },
  extraCssText: "box-shadow: 0 4px 18px rgb(10 20 35 / 20%)",
  formatter: content,
  ...more,
});

// The element that a chart is drawn in.
export const newBox = () => el("div", { className: "chart", role: "img" });

// Elements, never a string: names of networks and senders may hold anything.
export const tip = (title, rows) =>
  el(
    "div",
    { className: "tip" },
    el("b", {}, title),
    rows.map(({ colour, name, value }) =>
      el("div", {}, swatch(colour || "transparent"), el("span", {}, name), el("em", {}, value)),
    ),
  );

// Every line or bar at one day, week or month, named as `row` says.
export const bucketTooltip = (kind, row, arrange = (rows) => rows) =>
  tooltip(
    (items) =>
      tip(Format.bucketName(kind, items[0].axisValue), arrange(items.map(row)).filter(Boolean)),
    { trigger: "axis", axisPointer: pointer },
  );

// Bars on top of each other.
export const stack = (parts) =>
  parts.map(({ name, colour, data }) => ({
    name,
    type: "bar",
    stack: "all",
    barCategoryGap: "20%",
    color: colour,
    data,
  }));

export const dayAxis = (kind, dates) => ({
  type: "category",
  data: dates,
  axisLine: { lineStyle: { color: Theme.value("line") } },
  axisTick: { show: false },
  axisLabel: {
    color: Theme.value("muted"),
    fontSize: 11.5,
    hideOverlap: true,
    formatter: (date) => Format.axisDay(kind, date),
  },
});

export const valueAxis = (format, more = {}) => ({
  type: "value",
  axisLabel: { color: Theme.value("muted"), fontSize: 11.5, formatter: format },
  splitLine: { lineStyle: { color: Theme.value("line") } },
  ...more,
});

export const grid = (more = {}) => ({
  left: 4,
  right: 10,
  top: 14,
  bottom: 4,
  containLabel: true,
  ...more,
});

const pointer = { type: "line", lineStyle: { color: "#8893a3", width: 1 } };

// A bar of counts in a tooltip.
export const countRow = (item) => ({
  colour: item.color,
  name: item.seriesName,
  value: Format.count(item.value),
});
