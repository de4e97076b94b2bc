// Where the data comes from: the server behind the page, or this file itself.
"use strict";

const Source = (() => {
  const element = document.getElementById("inside");
  const inside = element ? JSON.parse(element.textContent) : null;

  const ask = async (path) => {
    const answer = await fetch(path, { credentials: "same-origin", headers: { Accept: "application/json" } });
    if (answer.status === 401) {
      location.reload(); // the login has ended; the page itself leads to it
      return new Promise(() => {});
    }
    const content = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(content.detail || `The server answered ${answer.status}.`);
    return content;
  };

  const insideKey = () => {
    const country = Address.get("country");
    return `${Address.get("days") || inside.default_days}|${country || ""}`;
  };

  return {
    inside,
    status: () => (inside ? Promise.resolve(inside.status) : ask("api/status")),
    view: async () => {
      if (!inside) return ask(`api/view?${Address.query()}`);
      const view = inside.views[insideKey()];
      if (!view) throw new Error("This file does not hold that view. Choose another period or country.");
      return view;
    },
  };
})();
