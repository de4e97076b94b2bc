// Elements from names and texts. Data only ever becomes text: nothing here reads HTML.

const add = (element, children) => {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
};

export const el = (name, properties = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key.includes("-") || key === "role" || key === "for" || key === "scope")
      element.setAttribute(key, value);
    else element[key] = value;
  }
  return add(element, children);
};

export const svg = (name, attributes = {}, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return add(element, children);
};

// A colour goes through the object model: the policy lets no style attribute through.
export const swatch = (colour, dash) => {
  const element = el("span", { className: "swatch" });
  const gap = { dashed: "4px, transparent 4px 6px", dotted: "2px, transparent 2px 4px" }[dash];
  element.style.background = gap ? `repeating-linear-gradient(90deg, ${colour} 0 ${gap})` : colour;
  return element;
};

export const legend = (entries) =>
  el(
    "ul",
    { className: "legend" },
    entries.map(({ colour, dash, name, value }) =>
      el("li", {}, swatch(colour, dash), el("span", {}, name), value ? el("b", {}, value) : null),
    ),
  );

export const note = (text) => el("p", { className: "note" }, text);

export const fill = (id, ...children) => {
  const element = document.getElementById(id);
  element.replaceChildren();
  return add(element, children);
};

// headings: texts, or a text with the class of its column; rows: as many cells each.
export const table = (properties, headings, rows) =>
  el(
    "div",
    { className: "scroll" },
    el(
      "table",
      properties,
      el("thead", {}, el("tr", {}, headings)),
      el(
        "tbody",
        {},
        rows.map((cells) => el("tr", {}, cells)),
      ),
    ),
  );

export const heading = (text, className = "") => el("th", { scope: "col", className }, text);
export const cell = (content, className = "") => el("td", { className }, content);

export const segments = (label, options, chosen, choose) =>
  el(
    "div",
    { className: "segments", role: "group", "aria-label": label },
    options.map(([key, text]) =>
      el(
        "button",
        { type: "button", "aria-pressed": String(key === chosen), onclick: () => choose(key) },
        text,
      ),
    ),
  );
