"""The marts of all accounts as one: over the warehouses, a view a table, with `source_name`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import duckdb

from miatel_warehouse.marts import MARTS_SCHEMA, Mart, day_hashes, identifier, in_days, list_marts
from miatel_warehouse.places import AccountPlaces
from miatel_warehouse.sql_paths import quoted

SOURCE_COLUMN = "source_name"

_NETWORK_IS_UNNAMED = "network_name = 'unnamed ' || mccmnc"
_DIMENSIONS = {
    "dim_networks": ("mccmnc", _NETWORK_IS_UNNAMED),
    "dim_response_codes": ("response_code", "false"),
    "dim_delivery_statuses": ("delivery_code", "false"),
}
"""Tables that all accounts share, so that a join by the key doubles nothing: the key, and which of
several rows of one key comes last."""


class JoinedMarts:
    """The marts of the accounts' warehouses, in the schema `marts` of a connection in memory.

    Args:
        connection: in memory; the warehouses are attached to it, read-only.
        accounts: dbt built each of their warehouses.

    Attributes:
        marts: what there is, by name.

    Raises:
        WarehouseError: a warehouse has no marts.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, accounts: Sequence[AccountPlaces]
    ) -> None:
        self._connection = connection
        # a warehouse's views name the database that it is when dbt opens it
        self._databases = {account.source_name: account.warehouse.stem for account in accounts}
        holders: dict[str, list[str]] = defaultdict(list)
        for account in accounts:
            database = account.warehouse.stem
            connection.execute(
                f"attach {quoted(account.warehouse)} as {identifier(database)} (read_only)"
            )
            for mart in list_marts(connection, database):
                holders[mart.name].append(account.source_name)
        connection.execute(f"create schema {MARTS_SCHEMA}")
        for table, names in holders.items():
            connection.execute(f"create view {_of(table)} as {self._joined(table, names)}")
        self.marts = list_marts(connection)

    @property
    def source_names(self) -> list[str]:
        """What the accounts are called, the first one first."""
        return list(self._databases)

    def build_id(self) -> str | None:
        """What dbt calls the runs that built the marts, joined by `+`; None if one does not say."""
        try:
            found = self._connection.execute(
                f"select {SOURCE_COLUMN}, build_id from {_of('data_freshness')}"  # noqa: S608
            ).fetchall()
        except (duckdb.CatalogException, duckdb.BinderException):
            return None
        ids = dict(found)
        if not all(ids.get(name) for name in self._databases):
            return None
        return "+".join(ids[name] for name in self._databases)

    def day_versions(self, mart: Mart) -> Mapping[date, tuple[str, int]]:
        """A version of each day that a fact has rows of, and their number.

        The version is what dbt recorded of the day, of each account that has rows of it. Rows on a
        retired day are all that is left of messages that go on after it, and may be changed in
        place: there, and where nothing is recorded, the version is a hash of the rows.
        """
        versions: dict[date, list[str]] = defaultdict(list)
        counts: dict[date, int] = defaultdict(int)
        for name, database in self._databases.items():
            of_account = self._versions_in(identifier(database), mart)
            for day, (version, count) in of_account.items():
                versions[day].append(f"{name} {version} {count}")
                counts[day] += count
        return {day: (", ".join(versions[day]), counts[day]) for day in sorted(versions)}

    def _versions_in(self, database: str, mart: Mart) -> dict[date, tuple[str, int]]:
        day = identifier(mart.day_column or "")
        facts = f"{database}.{_of(mart.name)}"
        try:
            rows = self._connection.execute(
                f"select {day}, count(*) from {facts} group by 1"  # noqa: S608
            ).fetchall()
        except duckdb.CatalogException:  # built by a version that has no such table
            return {}
        known = dict(self._recorded(database, mart.name))
        hashed = [found for found, _ in rows if found not in known]
        if hashed:
            condition = f"where {in_days(mart, hashed)}"
            schema = f"{database}.{MARTS_SCHEMA}"
            known |= dict(self._connection.execute(day_hashes(mart, schema, condition)).fetchall())
        return {found: (known[found], count) for found, count in rows}

    def _recorded(self, database: str, table: str) -> list[tuple[date, str]]:
        try:
            return self._connection.execute(
                f"select mdr_date, output_version from {database}.state.day_versions "  # noqa: S608
                f"where model_name = {quoted(table)} "
                f"and mdr_date not in (select mdr_date from {database}.state.retired_days)"
            ).fetchall()
        except duckdb.CatalogException:
            return []

    def _joined(self, table: str, names: Sequence[str]) -> str:
        """A table of these accounts together."""
        parts = [
            f"select {quoted(name)} as {SOURCE_COLUMN}, * "  # noqa: S608
            f"from {identifier(self._databases[name])}.{_of(table)}"
            for name in names
        ]
        joined = " union all by name ".join(parts)
        if table not in _DIMENSIONS:
            return joined
        if len(names) == 1:
            return f"select * exclude ({SOURCE_COLUMN}) from ({joined})"  # noqa: S608
        key, comes_last = _DIMENSIONS[table]
        order = f"list_position({list(self._databases)}, {SOURCE_COLUMN})"
        return (
            f"select * exclude ({SOURCE_COLUMN}) "  # noqa: S608
            f"replace (bool_or(is_seen) over (partition by {key}) as is_seen) from ({joined}) "
            f"qualify row_number() over (partition by {key} order by {comes_last}, {order}) = 1"
        )


def _of(table: str) -> str:
    return f"{MARTS_SCHEMA}.{identifier(table)}"
