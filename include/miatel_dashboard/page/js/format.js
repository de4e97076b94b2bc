// Numbers, money, and GMT days as people read them.

const LOCALE = "en-GB";
const date = (parts) => new Intl.DateTimeFormat(LOCALE, { ...parts, timeZone: "UTC" });
const wholeFormat = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const dayFormat = date({ day: "numeric", month: "short", year: "numeric" });
const shortDayFormat = date({ day: "numeric", month: "short" });
const monthFormat = date({ month: "short", year: "numeric" });
const timeFormat = date({
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
// the last bound of the counts of receipts: what is later is not told apart
const LONGEST = 86400;
const isNone = (value) => value === null || value === undefined;

const plain = (value, digits) =>
  new Intl.NumberFormat(LOCALE, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);

export const none = "–";

export const count = (value) => (isNone(value) ? none : wholeFormat.format(value));

export const rate = (value, digits = 1) =>
  isNone(value) ? none : `${plain(value * 100, digits)} %`;

export const points = (value) =>
  `${value > 0 ? "+" : "−"}${plain(Math.abs(value * 100), 1)} points`;

export const seconds = (value) => {
  if (isNone(value)) return none;
  if (value >= LONGEST) return "24 h or more";
  if (value < 100) return `${plain(value, value < 10 ? 1 : 0)} s`;
  if (value < 5400) return `${plain(value / 60, value < 600 ? 1 : 0)} min`;
  return `${plain(value / 3600, 1)} h`;
};

export const duration = (value) => {
  if (value < 5400) return seconds(value);
  return value < 172800 ? `${Math.round(value / 3600)} h` : `${Math.round(value / 86400)} days`;
};

// A price may be far below a cent: then three digits that count, else two after the point.
export const amount = (value) => {
  if (isNone(value)) return none;
  const number = Number(value);
  const size = Math.abs(number);
  const digits = number && size < 0.1 ? Math.min(6, 2 - Math.floor(Math.log10(size))) : 2;
  return plain(number, size >= 100000 ? 0 : digits);
};

export const money = (value, currency) =>
  isNone(value) ? none : `${amount(value)} ${currency || "(no currency)"}`;

export const day = (value) => dayFormat.format(new Date(value));
export const month = (value) => monthFormat.format(new Date(value));
export const time = (value) => `${timeFormat.format(new Date(value))} GMT`;

export const days = (number) => `${count(number)} ${number === 1 ? "day" : "days"}`;
export const some = (number, one, many = `${one}s`) =>
  `${count(number)} ${number === 1 ? one : many}`;

export const bucketName = (kind, value) => {
  if (kind === "month") return month(value);
  return kind === "week" ? `week of ${day(value)}` : day(value);
};

export const axisDay = (kind, value) =>
  (kind === "month" ? monthFormat : shortDayFormat).format(new Date(value));

export const nameOr = (name, instead) => (name === "" ? instead : name);
