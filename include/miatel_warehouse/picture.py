"""A picture of the published tables: how many messages were sent, and how many arrived."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from miatel_warehouse.errors import WarehouseError
from miatel_warehouse.marts import open_warehouse
from miatel_warehouse.replace import move_into_place, scratch_beside

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_COUNTRIES = 6
_LEAST_SETTLED = 100  # fewer settled messages a week than this make no rate worth drawing
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")

_DAYS = """
    select
        mdr_date,
        sum(delivered_message_count)::bigint,
        sum(failed_message_count)::bigint,
        sum(pending_message_count)::bigint
    from delivery_daily
    group by mdr_date
    order by mdr_date
"""
_COUNTRIES = """
    select country_name
    from delivery_daily
    group by country_name
    order by sum(message_count) desc, country_name
    limit ?
"""
_WEEKLY_RATES = """
    select
        country_name,
        date_trunc('week', mdr_date)::date as week_date,
        sum(delivered_message_count)
        / sum(delivered_message_count + failed_message_count) as delivery_rate
    from delivery_daily
    where country_name = ?
    group by country_name, week_date
    having sum(delivered_message_count + failed_message_count) >= ?
    order by week_date
"""


def draw_picture(bi: Path, picture: Path) -> None:
    """Draw messages a day by outcome, and the weekly delivery rate of the largest countries.

    Args:
        bi: the published DuckDB file.
        picture: PNG file to replace; its directory is made.

    Raises:
        WarehouseError: the tables are not published, or hold no day: run the DAGs first.
    """
    with open_warehouse(bi) as connection:
        try:
            days = connection.execute(_DAYS).fetchall()
            countries = [
                name for (name,) in connection.execute(_COUNTRIES, [MOST_COUNTRIES]).fetchall()
            ]
            rates = {name: _weekly_rates(connection, name) for name in countries}
        except duckdb.CatalogException as error:
            raise WarehouseError(f"{bi} has no delivery_daily; publish again.") from error
    if not days:
        raise WarehouseError(f"{bi} holds no day yet. Run miatel_history, then miatel_transform.")
    with scratch_beside(picture) as scratch:
        _draw(days, rates, scratch)
        move_into_place(scratch, picture)


def _weekly_rates(connection: duckdb.DuckDBPyConnection, country: str) -> list[tuple[date, float]]:
    rows = connection.execute(_WEEKLY_RATES, [country, _LEAST_SETTLED]).fetchall()
    return [(week, float(rate)) for _, week, rate in rows]


def _draw(
    days: list[tuple[date, int, int, int]],
    rates: dict[str, list[tuple[date, float]]],
    target: Path,
) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, PercentFormatter

    figure = Figure(figsize=(11, 7.4), layout="constrained", dpi=110)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    for colour, (country, points) in zip(_COLOURS, rates.items(), strict=False):
        weeks, values = zip(*points, strict=True) if points else ((), ())
        above.plot(weeks, values, label=country, color=colour, linewidth=2, marker="o", ms=3)
    above.set_title(
        f"Delivery rate by country, weekly ({days[0][0]} to {days[-1][0]}, GMT)",
        loc="left",
        fontweight="bold",
    )
    above.set_ylabel("delivered, of all settled messages")
    above.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    above.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    _draw_outcomes(below, days)
    below.set_title("Messages a day, by outcome", loc="left", fontweight="bold")
    below.set_ylabel("messages")
    below.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    below.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    locator = AutoDateLocator()
    below.xaxis.set_major_locator(locator)
    below.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    for axes in (above, below):
        axes.grid(axis="y", alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    figure.supxlabel(
        "A message is delivered only when each of its segments is. Pending: no final receipt yet; "
        "not part of the rate.",
        fontsize=9,
        x=0.01,
        ha="left",
    )
    figure.savefig(target, format="png")


def _draw_outcomes(axes: Axes, days: Iterable[tuple[date, int, int, int]]) -> None:
    dates, delivered, failed, pending = zip(*days, strict=True)
    axes.stackplot(
        dates,
        delivered,
        failed,
        pending,
        labels=["delivered", "failed", "pending"],
        colors=["#009e73", "#d55e00", "#bbbbbb"],
        step="mid",
    )
