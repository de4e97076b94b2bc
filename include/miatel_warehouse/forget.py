"""Erased numbers in what the warehouse keeps of days whose records are gone.

Sums of retired days are not built again, so a number that was a sender there, or part of an
account's name, is replaced in place. A keyed token stands for each value, another one for another
value: rows stay as they are, and so do all sums, grains and comparisons.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import duckdb

from miatel.privacy.erased_numbers import ErasedNumbers
from miatel_warehouse.failures import explained

_ACCOUNT = "account_name"
_HASH = re.compile(r"[0-9a-f]{32,64}|erased:[0-9a-f]{32}")
_COLUMNS = """
    select columns.table_schema, columns.table_name, columns.column_name
    from information_schema.columns as columns
    inner join information_schema.tables as tables
        using (table_catalog, table_schema, table_name)
    where
        tables.table_type = 'BASE TABLE'
        and columns.data_type = 'VARCHAR'
        and columns.table_schema in ('intermediate', 'marts', 'good')
    order by all
"""

_Column = tuple[str, str, str]


def forget_in_warehouse(warehouse: Path, erased: ErasedNumbers) -> int:
    """Replace every value of the warehouse's tables that holds an erased number.

    Args:
        warehouse: the DuckDB file; without one there is nothing to do. Its old blocks still hold
            what was replaced until it is compacted.
        erased: the lake's list.

    Returns:
        How many different values were replaced.

    Raises:
        WarehouseError: it cannot be written, or another process has it open.
    """
    if not warehouse.is_file():
        return 0
    with (
        explained(warehouse, "cleared of erased numbers"),
        duckdb.connect(str(warehouse)) as connection,
    ):
        columns: list[_Column] = connection.execute(_COLUMNS).fetchall()
        found = {column: _holding(connection, column, erased) for column in columns}
        tokens = _tokens(found, erased)
        connection.begin()
        for column, values in found.items():
            if values:
                _replace(connection, column, {value: tokens[column[2]][value] for value in values})
        connection.commit()
        connection.execute("checkpoint")
    return sum(map(len, tokens.values()))


def _holding(
    connection: duckdb.DuckDBPyConnection, column: _Column, erased: ErasedNumbers
) -> list[str]:
    schema, table, name = map(_identifier, column)
    rows = connection.execute(
        f"select distinct {name} from {schema}.{table} "  # noqa: S608
        rf"where regexp_matches({name}, '\p{{Nd}}(\P{{Nd}}*\p{{Nd}}){{5}}', 's')"
    ).fetchall()
    return [text for (text,) in rows if not _HASH.fullmatch(text) and erased.holds(text)]


def _tokens(found: dict[_Column, list[str]], erased: ErasedNumbers) -> dict[str, dict[str, str]]:
    """For each name of a column what stands for which of its values, the same in all tables.

    An account has the token that landing gives it, so that its retired and its other days go
    together.
    """
    values = defaultdict(set)
    for (_, _, name), texts in found.items():
        values[name].update(texts)
    tokens = {
        name: {text: erased.key.erased_value(text) for text in texts}
        for name, texts in values.items()
    }
    accounts = {text: erased.key.erased_token(text) for text in values.get(_ACCOUNT, ())}
    if accounts and len(set(accounts.values())) == len(accounts):
        tokens[_ACCOUNT] = accounts
    return tokens


def _replace(
    connection: duckdb.DuckDBPyConnection, column: _Column, tokens: dict[str, str]
) -> None:
    schema, table, name = map(_identifier, column)
    connection.execute(
        f"update {schema}.{table} set {name} = replacing.token "  # noqa: S608
        "from (select unnest(?) as value, unnest(?) as token) as replacing "
        f"where {schema}.{table}.{name} = replacing.value",
        [list(tokens), list(tokens.values())],
    )


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
