"""Daily runs on a simulated platform, each ten minutes after midnight as a scheduler starts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from miatel import Extraction, ExtractReport, Lake, RetryPolicy, Window, open_lake, report_coverage
from miatel_simulator import FaultPlan, Simulator
from tests.support.landed import extraction

DAY = timedelta(days=1)
AFTER_MIDNIGHT = timedelta(minutes=10)


@dataclass(frozen=True)
class DailyRuns:
    """A lake and the platform that it is landed from.

    Attributes:
        simulator: its clock is set to each run's time.
        root: the lake.
        first: midnight of day 0.
        cap: records in one answer.
        attempts: how often a window is asked for.
    """

    simulator: Simulator
    root: Path
    first: datetime
    cap: int = 100_000
    attempts: int = 2

    @property
    def lake(self) -> Lake:
        """The lake, opened anew."""
        return open_lake(self.root)

    def midnight(self, number: float) -> datetime:
        """The begin of a day, counted from 0."""
        return self.first + number * DAY

    def days(self, first: float, last: float) -> Window:
        """The days from the first up to, not including, the last."""
        return Window(self.midnight(first), self.midnight(last))

    def job(self, now: datetime, **options: Any) -> Extraction:
        """An extraction at a time; what was asked for before is forgotten."""
        self.simulator.reset()
        self.simulator.set_now(now)
        return extraction(
            self.simulator.url,
            self.root,
            clock=lambda: now,
            cap=self.cap,
            retry=RetryPolicy(attempts=self.attempts, silence_seconds=2.0),
            **options,
        )

    def run(
        self, number: int, *, faults: FaultPlan | None = None, **options: Any
    ) -> tuple[ExtractReport, list[Window]]:
        """The daily run that lands a day, on the night after; its report, and what it asked."""
        job = self.job(self.midnight(number + 1) + AFTER_MIDNIGHT)
        self.simulator.set_faults(faults or FaultPlan())
        report = job.land_interval(self.midnight(number), self.midnight(number + 1), **options)
        return report, [Window(seen.start, seen.end) for seen in self.simulator.requests()]

    def history(self, first: float, last: float, now: float, **options: Any) -> list[Window]:
        """Land a period by hand on a later day; what was asked for."""
        job = self.job(self.midnight(now) + AFTER_MIDNIGHT)
        job.land_range(self.midnight(first), self.midnight(last), **options)
        return [Window(seen.start, seen.end) for seen in self.simulator.requests()]

    def gaps(self) -> list[Window]:
        """The gaps between the first and the last landed second."""
        report = report_coverage(self.lake)
        return [] if report is None else report.gaps
