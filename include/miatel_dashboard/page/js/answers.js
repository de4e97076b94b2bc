// The five questions, answered in words.

import * as Format from "./format.js";
import * as Trust from "./trust.js";
import { el, fill } from "./dom.js";

const answer = (question, say, ...more) =>
  el(
    "article",
    { className: "answer" },
    el("h2", {}, question),
    el("p", { className: "say" }, say),
    more.map((text) => text && el("p", { className: "more" }, text)),
  );

const placeName = (place) => Format.nameOr(place.label, "(no sender)");

const where = ({ places, dimension }) => {
  const [worst, ...others] = places;
  const whole =
    worst.place_count > 1 &&
    `At the rate of the whole, ${Format.rate(worst.overall_rate)}, ${Format.count(worst.excess_count)} more would have arrived.`;
  const next =
    others.length > 0 &&
    `Then ${others.map((place) => `${placeName(place)} ${Format.rate(place.mature_delivery_rate)}`).join(", ")}.`;
  return answer(
    "Where do messages not arrive?",
    `${placeName(worst)}: ${Format.rate(worst.mature_delivery_rate)} delivered`,
    whole,
    next || `By ${dimension}.`,
  );
};

const why = ({ reason }) => {
  if (!reason)
    return answer("Why?", "No failed segment has a reason", "See the failure reasons below.");
  return answer(
    "Why there?",
    reason.is_documented
      ? reason.explanation || reason.meaning
      : `Undocumented ${reason.code_type} code ${reason.code}`,
    `${Format.rate(reason.share_rate, 0)} of the failed segments there. ${reason.code_type === "response" ? "Refused at once, response code" : "Final receipt, delivery code"} ${reason.code}.`,
  );
};

const since = ({ fall, looked_from: from }) => {
  if (!fall)
    return answer(
      "Since when?",
      "No day stands out",
      from && `The rate there has wavered, not fallen, since ${Format.day(from)}.`,
    );
  return answer(
    "Since when?",
    Format.day(fall.since_date),
    `${Format.rate(fall.before)} before, ${Format.rate(fall.after)} since.`,
  );
};

const cost = ({ failed_costs: costs, places }) => {
  const known = costs.filter((row) => row.failed_cost !== null);
  if (!known.length) return answer("What did it cost?", "No prices are known");
  const amounts = el(
    "span",
    {},
    known.map((row) => Format.money(row.failed_cost, row.currency)).join(", "),
  );
  const card = answer(
    "What did it cost?",
    amounts,
    `Paid for ${Format.some(places[0].failed_message_count, "failed message")} there.`,
  );
  card.querySelector(".say").classList.toggle("list", known.length > 2);
  return card;
};

const trust = (status) => {
  const { say, more } = Trust.verdict(status);
  return answer("Can I trust this page?", say, more);
};

export const draw = (status, view) => {
  const found = view.answers;
  if (found.missing) {
    fill(
      "answers",
      answer("Where do messages not arrive?", "The tables are not there yet", found.missing),
      trust(status),
    );
    return;
  }
  if (!found.places.length) {
    fill(
      "answers",
      answer(
        "Where do messages not arrive?",
        "No place stands out",
        "No place with at least 50 settled messages in this period is worse than the whole.",
      ),
      trust(status),
    );
    return;
  }
  fill("answers", where(found), why(found), since(found), cost(found), trust(status));
};
