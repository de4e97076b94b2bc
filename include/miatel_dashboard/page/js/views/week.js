// A heat map of the week: how much is sent at which hour, and how much of it arrives.

import * as Address from "../address.js";
import * as Cells from "../cells.js";
import * as Chart from "../chart.js";
import * as Format from "../format.js";
import * as Panel from "../panel.js";
import * as Theme from "../theme.js";
import { el, legend, note, segments } from "../dom.js";
import { register } from "../registry.js";
import { t } from "../texts.js";

const LEAST_MESSAGES = 20;

const rateOf = (cell) =>
  cell.mature_message_count
    ? cell.mature_delivered_message_count / cell.mature_message_count
    : null;

const MODES = {
  messages: { value: (cell) => cell.messages_per_hour, show: Format.count },
  rate: {
    value: (cell) => (cell.mature_message_count < LEAST_MESSAGES ? null : rateOf(cell)),
    show: (rate) => Format.rate(rate),
  },
};

// Red, green or blue of a colour such as #0a5fae.
const channel = (colour, index) => parseInt(colour.slice(1 + 2 * index, 3 + 2 * index), 16);

const mix = (share, low, high) => {
  const channels = [0, 1, 2].map((index) => {
    const [from, to] = [channel(low, index), channel(high, index)];
    return Math.round(from + (to - from) * share);
  });
  return `rgb(${channels.join(",")})`;
};

// Few messages are pale; low rates are orange.
const colours = (mode, values) => {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const spread = most - least || 1;
  const [low, high] = {
    messages: Theme.isDark() ? ["#1c2734", "#5cb0f5"] : ["#eef3f9", "#0a5fae"],
    rate: Theme.isDark() ? ["#e2703a", "#1d3b35"] : ["#d1571f", "#dff1ea"],
  }[mode];
  if (mode === "messages") return (value) => mix(most ? value / most : 0, low, high);
  return (value) => mix((value - least) / spread, low, high);
};

const choice = (mode, redraw) =>
  segments(
    t("week.cells_show"),
    Object.keys(MODES).map((one) => [one, t(`week.${one}`)]),
    mode,
    (chosen) => {
      Address.set({ cells: chosen === "messages" ? null : chosen });
      redraw();
    },
  );

const tip = ({ data: { cell } }) => {
  const weekday = t(`weekday.${cell.weekday}`);
  const hour = String(cell.hour).padStart(2, "0");
  return Chart.tip(t("week.hour", { weekday, hour }), [
    { name: t("week.messages_an_hour"), value: Format.count(cell.messages_per_hour) },
    { name: t("week.messages_in_period"), value: Format.count(cell.message_count) },
    { name: t("week.mature_rate"), value: Format.rate(rateOf(cell)) },
  ]);
};

const chartOf = (title, cells, colourOf) => ({
  description: title,
  tooltip: Chart.tooltip(tip, { trigger: "item" }),
  xAxis: Cells.axis({
    data: [...Array(24).keys()].map((hour) => String(hour).padStart(2, "0")),
    axisLabel: { color: Theme.value("muted"), fontSize: 11 },
  }),
  yAxis: Cells.axis({
    inverse: true,
    data: Cells.weekdays(),
    axisLabel: { color: Theme.value("muted"), fontSize: 11.5 },
  }),
  cells: cells.map((cell) => ({
    value: [cell.hour, cell.weekday - 1],
    cell,
    itemStyle: { color: colourOf(cell) },
  })),
});

const draw = ({ data: { week: cells }, redraw }) => {
  const mode = Address.get("cells") === "rate" ? "rate" : "messages";
  const { value, show } = MODES[mode];
  const title = t(`week.title_of_${mode}`);
  if (cells.missing) return Panel.drawMessage("week", title, cells.missing);
  const known = cells.filter((cell) => value(cell) !== null);
  if (!known.length) return Panel.drawMessage("week", title, t("page.nothing_sent"));
  const values = known.map(value);
  const colour = colours(mode, values);
  const ends = { least: Math.min(...values), most: Math.max(...values) };
  const box = Chart.newBox();
  Panel.draw(
    "week",
    { title, controls: choice(mode, redraw) },
    note(t(`week.note_of_${mode}`, { least: LEAST_MESSAGES })),
    legend(
      Object.entries(ends).map(([name, end]) => ({
        colour: colour(end),
        name: t(`week.${name}`),
        value: show(end),
      })),
    ),
    el("div", { className: "wider" }, box),
  );
  return Cells.draw(
    box,
    chartOf(title, known, (cell) => colour(value(cell))),
    24,
    7,
  );
};

register("week", draw, ["cells"]);
