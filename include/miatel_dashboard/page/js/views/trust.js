// Can I trust this: coverage as a calendar, freshness, open receipts, doubts, undocumented codes.

import * as Cells from "../cells.js";
import * as Chart from "../chart.js";
import * as Doubts from "../doubts.js";
import * as Format from "../format.js";
import * as Panel from "../panel.js";
import * as Reasons from "../reasons.js";
import * as Theme from "../theme.js";
import * as Verdict from "../verdict.js";
import { cell, el, heading, legend, note, table } from "../dom.js";
import { register } from "../registry.js";
import { t } from "../texts.js";

const DAY = 86400000;
const OPEN_RATE = 0.01; // of a day's segments, above which the day is not pale

const builtAt = (freshness) =>
  t("trust.time_and_age", {
    time: Format.time(freshness.built_at),
    age: Format.duration(Math.max(Verdict.age(freshness.built_at), 0)),
  });

const gapsIn = ({ gap_count: count, gap_seconds: seconds }) =>
  count ? t("trust.gaps_together", { count, duration: Format.duration(seconds) }) : t("trust.none");

const maturity = ({ maturity_seconds: seconds, mature_until_at: until }) => {
  const age = Format.duration(seconds);
  return until
    ? t("trust.mature_after_and_until", { age, until: Format.time(until) })
    : t("trust.mature_after", { age });
};

const facts = (fresh) => {
  const all = {
    landed_from: Format.time(fresh.first_landed_at),
    landed_until: Format.time(fresh.last_landed_at),
    last_requested: Format.time(fresh.last_requested_at),
    built: builtAt(fresh),
    days_and_requests: t("trust.two_counts", {
      days: fresh.day_count,
      requests: fresh.request_count,
    }),
    gaps: gapsIn(fresh),
    open_receipts: t("trust.open_of", {
      open: fresh.open_receipt_count,
      segments: t("count.segments", { count: fresh.segment_count }),
    }),
    undocumented_codes: Format.count(fresh.unknown_code_count),
    mature: maturity(fresh),
  };
  return el(
    "dl",
    { className: "facts" },
    Object.entries(all).map(([name, value]) =>
      el("div", {}, el("dt", {}, t(`trust.${name}`)), el("dd", {}, value)),
    ),
  );
};

// How a day of the calendar can be, and its colour.
const KINDS = {
  complete: () => Theme.outcome("delivered"),
  open: () => (Theme.isDark() ? "#2c6b58" : "#a5d8c3"),
  gap: () => Theme.outcome("failed"),
  retired: () => Theme.outcome("pending"),
  held: () => (Theme.isDark() ? "#d9a441" : "#e0a100"),
  sums_missing: () => (Theme.isDark() ? "#8a8f98" : "#5c6470"),
};

const kindOf = (coverage, index) => {
  if (coverage.held_reason[index]) return "held";
  if (!coverage.has_sums[index]) return "sums_missing";
  if (coverage.is_retired[index]) return "retired";
  if (!coverage.is_complete[index]) return "gap";
  const [all, open] = [coverage.segment_count[index], coverage.pending_segment_count[index]];
  return all && open / all > OPEN_RATE ? "open" : "complete";
};

const weekday = (date) => (new Date(date).getUTCDay() + 6) % 7;
const isoDay = (time) => new Date(time).toISOString().slice(0, 10);
const monday = (date) => isoDay(new Date(date).getTime() - weekday(date) * DAY);

const weeksOf = (dates) => {
  const weeks = [];
  const last = new Date(dates[dates.length - 1]).getTime();
  for (let day = new Date(monday(dates[0])).getTime(); day <= last; day += 7 * DAY) {
    weeks.push(isoDay(day));
  }
  return weeks;
};

const dayTip = (coverage, index) =>
  Chart.tip(Format.day(coverage.mdr_date[index]), [
    { name: t(`trust.day_${kindOf(coverage, index)}`), value: "" },
    { name: t("trust.seconds_missing"), value: Format.count(coverage.gap_seconds[index]) },
    { name: t("trust.segments"), value: Format.count(coverage.row_count[index]) },
    { name: t("trust.open"), value: Format.count(coverage.pending_segment_count[index]) },
  ]);

const weekAxis = (weeks) => {
  const beginsMonth = (index) =>
    index === 0 || weeks[index].slice(0, 7) !== weeks[index - 1].slice(0, 7);
  return Cells.axis({
    data: weeks,
    axisLabel: {
      color: Theme.value("muted"),
      fontSize: 11,
      interval: beginsMonth,
      hideOverlap: true,
      formatter: (week) => Format.month(week),
    },
  });
};

const drawCalendar = (coverage, box) => {
  const dates = coverage.mdr_date;
  const weeks = weeksOf(dates);
  const columns = new Map(weeks.map((week, index) => [week, index]));
  const cells = dates.map((date, index) => ({
    value: [columns.get(monday(date)), weekday(date)],
    index,
    itemStyle: { color: KINDS[kindOf(coverage, index)]() },
  }));
  box.style.maxWidth = `${Math.max(weeks.length * 22 + 60, 260)}px`;
  box.style.minWidth = `${Math.min(weeks.length * 11 + 50, 1200)}px`;
  box.style.height = "176px";
  const option = {
    description: t("trust.calendar"),
    tooltip: Chart.tooltip(({ data }) => dayTip(coverage, data.index), { trigger: "item" }),
    xAxis: weekAxis(weeks),
    yAxis: Cells.axis({
      inverse: true,
      data: Cells.weekdays(),
      axisLabel: { color: Theme.value("muted"), fontSize: 11, interval: 1 },
    }),
    cells,
  };
  Cells.draw(box, option, weeks.length, 7);
};

const codes = (part) => {
  if (part.missing) return Panel.message(part.missing);
  if (!part.rows.length) return note(t("codes.none"));
  const headings = [
    heading(t("codes.code")),
    heading(t("codes.first_seen")),
    heading(t("codes.last_seen")),
    heading(t("codes.segments"), "number"),
  ];
  const rows = part.rows.map((row) => [
    cell(Reasons.codeOf(row)),
    cell(Format.day(row.first_seen_date)),
    cell(Format.day(row.last_seen_date)),
    cell(Format.count(row.segment_count), "number"),
  ]);
  return [note(t("codes.note")), table({}, headings, rows)];
};

const legendOf = (coverage) => {
  const found = new Set(coverage.mdr_date.map((_, index) => kindOf(coverage, index)));
  const kinds = Object.keys(KINDS).filter((kind) => found.has(kind));
  return legend(kinds.map((kind) => ({ colour: KINDS[kind](), name: t(`trust.day_${kind}`) })));
};

const draw = ({ facts: all }) => {
  const { freshness, coverage, unknown_codes: unknown } = all;
  const box = Chart.newBox();
  const hasDays = !coverage.missing && coverage.mdr_date && coverage.mdr_date.length > 0;
  Panel.draw(
    "trust",
    { title: t("trust.title") },
    note(t("trust.note")),
    freshness.missing ? Panel.message(freshness.missing) : facts(freshness),
    coverage.missing && Panel.message(coverage.missing),
    hasDays && [legendOf(coverage), el("div", { className: "wider" }, box)],
    Doubts.draw(all),
    codes(unknown),
  );
  if (hasDays) drawCalendar(coverage, box);
};

register("trust", draw);
