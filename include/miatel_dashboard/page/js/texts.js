// Everything a reader sees, by key: the catalogue that the page carries with it.

const catalogue = JSON.parse(document.getElementById("texts").textContent);

// How numbers and dates are written in the catalogue's language, such as en-GB.
export const locale = catalogue["page.locale"];

const wholeNumber = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const pluralRules = new Intl.PluralRules(locale);

const shown = (value) => (typeof value === "number" ? wholeNumber.format(value) : String(value));

export const has = (key) => key in catalogue;

// The text of a key with values for its {names}, numbers as whole ones. The value `count` chooses
// between the forms of a text that has several.
export const t = (key, values = {}) => {
  const entry = catalogue[key];
  if (entry === undefined) throw new Error(key);
  const form =
    typeof entry === "string" ? entry : (entry[pluralRules.select(values.count)] ?? entry.other);
  return form.replaceAll(/\{(\w+)\}/g, (_, name) => shown(values[name]));
};

// Texts one after the other, such as sentences or names.
export const list = (texts) => texts.join(t("page.list_separator"));
export const sentences = (texts) => texts.filter(Boolean).join(" ");
