// The currency that views show: they are never added to each other.

import * as Address from "./address.js";
import * as Format from "./format.js";
import { t } from "./texts.js";

// The one that the URL names, else that of most messages.
export const chosen = ({ overview }) => {
  const known = overview.costs ? overview.costs.map((row) => row.currency) : [];
  const wanted = Address.get("currency");
  return known.includes(wanted) ? wanted : known[0];
};

export const name = (currency) => Format.nameOr(currency, t("currency.none"));
