// Can I trust this: coverage as a calendar, freshness, open receipts, doubts, undocumented codes.

import * as Chart from "./chart.js";
import * as Cells from "./cells.js";
import * as Doubts from "./doubts.js";
import * as Format from "./format.js";
import * as Theme from "./theme.js";
import { el, fill, head, legend, note } from "./dom.js";

const TITLE = "Can I trust this?";
const STALE_SECONDS = 48 * 3600;
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const age = (time) => (Date.now() - new Date(time).getTime()) / 1000;

// In a word, for the top of the page.
export const verdict = (status) => {
  const fresh = status.freshness;
  if (fresh.missing) return { tone: "warn", say: "Coverage unknown", more: fresh.missing };
  if (!fresh.last_landed_at)
    return {
      tone: "warn",
      say: "Nothing is landed yet",
      more: "Run the DAG miatel_history for the days you want.",
    };
  const open = fresh.segment_count ? fresh.open_receipt_count / fresh.segment_count : 0;
  const doubts = Doubts.inShort(status);
  const more = `Data until ${Format.time(fresh.last_landed_at)}; ${Format.some(fresh.gap_count, "gap")}; ${Format.rate(open)} of segments wait for a receipt; ${Format.some(fresh.unknown_code_count, "undocumented code")}.${doubts ? ` To be known: ${doubts}.` : ""}`;
  const old = age(fresh.last_landed_at);
  if (fresh.gap_count)
    return {
      tone: "warn",
      say: `With care: ${Format.some(fresh.gap_count, "gap")}, ${Format.duration(fresh.gap_seconds)} not landed`,
      more,
    };
  if (old > STALE_SECONDS)
    return { tone: "warn", say: `Complete, but the data end ${Format.duration(old)} ago`, more };
  return { tone: "good", say: `Yes: ${Format.days(fresh.day_count)} complete, no gap`, more };
};

export const mark = (status) => {
  const { tone, say } = verdict(status);
  const link = document.getElementById("trust-mark");
  link.className = `mark ${tone}`;
  link.textContent = say;
};

const facts = (fresh) => {
  const all = [
    ["Landed from", Format.time(fresh.first_landed_at)],
    ["Landed until", Format.time(fresh.last_landed_at)],
    ["Last asked for", Format.time(fresh.last_requested_at)],
    [
      "Tables built",
      `${Format.time(fresh.built_at)}, ${Format.duration(Math.max(age(fresh.built_at), 0))} ago`,
    ],
    ["Days, requests", `${Format.count(fresh.day_count)}, ${Format.count(fresh.request_count)}`],
    [
      "Gaps",
      fresh.gap_count
        ? `${Format.count(fresh.gap_count)}, together ${Format.duration(fresh.gap_seconds)}`
        : "none",
    ],
    [
      "Open receipts",
      `${Format.count(fresh.open_receipt_count)} of ${Format.some(fresh.segment_count, "segment")}`,
    ],
    ["Undocumented codes", Format.count(fresh.unknown_code_count)],
    [
      "Messages count as mature",
      `after ${Format.duration(fresh.maturity_seconds)}${fresh.mature_until_at ? `, so until ${Format.time(fresh.mature_until_at)}` : ""}`,
    ],
  ];
  return el(
    "dl",
    { className: "facts" },
    all.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))),
  );
};

const KINDS = {
  complete: ["complete", () => Theme.outcome("delivered")],
  open: ["complete, over 1 % of receipts open", () => (Theme.isDark() ? "#2c6b58" : "#a5d8c3")],
  gap: ["seconds missing", () => Theme.outcome("failed")],
  retired: ["raw data removed as planned", () => Theme.outcome("pending")],
};

const kindOf = (coverage, at) => {
  if (coverage.is_retired[at]) return "retired";
  if (!coverage.is_complete[at]) return "gap";
  return coverage.segment_count[at] &&
    coverage.pending_segment_count[at] / coverage.segment_count[at] > 0.01
    ? "open"
    : "complete";
};

const weekday = (date) => (new Date(date).getUTCDay() + 6) % 7;
const monday = (date) =>
  new Date(new Date(date).getTime() - weekday(date) * 86400000).toISOString().slice(0, 10);

