// In a word: can the figures of the page be trusted?

import * as Doubts from "./doubts.js";
import * as Format from "./format.js";
import { sentences, t } from "./texts.js";

const STALE_SECONDS = 48 * 3600;

export const age = (time) => (Date.now() - new Date(time).getTime()) / 1000;

const details = (facts) => {
  const { freshness } = facts;
  const { segment_count: all, open_receipt_count: open } = freshness;
  const doubts = Doubts.inShort(facts);
  return sentences([
    t("verdict.details", {
      until: Format.time(freshness.last_landed_at),
      gaps: t("count.gaps", { count: freshness.gap_count }),
      open: Format.rate(all ? open / all : 0),
      codes: t("count.undocumented_codes", { count: freshness.unknown_code_count }),
    }),
    doubts && t("verdict.to_be_known", { doubts }),
  ]);
};

// `tone` (good or warn), `says` in a few words, and `more` about it.
export const of = (facts) => {
  const { freshness } = facts;
  if (freshness.missing) {
    return { tone: "warn", says: t("verdict.unknown"), more: freshness.missing };
  }
  if (!freshness.last_landed_at) {
    return { tone: "warn", says: t("verdict.nothing"), more: t("verdict.what_to_run") };
  }
  const more = details(facts);
  const old = age(freshness.last_landed_at);
  if (freshness.gap_count) {
    const gaps = t("count.gaps", { count: freshness.gap_count });
    const missing = Format.duration(freshness.gap_seconds);
    return { tone: "warn", says: t("verdict.gaps", { gaps, missing }), more };
  }
  if (old > STALE_SECONDS) {
    return { tone: "warn", says: t("verdict.old", { age: Format.duration(old) }), more };
  }
  const days = t("count.days", { count: freshness.day_count });
  return { tone: "good", says: t("verdict.good", { days }), more };
};
