"""What an extraction did, as small facts: no key, no number, no text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from miatel.identity.landing_counts import LandingCounts


@dataclass
class ExtractReport:
    """Counts of one extraction.

    Attributes:
        requests: complete answers received, those split later included.
        asked: windows that were asked for, those without an answer included.
        windows: answers accepted.
        rows: records in them, repeated ones counted once.
        splits: truncated answers.
        rows_discarded: records in truncated answers, asked for again in parts.
        bytes_received: bodies, content-encoding undone.
        days: GMT days whose file was replaced, `YYYY-MM-DD`, in order.
        open_receipts: landed messages of interval and lookback that wait for a receipt.
        expired_receipts: the same for the interval's length before the lookback: no longer asked.
        missing_prices: landed messages of interval and lookback that should have a price.
        days_asked: landed days that were asked for again completely, each with why.
        late_records: records of seconds that were landed before and did not have them.
        records_sharing_id: records whose id another record has as well.
        records_without_id: records without node and SMS id and without a message id.
        repeats_dropped: records that came more than once, each time but the first.
        conflicting_final_states: records of which two different final states came.
        gaps_asked: gaps that were asked for.
        gaps_failed: stretches of them that were asked for in vain.
        gap_seconds_left: seconds before the interval that are still missing.
        empty_days: days of gaps that were landed without a record, between days with some.
        names_left_out: entries among the geo names of answers that could not be read.
        clock_notes: what the answers showed of our clock and the server's; empty when they agree.
    """

    requests: int = 0
    asked: int = 0
    windows: int = 0
    rows: int = 0
    splits: int = 0
    rows_discarded: int = 0
    bytes_received: int = 0
    days: list[str] = field(default_factory=list)
    open_receipts: int = 0
    expired_receipts: int = 0
    missing_prices: int = 0
    days_asked: dict[str, str] = field(default_factory=dict)
    late_records: int = 0
    records_sharing_id: int = 0
    records_without_id: int = 0
    repeats_dropped: int = 0
    conflicting_final_states: int = 0
    gaps_asked: int = 0
    gaps_failed: int = 0
    gap_seconds_left: int = 0
    empty_days: list[str] = field(default_factory=list)
    names_left_out: int = 0
    clock_notes: list[str] = field(default_factory=list)

    def count_request(self, size: int) -> None:
        """An answer of `size` bytes has come."""
        self.requests += 1
        self.bytes_received += size

    def count_landed(self, rows: int) -> None:
        """An answer of `rows` records was accepted."""
        self.windows += 1
        self.rows += rows

    def count_discarded(self, rows: int) -> None:
        """A truncated answer of `rows` records is asked for again in parts."""
        self.splits += 1
        self.rows_discarded += rows

    def count_days(self, days: Iterable[date], counts: LandingCounts) -> None:
        """These days' files were replaced, and this is what landing them met."""
        self.days = sorted({*self.days, *(day.isoformat() for day in days)})
        for name, count in vars(counts).items():
            setattr(self, name, getattr(self, name) + count)

    def lines(self) -> Iterator[str]:
        """What a person should read of a run, in words; only what there is to say."""
        yield f"{self.rows:,} records landed by {self.requests:,} requests on {len(self.days)} days"
        for count, words in (
            (
                self.late_records,
                "records came late: the vendor showed them after their day was landed",
            ),
            (self.records_sharing_id, "records share an id with another record: all are landed"),
            (self.records_without_id, "records have no id: all are landed"),
            (self.repeats_dropped, "repeats of a record dropped"),
            (self.conflicting_final_states, "records came with two different final states"),
            (self.names_left_out, "geo names of answers could not be read and were left out"),
            (self.open_receipts, "messages of interval and lookback wait for a receipt"),
            (self.missing_prices, "messages of interval and lookback have no price"),
            (self.expired_receipts, "messages left the lookback without a final receipt"),
            (self.gaps_asked, "gaps asked for"),
            (self.gaps_failed, "stretches of gaps asked for in vain: asked again in a week"),
            (self.gap_seconds_left, "seconds before the interval are not landed"),
        ):
            if count:
                yield f"{count:,} {words}"
        if self.empty_days:
            yield f"days landed late and without a record: {', '.join(self.empty_days)}"

    def summary(self) -> dict[str, Any]:
        """The counts as plain JSON values."""
        return dict(vars(self))
