// A heat map of the week: how much is sent at which hour, and how much of it arrives.

import * as Address from "./address.js";
import * as Chart from "./chart.js";
import * as Cells from "./cells.js";
import * as Format from "./format.js";
import * as Theme from "./theme.js";
import { el, empty, fill, head, legend, missing, note, segments } from "./dom.js";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MODES = {
  messages: {
    title: "Messages an hour, by weekday and GMT hour",
    value: (cell) => cell.messages_per_hour,
  },
  rate: {
    title: "Delivery rate, %, by weekday and GMT hour",
    value: (cell) =>
      cell.mature_message_count < 20
        ? null
        : cell.mature_delivered_message_count / cell.mature_message_count,
  },
};

// Red, green or blue of a colour such as #0a5fae.
const part = (colour, at) => parseInt(colour.slice(1 + 2 * at, 3 + 2 * at), 16);

const mix = (share, low, high) => {
  return `rgb(${[0, 1, 2].map((at) => Math.round(part(low, at) + (part(high, at) - part(low, at)) * share)).join(",")})`;
};

// Few messages are pale; low rates are orange.
const colours = (mode, values) => {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const spread = most - least || 1;
  const dark = Theme.isDark();
  if (mode === "messages")
    return (value) =>
      mix(most ? value / most : 0, dark ? "#1c2734" : "#eef3f9", dark ? "#5cb0f5" : "#0a5fae");
  return (value) =>
    mix((value - least) / spread, dark ? "#e2703a" : "#d1571f", dark ? "#1d3b35" : "#dff1ea");
};

export const draw = (view, redraw) => {
  const mode = Address.get("cells") === "rate" ? "rate" : "messages";
  const { title, value } = MODES[mode];
  const cells = view.week;
  if (cells.missing) return missing("week", title, cells);
  const known = cells.filter((cell) => value(cell) !== null);
  if (!known.length)
    return empty("week", title, "Nothing was sent in this period with these filters.");
  const colour = colours(mode, known.map(value));
  const values = known.map(value);
  const show = (number) => (mode === "rate" ? Format.rate(number) : Format.count(number));
  const box = el("div", { className: "chart", role: "img" });
  fill(
    "week",
    head(
      title,
      segments(
        "Cells show",
        [
          ["messages", "Messages"],
          ["rate", "Delivery rate"],
        ],
        mode,
        (cells_) => {
          Address.set({ cells: cells_ === "messages" ? null : cells_ });
          redraw();
        },
      ),
    ),
    note(
      mode === "rate"
        ? "Delivered, of the settled messages sent in that hour of the week. Hours with fewer than 20 are left out."
        : "The mean of all such hours in the period. Bursts make their hour dark.",
    ),
    legend([
      { colour: colour(Math.min(...values)), name: "least", value: show(Math.min(...values)) },
      { colour: colour(Math.max(...values)), name: "most", value: show(Math.max(...values)) },
    ]),
    el("div", { className: "wider" }, box),
  );
  const tip = ({ data }) =>
    Chart.tip(
      `${DAYS[data.cell.weekday - 1]}, ${String(data.cell.hour).padStart(2, "0")}:00 – ${String(data.cell.hour).padStart(2, "0")}:59 GMT`,
      [
        { name: "messages an hour", value: Format.count(data.cell.messages_per_hour) },
        { name: "messages in the period", value: Format.count(data.cell.message_count) },
        {
          name: "delivery rate, settled",
          value: Format.rate(
            data.cell.mature_message_count
              ? data.cell.mature_delivered_message_count / data.cell.mature_message_count
              : null,
          ),
        },
      ],
    );
  const axis = { axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: false } };
  Cells.draw(
    box,
    {
      description: title,
      tooltip: Chart.tooltip(tip, { trigger: "item" }),
      xAxis: {
        type: "category",
        data: [...Array(24).keys()].map((hour) => String(hour).padStart(2, "0")),
        axisLabel: { color: Theme.value("muted"), fontSize: 11 },
        ...axis,
      },
      yAxis: {
        type: "category",
        inverse: true,
        data: DAYS,
        axisLabel: { color: Theme.value("muted"), fontSize: 11.5 },
        ...axis,
      },
    },
    known.map((cell) => ({
      value: [cell.hour, cell.weekday - 1],
      cell,
      itemStyle: { color: colour(value(cell)) },
    })),
    24,
    7,
  );
  return undefined;
};
