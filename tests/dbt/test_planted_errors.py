"""The likely errors, each planted once into a copy of the project: `dbt build` must fail.

And right changes of code: the tables follow, on every day.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from dbt.artifacts.schemas.run import RunExecutionResult
from dbt.cli.main import dbtRunner

from .conftest import Lake, mdr
from .dbt_server import PROJECT


@dataclass(frozen=True)
class Planted:
    """An error, and what must notice it.

    Attributes:
        file: where it is planted, below the project.
        right: the text that stands there once.
        wrong: what takes its place.
        select: which part of the project is built on top of a right warehouse.
        noticed_by: names of dbt tests, each of which must fail.
        unit_tests: whether unit tests run too; where they need not, tests of data must notice.
    """

    file: str
    right: str
    wrong: str
    select: str
    noticed_by: tuple[str, ...]
    unit_tests: bool = False


ERRORS = {
    "fan-out in a join": Planted(
        "models/marts/delivery/delivery_daily.sql",
        "left join networks on matured.mccmnc = networks.mccmnc",
        "left join networks on left(matured.mccmnc, 3) = networks.mcc",
        "delivery_daily",
        ("delivery_daily_grain_is_unique",),
    ),
    "double counting of segments": Planted(
        "models/intermediate/delivery/int_delivery_hourly.sql",
        "count(*) as message_count",
        "sum(segment_count) as message_count",
        "int_delivery_hourly",
        ("assert_facts_add_up",),
    ),
    "a code dropped by an inner join": Planted(
        "models/marts/failures/failure_reasons_daily.sql",
        "left join codes on failures.code_type = codes.code_type",
        "inner join codes on codes.is_documented and failures.code_type = codes.code_type",
        "failure_reasons_daily",
        ("assert_aggregates_add_up",),
    ),
    "an unknown code missing among the codes": Planted(
        "models/marts/dimensions/dim_response_codes.sql",
        "full outer join seen on",
        "left join seen on",
        "dim_response_codes",
        ("assert_rows_refer_to_dimensions",),
    ),
    "a day in the wrong time zone": Planted(
        "models/marts/facts/fct_mdr.sql",
        "        mdr.mdr_date,\n",
        "        cast(mdr.received_at at time zone 'Asia/Singapore' as date) as mdr_date,\n",
        "fct_mdr",
        ("assert_every_raw_row_is_counted",),
    ),
    "an hour in the wrong time zone": Planted(
        "models/marts/traffic/traffic_hourly_by_account.sql",
        "{{ start_of_hour('received_at') }} as hour_at",
        "{{ start_of_hour('received_at') }} + interval 8 hour as hour_at",
        "traffic_hourly_by_account",
        ("assert_days_are_gmt_days",),
    ),
    "money summed over currencies": Planted(
        "macros/cost.sql",
        "    from sums\n",
        "    from (select * replace ('EUR' as currency) from sums)\n",
        "cost_monthly",
        ("assert_aggregates_add_up",),
    ),
    "a missing price that the day does not count": Planted(
        "models/intermediate/delivery/int_delivery_daily.sql",
        "{{ total('unpriced_segment_count') }} as",
        "{{ total('0 * unpriced_segment_count') }} as",
        "int_delivery_daily",
        ("assert_facts_add_up",),
    ),
    "a receipt of 1970 in the percentiles": Planted(
        "models/intermediate/latency/int_latency_daily.sql",
        "{{ latency_seconds() }} as latency_seconds",
        "{{ exact_seconds_between('received_at', 'receipt_at') }} as latency_seconds",
        "int_latency_daily latency_daily",
        ("assert_facts_add_up", "int_latency_daily_always_holds"),
    ),
    "a documented code that a macro does not know": Planted(
        "macros/vendor_values.sql",
        "range(5001, 5086)",
        "range(5001, 5085)",
        "assert_code_tables_are_read",
        ("assert_code_tables_are_read",),
    ),
    "messages of two accounts that flow together": Planted(
        "models/intermediate/facts/int_message_parts.sql",
        "            'account_name', 'sender', 'recipient_number',",
        "            'sender', 'recipient_number',",
        "int_message_parts",
        ("parts_of_one_reference_are_several_messages",),
        unit_tests=True,
    ),
    "a reference that is taken for an id": Planted(
        "models/intermediate/facts/int_message_parts.sql",
        "neighbour_seconds = 600",
        "neighbour_seconds = 86400",
        "int_message_parts",
        ("parts_of_one_reference_are_several_messages",),
        unit_tests=True,
    ),
    "a part whose message is not rebuilt": Planted(
        "models/marts/facts/fct_messages.sql",
        "where is_composite and {{ only_touched_messages() }}",
        "where is_composite and segment_number = 1 and {{ only_touched_messages() }}",
        "fct_messages",
        ("assert_segments_belong_to_messages",),
    ),
    "a message longer than a day": Planted(
        "models/marts/facts/fct_messages.sql",
        "max(received_at) as last_received_at",
        "max(received_at) + interval 2 day as last_received_at",
        "fct_messages",
        ("assert_messages_are_short",),
    ),
    "a record taken twice": Planted(
        "models/marts/facts/fct_mdr.sql",
        "    from mdr\n    left join parts",
        "    from (select * from mdr union all select * from mdr) as mdr\n    left join parts",
        "fct_mdr",
        ("fct_mdr_grain_is_unique", "assert_every_raw_row_is_counted"),
    ),
}


@dataclass(frozen=True)
class Copy:
    """A copy of the project with a lake and a warehouse of its own, all at fixed places.

    dbt runs inside this process and keeps what it knows of the files that did not change: a second
    or two a build instead of ten.
    """

    lake: Lake

    @property
    def project(self) -> Path:
        return self.lake.root / "project"

    @property
    def right_warehouse(self) -> Path:
        return self.lake.root / "right.duckdb"

    def build(self, *arguments: str) -> set[str]:
        """Run `dbt build`; the names of the tests that failed."""
        places = ["--project-dir", str(self.project), "--profiles-dir", str(self.project)]
        done = dbtRunner().invoke(["--quiet", "build", *arguments, *places])
        assert done.exception is None, done.exception
        assert isinstance(done.result, RunExecutionResult)
        bad = [r for r in done.result.results if r.status in ("fail", "error")]
        assert all(r.node.resource_type in ("test", "unit_test") for r in bad), bad
        assert done.success == (not bad)
        return {result.node.name for result in bad}

    def build_with(self, error: Planted) -> set[str]:
        """Build a part of the project anew with an error in it; the names of failed tests."""
        shutil.copy(self.right_warehouse, self.lake.warehouse)
        unit_tests = [] if error.unit_tests else ["--exclude-resource-type", "unit_test"]
        with self.changed(error.file, error.right, error.wrong):
            return self.build("--select", *error.select.split(), *unit_tests)

    @contextmanager
    def changed(self, name: str, before: str, after: str) -> Iterator[None]:
        """For a while another text stands in a file of the project."""
        file = self.project / name
        text = file.read_text()
        assert text.count(before) == 1, f"{name} changed: plant the error anew"
        file.write_text(text.replace(before, after))
        try:
            yield
        finally:
            file.write_text(text)


@pytest.fixture(scope="module")
def copy(lake: Lake) -> Iterator[Copy]:
    """A right warehouse over traffic that has what each error would spoil."""
    at = "2026-01-01T{:02}:00:00".format
    lake.land(
        "2026-01-01",
        [
            mdr(1, at(1), segment_id="long", segment_num=1, segment_total=2),
            mdr(2, at(1), segment_id="long", segment_num=2, segment_total=2),
            mdr(3, at(2), sms_hub_mccmnc_id=525003, username="globex"),
            mdr(4, at(3), sms_hub_currency_name="USD", price=Decimal("0.07")),
            mdr(5, at(22), dlr_code=None, resp_code=4711, price=None),
            mdr(6, at(23), dlr_code=5),
            mdr(7, at(4), price=None),
            mdr(8, at(5), dlr_time=datetime(1970, 1, 1, tzinfo=UTC)),
        ],
    )
    shutil.copytree(PROJECT, lake.root / "project", ignore=shutil.ignore_patterns("target", "logs"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in lake.places().items():
            patch.setenv(name, value)
        copy = Copy(lake)
        assert copy.build("--exclude-resource-type", "unit_test") == set()
        shutil.copy(lake.warehouse, copy.right_warehouse)
        yield copy


@pytest.mark.parametrize("name", ERRORS)
def test_a_planted_error_fails_the_build(name: str, copy: Copy) -> None:
    assert copy.build_with(ERRORS[name]) >= set(ERRORS[name].noticed_by)


@pytest.fixture
def warehouse(copy: Copy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The right one in a file of its own: dbt inside this process has the others open."""
    path = Path(shutil.copy(copy.right_warehouse, tmp_path / copy.lake.warehouse.name))
    monkeypatch.setenv("MIATEL_WAREHOUSE", str(path))
    return path


