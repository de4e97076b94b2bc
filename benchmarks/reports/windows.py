"""How frugal the windows are."""

from __future__ import annotations

from typing import Any

from benchmarks.common.charts import COLOURS, image, picture
from benchmarks.common.markdown import table
from benchmarks.common.section import Section
from benchmarks.common.spread import Target
from benchmarks.windows.history import PROFILES

_LIMIT, _AIM = 1.3, 1.15
_THROWN_LIMIT, _THROWN_AIM = 0.10, 0.05
_MUCH = 100_000  # records a day from which a campaign is no longer most of the traffic
_WHOLE = "whole history"
_KEPT = {"ascending": "the first", "descending": "the last", "shuffled": "some from everywhere"}
_MARKS = {"ascending": "o-", "descending": "s--", "shuffled": "^:"}

_METHOD = """
The planner is driven as an extraction drives it, but without HTTP, reader and disk, over the
simulator's own traffic; nothing is timed, so that the figures are the same on every machine. The
least number of requests is ceil(records ÷ 100,000), or the days ÷ 31 if that is more. A truncated
answer's records count as thrown away. The vendor does not say which records a truncated answer
holds, so each history is walked three times: the answer holds the first ones (as in ascending
order or by id), the last ones (descending), or some from everywhere (shuffled). How whole answers
are ordered makes no difference to the planner.

**Lower bound.** Nobody can foresee a campaign that was never seen before. One that alone has more
records than an answer may hold has to be cut, and where it lies only a truncated answer tells.
Where answers hold the first or the last records, each such answer tells of one campaign: at least
one request a campaign is lost. Where they hold some from everywhere, one truncated answer tells
of all campaigns within 31 days. *Bound* is the least that follows for the very history that was
walked; it still assumes that all else goes perfectly.
"""

_MEANING = """
**What it means.** Without campaigns no volume and no kind of answer costs more than {calm:.2f}
times the least, {calm_thrown:.1%} thrown away. Where days are landed already, as before every daily
run, their records' times tell when the traffic comes, and windows fit from the first on. Campaigns
of ordinary size against the traffic cost one truncated answer and one that is partly filled each.

**What was not reached.** With 1,000 to 30,000 records a day and a campaign of 60,000 to 240,000
records each week, most of the traffic *is* campaigns, which come unforeseen. Where truncated
answers hold only the first or the last records, such a history costs about twice the least: each
answer's worth of records is asked for once in vain, which tells where to cut, and once for good.
The bound says that {bound:.2f} times is unavoidable in the worst of these histories, and what is
thrown away follows from it: 100,000 records for each of its extra requests. It takes for granted
that one knows when to ask for little: windows short enough to hold no campaign, or one at most, are
nearly empty at these volumes, and cost as many requests as they save. At 100,000 a day and more the
same campaigns weigh less. Where truncated answers hold some from everywhere, the planner asks for a
month on purpose, which shows all campaigns at once.

Campaigns that are small against an answer (*in proportion*, 10,000 to 30,000 a day) come several in
a window, and vary what it holds: the planner learns by how much, and leaves that room. At 100,000 a
day a window holds about a day, and with a campaign a week, of 12,000 to 48,000 records, every
seventh window has one. Aiming at 0.95 of an answer costs 1.05 times the least and 0.14 for truncated
answers, 14 % thrown away; at 0.82, where a third of the campaigns fit, 1.22 and 0.10; at 0.70, where
two thirds fit, 1.43 and 0.05. Who does not know the day of a campaign cannot stay below 1.3 and
below 10 % at once, if only just. The planner takes what costs least: a truncated answer counts as
two.

An extraction of a month that begins with an empty lake pays one request for knowing nothing, which
weighs much where the least is three or four. A day of exactly 100,000 records cannot come in one
answer, because an answer of as many counts as truncated: day by day such a day costs two.
"""


