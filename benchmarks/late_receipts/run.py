"""Ten days with receipts up to 72 h late: the daily run against pulling all days again."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from miatel.api.client import MiatelClient
from miatel.extraction import Extraction
from miatel.lake.lake import Lake, day_file, open_lake
from miatel.report import ExtractReport
from miatel.schema import MDR_FIELDS
from miatel_simulator import Simulator, SimulatorConfig, serve

_START = datetime(2025, 3, 3, tzinfo=UTC)
_DAYS = 10
_LOOKBACK = timedelta(hours=72)
_AFTER_MIDNIGHT = timedelta(minutes=10)
_VOLUMES = (1_000, 10_000, 50_000)
_KEY = "simulator-key"
_IDENTITY = ("sms_hub_switch_id", "sms_hub_sms_id")
_BY_IDENTITY = [(name, "ascending") for name in _IDENTITY]

Pull = Callable[[Extraction, datetime], ExtractReport]


def run(*, is_small: bool) -> dict[str, Any]:
    """Pull ten days daily, and four more until the last receipt can come, in two ways.

    Returns:
        For each volume and way: requests, bytes, and how many of the ten days' records differ
        from the truth afterwards.
    """
    rows = []
    for per_day in _VOLUMES:
        volume = per_day // 50 if is_small else per_day
        for way, pull in _WAYS.items():
            rows.append({"per_day": volume, "way": way, **_pull_days(volume, pull)})
            print(f"  late receipts: {volume:,} a day, {way}: {rows[-1]}", flush=True)
    return {"rows": rows, "days": _DAYS, "lookback_days": _LOOKBACK.days}


def _pull_interval(extraction: Extraction, day: datetime) -> ExtractReport:
    return extraction.land_interval(day, day + timedelta(days=1))


def _pull_whole_days(extraction: Extraction, day: datetime) -> ExtractReport:
    start = max(_START, day - _LOOKBACK)
    return extraction.land_range(start, day + timedelta(days=1), reload=True)


def _pull_day_only(extraction: Extraction, day: datetime) -> ExtractReport:
    return extraction.land_range(day, day + timedelta(days=1))


_WAYS: dict[str, Pull] = {
    "days that wait": _pull_interval,
    "all days again": _pull_whole_days,
    "no lookback": _pull_day_only,
}
"""The product's daily run; what it is compared with; and what the truth costs at the least."""


def _pull_days(per_day: int, pull: Pull) -> dict[str, Any]:
    end = _START + timedelta(days=_DAYS)
    config = SimulatorConfig(
        start=_START,
        now=_START,
        messages_per_day=per_day,
        profile="weekly",
        order="shuffled",
        max_receipt_delay_hours=_LOOKBACK.total_seconds() / 3600,
    )
    requests, size = 0, 0
    with tempfile.TemporaryDirectory() as directory, serve(config) as simulator:
        client = MiatelClient(simulator.url, _KEY, clock=simulator.now, lock_dir=Path(directory))
        lake = open_lake(Path(directory) / "lake")
        extraction = Extraction(
            client, lake, "benchmark", simulator.now, on_progress=lambda _: None
        )
        for number in range(_DAYS + _LOOKBACK.days + 1):
            day = _START + timedelta(days=number)
            simulator.set_now(day + timedelta(days=1) + _AFTER_MIDNIGHT)
            report = pull(extraction, day)
            requests += report.requests
            size += report.bytes_received
        wrong = _count_wrong(lake, simulator, end)
        records = simulator.count(_START, end)
    return {"requests": requests, "bytes": size, "records": records, "wrong": wrong}


def _count_wrong(lake: Lake, simulator: Simulator, end: datetime) -> int:
    """Records of the ten days that differ from the truth in any field.

    Raises:
        RuntimeError: some are missing or doubled, which no way of pulling may bring about.
    """
    schema = pa.schema(list(MDR_FIELDS.items()))
    days = [day for day in lake.days() if day < end.date()]
    files = [pq.ParquetFile(f"{lake.root}/{day_file(day)}") for day in days]
    landed = pa.concat_tables([file.read(columns=schema.names).cast(schema) for file in files])
    told = simulator.truth(_START, end).cast(schema)
    landed, told = (table.sort_by(_BY_IDENTITY) for table in (landed, told))
    if any(landed[name] != told[name] for name in _IDENTITY):
        raise RuntimeError("records are missing or doubled")
    differs = pa.array([False] * len(told))
    for name in schema.names:
        equal = pc.fill_null(pc.equal(landed[name], told[name]), False)
        both_null = pc.and_(pc.is_null(landed[name]), pc.is_null(told[name]))
        differs = pc.or_(differs, pc.invert(pc.or_(equal, both_null)))
    return int(pc.sum(differs).as_py())
