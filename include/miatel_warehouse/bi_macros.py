"""Functions of the published DuckDB file, for sums that a reader makes of its tables."""

from __future__ import annotations

import re

import duckdb

COUNTED_TABLE = "latency_by_sender_daily"
FEWEST_RECEIPTS = 20
"""Of fewer receipts no percentile is told, as in the marts."""

_COUNT = re.compile(r"within_(\d+)s_count")


def create_latency_percentile(connection: duckdb.DuckDBPyConnection, database: str) -> None:
    """Make `latency_percentile(share, counts)` in a database that holds the table of counts.

    It takes a share, 0 to 1, and the name by which a query calls `latency_by_sender_daily`, grouped
    or not, and gives seconds: the percentile of the rows together, which no percentiles of each can
    give. Interpolated between the bounds that it lies between, the last bound above that, and null
    of fewer than 20 receipts.

    Args:
        connection: the database is attached to it.
        database: quoted.
    """
    counts = connection.execute(f"from {database}.{COUNTED_TABLE} limit 0").description or ()
    bounds = sorted(int(found[1]) for name, *_ in counts if (found := _COUNT.fullmatch(name)))
    connection.execute(
        f"create or replace macro {database}.latency_percentile(share, counts) as "
        + _percentile(bounds)
    )


def _percentile(bounds: list[int]) -> str:
    receipts = _sum("receipt_count")
    wanted = f"share * {receipts}"
    cases = []
    for before, bound in zip([0, *bounds], bounds, strict=False):
        counted = _sum(f"within_{bound}s_count")
        below = _sum(f"within_{before}s_count") if before else "0"
        cases.append(
            f"when {counted} >= {wanted} then {before} + "
            f"{bound - before} * ({wanted} - {below}) / ({counted} - {below})"
        )
    few = f"when coalesce({receipts}, 0) < {FEWEST_RECEIPTS} then null"
    return f"cast(case {few} {' '.join(cases)} else {bounds[-1]} end as double)"


def _sum(column: str) -> str:
    return f"sum(struct_extract(counts, '{column}'))"