def report(facts: dict[str, Any], *, draws: bool) -> Section:
    """The section, and the picture if `draws`."""
    rows = facts["rows"]
    if draws:
        _draw(rows)
    calm = [row for row in rows if not row["profile"].startswith("bursty") and row["way"] == _WHOLE]
    low = [row for row in _of(rows, "bursty") if row["per_day"] <= 30_000]
    meaning = _MEANING.format(
        calm=_worst(calm, "request_ratio"),
        calm_thrown=_worst(calm, "thrown_ratio"),
        bound=_worst(low, "bound"),
    )
    kinds = "\n".join(f"- *{name}*: {text}." for name, text in PROFILES.items())
    body = "\n".join(
        [
            kinds + "\n",
            image("windows", "Requests and records thrown away by volume and traffic"),
            "**An empty lake at the start.** Requests ÷ least (thrown away ÷ landed).\n",
            _volumes(rows, _WHOLE),
            "**The worst volume of other ways to extract.** *Day by day*: 28 daily runs, each of "
            "which knows what the footers of the days before tell; its least counts at least one "
            "request a day.\n",
            _ways(rows),
            meaning,
        ]
    )
    return Section("Few requests, little thrown away", _METHOD, body, _targets(rows))


def _targets(rows: list[dict[str, Any]]) -> list[Target]:
    targets = []
    for profile in PROFILES:
        for is_low in (False, True) if profile == "bursty" else (None,):
            chosen = [
                row
                for row in _of(rows, profile)
                if is_low is None or (row["per_day"] < _MUCH) == is_low
            ]
            name = profile
            if is_low is not None:
                name += ", below 100,000 a day" if is_low else ", from 100,000 a day"
            targets += [
                Target(
                    f"requests ÷ least, {name}",
                    _LIMIT, _worst(chosen, "request_ratio"), aim=_AIM,
                ),
                Target(
                    f"records thrown away ÷ landed, {name}",
                    _THROWN_LIMIT, _worst(chosen, "thrown_ratio"), aim=_THROWN_AIM, digits=3,
                ),
            ]  # fmt: skip
    return targets


def _of(rows: list[dict[str, Any]], profile: str, way: str = _WHOLE) -> list[dict[str, Any]]:
    return [row for row in rows if row["profile"] == profile and row["way"] == way]


def _worst(rows: list[dict[str, Any]], figure: str) -> float:
    return max(float(row[figure]) for row in rows)


def _volumes(rows: list[dict[str, Any]], way: str) -> str:
    lines = []
    for profile in PROFILES:
        volumes = sorted({row["per_day"] for row in rows})
        for per_day in volumes:
            found = {r["order"]: r for r in _of(rows, profile, way) if r["per_day"] == per_day}
            first = found["ascending"]
            cells = [
                f"{row['request_ratio']:.2f} ({row['thrown_ratio']:.1%})" for row in found.values()
            ]
            bound = f"{first['bound']:.2f} / {found['shuffled']['bound']:.2f}"
            lines.append([profile, f"{per_day:,}", first["days"], first["least"], *cells, bound])
    kept = [f">kept: {text}" for text in _KEPT.values()]
    return table(["traffic", ">a day", ">days", ">least", *kept, ">bound: ends / sample"], lines)


def _ways(rows: list[dict[str, Any]]) -> str:
    lines = []
    for way in dict.fromkeys(row["way"] for row in rows):
        for profile in PROFILES:
            found = _of(rows, profile, way)
            worst = max(found, key=lambda row: row["request_ratio"])
            lines.append(
                [
                    way,
                    profile,
                    f"{worst['request_ratio']:.2f} ({worst['requests']} for {worst['least']}, "
                    f"{worst['per_day']:,} a day, kept: {_KEPT[worst['order']]})",
                    f"{_worst(found, 'thrown_ratio'):.1%}",
                ]
            )
    return table(["way", "traffic", ">requests ÷ least", ">thrown away"], lines)


def _draw(rows: list[dict[str, Any]]) -> None:
    title = "Requests over the least (empty lake at the start), by records a day"
    with picture("windows", title, panels=len(PROFILES), height=3.4) as axes:
        for axis, profile in zip(axes, PROFILES, strict=True):
            for colour, order in zip(COLOURS, _KEPT, strict=False):
                found = [row for row in _of(rows, profile) if row["order"] == order]
                axis.plot(
                    [row["per_day"] for row in found],
                    [row["request_ratio"] for row in found],
                    _MARKS[order],
                    color=colour,
                    label=f"answers hold {_KEPT[order]}",
                    markersize=4,
                )
            axis.axhline(_LIMIT, color=COLOURS[-1], linestyle="--", linewidth=1)
            axis.set(title=profile, xscale="log", ylim=(0.95, 2.4), xlabel="records a day")
            axis.title.set_fontsize(9)
        axes[0].set_ylabel("requests ÷ least (dashed: target)")
        axes[0].legend(fontsize=6.5, loc="upper left")
