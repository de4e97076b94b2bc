// The currency that panels show: they are never added to each other.

import * as Address from "./address.js";

// The one that the URL names, else that of most messages.
export const chosen = (view) => {
  const known = view.overview.costs ? view.overview.costs.map((row) => row.currency) : [];
  const wanted = Address.get("currency");
  return known.includes(wanted) ? wanted : known[0];
};

export const name = (currency) => currency || "no currency";
