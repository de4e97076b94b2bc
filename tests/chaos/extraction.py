"""An extraction as a job for a child process: everything that it needs travels as plain values."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from miatel import Extraction, MiatelClient, RetryPolicy, open_lake

from .records import KEY

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
CAP = 60
"""Records in one answer of the tests' platforms: a day takes several requests."""


@dataclass(frozen=True)
class Job:
    """What to extract: `interval` with lookback if `lookback_hours` is given, else the range.

    `now` is the clock's time throughout, so that two runs write equal rows. The waits between
    attempts are not slept.
    """

    url: str
    lake: str
    locks: Path
    now: datetime
    start: datetime
    end: datetime
    cap: int = CAP
    reload: bool = False
    lookback_hours: int | None = None
    allow_shrink: bool = False
    run_id: str = "chaos"
    retry: RetryPolicy = field(default_factory=RetryPolicy)


def make_client(job: Job) -> MiatelClient:
    """The client of a job."""
    return MiatelClient(
        job.url,
        KEY,
        clock=lambda: job.now,
        retry=job.retry,
        lock_dir=job.locks,
        sleep=lambda _: None,
    )


def extract(job: Job) -> dict[str, Any]:
    """Do a job; the report's summary."""
    logging.getLogger("miatel").addHandler(logging.NullHandler())  # nothing to the console
    extraction = Extraction(
        make_client(job),
        open_lake(job.lake),
        run_id=job.run_id,
        clock=lambda: job.now,
        cap=job.cap,
        allow_shrink=job.allow_shrink,
    )
    if job.lookback_hours is None:
        report = extraction.land_range(job.start, job.end, reload=job.reload)
    else:
        report = extraction.land_interval(job.start, job.end, lookback_hours=job.lookback_hours)
    return report.summary()
