"""Land simulated traffic over real HTTP, and compare what is landed with the simulator's truth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from miatel import (
    Account,
    AnswerForm,
    Extraction,
    MiatelClient,
    RecipientKey,
    RetryPolicy,
    add_origin,
    open_lake,
)
from miatel.parsing.answer_form import AS_FOUND
from miatel.schema import MDR_FIELDS
from miatel_simulator import Simulator

KEY = "cAnary/+key &%=é"
PATIENT = RetryPolicy(attempts=30, silence_seconds=2.0)


def utc(*parts: int) -> datetime:
    """An aware UTC time."""
    return datetime(*parts, tzinfo=UTC)


def extraction(
    url: str,
    lake: Path | str,
    *,
    key: str = KEY,
    cap: int = 100_000,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    retry: RetryPolicy = PATIENT,
    recipient_key: RecipientKey | None = None,
    form: AnswerForm = AS_FOUND,
    **options: Any,
) -> Extraction:
    """An extraction that does not sleep between attempts."""
    client = MiatelClient(url, key, clock=clock, retry=retry, sleep=lambda _: None, form=form)
    return Extraction(
        client,
        open_lake(lake),
        run_id="test",
        clock=clock,
        cap=cap,
        recipient_key=recipient_key,
        **options,
    )


def say_same_account(url: str, lake: Path | str, key: str = KEY) -> str:
    """Say that the lake's account is asked at another address, or with another key, from now on."""
    return add_origin(open_lake(lake), Account(url, key), datetime.now(UTC))


_IDENTITY = ("sms_hub_switch_id", "sms_hub_sms_id", "message_id", "segment_num")


def landed(lake: Path | str) -> pa.Table:
    """All landed rows of the vendor's fields, in order of identity."""
    files = sorted(Path(lake).glob("raw/mdr/mdr_date=*/mdr.parquet"))
    columns = list(MDR_FIELDS)
    return _by_identity(
        pa.concat_tables(pq.ParquetFile(path).read(columns=columns) for path in files)
    )


def _by_identity(table: pa.Table) -> pa.Table:
    return table.sort_by([(name, "ascending") for name in _IDENTITY])


def rows_with_extra(lake: Path | str) -> list[tuple[Any, ...]]:
    """All landed rows but when their values were seen, in one order."""
    times = "extracted_at, first_seen_at, state_seen_at, price_seen_at"
    return duckdb.sql(
        f"select * exclude ({times}) from '{lake}/raw/mdr/mdr_date=*/mdr.parquet' order by all"
    ).fetchall()


def truth_of(simulator: Simulator, start: datetime, end: datetime) -> pa.Table:
    """The simulator's records of a period, in the same order and types as `landed`."""
    table = simulator.truth(start, end)
    assert table.column_names == list(MDR_FIELDS)
    return _by_identity(table)


def assert_landed_equals_truth(
    lake: Path | str, simulator: Simulator, start: datetime, end: datetime
) -> int:
    """Every value of every record is landed, and nothing else; returns how many there are."""
    expected = truth_of(simulator, start, end)
    found = landed(lake).cast(expected.schema)
    assert found.num_rows == expected.num_rows
    for name in expected.column_names:
        assert found[name].equals(expected[name]), name
    return found.num_rows
