"""Two accounts side by side: published tables are the sum of both, forgetting reaches both."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from .conftest import Lake, mdr
from .test_forgetting import command
from .test_privacy import places_of

NUMBER = "6581231223"
OLD, DAY, LAST = (f"2026-01-0{day}" for day in range(1, 4))
KEPT_DAYS = (datetime.now(UTC).date() - date.fromisoformat(DAY)).days
DIMENSIONS = {
    "dim_networks": "mccmnc",
    "dim_response_codes": "response_code",
    "dim_delivery_statuses": "delivery_code",
}
NAMED_AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Accounts:
    """The lakes of two accounts below one directory, with what is made of them."""

    first: Lake
    retail: Lake

    @property
    def all(self) -> Lake:
        return Lake(self.first.root.parent)

    def warehouse(self, source_name: str) -> Any:
        further = "" if source_name == "miatel" else f"_{source_name}"
        return self.first.root / f"warehouse{further}.duckdb"

    def run(
        self, *arguments: str, further: dict[str, str | None] | None = None, given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run `python -m miatel_warehouse` for both, or for what is said of further accounts."""
        lakes = {"retail": str(self.retail.root)} if further is None else further
        setting = {"MIATEL_FURTHER_LAKES": json.dumps(lakes) if lakes else ""}
        return command(self.first, "-m", "miatel_warehouse", *arguments, given=given, **setting)

    def done(self, *arguments: str, **options: Any) -> str:
        """What it prints, once it has succeeded."""
        done = self.run(*arguments, **options)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr
        return done.stdout + done.stderr

    def published(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the published DuckDB file."""
        with duckdb.connect(str(self.first.root / "bi.duckdb"), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Accounts:
    """The same records in both, as if the vendor gave both the same ids, and some of each."""
    root = tmp_path_factory.mktemp("accounts")
    first, retail = Lake(root / "first", has_artifacts=True), Lake(root / "retail")
    for number, day in enumerate((OLD, DAY, LAST)):
        same = [
            mdr(10 * number + 1, f"{day}T10:00:00"),
            mdr(10 * number + 2, f"{day}T11:00:00", dst_num=NUMBER),
        ]
        first.land(day, [*same, mdr(10 * number + 3, f"{day}T12:00:00", resp_code=9999)])
        hours = [(0, 20), (22, 24)] if day == DAY else None
        unnamed = {"sms_hub_mccmnc_id": 250001, "sms_hub_mccmnc_name": None}
        own = mdr(500, f"{day}T13:00:00", sms_hub_currency_name="USD", **unnamed)
        retail.land(day, [*same, own], hours=hours)
    named = {"sms_hub_mccmnc_id": 250001, "sms_hub_mccmnc_name": "MTS"}
    first.land(LAST, [mdr(7, f"{LAST}T10:00:00", **named)])
    retail.land_networks([(525001, "Singapore - Singtel", NAMED_AT)])
    both = Accounts(first, retail)
    both.done("build")
    both.done("publish")
    return both


def test_each_published_table_holds_both_accounts_rows_as_they_are(accounts: Accounts) -> None:
    tables = {name for (name,) in accounts.published("select table_name from duckdb_tables()")}
    assert len(tables) > 25
    for table in sorted(tables - DIMENSIONS.keys()):
        for source in ("miatel", "retail"):
            expected = accounts.first.query(
                f"from marts.{table}", warehouse=accounts.warehouse(source)
            )
            found = accounts.published(
                f"select * exclude (source_name) from {table} where source_name = '{source}'"
            )
            assert sorted(map(repr, found)) == sorted(map(repr, expected)), table
        assert accounts.published(f"select count(*) from {table} where source_name is null") == [
            (0,)
        ]


def test_records_with_the_same_ids_are_two_and_every_total_is_the_sum(accounts: Accounts) -> None:
    assert accounts.published("""
        select source_name, count(*), sum(price)::double from fct_mdr group by all order by all
    """) == [("miatel", 7, 0.35), ("retail", 9, 0.45)]
    for table, key in {"fct_mdr": "mdr_key", "fct_messages": "message_key"}.items():
        assert accounts.published(f"select count(*), count(distinct {key}) from {table}") == [
            (16, 16)
        ]
    assert accounts.published("""
        select currency, sum(segment_count)::int, sum(cost)::double
        from delivery_daily group by all order by all
    """) == [("EUR", 13, 0.65), ("USD", 3, 0.15)]


def test_joins_with_the_shared_dimensions_lose_and_double_nothing(accounts: Accounts) -> None:
    for table, key in DIMENSIONS.items():
        assert accounts.published(f"select count(*) - count(distinct {key}) from {table}") == [(0,)]
        assert accounts.published(
            f"select count(*) from fct_mdr inner join {table} using ({key})"
        ) == [(16,)]
    assert accounts.published("""
        select mccmnc, network_name, is_seen from dim_networks
        where mccmnc in ('250001', '525001') order by all
    """) == [("250001", "MTS", True), ("525001", "Singapore - Singtel", True)]
    assert accounts.published(
        "select is_seen from dim_response_codes where response_code = '9999'"
    ) == [(True,)]


def test_coverage_and_gaps_are_those_of_each_account(accounts: Accounts) -> None:
    assert accounts.published("""
        select source_name, day_count, gap_seconds::int from data_freshness order by all
    """) == [("miatel", 3, 0), ("retail", 3, 7200)]
    assert accounts.published("""
        select source_name, mdr_date::varchar from completeness_daily where not is_complete
    """) == [("retail", DAY)]
    summary = accounts.done("summary")
    assert "Coverage of miatel" in summary
    assert "Coverage of retail" in summary
    assert "gaps: 1, with 7,200 seconds not landed" in summary


def test_the_manifest_names_both_accounts_and_both_builds(accounts: Accounts) -> None:
    manifest = json.loads((accounts.first.root / "marts/manifest.json").read_bytes())
    assert manifest["sources"] == ["miatel", "retail"]
    builds = accounts.published("select build_id from data_freshness order by source_name")
    assert manifest["build_id"] == "+".join(build for (build,) in builds)
    assert manifest["tables"]["fct_mdr"]["rows"] == 16
    day = pq.read_table(accounts.first.root / f"marts/fct_mdr/{DAY}.parquet")
    assert sorted(day["source_name"].to_pylist()) == ["miatel"] * 3 + ["retail"] * 3


def test_nothing_is_rewritten_where_nothing_changed(accounts: Accounts) -> None:
    def facts() -> dict[str, int]:
        folder = accounts.first.root / "marts/_versions/fct_mdr"
        return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}

    before = facts()
    accounts.done("publish")
    assert facts() == before


@pytest.mark.parametrize(
    "command_line", [["publish"], ["erase"], ["retain", "--days", str(KEPT_DAYS)]]
)
def test_an_account_that_is_published_is_not_left_out_by_mistake(
    accounts: Accounts, command_line: list[str]
) -> None:
    before = accounts.published("select count(*) from fct_mdr")
    done = accounts.run(*command_line, further={}, given=NUMBER)
    assert done.returncode == 1
    assert "hold the account retail" in done.stderr
    assert "MIATEL_FURTHER_LAKES" in done.stderr
    assert accounts.published("select count(*) from fct_mdr") == before


def test_erasing_and_retention_reach_both(accounts: Accounts) -> None:
    everything = accounts.all
    assert {path.split("/")[0] for path in places_of(everything, {NUMBER.encode()})} == {
        "first", "retail",
    }  # fmt: skip
    said = accounts.done("erase", given=NUMBER)
    assert "raw rows: 5 cleared" in said
    assert NUMBER not in said
    assert places_of(everything, {NUMBER.encode()}) == set()
    assert accounts.published("select count(*) from fct_mdr") == [(16,)], "no record is removed"

    sums = "select source_name, sum(message_count)::int from delivery_daily group by all order by 1"
    before = accounts.published(sums)
    raw, raw_of_retail = (
        lake.root / f"raw/mdr/mdr_date={OLD}/mdr.parquet"
        for lake in (accounts.first, accounts.retail)
    )
    as_it_was = raw_of_retail.read_bytes()
    raw_of_retail.write_bytes(b"no Parquet")
    stopped = accounts.run("retain", "--days", str(KEPT_DAYS))
    assert (stopped.returncode, "could not be read" in stopped.stderr) == (1, True)
    assert pq.read_metadata(raw).num_rows == 0, "one account's damage keeps no other's records"
    raw_of_retail.write_bytes(as_it_was)

    said = accounts.done("retain", "--days", str(KEPT_DAYS))
    assert "miatel: raw rows: 0 dropped of 0 days" in said
    assert "retail: raw rows: 3 dropped of 1 days" in said
    assert pq.read_metadata(raw_of_retail).num_rows == 0
    assert accounts.published("select distinct mdr_date::varchar from fct_mdr order by 1") == [
        (DAY,), (LAST,),
    ]  # fmt: skip
    assert accounts.published(sums) == before, "sums stay"

    accounts.done("publish", further={"retail": None})
    assert accounts.published("select distinct source_name from fct_mdr") == [("miatel",)]
    versions = (accounts.first.root / "marts/_versions").rglob("fct_mdr/*.parquet")
    rows = sum(pq.read_metadata(path).num_rows for path in versions)
    assert rows == 4, "no older build of the account that left stays readable"
