"""Ten days with receipts up to 72 h late: the daily run against pulling all days again."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from benchmarks.results import Results, Table, Target
from miatel import Extraction, ExtractReport
from miatel.schema import MDR_FIELDS
from miatel_simulator import SimulatorConfig, serve
from tests.support.daily_runs import AFTER_MIDNIGHT, DAY, DailyRuns
from tests.support.landed import KEY, landed

_START = datetime(2025, 3, 3, tzinfo=UTC)
_DAYS, _LOOKBACK_DAYS = 10, 3
_RUNS = _DAYS + _LOOKBACK_DAYS + 1
_VOLUMES = (1_000, 10_000, 50_000)
_IDENTITY = "sms_hub_switch_id, sms_hub_sms_id"

# The product's; what it is compared with; and what the data costs at the least.
_WAYS: dict[str, Callable[[Extraction, datetime], ExtractReport]] = {
    "the daily run": lambda job, day: job.land_interval(day, day + DAY),
    "all days again": lambda job, day: job.land_range(
        max(_START, day - _LOOKBACK_DAYS * DAY), day + DAY, reload=True
    ),
    "no lookback": lambda job, day: job.land_range(day, day + DAY),
}


def run(*, is_small: bool) -> Results:
    """Pull ten days daily, and four more until the last receipt can have come, in three ways."""
    rows: Table = []
    for volume in (per_day // 50 if is_small else per_day for per_day in _VOLUMES):
        found = {way: _pull_days(volume, pull) for way, pull in _WAYS.items()}
        for way, cost in found.items():
            share = cost["data, MB"] / found["all days again"]["data, MB"]
            rows.append({"records a day": volume, "way": way, **cost, "data ÷ all days": share})
        print(f"  late receipts: {volume:,} a day: {found}", flush=True)
    ours, again = rows[:: len(_WAYS)], rows[1 :: len(_WAYS)]
    more = max(o["requests"] - a["requests"] for o, a in zip(ours, again, strict=True))
    data, wrong = max(row["data ÷ all days"] for row in ours), sum(row["differ"] for row in ours)
    targets = [
        Target("records that differ from the truth afterwards", 0, wrong),
        Target("data received ÷ that of all days again", 1.01, data),
        Target("requests beyond those of all days again, a run", 1, more / _RUNS),
    ]
    return Results(targets, {"ways": rows})


def _pull_days(per_day: int, pull: Callable[..., ExtractReport]) -> dict[str, float]:
    """Requests, data, records that differ from the truth afterwards, and all records."""
    config = SimulatorConfig(
        start=_START, now=_START, messages_per_day=per_day, profile="weekly", order="shuffled",
        max_receipt_delay_hours=24.0 * _LOOKBACK_DAYS, ip_auth_key=KEY,
    )  # fmt: skip
    requests, size = 0, 0
    with TemporaryDirectory() as directory, serve(config) as simulator:
        runs = DailyRuns(simulator, Path(directory) / "lake", _START)
        for number in range(_RUNS):
            extraction = runs.job(runs.midnight(number + 1) + AFTER_MIDNIGHT)
            report = pull(extraction, runs.midnight(number))
            requests, size = requests + report.requests, size + report.bytes_received
        end = runs.midnight(_DAYS)
        wrong = _count_wrong(landed(runs.root), simulator.truth(_START, end), end)
        records = simulator.count(_START, end)
    return {"requests": requests, "data, MB": size / 1e6, "differ": wrong, "of": records}


def _count_wrong(found: pa.Table, truth: pa.Table, end: datetime) -> int:
    """Records of the ten days that differ from the truth in any field; none may be missing."""
    with duckdb.connect() as connection:
        connection.register("truth", truth)
        connection.register("found", found)
        days = f"from found where sms_hub_sms_time < timestamptz '{end}'"
        records = connection.sql(f"select 1 {days}").shape[0]
        missing, wrong = (
            connection.sql(f"select {columns} from truth except all select {columns} {days}")
            for columns in (_IDENTITY, ", ".join(MDR_FIELDS))
        )
        if missing.shape[0] or records != len(truth):
            raise RuntimeError("records are missing or doubled")
        return int(wrong.shape[0])
