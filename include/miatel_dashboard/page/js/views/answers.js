// Five questions, answered in words.

import * as Format from "../format.js";
import * as Reasons from "../reasons.js";
import * as Verdict from "../verdict.js";
import { el, fill } from "../dom.js";
import { list, t } from "../texts.js";
import { register } from "../registry.js";

const answer = (question, says, ...more) =>
  el(
    "article",
    { className: "answer" },
    el("h2", {}, question),
    el("p", { className: "say" }, says),
    more.map((text) => text && el("p", { className: "more" }, text)),
  );

const nameOf = (group) => Format.nameOr(group.label, t("answers.no_sender"));

const where = ({ worst: groups, dimension }) => {
  const [worst, ...others] = groups;
  const rates = others.map((group) =>
    t("answers.name_and_rate", {
      name: nameOf(group),
      rate: Format.rate(group.mature_delivery_rate),
    }),
  );
  return answer(
    t("answers.where"),
    t("answers.worst", { name: nameOf(worst), rate: Format.rate(worst.mature_delivery_rate) }),
    worst.group_count > 1 &&
      t("answers.at_overall_rate", {
        rate: Format.rate(worst.overall_rate),
        more: Format.count(worst.excess_count),
      }),
    others.length > 0
      ? t("answers.then", { others: list(rates) })
      : t("answers.by", { dimension: t(`dimension.${dimension}`) }),
  );
};

const why = ({ reason }) => {
  if (!reason) {
    return answer(t("answers.why"), t("answers.no_reason"), t("answers.see_reasons"));
  }
  const meaning = reason.is_documented
    ? reason.explanation || reason.meaning
    : t("answers.undocumented", { code: Reasons.codeOf(reason) });
  const share = Format.rate(reason.share_rate, 0);
  const key = `answers.share_of_${reason.code_type}_code`;
  return answer(t("answers.why_there"), meaning, t(key, { share, code: reason.code }));
};

const since = ({ fall, looked_from: from }) => {
  if (!fall) {
    const wavered = from && t("answers.wavered", { day: Format.day(from) });
    return answer(t("answers.since"), t("answers.no_day"), wavered);
  }
  return answer(
    t("answers.since"),
    Format.day(fall.since_date),
    t("answers.before_and_since", {
      before: Format.rate(fall.before),
      after: Format.rate(fall.after),
    }),
  );
};

const cost = ({ failed_costs: costs, worst }) => {
  const known = costs.filter((row) => row.failed_cost !== null);
  if (!known.length) return answer(t("answers.cost"), t("answers.no_prices"));
  const amounts = list(known.map((row) => Format.money(row.failed_cost, row.currency)));
  const paidFor = t("answers.paid_for", { count: worst[0].failed_message_count });
  const card = answer(t("answers.cost"), el("span", {}, amounts), paidFor);
  card.querySelector(".say").classList.toggle("list", known.length > 2);
  return card;
};

const trust = (facts) => {
  const { says, more } = Verdict.of(facts);
  return answer(t("answers.trust"), says, more);
};

const draw = ({ data: { answers: part }, facts }) => {
  if (part.missing) {
    const notThere = answer(t("answers.where"), t("answers.no_tables"), part.missing);
    return fill("answers", notThere, trust(facts));
  }
  if (!part.worst.length) {
    const none = answer(t("answers.where"), t("answers.none"), t("answers.none_is_worse"));
    return fill("answers", none, trust(facts));
  }
  return fill("answers", where(part), why(part), since(part), cost(part), trust(facts));
};

register("answers", draw);
