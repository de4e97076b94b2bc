// The colours that charts draw with, light or dark as `first_paint.js` found.

// Told apart by most colour-blind readers; the same hue in light and in dark.
const LIGHT = [
  "#0a6fb8",
  "#d1571f",
  "#0b8f6a",
  "#b8578f",
  "#b88700",
  "#4aa3d9",
  "#6d5bd0",
  "#8a5a44",
  "#5d6b7d",
  "#7d9a1f",
];
const DARK = [
  "#4ea4e6",
  "#f0854f",
  "#35c498",
  "#e38bbd",
  "#e2b33c",
  "#8fd0f5",
  "#a493f5",
  "#c5937b",
  "#9eabbd",
  "#b5d154",
];
const OUTCOMES = {
  light: { delivered: "#2b9b73", failed: "#d1571f", pending: "#b9c1cc" },
  dark: { delivered: "#35b085", failed: "#ee7f4a", pending: "#5a6577" },
};
const DASHES = ["solid", "dashed", "dotted"];
const order = { country: [], network: [] };

export const isDark = () => document.documentElement.classList.contains("dark");

export const value = (name) =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export const palette = () => (isDark() ? DARK : LIGHT);
export const outcome = (name) => OUTCOMES[isDark() ? "dark" : "light"][name];
export const onChange = (listen) => document.addEventListener("themechange", listen);
export const setOrder = (colours) => Object.assign(order, colours);

const rank = (dimension, name) => Math.max(order[dimension].indexOf(name), 0);

// One colour a name for good: by its rank in the order in which names first appeared.
export const colourOf = (dimension, name) => palette()[rank(dimension, name) % LIGHT.length];

// Names that share a colour differ by their line.
export const dash = (dimension, name) =>
  DASHES[Math.floor(rank(dimension, name) / LIGHT.length) % DASHES.length];
