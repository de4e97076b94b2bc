"""A small lake of day files, written as landing writes them, and real dbt runs over it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from miatel.identity.record_key import number_equal_keys, plain_keys
from miatel.lake.coverage import LATE_KEY, Coverage
from miatel.lake.parquet_io import RowGroupWriter
from miatel.schema import RAW_SCHEMA

from .dbt_server import PARSED, WAREHOUSE, WITH_ARTIFACTS, WITHOUT_ARTIFACTS, run_dbt

UTC_TIME = pa.timestamp("us", tz="UTC")
RECIPIENT_KEY = "a-recipient-key-of-the-tests"
PULLED_AT = datetime(2026, 2, 1, tzinfo=UTC)


def mdr(sms_id: int, at: str, **fields: Any) -> dict[str, Any]:
    """One raw record: a delivered single-segment message unless fields say otherwise."""
    record = {
        "sms_hub_sms_id": sms_id,
        "sms_hub_switch_id": 1,
        "sms_hub_sms_time": datetime.fromisoformat(at).replace(tzinfo=UTC),
        "sms_hub_mccmnc_id": 525001,
        "sms_hub_mccmnc_name": "Singapore - Singtel",
        "src_num": "SHOP",
        "dst_num": "6500000001",
        "username": "acme",
        "message_body": "hello",
        "dlr_code": 2,
        "message_id": f"id-{sms_id}",
        "resp_code": 0,
        "sms_hub_currency_name": "EUR",
        "price": Decimal("0.05"),
        "extracted_at": PULLED_AT,
    }
    return record | fields


def accepted(
    start: datetime,
    end: datetime,
    rows: int,
    run_id: str,
    requested_at: str = "2026-02-01T00:00:05.123456Z",
) -> dict[str, Any]:
    """One entry of a footer's coverage: a request of exactly this interval."""
    body = f"{start}{end}{rows}{run_id}".encode()
    return {
        "start": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "end": f"{end:%Y-%m-%dT%H:%M:%SZ}",
        "rows": rows,
        "body_sha256": hashlib.sha256(body).hexdigest(),
        "requested_at": requested_at,
        "run_id": run_id,
        "request_start": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "request_end": f"{end:%Y-%m-%dT%H:%M:%SZ}",
        "request_rows": rows,
    }


def with_keys(records: list[dict[str, Any]]) -> pa.Table:
    """Raw rows with the columns that landing computes, unless a record names them."""
    table = pa.Table.from_pylist(records, RAW_SCHEMA)
    keys = number_equal_keys(plain_keys(table)).to_pylist()
    computed = [
        {
            "record_key": key,
            "first_seen_at": record["extracted_at"],
            "state_seen_at": record["extracted_at"],
            "price_seen_at": record["extracted_at"] if record.get("price") is not None else None,
        }
        | record
        for record, key in zip(records, keys, strict=True)
    ]
    return pa.Table.from_pylist(computed, RAW_SCHEMA)


@dataclass
class Lake:
    """A lake under a directory, with the warehouse that dbt builds from it.

    Attributes:
        root: the directory.
        days: the records of each landed day.
        has_artifacts: whether dbt writes its log and what it knows of each run, for tests that look
            into them.
    """

    root: Path
    days: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    has_artifacts: bool = False

    @property
    def warehouse(self) -> Path:
        return self.root / WAREHOUSE

    def land(
        self,
        day: str,
        records: list[dict[str, Any]],
        *,
        run_id: str = "run-1",
        hours: list[tuple[int, int]] | None = None,
        late: list[dict[str, Any]] | None = None,
        **asked: str,
    ) -> None:
        """Replace a day's file.

        Args:
            day: the GMT day.
            records: its rows.
            run_id: the run of its requests.
            hours: the landed (first, end) hours of the day; all of them without.
            late: findings of late records for its footer.
            asked: `requested_at`, when it was asked for, if not at the usual time.
        """
        midnight = datetime.combine(date.fromisoformat(day), time(), UTC)
        coverage = [
            accepted(
                midnight + timedelta(hours=first),
                midnight + timedelta(hours=end),
                sum(first <= r["sms_hub_sms_time"].hour < end for r in records),
                run_id,
                **asked,
            )
            for first, end in hours or [(0, 24)]
        ]
        path = self.root / f"raw/mdr/mdr_date={day}/mdr.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_name(".mdr.parquet.tmp")
        writer = RowGroupWriter(scratch)
        writer.write(with_keys(records))
        marks = {LATE_KEY: json.dumps(late).encode()} if late else {}
        writer.close([Coverage.from_json(entry) for entry in coverage], marks)
        scratch.replace(path)
        self.days[day] = records

    def copy(self, root: Path) -> Lake:
        """The same lake and warehouse once more, in a directory that must not be there yet."""
        shutil.copytree(self.root, root, ignore=shutil.ignore_patterns(PARSED))
        return Lake(root, dict(self.days), self.has_artifacts)

    def land_networks(self, names: list[tuple[int, str, datetime]]) -> None:
        """Write the file of geo names."""
        table = pa.table(
            {
                "sms_hub_mccmnc_id": pa.array([n[0] for n in names], pa.int64()),
                "sms_hub_mccmnc_name": pa.array([n[1] for n in names], pa.string()),
                "first_received_at": pa.array([n[2] for n in names], UTC_TIME),
            }
        )
        path = self.root / "raw/networks/networks.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, path)

    def places(self, warehouse: Path | None = None) -> dict[str, str]:
        """The environment that leads dbt to this lake."""
        return {
            "MIATEL_LAKE": str(self.root),
            "MIATEL_RECIPIENT_KEY": RECIPIENT_KEY,
            "MIATEL_WAREHOUSE": str(warehouse or self.warehouse),
            "DBT_TARGET_PATH": str(self.root / "target"),
            "DBT_LOG_PATH": str(self.root / "logs"),
        } | (WITH_ARTIFACTS if self.has_artifacts else WITHOUT_ARTIFACTS)

    def dbt(
        self,
        *arguments: str,
        warehouse: Path | None = None,
        environment: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run dbt over this lake and return what it said; the caller judges the exit code."""
        path = warehouse or self.warehouse
        called = {"MIATEL_WAREHOUSE": path.name}
        return run_dbt(
            list(arguments),
            path.parent,
            os.environ | self.places() | called | (environment or {}),
        )

    def build(self, *arguments: str, warehouse: Path | None = None) -> str:
        """Run `dbt build`, which must succeed, and return what it said."""
        done = self.dbt("build", *arguments, warehouse=warehouse)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        return done.stdout

    def query(
        self, sql: str, values: Sequence[Any] = (), *, warehouse: Path | None = None
    ) -> list[tuple[Any, ...]]:
        """Rows of a query on the warehouse; `values` for its question marks."""
        with duckdb.connect(str(warehouse or self.warehouse), read_only=True) as connection:
            connection.execute("set TimeZone = 'UTC'")
            return connection.execute(sql, values).fetchall()


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """An empty lake of this module's own."""
    return Lake(tmp_path_factory.mktemp("lake"))
