// The frame of a view: its title, which is its link, what controls it, and what it shows.

import * as Address from "./address.js";
import { el, fill } from "./dom.js";

// Scroll to a view as its link does.
export const show = (name) => document.getElementById(name).scrollIntoView();

// Following the link changes the URL and what is in sight; nothing is loaded for it.
export const follow = (name) => (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab or window of its own
  event.preventDefault();
  Address.set({ view: name });
  show(name);
};

const link = (name, title) =>
  el("a", { href: Address.linkTo({ view: name }), onclick: follow(name) }, title);

export const draw = (name, { title, controls = [] }, ...content) =>
  fill(name, el("div", { className: "head" }, el("h2", {}, link(name, title)), controls), content);

export const message = (text) => el("p", { className: "missing" }, text);

// A view that has nothing to show says why, or what to run.
export const drawMessage = (name, title, text) => draw(name, { title }, message(text));