const calendar = (coverage, box) => {
  const dates = coverage.mdr_date;
  const weeks = [];
  for (
    let day = new Date(monday(dates[0]));
    day <= new Date(dates[dates.length - 1]);
    day = new Date(day.getTime() + 7 * 86400000)
  )
    weeks.push(day.toISOString().slice(0, 10));
  const place = new Map(weeks.map((week, at) => [week, at]));
  const data = dates.map((date, at) => ({
    value: [place.get(monday(date)), weekday(date)],
    at,
    itemStyle: { color: KINDS[kindOf(coverage, at)][1]() },
  }));
  const tip = ({ data: cell }) =>
    Chart.tip(Format.day(dates[cell.at]), [
      { name: KINDS[kindOf(coverage, cell.at)][0], value: "" },
      { name: "seconds missing", value: Format.count(coverage.gap_seconds[cell.at]) },
      { name: "segments", value: Format.count(coverage.row_count[cell.at]) },
      { name: "open receipts", value: Format.count(coverage.pending_segment_count[cell.at]) },
    ]);
  const axis = { axisLine: { show: false }, axisTick: { show: false }, splitLine: { show: false } };
  const isFirst = (week, at) => at === 0 || week.slice(0, 7) !== weeks[at - 1].slice(0, 7);
  box.style.maxWidth = `${Math.max(weeks.length * 22 + 60, 260)}px`;
  box.style.minWidth = `${Math.min(weeks.length * 11 + 50, 1200)}px`;
  box.style.height = "176px";
  Cells.draw(
    box,
    {
      description: "Coverage of every GMT day",
      tooltip: Chart.tooltip(tip, { trigger: "item" }),
      xAxis: {
        type: "category",
        data: weeks,
        axisLabel: {
          color: Theme.value("muted"),
          fontSize: 11,
          interval: (at) => isFirst(weeks[at], at),
          hideOverlap: true,
          formatter: (week) => Format.month(week),
        },
        ...axis,
      },
      yAxis: {
        type: "category",
        inverse: true,
        data: DAYS,
        axisLabel: { color: Theme.value("muted"), fontSize: 11, interval: 1 },
        ...axis,
      },
    },
    data,
    weeks.length,
    7,
  );
};

const codes = (part) => {
  if (part.missing) return el("p", { className: "missing" }, part.missing);
  if (!part.rows.length) return note("Every code that came is in the vendor's documents.");
  return [
    note(
      "Codes that the vendor's documents do not have. They are counted as what they are; ask Miatel what they mean.",
    ),
    el(
      "div",
      { className: "scroll" },
      el(
        "table",
        {},
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            ["Code", "First seen", "Last seen"].map((text) => el("th", { scope: "col" }, text)),
            el("th", { scope: "col", className: "number" }, "Segments"),
          ),
        ),
        el(
          "tbody",
          {},
          part.rows.map((row) =>
            el(
              "tr",
              {},
              el("td", {}, `${row.code_type} ${row.code}`),
              el("td", {}, Format.day(row.first_seen_date)),
              el("td", {}, Format.day(row.last_seen_date)),
              el("td", { className: "number" }, Format.count(row.segment_count)),
            ),
          ),
        ),
      ),
    ),
  ];
};

export const draw = (status) => {
  const { freshness: fresh, coverage, unknown_codes: unknown } = status;
  const box = el("div", { className: "chart", role: "img" });
  const hasDays = !coverage.missing && coverage.mdr_date && coverage.mdr_date.length > 0;
  const kinds = hasDays ? [...new Set(coverage.mdr_date.map((_, at) => kindOf(coverage, at)))] : [];
  fill(
    "trust",
    head(TITLE),
    note(
      "All landed days, whatever the filters. A day is complete when each of its 86,400 GMT seconds was asked for and answered; a cell is a day, a column a week.",
    ),
    fresh.missing ? el("p", { className: "missing" }, fresh.missing) : facts(fresh),
    coverage.missing && el("p", { className: "missing" }, coverage.missing),
    hasDays &&
      legend(
        Object.keys(KINDS)
          .filter((kind) => kinds.includes(kind))
          .map((kind) => ({ colour: KINDS[kind][1](), name: KINDS[kind][0] })),
      ),
    hasDays && el("div", { className: "wider" }, box),
    Doubts.draw(status),
    codes(unknown),
  );
  if (hasDays) calendar(coverage, box);
};
