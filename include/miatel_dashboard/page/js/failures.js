// Failure reasons with their meanings, and how they came and went.

import * as Chart from "./chart.js";
import * as Format from "./format.js";
import * as Theme from "./theme.js";
import { el, empty, fill, head, legend, missing, note, svg } from "./dom.js";

const TITLE = "Failure reasons, segments";
const CLASSES = {
  throttling: "too fast",
  blocked: "blocked",
  account: "account",
  sender: "sender",
  sending_error: "sending error",
  unknown: "undocumented",
};

const bar = (share) => {
  const track = svg("svg", {
    class: "bar",
    viewBox: "0 0 100 8",
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  track.append(
    svg("rect", { class: "track", width: 100, height: 8 }),
    svg("rect", { width: Math.max(share * 100, 0.5), height: 8, fill: Theme.outcome("failed") }),
  );
  return track;
};

const turned = (row, isLanded) => {
  if (!isLanded || row.previous_share_rate === null || row.share_rate === null) return Format.none;
  const difference = row.share_rate - row.previous_share_rate;
  return Math.abs(difference) < 0.0005 ? "as before" : Format.points(difference);
};

const meaning = (row) => {
  if (!row.is_documented) return "Not in the vendor's documents";
  return row.explanation || row.meaning;
};

const reasons = (view) => {
  const { failed_segment_count: failed, reasons: rows, reason_count: count } = view.failures;
  fill(
    "failures",
    head(TITLE),
    note(
      `Why ${Format.some(failed, "segment")} failed, and what share of them each reason is. A response code refuses at once; a delivery code comes with the receipt. The change is against the period before.`,
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
            ["Reason", "Segments", "Share", "Change"].map((text, at) =>
              el("th", { scope: "col", className: at === 1 || at === 3 ? "number" : "" }, text),
            ),
          ),
        ),
        el(
          "tbody",
          {},
          rows.map((row) =>
            el(
              "tr",
              {},
              el(
                "td",
                { className: "text" },
                meaning(row),
                " ",
                el("span", { className: "chip" }, `${row.code_type} ${row.code}`),
                " ",
                CLASSES[row.reason_class] &&
                  el(
                    "span",
                    { className: row.is_documented ? "chip" : "chip warn" },
                    CLASSES[row.reason_class],
                  ),
              ),
              el("td", { className: "number" }, Format.count(row.segment_count)),
              el("td", {}, Format.rate(row.share_rate), bar(row.share_rate)),
              el("td", { className: "number" }, turned(row, view.period.is_previous_landed)),
            ),
          ),
        ),
      ),
    ),
    count > rows.length && note(`The ${rows.length} most frequent of ${count} reasons.`),
  );
};

const overTime = (view) => {
  const title = "Failed segments over time, count";
  const kind = view.period.bucket;
  const { dates, lines } = view.failures;
  const colour = (at) =>
    lines[at].label === "all others" ? Theme.outcome("pending") : Theme.palette()[at];
  const box = el("div", { className: "chart", role: "img" });
  fill(
    "failures-time",
    head(title),
    note(`Failed segments a ${kind} by reason: a new colour that grows is a new problem.`),
    legend(lines.map((line, at) => ({ colour: colour(at), name: line.label }))),
    box,
  );
  Chart.draw(box, {
    description: title,
    grid: Chart.grid(),
    tooltip: Chart.tooltip(
      (items) =>
        Chart.tip(
          Format.bucketName(kind, items[0].axisValue),
          items.map((item) => ({
            colour: item.color,
            name: item.seriesName,
            value: Format.count(item.value),
          })),
        ),
      { trigger: "axis", axisPointer: Chart.pointer },
    ),
    xAxis: Chart.dayAxis(kind, dates),
    yAxis: Chart.valueAxis((value) => Format.count(value)),
    series: lines.map((line, at) => ({
      name: line.label,
      type: "bar",
      stack: "all",
      barCategoryGap: "20%",
      color: colour(at),
      data: line.counts,
    })),
  });
};

export const draw = (view) => {
  if (view.failures.missing) {
    missing("failures", TITLE, view.failures);
    missing("failures-time", "Failed segments over time, count", view.failures);
  } else if (!view.failures.reasons.length) {
    empty("failures", TITLE, "No segment failed in this period with these filters.");
    empty(
      "failures-time",
      "Failed segments over time, count",
      "No segment failed in this period with these filters.",
    );
  } else {
    reasons(view);
    overTime(view);
  }
};
