// Loads what the URL asks for and draws it.

import * as Address from "./address.js";
import * as Chart from "./chart.js";
import * as Filters from "./filters.js";
import * as Format from "./format.js";
import * as Panel from "./panel.js";
import * as Registry from "./registry.js";
import * as Source from "./source.js";
import * as Theme from "./theme.js";
import * as Verdict from "./verdict.js";
import { fill } from "./dom.js";
import { t } from "./texts.js";

const DAY = 86400000;
const main = document.getElementById("page");
let facts = null;
let data = null;
let drawn = null; // the query of what is drawn
let asked = 0;

const say = (text) => {
  const notice = document.getElementById("notice");
  notice.textContent = text;
  notice.hidden = !text;
};

const drawPeriod = ({ period }) => {
  const dayBefore = new Date(new Date(period.first).getTime() - DAY);
  const values = {
    from: Format.day(period.first),
    until: Format.day(period.last),
    days: t("count.days", { count: period.day_count }),
    previous_from: Format.day(period.previous_first),
    previous_until: Format.day(dayBefore),
  };
  fill(
    "period",
    t(period.is_previous_landed ? "page.period_and_before" : "page.period_alone", values),
  );
  main.dataset.period = `${period.first}_${period.last}`;
};

const drawMark = () => {
  const { tone, says } = Verdict.of(facts);
  const mark = document.getElementById("trust-mark");
  mark.className = `mark ${tone}`;
  mark.textContent = says;
  mark.href = Address.linkTo({ view: "trust" });
};

const drawFoot = () => {
  const { inside } = Source;
  if (!inside) return fill("foot", t("page.foot"));
  const countries = t("filters.many_country", { count: inside.countries.length });
  const time = Format.time(inside.written_at);
  return fill("foot", t("page.foot_of_file", { time, periods: inside.days.length, countries }));
};

const drawNothing = () => {
  fill("period");
  Registry.names().forEach((name) => fill(name));
  say(data.missing);
};

const draw = () => {
  Chart.clear();
  document.body.classList.toggle("nothing", !data.period);
  Filters.draw(facts, data, load);
  drawMark();
  if (!data.period) {
    drawNothing();
    return;
  }
  drawPeriod(data);
  Registry.drawAll({ data, facts, redraw });
  drawFoot();
};

// Another look at the same data: what is scrolled to stays where it is.
const redraw = () => {
  const top = scrollY;
  draw();
  scrollTo({ top });
};

const showChosenView = () => {
  const name = Address.get("view");
  if (data?.period && Registry.names().includes(name)) Panel.show(name);
};

async function load() {
  const number = (asked += 1);
  const query = Address.query();
  main.setAttribute("aria-busy", "true");
  try {
    const answers = await Promise.all([facts || Source.facts(), Source.data()]);
    if (number !== asked) return; // another choice came in the meantime
    [facts, data] = answers;
    drawn = query;
    if (facts.choices.colour_order) Theme.setOrder(facts.choices.colour_order);
    say("");
    draw();
  } catch (error) {
    if (number !== asked) return;
    drawn = null;
    say(error.message);
  } finally {
    if (number === asked) main.setAttribute("aria-busy", "false");
  }
}

const goBack = async () => {
  Address.copyToAirflow();
  if (Address.query() === drawn) redraw();
  else await load();
  showChosenView();
};

document.getElementById("trust-mark").addEventListener("click", Panel.follow("trust"));
Address.onBack(goBack);
Theme.onChange(() => data && redraw());
load().then(showChosenView);
