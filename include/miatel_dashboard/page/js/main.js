// Loads what the URL asks for and draws it.

import * as Answers from "./answers.js";
import * as Chart from "./chart.js";
import * as Cost from "./cost.js";
import * as Delivery from "./delivery.js";
import * as Failures from "./failures.js";
import * as Filters from "./filters.js";
import * as Format from "./format.js";
import * as Latency from "./latency.js";
import * as Overview from "./overview.js";
import * as Source from "./source.js";
import * as Tables from "./tables.js";
import * as Theme from "./theme.js";
import * as Trust from "./trust.js";
import * as Watch from "./watch.js";
import * as Week from "./week.js";
import { fill } from "./dom.js";

const main = document.getElementById("page");
let status = null;
let view = null;
let asked = 0;

const say = (text) => {
  const notice = document.getElementById("notice");
  notice.textContent = text;
  notice.hidden = !text;
};

const period = ({ period: days }) => {
  const previous = new Date(new Date(days.first).getTime() - 86400000).toISOString().slice(0, 10);
  const before = days.is_previous_landed
    ? ` · compared with ${Format.day(days.previous_first)} – ${Format.day(previous)}`
    : " · nothing landed before to compare with";
  document.getElementById("period").textContent =
    `${Format.day(days.first)} – ${Format.day(days.last)} GMT, ${Format.days(days.day_count)}${before}`;
  main.dataset.period = `${days.first}_${days.last}`;
};

const nothing = () => {
  document.getElementById("period").textContent = "";
  ["answers", "overview"].forEach((id) => fill(id));
  document.querySelectorAll(".panel").forEach((panel) => panel.replaceChildren());
  Trust.mark(status);
  say(view.missing);
};

const draw = () => {
  Chart.clear();
  document.body.classList.toggle("nothing", !view.period);
  Filters.draw(status, view, load);
  if (!view.period) {
    nothing();
    return;
  }
  period(view);
  Trust.mark(status);
  Answers.draw(status, view);
  Overview.draw(view);
  Delivery.draw(view, redraw);
  Failures.draw(view);
  Latency.draw(view);
  Cost.draw(view, redraw);
  Week.draw(view, redraw);
  Watch.draw(view);
  Tables.draw(view);
  Trust.draw(status);
  foot();
};

// Another look at the same data: what is scrolled to stays where it is.
const redraw = () => {
  const top = scrollY;
  draw();
  scrollTo({ top });
};

const foot = () => {
  const inside = Source.inside;
  document.getElementById("foot").textContent = inside
    ? `Written ${Format.time(inside.written_at)}. This file holds its data: ${inside.days.length} periods, together and for ${Format.some(inside.countries.length, "country", "countries")} one at a time. For other dates, networks, senders and accounts open SMS in Airflow. No number of a person and no message text is inside.`
    : "Read from the published marts. All days and hours are GMT. No number of a person and no message text is on this page.";
};

async function load() {
  const number = (asked += 1);
  main.setAttribute("aria-busy", "true");
  try {
    const [newStatus, newView] = await Promise.all([status || Source.status(), Source.view()]);
    if (number !== asked) return; // another choice came in the meantime
    [status, view] = [newStatus, newView];
    if (status.choices.colour_order) Theme.setOrder(status.choices.colour_order);
    say("");
    draw();
  } catch (error) {
    if (number === asked) say(error.message);
  } finally {
    if (number === asked) main.setAttribute("aria-busy", "false");
  }
}

Theme.onChange(() => view && redraw());
load();
