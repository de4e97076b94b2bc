"""Every point of an extraction at which a process may die, and how a child is made to die there.

The product knows nothing of this: in the child, functions are wrapped so that something happens
at the n-th call, before or after the function does its work: SIGKILL, or the lake vanishes.
"""

from __future__ import annotations

import functools
import os
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock
import pyarrow.parquet as pq
import urllib3.response

import miatel.api.decoding
import miatel.api.transport
import miatel.daily.healing
import miatel.extraction
import miatel.lake.day_file
import miatel.lake.day_merge
import miatel.lake.networks
import miatel.lake.origin
import miatel.lake.parquet_io
import miatel.lake.sink
import miatel.locks
import miatel.pipeline
import miatel.store.directory

from .extraction import Job, extract

SITES: dict[str, tuple[Any, str]] = {
    "look for what is landed": (miatel.extraction, "read_landed_days"),
    "look for open receipts": (miatel.extraction, "find_days_again"),
    "check the origin": (miatel.extraction, "check_origin"),
    "claim the origin": (miatel.lake.origin, "_write_first"),
    "write the origins": (miatel.lake.origin, "_write"),
    "learn from footers": (miatel.extraction, "past_traffic"),
    "plan": (miatel.pipeline.WindowPlanner, "next_window"),
    "take the request slot": (miatel.locks.HostLock, "acquire"),
    "request": (miatel.api.transport.Transport, "_receive"),
    "part of a body": (urllib3.response.HTTPResponse, "read"),
    "read": (miatel.pipeline, "read_answer"),
    "check": (miatel.pipeline, "rows_of"),
    "split": (miatel.pipeline.WindowPlanner, "split"),
    "accept": (miatel.pipeline.WindowPlanner, "accept"),
    "keep aside": (miatel.lake.sink, "keep_aside"),
    "hand over": (miatel.lake.sink.LakeSink, "add"),
    "open scratch": (miatel.lake.day_file.DayFile, "__init__"),
    "write scratch": (miatel.lake.day_file.RowGroupWriter, "write"),
    "write row group": (pq.ParquetWriter, "write_table"),
    "footer": (pq.ParquetWriter, "add_key_value_metadata"),
    "close": (pq.ParquetWriter, "close"),
    "finish days": (miatel.lake.sink.LakeSink, "finish_days"),
    "land a day": (miatel.lake.day_file.DayFile, "land"),
    "take a lock": (filelock.FileLock, "acquire"),
    "free a lock": (filelock.FileLock, "release"),
    "merge": (miatel.lake.day_file.DayFile, "_merge_with"),
    "merge a part": (miatel.lake.day_merge.DayMerge, "_merge"),
    "carry rows over": (miatel.lake.day_merge.DayMerge, "_carry_over"),
    "pair records": (miatel.lake.day_merge, "pair_rows"),
    "merge states": (miatel.lake.day_merge, "merge_states"),
    "replace": (miatel.store.directory.DirectoryStore, "replace"),
    "fsync": (os, "fsync"),
    "rename": (Path, "replace"),
    "sweep": (miatel.store.directory, "sweep_scratch"),
    "remove scratch": (Path, "unlink"),
    "geo names": (miatel.lake.networks.Networks, "add"),
    "write geo names": (miatel.lake.networks, "_write"),
    "look for gaps": (miatel.daily.healing, "find_gaps"),
    "forget failed gaps": (miatel.extraction, "update_failed_gaps"),
    "count what waits": (miatel.extraction, "count_waiting"),
}
"""Name of a step → where the function stands that does it."""


@dataclass(frozen=True, order=True)
class Point:
    """Before or after the n-th call (from 1) of a step."""

    site: str
    when: str
    nth: int

    def __str__(self) -> str:
        return f"{self.when} {self.site} #{self.nth}"


def extract_and_die(job: Job, point: Point | None) -> dict[str, Any]:
    """Do a job in small parts, but be killed at a point."""
    calls = _work_in_small_parts()
    if point is not None:
        calls.act_at(point, lambda: os.kill(os.getpid(), signal.SIGKILL))
    return extract(job)


def extract_while_lake_vanishes(job: Job, point: Point) -> dict[str, Any]:
    """Do a job in small parts; at a point its lake is moved to a name with `-gone` at the end."""
    lake = Path(job.lake)
    _work_in_small_parts().act_at(point, lambda: lake.rename(f"{lake}-gone"))
    return extract(job)


def vanish_at_a_merge(vanish: Callable[[], Any]) -> None:
    """From here on the lake vanishes when a second day is about to be merged."""
    _work_in_small_parts().act_at(Point("land a day", "before", 2), vanish)


def extract_and_count(job: Job) -> Counter[str]:
    """Do a job undisturbed; how often each step is taken."""
    calls = _work_in_small_parts()
    extract(job)
    return calls.counts


class _Calls:
    """Counts the calls of every step, and does something at one of them."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._point: Point | None = None
        self._act: Callable[[], Any] = int
        for site, (owner, name) in SITES.items():
            setattr(owner, name, self._watched(site, getattr(owner, name)))

    def act_at(self, point: Point, act: Callable[[], Any]) -> None:
        self._point, self._act = point, act

    def _watched(self, site: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def watched(*arguments: Any, **options: Any) -> Any:
            self.counts[site] += 1
            nth = self.counts[site]
            self._act_if(Point(site, "before", nth))
            try:
                return function(*arguments, **options)
            finally:  # a request that broke is a step, too
                self._act_if(Point(site, "after", nth))

        return watched

    def _act_if(self, here: Point) -> None:
        if here == self._point:
            self._act()


def _work_in_small_parts() -> _Calls:
    """As in a day of millions of records: bodies in several parts, days in several row groups."""
    miatel.api.decoding._CHUNK_BYTES = 4096
    miatel.lake.parquet_io.ROW_GROUP_ROWS = 30
    miatel.lake.day_merge.ROW_GROUP_ROWS = 30
    return _Calls()
