// The filters live in the URL, so that a view can be sent to a colleague.

// In a file there is no query to change: the filters stand behind the #.
const isFile = location.protocol === "file:";
const VIEW_ONLY = ["by", "cells", "currency"];

const read = () => new URLSearchParams(isFile ? location.hash.slice(1) : location.search);

const write = (parameters) => {
  const text = parameters.toString();
  if (isFile) {
    history.replaceState(null, "", text ? `#${text}` : "#");
    return;
  }
  history.replaceState(null, "", location.pathname + (text ? `?${text}` : ""));
  copyToAirflow();
};

// Airflow keeps the framed path behind its own, but only looks when a page loads.
const copyToAirflow = () => {
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

// What the server is asked for; how a panel shows it is no business of its.
export const query = () => {
  const parameters = read();
  VIEW_ONLY.forEach((name) => parameters.delete(name));
  return parameters;
};

export const set = (changes) => {
  const parameters = read();
  for (const [name, values] of Object.entries(changes)) {
    parameters.delete(name);
    [values]
      .flat()
      .filter((value) => value !== null && value !== undefined)
      .forEach((value) => parameters.append(name, value));
  }
  write(parameters);
};
