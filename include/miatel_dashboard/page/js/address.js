// Filters and view live in the URL, so that what is seen can be sent to a colleague, and the back
// button leads to what was seen before.

import { options } from "./registry.js";

// In a file there is no query to change: the filters stand behind the #.
const isFile = location.protocol === "file:";

const read = () => new URLSearchParams(isFile ? location.hash.slice(1) : location.search);

const withChanges = (changes) => {
  const parameters = read();
  for (const [name, values] of Object.entries(changes)) {
    parameters.delete(name);
    [values]
      .flat()
      .filter((value) => value !== null && value !== undefined)
      .forEach((value) => parameters.append(name, value));
  }
  return parameters;
};

const spell = (parameters) => {
  const text = parameters.toString();
  if (isFile) return `#${text}`;
  return location.pathname + (text ? `?${text}` : "");
};

// Airflow keeps the framed path behind its own, but only looks when a page loads.
export const copyToAirflow = () => {
  try {
    const outer = window.parent;
    const own = outer !== window && outer.location.pathname.match(/^.*?\/plugin\/[^/]+/);
    if (!own) return;
    const path = own[0] + location.pathname + location.search;
    outer.history.replaceState(outer.history.state, "", path);
  } catch {
    // framed by another origin: there is no address of ours to keep
  }
};

export const get = (name) => read().get(name);
export const all = (name) => read().getAll(name);

// What the server is asked for; what is seen of it, and how, is no business of its.
export const query = () => {
  const parameters = read();
  ["view", ...options()].forEach((name) => parameters.delete(name));
  return parameters.toString();
};

export const linkTo = (changes) => spell(withChanges(changes));

// What a reader chose is a step that the back button takes back.
export const set = (changes) => {
  const address = linkTo(changes);
  if (address === spell(read())) return;
  history.pushState(null, "", address);
  copyToAirflow();
};

export const onBack = (listen) => addEventListener("popstate", listen);
