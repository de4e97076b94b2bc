"""Why segments failed."""

from __future__ import annotations

from typing import Any

from miatel_dashboard.chosen import need_chosen
from miatel_dashboard.errors import MissingMartError
from miatel_dashboard.marts import Marts

MOST_REASONS = 8
MOST_LINES = 5

_REASONS = """
    with totals as (
        select
            code_type,
            code,
            any_value(meaning) as meaning,
            any_value(reason_class) as reason_class,
            bool_and(is_documented) as is_documented,
            coalesce(sum(segment_count) filter (where is_current), 0)::bigint as segment_count,
            coalesce(sum(segment_count) filter (where not is_current), 0)::bigint
                as previous_segment_count
        from failures_by_network
        group by code_type, code
    )

    select
        *,
        segment_count / nullif(sum(segment_count) over (), 0) as share_rate,
        previous_segment_count / nullif(sum(previous_segment_count) over (), 0)
            as previous_share_rate
    from totals
    order by segment_count desc, code_type, code
"""
_OVER_TIME = """
    select
        bucket_date,
        code_type,
        code,
        sum(segment_count)::bigint as segment_count
    from failures_by_network
    where is_current
    group by bucket_date, code_type, code
    order by bucket_date
"""


_EXPLANATIONS = "select delivery_code, meaning from dim_delivery_statuses"


def failures(marts: Marts) -> dict[str, Any]:
    """The codes of failed segments with their meanings.

    Returns:
        `failed_segment_count`; `reasons`, the most frequent first, with their share of all failed
        segments now and in the period before, delivery codes with an `explanation`, and
        `reason_count`, how many there are; `dates` and `lines`, segments over time of the most
        frequent; the last one, whose `code` is None, may be that of all others.
    """
    need_chosen(marts, "failures")
    reasons = [row for row in marts.rows(_REASONS) if row["segment_count"]]
    explained = explanations(marts)
    for row in reasons:
        is_delivery = row["code_type"] == "delivery"
        row["explanation"] = explained.get(row["code"]) if is_delivery else None
    dates, lines = _over_time(marts, reasons)
    return {
        "failed_segment_count": sum(row["segment_count"] for row in reasons),
        "reasons": reasons[:MOST_REASONS],
        "reason_count": len(reasons),
        "dates": dates,
        "lines": lines,
    }


def named(reason: dict[str, Any]) -> dict[str, Any]:
    """What the page needs to name a reason: its code, and what that means."""
    return {name: reason[name] for name in ("code_type", "code", "meaning", "is_documented")}


def explanations(marts: Marts) -> dict[str, str]:
    """What delivery codes mean: their meaning above is but a name. None without the dimension."""
    try:
        marts.need("dim_delivery_statuses")
    except MissingMartError:
        return {}
    return {row["delivery_code"]: row["meaning"] for row in marts.rows(_EXPLANATIONS)}


def _over_time(
    marts: Marts, reasons: list[dict[str, Any]]
) -> tuple[list[Any], list[dict[str, Any]]]:
    rows = marts.rows(_OVER_TIME)
    dates = list(dict.fromkeys(row["bucket_date"] for row in rows))
    index = {date: number for number, date in enumerate(dates)}
    lines = [{**named(row), "counts": [0] * len(dates)} for row in reasons[:MOST_LINES]]
    others: dict[str, Any] = {"code": None, "counts": [0] * len(dates)}
    lines_by_code = {(line["code_type"], line["code"]): line for line in lines}
    for row in rows:
        line = lines_by_code.get((row["code_type"], row["code"]), others)
        line["counts"][index[row["bucket_date"]]] += row["segment_count"]
    return dates, [*lines, others] if len(reasons) > MOST_LINES else lines