def test_a_record_that_stands_twice_is_named_with_its_day(
    copy: Copy, warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_WRITE_JSON", "true")
    error = ERRORS["a record taken twice"]
    with copy.changed(error.file, error.right, error.wrong):
        copy.build("--select", error.select, "--exclude-resource-type", "unit_test")
    results = json.loads((copy.lake.root / "target/run_results.json").read_text())["results"]
    (failed,) = [r for r in results if r["status"] == "fail" and "mdr_grain" in r["unique_id"]]
    found = shutil.copy(warehouse, warehouse.with_stem("found"))
    with duckdb.connect() as connection:
        connection.execute(f"attach '{found}' as {warehouse.stem} (read_only)")
        days = f"select distinct first_date, last_date, copies from ({failed['compiled_code']})"
        assert connection.execute(days).fetchall() == [(date(2026, 1, 1), date(2026, 1, 1), 2)]


def rows_of(copy: Copy, warehouse: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a query on a copy of a warehouse, since dbt has the file itself open."""
    return copy.lake.query(sql, warehouse=shutil.copy(warehouse, warehouse.with_stem("result")))


@pytest.mark.parametrize("is_recorded", [True, False])
def test_a_new_column_is_filled_on_every_day(
    copy: Copy, warehouse: Path, is_recorded: bool
) -> None:
    """Also where the table's days have no record, as when all of them were retired."""
    if not is_recorded:
        with duckdb.connect(str(warehouse)) as connection:
            connection.execute(
                "delete from state.day_versions where model_name = 'int_codes_daily'"
            )
    model = "models/intermediate/failures/int_codes_daily.sql"
    counts = "select segment_count from intermediate.int_codes_daily order by all"
    before = rows_of(copy, copy.right_warehouse, counts)
    with copy.changed(model, "count(*) as", "max(mdr_key) as last_key,\n        count(*) as"):
        assert copy.build("--select", "int_codes_daily") == set()
    assert before
    assert rows_of(copy, warehouse, counts) == before
    empty = "select count(*) from intermediate.int_codes_daily where last_key is null"
    assert rows_of(copy, warehouse, empty) == [(0,)]


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("macros/recipients.sql", "|| right({{ number }}, 4)", "|| '2222'"),
        ("models/staging/stg_miatel__mdr.sql", "dst_num as", "left(dst_num, 6) || '2222' as"),
    ],
    ids=["a macro", "a view that is read"],
)
def test_after_a_change_of_code_every_day_is_built_anew(
    copy: Copy, warehouse: Path, file: str, before: str, after: str
) -> None:
    masks = "select distinct recipient_masked from marts.fct_mdr"
    assert rows_of(copy, copy.right_warehouse, masks) == [("65••••0001",)]
    with copy.changed(file, before, after):
        models = ("stg_miatel__mdr", "int_mdr", "fct_mdr")
        assert copy.build("--select", *models, "--resource-type", "model") == set()
    assert rows_of(copy, warehouse, masks) == [("65••••2222",)]
