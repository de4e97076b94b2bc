// The bar of filters: period, country, network, sender, account.

import * as Address from "./address.js";
import * as Format from "./format.js";
import * as Source from "./source.js";
import { el, fill, segments } from "./dom.js";

const PRESETS = [
  ["7", "7 days"],
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "1 year"],
  ["all", "All"],
];
const LISTS = [
  ["country", "Country", "countries"],
  ["network", "Network", "networks"],
  ["sender", "Sender", "senders"],
  ["account", "Account", "accounts"],
];
let open = null;

const period = (view, changed) => {
  const inside = Source.inside;
  const offered = inside ? PRESETS.filter(([days]) => inside.days.includes(days)) : PRESETS;
  const chosen = Address.get("from")
    ? ""
    : Address.get("days") || (inside ? inside.default_days : "30");
  return segments("Period", offered, chosen, (days) => {
    Address.set({ days, from: null, to: null });
    changed();
  });
};

const dates = (view, changed) => {
  const one = (label, value) =>
    el("input", {
      type: "date",
      value: value || "",
      min: view.period.landed_first,
      max: view.period.landed_last,
      "aria-label": label,
      onchange: () => {
        if (first.value && last.value && first.value <= last.value) {
          Address.set({ days: null, from: first.value, to: last.value });
          changed();
        }
      },
    });
  const first = one("First day", view.period.first);
  const last = one("Last day", view.period.last);
  return el("span", { className: "dates" }, first, "–", last);
};

const label = (name, title, many, choices) => {
  const chosen = Address.all(name);
  if (!chosen.length) return `${title}: all`;
  if (chosen.length > 1) return `${title}: ${chosen.length} ${many}`;
  const known = choices.find((choice) => choice.name === chosen[0]);
  return `${title}: ${Format.nameOr(known ? known.label : chosen[0], "(none)")}`;
};

const list = (name, title, many, choices, changed) => {
  const one = Source.inside !== null;
  const chosen = new Set(Address.all(name));
  const choose = (event, value) => {
    if (one) chosen.clear();
    if (event.target.checked) chosen.add(value);
    else chosen.delete(value);
    open = one ? null : name;
    Address.set({ [name]: [...chosen] });
    changed();
  };
  const items = choices.map((choice) =>
    el(
      "li",
      {},
      el(
        "label",
        {},
        el("input", {
          type: "checkbox",
          checked: chosen.has(choice.name),
          onchange: (event) => choose(event, choice.name),
        }),
        el("span", {}, Format.nameOr(choice.label, "(none)")),
        el("span", { className: "muted" }, Format.count(choice.message_count)),
      ),
    ),
  );
  const search =
    choices.length > 8 &&
    el("input", {
      type: "search",
      placeholder: `Find in ${choices.length} ${many}`,
      "aria-label": `Find ${title.toLowerCase()}`,
      oninput: (event) => {
        const wanted = event.target.value.toLowerCase();
        items.forEach((item, at) => {
          item.hidden = !`${choices[at].label} ${choices[at].name}`.toLowerCase().includes(wanted);
        });
      },
    });
  const clear =
    chosen.size > 0 &&
    el(
      "button",
      {
        type: "button",
        className: "button small",
        onclick: () => {
          open = null;
          Address.set({ [name]: null });
          changed();
        },
      },
      "Show all",
    );
  return el(
    "details",
    { className: chosen.size ? "pick chosen" : "pick", open: open === name, "data-filter": name },
    el("summary", {}, label(name, title, many, choices)),
    el("div", { className: "menu" }, search, el("ul", {}, items), clear),
  );
};

const closeOthers = (event) => {
  for (const pick of document.querySelectorAll(".pick[open]")) {
    if (event.type === "keydown" ? event.key === "Escape" : !pick.contains(event.target)) {
      pick.open = false;
      open = null;
    }
  }
};
document.addEventListener("click", closeOthers);
document.addEventListener("keydown", closeOthers);

export const draw = (status, view, changed) => {
  const choices = status.choices;
  if (!view.period || choices.missing) {
    fill("filters");
    return;
  }
  const inside = Source.inside;
  const lists = inside ? LISTS.slice(0, 1) : LISTS;
  const offered = (name) =>
    inside
      ? choices[name].filter((choice) => inside.countries.includes(choice.name))
      : choices[name];
  const isFiltered = LISTS.some(([name]) => Address.all(name).length);
  fill(
    "filters",
    period(view, changed),
    inside ? null : dates(view, changed),
    lists.map(([name, title, many]) => list(name, title, many, offered(name), changed)),
    !inside &&
      isFiltered &&
      el(
        "button",
        {
          type: "button",
          className: "button",
          onclick: () => {
            open = null;
            Address.set({ country: null, network: null, sender: null, account: null });
            changed();
          },
        },
        "Clear filters",
      ),
  );
};
