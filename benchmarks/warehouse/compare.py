"""Whether two warehouses hold the same rows, compared value by value."""

from __future__ import annotations

from pathlib import Path

import duckdb

_MOMENTS = {"marts.data_freshness": "built_at"}
"""Columns that say when a row was built, which is another moment in every build."""

_TABLES = """
    select
        tables.table_schema || '.' || tables.table_name as name,
        min(columns.column_name) filter (where columns.data_type = 'DATE') as day_column
    from information_schema.tables
    inner join information_schema.columns using (table_catalog, table_schema, table_name)
    where
        table_catalog = ?
        and tables.table_schema in ('intermediate', 'marts')
        and tables.table_name <> 'int_mdr'
    group by all
    order by all
"""


def count_differences(one: Path, other: Path) -> dict[str, dict[str, int]]:
    """Count the rows that stand in one of two warehouses only.

    Tables are compared month by month where they have days, so that memory stays small. Left out
    are the view over the raw records, since both read the same lake, and the moment of building.

    Returns:
        For each table and view of the intermediate and marts schemas `rows` of the one and
        `differences`, copies of equal rows counted too.
    """
    counts = {}
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'; set memory_limit = '4GB'")
        for warehouse in (one, other):  # their views name the file that they are in
            connection.execute(f"attach '{warehouse}' as {warehouse.stem} (read_only)")
        for name, day in connection.execute(_TABLES, [one.stem]).fetchall():
            tables = f"{one.stem}.{name}", f"{other.stem}.{name}"
            columns = f"* exclude ({_MOMENTS[name]})" if name in _MOMENTS else "*"
            differences = 0
            for part in _parts(connection, tables, day):
                pair = tuple(f"select {columns} from {table} {part}" for table in tables)
                for left, right in (pair, pair[::-1]):
                    ((found,),) = connection.execute(
                        f"select count(*) from ({left} except all {right})"
                    ).fetchall()
                    differences += found
            ((rows,),) = connection.execute(f"select count(*) from {tables[0]}").fetchall()
            counts[name] = {"rows": rows, "differences": differences}
    return counts


def _parts(
    connection: duckdb.DuckDBPyConnection, tables: tuple[str, str], day: str | None
) -> list[str]:
    """Conditions that cut both tables into months; without a day column they stay whole."""
    if day is None:
        return [""]
    first, second = (f"select distinct date_trunc('month', {day}) from {name}" for name in tables)
    months = connection.execute(f"{first} union {second}").fetchall()
    return [
        f"where {day} is null" if month is None
        else f"where {day} >= date '{month}' and {day} < date '{month}' + interval '1 month'"
        for (month,) in months
    ]  # fmt: skip
