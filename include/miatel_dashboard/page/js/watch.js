// The watch list: what looks suspicious, in the words of the marts.
"use strict";

const Watch = (() => {
  const TITLE = "Watch list";
  const TYPES = {
    delivery_drop: "Delivery fell",
    sequential_numbers: "Numbers in a row",
    unusual_destination: "Unusual destination",
    volume_up_delivery_down: "More sent, less delivered",
  };

  const finding = (row) => el("li", {},
    el("p", { className: "what" }, row.what),
    el("p", { className: "about" },
      el("span", { className: row.strength >= 0.8 ? "chip bad" : "chip warn" }, `${TYPES[row.watch_type] || row.watch_type}, strength ${Format.rate(row.strength, 0)}`),
      el("span", {}, `since ${Format.day(row.since_at)}${row.until_at ? ` until ${Format.day(row.until_at)}` : ""}`),
      el("span", {}, Format.some(row.message_count, "message")),
      [row.network_name || row.country_name, row.sender, row.account_name].filter(Boolean).map((text) => el("span", {}, text))));

  const draw = (view) => {
    const part = view.watch;
    if (part.missing) return missing("watch", TITLE, part);
    const text = "What changed or looks wrong by itself, the strongest first. A finding is a reason to look, not a proof.";
    if (!part.rows.length) {
      fill("watch", head(TITLE), note(text), el("p", { className: "missing" }, "Nothing stands out in this period with these filters."));
      return undefined;
    }
    fill("watch", head(TITLE), note(`${Format.some(part.row_count, "finding")}. ${text}`), el("ul", { className: "found" }, part.rows.map(finding)));
    return undefined;
  };

  return { draw };
})();
