// Light or dark as Airflow is, else as the system is. A classic script in the head, no module: it
// runs before the first paint, so that a dark page never flashes white.
(() => {
  "use strict";

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
    if (framing && /\b(dark|light)\b/.test(framing.className)) {
      return framing.classList.contains("dark");
    }
    const choice = stored();
    if (choice === "dark" || choice === "light") return choice === "dark";
    return matchMedia("(prefers-color-scheme: dark)").matches;
  };

  const apply = () => {
    const dark = wantsDark();
    const { classList } = document.documentElement;
    if (classList.contains("dark") === dark) return;
    classList.toggle("dark", dark);
    document.dispatchEvent(new Event("themechange"));
  };

  const framing = airflow();
  if (framing) {
    const watched = { attributes: true, attributeFilter: ["class"] };
    new MutationObserver(apply).observe(framing, watched);
  }
  addEventListener("storage", apply);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
  apply();
})();
