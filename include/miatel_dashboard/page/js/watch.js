// The watch list: what looks suspicious, in the words of the marts.

import * as Format from "./format.js";
import { el, fill, head, missing, note } from "./dom.js";

const TITLE = "Watch list";
const TYPES = {
  delivery_drop: "Delivery fell",
  sequential_numbers: "Numbers in a row",
  unusual_destination: "Unusual destination",
  volume_up_delivery_down: "More sent, less delivered",
};

// Hours and places of a finding; what is not narrowed is all of it.
const when = (row) => {
  const [since, until] = [row.since_at, row.until_at].map((at) => Format.time(at));
  if (!row.until_at) return `since ${since}`;
  const isOneDay = row.since_at.slice(0, 10) === row.until_at.slice(0, 10);
  return `${since.replace(" GMT", "")} – ${isOneDay ? until.split(", ")[1] : until}`;
};
const where = (row) => {
  const names = [
    ["network", row.network_name],
    ["sender", row.sender],
    ["account", row.account_name],
  ];
  const known = names.filter(([, name]) => name !== null && name !== undefined);
  if (known.length) return known.map(([kind, name]) => `${kind} ${name}`);
  return [row.country_name || "all traffic"];
};

const finding = (row) =>
  el(
    "li",
    {},
    el("p", { className: "what" }, row.what),
    el(
      "p",
      { className: "about" },
      el(
        "span",
        { className: row.strength >= 0.8 ? "chip bad" : "chip warn" },
        `${TYPES[row.watch_type] || row.watch_type}, strength ${Format.rate(row.strength, 0)}`,
      ),
      el("span", {}, when(row)),
      el("span", {}, Format.some(row.message_count, "message")),
      where(row).map((text) => el("span", {}, text)),
    ),
  );

export const draw = (view) => {
  const part = view.watch;
  if (part.missing) return missing("watch", TITLE, part);
  const text =
    "What changed or looks wrong by itself, the strongest first; strength is how much of it is beyond the usual. A finding is a reason to look, not a proof.";
  if (!part.rows.length) {
    fill(
      "watch",
      head(TITLE),
      note(text),
      el("p", { className: "missing" }, "Nothing stands out in this period with these filters."),
    );
    return undefined;
  }
  fill(
    "watch",
    head(TITLE),
    note(`${Format.some(part.row_count, "finding")}. ${text}`),
    el("ul", { className: "found" }, part.rows.map(finding)),
  );
  return undefined;
};
