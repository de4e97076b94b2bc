// Light or dark as Airflow is, else as the system is; and the colours that charts draw with.
"use strict";

const Theme = (() => {
  // Told apart by most colour-blind readers; the same hue in light and in dark.
  const LIGHT = ["#0a6fb8", "#d1571f", "#0b8f6a", "#b8578f", "#b88700", "#4aa3d9", "#6d5bd0", "#8a5a44", "#5d6b7d", "#7d9a1f"];
  const DARK = ["#4ea4e6", "#f0854f", "#35c498", "#e38bbd", "#e2b33c", "#8fd0f5", "#a493f5", "#c5937b", "#9eabbd", "#b5d154"];
  const OUTCOMES = {
    light: { delivered: "#2b9b73", failed: "#d1571f", pending: "#b9c1cc" },
    dark: { delivered: "#35b085", failed: "#ee7f4a", pending: "#5a6577" },
  };
  const listeners = [];
  const order = { country: [], network: [] };

  // Airflow marks its own <html> with the class `dark`; the page is framed on the same origin.
  const airflow = () => {
    try {
      return window.parent !== window ? window.parent.document.documentElement : null;
    } catch {
      return null;
    }
  };

  const stored = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null;
    }
  };

  const wantsDark = () => {
    const framing = airflow();
    if (framing && /\b(dark|light)\b/.test(framing.className)) return framing.classList.contains("dark");
    const choice = stored();
    if (choice === "dark" || choice === "light") return choice === "dark";
    return matchMedia("(prefers-color-scheme: dark)").matches;
  };

  const apply = () => {
    const dark = wantsDark();
    if (document.documentElement.classList.contains("dark") === dark) return;
    document.documentElement.classList.toggle("dark", dark);
    listeners.forEach((listen) => listen());
  };

  const watch = () => {
    const framing = airflow();
    if (framing) new MutationObserver(apply).observe(framing, { attributes: true, attributeFilter: ["class"] });
    addEventListener("storage", apply);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
    apply();
  };

  const isDark = () => document.documentElement.classList.contains("dark");
  const value = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const palette = () => (isDark() ? DARK : LIGHT);

  watch();
  return {
    isDark,
    value,
    palette,
    outcome: (name) => OUTCOMES[isDark() ? "dark" : "light"][name],
    onChange: (listen) => listeners.push(listen),
    setOrder: (colours) => Object.assign(order, colours),
    // One colour a name for good: by its place in the order in which names first appeared.
    of: (dimension, name) => palette()[Math.max(order[dimension].indexOf(name), 0) % LIGHT.length],
    // Names that share a colour differ by their line.
    dash: (dimension, name) => ["solid", "dashed", "dotted"][Math.floor(Math.max(order[dimension].indexOf(name), 0) / LIGHT.length) % 3],
  };
})();
