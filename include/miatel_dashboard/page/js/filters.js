// The bar of filters: period, country, network, sender, account; source where there are several.

import * as Address from "./address.js";
import * as Format from "./format.js";
import * as SeveralSources from "./several_sources.js";
import * as Source from "./source.js";
import { el, fill, segments } from "./dom.js";
import { t } from "./texts.js";

const PRESETS = ["7", "30", "90", "365", "all"];
const DEFAULT_PRESET = "30";
const LISTS = ["country", "network", "sender", "account", "source"];
const SEARCHED_FROM = 9; // choices, from which on a list has a field to search in
let open = null;

const period = (changed) => {
  const { inside } = Source;
  const offered = inside ? PRESETS.filter((days) => inside.days.includes(days)) : PRESETS;
  const usual = inside ? inside.default_days : DEFAULT_PRESET;
  const chosen = Address.get("from") ? "" : Address.get("days") || usual;
  return segments(
    t("filters.period"),
    offered.map((days) => [days, t(`filters.days_${days}`)]),
    chosen,
    (days) => {
      Address.set({ days, from: null, to: null });
      changed();
    },
  );
};

const dates = (landed, changed) => {
  const choose = () => {
    if (first.value && last.value && first.value <= last.value) {
      Address.set({ days: null, from: first.value, to: last.value });
      changed();
    }
  };
  const field = (label, value) =>
    el("input", {
      type: "date",
      value: value || "",
      min: landed.landed_first,
      max: landed.landed_last,
      "aria-label": label,
      onchange: choose,
    });
  const first = field(t("filters.first_day"), landed.first);
  const last = field(t("filters.last_day"), landed.last);
  return el("span", { className: "dates" }, first, "–", last);
};

const summary = (name, choices) => {
  const title = t(`filters.${name}`);
  const chosen = Address.all(name);
  if (!chosen.length) return t("filters.all_of", { title });
  if (chosen.length > 1) {
    return t("filters.some_of", {
      title,
      many: t(`filters.many_${name}`, { count: chosen.length }),
    });
  }
  const known = choices.find((choice) => choice.name === chosen[0]);
  return t("filters.one_of", { title, name: known ? known.label : chosen[0] });
};

const searchField = (name, choices, items) => {
  const search = (event) => {
    const wanted = event.target.value.toLowerCase();
    items.forEach((item, index) => {
      const text = `${choices[index].label} ${choices[index].name}`.toLowerCase();
      item.hidden = !text.includes(wanted);
    });
  };
  return el("input", {
    type: "search",
    placeholder: t("filters.find_in", {
      many: t(`filters.many_${name}`, { count: choices.length }),
    }),
    "aria-label": t(`filters.find_${name}`),
    oninput: search,
  });
};

const button = (className, text, changes, changed) =>
  el(
    "button",
    {
      type: "button",
      className,
      onclick: () => {
        open = null;
        Address.set(changes);
        changed();
      },
    },
    text,
  );

const list = (name, choices, changed) => {
  const onlyOne = Source.inside !== null;
  const chosen = new Set(Address.all(name));
  const choose = (event, value) => {
    if (onlyOne) chosen.clear();
    if (event.target.checked) chosen.add(value);
    else chosen.delete(value);
    open = onlyOne ? null : name;
    Address.set({ [name]: [...chosen] });
    changed();
  };
  const item = (choice) => {
    const checked = chosen.has(choice.name);
    const onchange = (event) => choose(event, choice.name);
    return el(
      "li",
      {},
      el(
        "label",
        {},
        el("input", { type: "checkbox", checked, onchange }),
        el("span", {}, choice.label),
        el("span", { className: "muted" }, Format.count(choice.message_count)),
      ),
    );
  };
  const items = choices.map(item);
  return el(
    "details",
    { className: chosen.size ? "pick chosen" : "pick", open: open === name, "data-filter": name },
    el("summary", {}, summary(name, choices)),
    el(
      "div",
      { className: "menu" },
      choices.length >= SEARCHED_FROM && searchField(name, choices, items),
      el("ul", {}, items),
      chosen.size > 0 && button("button small", t("filters.show_all"), { [name]: null }, changed),
    ),
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

export const draw = (facts, data, changed) => {
  const { choices } = facts;
  if (!data.period || choices.missing) return fill("filters");
  const { inside } = Source;
  const offered = (name) =>
    inside
      ? choices[name].filter((choice) => inside.countries.includes(choice.name))
      : choices[name];
  const lists = LISTS.filter(
    (name) => name !== "source" || !SeveralSources.isOne(facts) || Address.all(name).length > 0,
  );
  const isFiltered = LISTS.some((name) => Address.all(name).length);
  const none = Object.fromEntries(LISTS.map((name) => [name, null]));
  return fill(
    "filters",
    period(changed),
    inside ? null : dates(data.period, changed),
    (inside ? lists.slice(0, 1) : lists).map((name) => list(name, offered(name), changed)),
    !inside && isFiltered && button("button", t("filters.clear"), none, changed),
  );
};
