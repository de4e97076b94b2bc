// Where the data comes from: the server behind the page, or this file itself.

import * as Address from "./address.js";
import { t } from "./texts.js";

const element = document.getElementById("inside");

// The data of the one-file page; null where a server answers.
export const inside = element ? JSON.parse(element.textContent) : null;

const ask = async (path) => {
  const headers = { Accept: "application/json" };
  const answer = await fetch(path, { credentials: "same-origin", headers });
  if (answer.status === 401) {
    location.reload(); // the login has ended; the page itself leads to it
    return new Promise(() => {});
  }
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Error(content.detail || t("error.server", { status: String(answer.status) }));
  }
  return content;
};

const insideKey = () => {
  const country = Address.get("country");
  return `${Address.get("days") || inside.default_days}|${country || ""}`;
};

// What no filter changes.
export const facts = () => (inside ? Promise.resolve(inside.status) : ask("api/status"));

// What the filters of the URL choose.
export const data = async () => {
  if (!inside) return ask(`api/view?${Address.query()}`);
  const found = inside.views[insideKey()];
  if (!found) throw new Error(t("error.not_inside"));
  return found;
};
