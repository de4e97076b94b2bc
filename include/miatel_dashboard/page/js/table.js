// Tables that can be sorted and saved as CSV.

import * as Format from "./format.js";
import { el, fill, head, note } from "./dom.js";

const FIRST_ROWS = 12;

const order = {};
const opened = new Set();

const compare = (a, b) => {
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return typeof a === "string" ? a.localeCompare(b) : a - b;
};

const sorted = (id, columns, rows) => {
  if (!order[id]) return rows;
  const { key, down } = order[id];
  const column = columns.find((one) => one.key === key);
  if (!column) return rows;
  const value = column.sort || column.value;
  const known = (row) => value(row) !== null && value(row) !== undefined;
  const ranked = rows
    .filter(known)
    .toSorted((a, b) => compare(value(a), value(b)) * (down ? -1 : 1));
  return [...ranked, ...rows.filter((row) => !known(row))]; // what has no value stands last
};

const heading = (id, column, redraw) => {
  const is = order[id] && order[id].key === column.key;
  const turn = () => {
    order[id] = { key: column.key, down: is ? !order[id].down : column.number === true };
    redraw();
  };
  const cell = el(
    "th",
    { className: column.number ? "number" : "", scope: "col" },
    el("button", { type: "button", onclick: turn }, column.title),
  );
  if (is) cell.setAttribute("aria-sort", order[id].down ? "descending" : "ascending");
  return cell;
};

// A spreadsheet would run a text that begins like a formula.
const guarded = (text) =>
  /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.]+$/.test(text) ? `'${text}` : text;

const csvCell = (value) => {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" ? guarded(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const csv = (columns, rows) =>
  [
    columns.map((column) => csvCell(column.key)),
    ...rows.map((row) => columns.map((column) => csvCell(column.value(row)))),
  ]
    .map((line) => line.join(","))
    .join("\r\n") + "\r\n";

const save = (name, text) => {
  const address = URL.createObjectURL(
    new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }),
  );
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
};

// columns: key (of the CSV), title, value(row), show(row) for people, number, sort(row), hidden: in the CSV alone.
export const draw = (id, title, text, columns, rows, count) => {
  const redraw = () => draw(id, title, text, columns, rows, count);
  const all = sorted(id, columns, rows);
  const visible = columns.filter((column) => !column.hidden);
  const seen = opened.has(id) ? all : all.slice(0, FIRST_ROWS);
  const more =
    all.length > seen.length &&
    el(
      "button",
      {
        type: "button",
        className: "button small more-rows",
        onclick: () => {
          opened.add(id);
          redraw();
        },
      },
      `Show all ${Format.count(all.length)}`,
    );
  const period = document.getElementById("page").dataset.period || "";
  fill(
    id,
    head(
      title,
      el(
        "button",
        {
          type: "button",
          className: "button small",
          onclick: () => save(`${id}_${period}.csv`, csv(columns, all)),
        },
        "Save CSV",
      ),
    ),
    note(text),
    count > rows.length &&
      note(`The ${Format.count(rows.length)} with most messages, of ${Format.count(count)}.`),
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
            visible.map((column) => heading(id, column, redraw)),
          ),
        ),
        el(
          "tbody",
          {},
          seen.map((row) =>
            el(
              "tr",
              {},
              visible.map((column) =>
                el(
                  "td",
                  { className: column.number ? "number" : "text" },
                  (column.show || column.value)(row),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
    more,
  );
};
