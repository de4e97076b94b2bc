"""What an extraction did, as small facts: no key, no number, no text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class ExtractReport:
    """Counts of one extraction.

    Attributes:
        requests: whole answers received, those split later included.
        windows: answers accepted.
        rows: records in them, repeated ones counted once.
        splits: truncated answers.
        rows_discarded: records in truncated answers, asked for again in parts.
        bytes_received: bodies, content-encoding undone.
        days: GMT days whose file was replaced, `YYYY-MM-DD`, in order.
        open_receipts: landed messages of interval and lookback that wait for a receipt.
        expired_receipts: the same for the interval's length before the lookback: no longer asked.
        clock_notes: what the answers told of our clock and the server's; empty when they agree.
    """

    requests: int = 0
    windows: int = 0
    rows: int = 0
    splits: int = 0
    rows_discarded: int = 0
    bytes_received: int = 0
    days: list[str] = field(default_factory=list)
    open_receipts: int = 0
    expired_receipts: int = 0
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

    def summary(self) -> dict[str, Any]:
        """The counts as plain JSON values."""
        return dict(vars(self))
