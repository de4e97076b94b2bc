// What cannot be read or is not filled, each in a sentence, and only where there is some.

import * as Format from "./format.js";
import * as Panel from "./panel.js";
import * as SeveralSources from "./several_sources.js";
import { cell, el, heading, note, table } from "./dom.js";
import { has, list, t } from "./texts.js";

const unpriced = ({ segment_count: count, recent_segment_count: recent, last_date: last }) => {
  if (!count) return null;
  if (!recent) return t("doubts.unpriced_last", { count, day: Format.day(last) });
  return t(recent === count ? "doubts.unpriced_all_recent" : "doubts.unpriced_some_recent", {
    count,
    recent,
  });
};

const receipts = ({ implausible_count: count, receipt_count: others, last_date: last }) =>
  count ? t("doubts.receipts", { count, others, day: Format.day(last) }) : null;

const late = (part) => {
  const { record_count: count, recent_record_count: recent } = part;
  if (!count) return null;
  if (!recent) return t("doubts.late_long_ago", { count });
  return t("doubts.late", {
    count: recent,
    late: Format.duration(part.most_hours * 3600),
    lookback: part.suggested_lookback_hours,
  });
};

const counted = (key, column) => (part) =>
  part[column]
    ? t(key, {
        count: part[column],
        records: t("count.records", { count: part.record_count }),
      })
    : null;

// Which part of the facts, and its sentence.
const SENTENCES = [
  ["unpriced", unpriced],
  ["implausible_receipts", receipts],
  ["late_records", late],
  ["identity", counted("doubts.without_id", "records_without_id_count")],
  ["identity", counted("doubts.shared_sms_id", "shared_sms_id_count")],
  ["identity", counted("doubts.shared_message_id", "shared_message_id_count")],
];
const PARTS = ["unpriced", "implausible_receipts", "late_records", "gaps", "identity", "warnings"];

// Part, column and text of what one has to know of the figures, in a few words each.
const IN_SHORT = [
  ["unpriced", "recent_segment_count", "doubts.short.unpriced"],
  ["implausible_receipts", "implausible_count", "doubts.short.receipts"],
  ["late_records", "recent_record_count", "doubts.short.late"],
  ["identity", "records_without_id_count", "doubts.short.without_id"],
  ["identity", "shared_sms_id_count", "doubts.short.shared_id"],
];

export const inShort = (facts) =>
  list(
    IN_SHORT.filter(([part, column]) => facts[part][column]).map(([part, column, key]) =>
      t(key, { count: facts[part][column] }),
    ),
  );

const whyOpen = (gap) =>
  gap.gap_reason
    ? t("gaps.tried", { reason: gap.gap_reason, time: Format.time(gap.gap_failed_at) })
    : t("gaps.will_be_filled");

const gapsTable = (facts) => {
  const part = facts.gaps;
  if (part.missing || !part.rows.length) return null;
  const more = part.row_count - part.rows.length;
  const sources = SeveralSources.isOne(facts) ? [] : ["source"];
  const columns = ["from", "until", "duration", "why", ...sources];
  const headings = columns.map((name) => heading(t(`gaps.${name}`)));
  const rows = part.rows.map((row) => {
    const texts = {
      from: Format.time(row.start_at),
      until: Format.time(row.end_at),
      duration: Format.duration(row.duration_seconds),
      why: whyOpen(row),
      source: row.source_name,
    };
    return columns.map((name) => cell(texts[name]));
  });
  return [
    note(t(more > 0 ? "gaps.note_and_more" : "gaps.note", { more })),
    table({ id: "gaps" }, headings, rows),
  ];
};

// What a test of the tables found; one without a text of its own goes by its name.
const warning = ({ test_name: name, row_count: count }) => {
  const key = `warnings.${name}`;
  return has(key) ? t(key, { count }) : t("warnings.other", { name, count });
};

export const draw = (facts) => {
  const said = SENTENCES.map(([part, say]) => (facts[part].missing ? null : say(facts[part])));
  const warnings = facts.warnings.missing ? [] : facts.warnings.rows.map(warning);
  const sentences = [...said, ...warnings].filter(Boolean).map((text) => el("li", {}, text));
  const missing = new Set(PARTS.map((part) => facts[part].missing).filter(Boolean));
  return [
    sentences.length > 0 && el("ul", { className: "doubts" }, sentences),
    [...missing].map(Panel.message),
    gapsTable(facts),
  ];
};
