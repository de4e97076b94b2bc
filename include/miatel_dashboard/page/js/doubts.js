// What cannot be read or is not filled, each in a sentence, and only where there is some.

import * as Format from "./format.js";
import { el, note } from "./dom.js";

const RECENT = "the last 30 days";

const unpriced = ({ segment_count: count, recent_segment_count: recent, last_date: last }) => {
  if (!count) return null;
  const some = recent === count ? "all" : `${Format.count(recent)} of them`;
  const when = recent ? `${some} in ${RECENT}` : `the last one on ${Format.day(last)}`;
  return `${Format.some(count, "segment")} should have a price and ${count === 1 ? "has" : "have"} none that can be read, ${when}. The costs are too low by these.`;
};

const receipts = ({ implausible_count: count, receipt_count: measured, last_date: last }) =>
  count
    ? `${Format.some(count, "receipt")} ${count === 1 ? "has" : "have"} a time that cannot be true, the last one of ${Format.day(last)}. The times to delivery are those of the other ${Format.count(measured)}.`
    : null;

const late = ({
  record_count: count,
  recent_record_count: recent,
  most_hours: hours,
  suggested_lookback_hours: lookback,
}) => {
  if (!count) return null;
  if (!recent)
    return `${Format.some(count, "record")} came to light after their seconds had been asked for, none in ${RECENT}.`;
  return `${Format.some(recent, "record")} came to light in ${RECENT} after their seconds had been asked for, up to ${Format.duration(hours * 3600)} late. Set lookback_hours of miatel_extract to ${Format.count(lookback)}, so that none is missed.`;
};

const withoutId = ({ record_count: all, records_without_id_count: count }) =>
  count
    ? `${Format.count(count)} of ${Format.some(all, "record")} ${count === 1 ? "has" : "have"} no id. Each counts as a record of its own.`
    : null;

const sharedSmsId = ({ shared_sms_id_count: count }) =>
  count
    ? `${Format.some(count, "record")} ${count === 1 ? "has" : "have"} the node and sms id of another record of that day or the day before. All are counted; join no other data by these ids.`
    : null;

const sharedMessageId = ({ shared_message_id_count: count }) =>
  count
    ? `${Format.some(count, "record")} ${count === 1 ? "has" : "have"} the message id of another record of that day or the day before, as the recipients of one bulk send may. All are counted.`
    : null;

const PARTS = [
  ["unpriced", unpriced],
  ["implausible_receipts", receipts],
  ["late_records", late],
  ["identity", withoutId],
  ["identity", sharedSmsId],
  ["identity", sharedMessageId],
];

const sentences = (status) =>
  PARTS.map(([name, say]) => (status[name].missing ? null : say(status[name]))).filter(Boolean);

// For the first answer of the page: what one has to know of the figures above.
export const inShort = (status) => {
  const {
    unpriced: prices,
    implausible_receipts: times,
    late_records: records,
    identity: ids,
  } = status;
  return [
    prices.recent_segment_count &&
      `${Format.some(prices.recent_segment_count, "segment")} without a readable price`,
    times.implausible_count &&
      `${Format.some(times.implausible_count, "receipt")} with an impossible time`,
    records.recent_record_count &&
      `${Format.some(records.recent_record_count, "record")} found late`,
    ids.records_without_id_count &&
      `${Format.some(ids.records_without_id_count, "record")} without an id`,
    ids.shared_sms_id_count &&
      `${Format.some(ids.shared_sms_id_count, "record")} with an id of another`,
  ]
    .filter(Boolean)
    .join(", ");
};

const why = (gap) =>
  gap.gap_reason
    ? `${gap.gap_reason}, tried ${Format.time(gap.gap_failed_at)}`
    : "the next daily runs fill it, or miatel_history";

const gaps = (part) => {
  if (part.missing || !part.rows.length) return null;
  const more = part.row_count - part.rows.length;
  return [
    note(
      `Seconds that no answer covers, the latest first${more > 0 ? `; ${Format.count(more)} earlier ones are not listed` : ""}.`,
    ),
    el(
      "div",
      { className: "scroll" },
      el(
        "table",
        { id: "gaps" },
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            ["From", "Until", "Long", "Why it stays"].map((text) =>
              el("th", { scope: "col" }, text),
            ),
          ),
        ),
        el(
          "tbody",
          {},
          part.rows.map((row) =>
            el(
              "tr",
              {},
              [
                Format.time(row.start_at),
                Format.time(row.end_at),
                Format.duration(row.duration_seconds),
                why(row),
              ].map((text) => el("td", {}, text)),
            ),
          ),
        ),
      ),
    ),
  ];
};

export const draw = (status) => {
  const said = sentences(status);
  const gone = ["unpriced", "implausible_receipts", "late_records", "gaps", "identity"]
    .map((name) => status[name].missing)
    .filter(Boolean);
  return [
    said.length > 0 &&
      el(
        "ul",
        { className: "doubts" },
        said.map((text) => el("li", {}, text)),
      ),
    [...new Set(gone)].map((text) => el("p", { className: "missing" }, text)),
    gaps(status.gaps),
  ];
};
