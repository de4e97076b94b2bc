// Why segments failed, the most frequent reason first.

import * as Format from "../format.js";
import * as Panel from "../panel.js";
import * as Reasons from "../reasons.js";
import * as Theme from "../theme.js";
import { cell, el, heading, note, svg, table } from "../dom.js";
import { has, t } from "../texts.js";
import { register } from "../registry.js";

const bar = (share) => {
  const track = svg("svg", {
    class: "bar",
    viewBox: "0 0 100 8",
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  const filled = { width: Math.max(share * 100, 0.5), height: 8, fill: Theme.outcome("failed") };
  track.append(svg("rect", { class: "track", width: 100, height: 8 }), svg("rect", filled));
  return track;
};

const changeOf = (row, isPreviousLanded) => {
  const { share_rate: now, previous_share_rate: before } = row;
  if (!isPreviousLanded || before === null || now === null) return Format.none;
  const difference = now - before;
  return Math.abs(difference) < 0.0005 ? t("page.as_before") : Format.points(difference);
};

const classOf = (row) => {
  const key = `failures.class.${row.reason_class}`;
  return has(key) && el("span", { className: row.is_documented ? "chip" : "chip warn" }, t(key));
};

const rowOf = (row, isPreviousLanded) => [
  el(
    "td",
    { className: "text" },
    row.is_documented ? row.explanation || row.meaning : t("failures.not_documented"),
    " ",
    el("span", { className: "chip" }, Reasons.codeOf(row)),
    " ",
    classOf(row),
  ),
  cell(Format.count(row.segment_count), "number"),
  el("td", {}, Format.rate(row.share_rate), bar(row.share_rate)),
  cell(changeOf(row, isPreviousLanded), "number"),
];

const draw = ({ data: { failures: part, period } }) => {
  const title = t("failures.title");
  if (part.missing) return Panel.drawMessage("failures", title, part.missing);
  if (!part.reasons.length) return Panel.drawMessage("failures", title, t("failures.none"));
  const { failed_segment_count: count, reasons, reason_count: all } = part;
  const headings = [
    heading(t("failures.reason")),
    heading(t("failures.segments"), "number"),
    heading(t("failures.share")),
    heading(t("failures.change"), "number"),
  ];
  const rows = reasons.map((row) => rowOf(row, period.is_previous_landed));
  return Panel.draw(
    "failures",
    { title },
    note(t("failures.note", { segments: t("count.segments", { count }) })),
    table({}, headings, rows),
    all > reasons.length && note(t("failures.most_frequent", { shown: reasons.length, all })),
  );
};

register("failures", draw);
