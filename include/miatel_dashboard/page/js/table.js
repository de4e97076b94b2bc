// Tables that can be sorted and saved as CSV.

import * as Panel from "./panel.js";
import { cell, el, note, table } from "./dom.js";
import { t } from "./texts.js";

const FIRST_ROWS = 12;

const order = {};
const opened = new Set();

const compare = (a, b) => {
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return typeof a === "string" ? a.localeCompare(b) : a - b;
};

const sorted = (name, columns, rows) => {
  if (!order[name]) return rows;
  const { key, down } = order[name];
  const column = columns.find((one) => one.key === key);
  if (!column) return rows;
  const value = column.sort || column.value;
  const isKnown = (row) => value(row) !== null && value(row) !== undefined;
  const ranked = rows
    .filter(isKnown)
    .toSorted((a, b) => compare(value(a), value(b)) * (down ? -1 : 1));
  return [...ranked, ...rows.filter((row) => !isKnown(row))]; // what has no value stands last
};

const sortingHeading = (name, column, redraw) => {
  const by = order[name] && order[name].key === column.key ? order[name] : null;
  const turn = () => {
    order[name] = { key: column.key, down: by ? !by.down : column.number === true };
    redraw();
  };
  const heading = el(
    "th",
    { className: column.number ? "number" : "", scope: "col" },
    el("button", { type: "button", onclick: turn }, column.title),
  );
  if (by) heading.setAttribute("aria-sort", by.down ? "descending" : "ascending");
  return heading;
};

// A spreadsheet would run a text that begins like a formula.
const guarded = (text) =>
  /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.]+$/.test(text) ? `'${text}` : text;

const csvCell = (value) => {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" ? guarded(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const csv = (columns, rows) => {
  const lines = [
    columns.map((column) => csvCell(column.key)),
    ...rows.map((row) => columns.map((column) => csvCell(column.value(row)))),
  ];
  return `${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
};

const save = (name, text) => {
  const type = "text/csv;charset=utf-8";
  const address = URL.createObjectURL(new Blob(["\ufeff", text], { type }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
};

const button = (className, text, onclick) =>
  el("button", { type: "button", className, onclick }, text);

// columns: key (of the CSV), title, value(row), show(row) for people, number, sort(row), and hidden
// where it stands in the CSV alone. count: how many rows there are, those left out included.
export const draw = (name, content) => {
  const { title, about, columns, rows, count } = content;
  const redraw = () => draw(name, content);
  const all = sorted(name, columns, rows);
  const visible = columns.filter((column) => !column.hidden);
  const seen = opened.has(name) ? all : all.slice(0, FIRST_ROWS);
  const showAll = () => {
    opened.add(name);
    redraw();
  };
  const period = document.getElementById("page").dataset.period || "";
  const saveAll = () => save(`${name}_${period}.csv`, csv(columns, all));
  Panel.draw(
    name,
    { title, controls: button("button small", t("table.save"), saveAll) },
    note(about),
    count > rows.length && note(t("table.cut", { shown: rows.length, count })),
    table(
      {},
      visible.map((column) => sortingHeading(name, column, redraw)),
      seen.map((row) =>
        visible.map((column) =>
          cell((column.show || column.value)(row), column.number ? "number" : "text"),
        ),
      ),
    ),
    all.length > seen.length &&
      button("button small more-rows", t("table.show_all", { rows: all.length }), showAll),
  );
};
