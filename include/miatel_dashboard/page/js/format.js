// Numbers, money, and GMT days as people read them.

import { locale, t } from "./texts.js";

const date = (parts) => new Intl.DateTimeFormat(locale, { ...parts, timeZone: "UTC" });
const wholeFormat = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const dayFormat = date({ day: "numeric", month: "short", year: "numeric" });
const shortDayFormat = date({ day: "numeric", month: "short" });
const monthFormat = date({ month: "short", year: "numeric" });
const HOUR = { hour: "2-digit", minute: "2-digit" };
const hourFormat = date(HOUR);
const timeFormat = date({ day: "numeric", month: "short", year: "numeric", ...HOUR });
// the last bound of the counts of receipts: what is later is not told apart
const LONGEST = 86400;
const isNone = (value) => value === null || value === undefined;

const plain = (value, digits) =>
  new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);

export const none = t("page.no_value");

export const count = (value) => (isNone(value) ? none : wholeFormat.format(value));

export const rate = (value, digits = 1) =>
  isNone(value) ? none : t("unit.percent", { value: plain(value * 100, digits) });

export const points = (value) =>
  t("unit.points", { value: `${value > 0 ? "+" : "−"}${plain(Math.abs(value * 100), 1)}` });

export const seconds = (value) => {
  if (isNone(value)) return none;
  if (value >= LONGEST) return t("unit.longest");
  if (value < 100) return t("unit.seconds", { value: plain(value, value < 10 ? 1 : 0) });
  if (value < 5400) return t("unit.minutes", { value: plain(value / 60, value < 600 ? 1 : 0) });
  return t("unit.hours", { value: plain(value / 3600, 1) });
};

export const duration = (value) => {
  if (value < 5400) return seconds(value);
  if (value < 172800) return t("unit.hours", { value: String(Math.round(value / 3600)) });
  return t("unit.days", { value: String(Math.round(value / 86400)) });
};

// A price may be far below a cent: then three digits that count, else two after the point.
export const amount = (value) => {
  if (isNone(value)) return none;
  const number = Number(value);
  const size = Math.abs(number);
  const digits = number && size < 0.1 ? Math.min(6, 2 - Math.floor(Math.log10(size))) : 2;
  return plain(number, size >= 100000 ? 0 : digits);
};

// What tables hold where a record has no sender, account, network or currency.
const NONE = "(none)";
export const money = (value, currency) => {
  if (isNone(value)) return none;
  if (currency === NONE) return t("unit.money_without_currency", { amount: amount(value) });
  return t("unit.money", { amount: amount(value), currency });
};

export const day = (value) => dayFormat.format(new Date(value));
export const month = (value) => monthFormat.format(new Date(value));
export const hour = (value) => hourFormat.format(new Date(value));
export const dayAndHour = (value) => timeFormat.format(new Date(value));
export const time = (value) => t("unit.time", { time: dayAndHour(value) });

// A day, week or month by its first day: as a title, and short below an axis.
export const bucketName = (kind, value) => {
  if (kind === "month") return month(value);
  return kind === "week" ? t("bucket.week_of", { day: day(value) }) : day(value);
};

export const axisDay = (kind, value) =>
  (kind === "month" ? monthFormat : shortDayFormat).format(new Date(value));

export const nameOr = (name, instead) => (name === NONE ? instead : name);
