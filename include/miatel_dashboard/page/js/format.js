// Numbers, money, and GMT days as people read them.
"use strict";

const Format = (() => {
  const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  const shortDay = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  const month = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });
  const time = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
  const none = "–";
  const LONGEST = 86400; // the last bound of the counts of receipts: what is later is not told apart
  const isNone = (value) => value === null || value === undefined;
  const plain = (value, digits) =>
    new Intl.NumberFormat("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);

  const seconds = (value) => {
    if (isNone(value)) return none;
    if (value >= LONGEST) return "24 h or more";
    if (value < 100) return `${plain(value, value < 10 ? 1 : 0)} s`;
    if (value < 5400) return `${plain(value / 60, value < 600 ? 1 : 0)} min`;
    return `${plain(value / 3600, 1)} h`;
  };

  const duration = (value) => {
    if (value < 5400) return seconds(value);
    return value < 172800 ? `${Math.round(value / 3600)} h` : `${Math.round(value / 86400)} days`;
  };

  // A price may be far below a cent: then three digits that count, else two after the point.
  const amount = (value) => {
    const number = Number(value);
    const digits = number && Math.abs(number) < 0.1 ? Math.min(6, 2 - Math.floor(Math.log10(Math.abs(number)))) : 2;
    return plain(number, Math.abs(number) >= 100000 ? 0 : digits);
  };

  const bucketName = (kind, date) => {
    if (kind === "month") return month.format(new Date(date));
    return kind === "week" ? `week of ${day.format(new Date(date))}` : day.format(new Date(date));
  };

  return {
    none,
    count: (value) => (isNone(value) ? none : whole.format(value)),
    rate: (value, digits = 1) => (isNone(value) ? none : `${plain(value * 100, digits)} %`),
    points: (value) => `${value > 0 ? "+" : "−"}${plain(Math.abs(value * 100), 1)} points`,
    seconds,
    duration,
    money: (value, currency) => (isNone(value) ? none : `${amount(value)} ${currency || "(no currency)"}`),
    amount: (value) => (isNone(value) ? none : amount(value)),
    day: (value) => day.format(new Date(value)),
    shortDay: (value) => shortDay.format(new Date(value)),
    month: (value) => month.format(new Date(value)),
    time: (value) => `${time.format(new Date(value))} GMT`,
    days: (count) => `${whole.format(count)} ${count === 1 ? "day" : "days"}`,
    some: (count, one, many = `${one}s`) => `${whole.format(count)} ${count === 1 ? one : many}`,
    bucketName,
    axisDay: (kind, date) => (kind === "month" ? month : shortDay).format(new Date(date)),
    nameOr: (name, instead) => (name === "" ? instead : name),
  };
})();
