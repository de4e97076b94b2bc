"""Repeated measurements: the middle one, and how far the others lie from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Spread:
    """The least, the middle and the greatest of some measurements."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of at least one value."""
        return cls(min(values), median(values), max(values))

    @classmethod
    def of_pairs(cls, values: Sequence[float], bases: Sequence[float]) -> Spread:
        """The spread of the ratios of measurements that were made side by side."""
        return cls.of([value / base for value, base in zip(values, bases, strict=True)])

    def show(self, digits: int = 2) -> str:
        """`middle (low to high)`."""
        return f"{self.middle:.{digits}f} ({self.low:.{digits}f} to {self.high:.{digits}f})"


@dataclass(frozen=True)
class Target:
    """One figure of the issue that set the targets, and what was measured.

    Attributes:
        what: the figure in words.
        limit: what it must keep to.
        at_least: whether the limit is a least value, not a most.
        aim: a stricter value to aim at.
        digits: decimals shown.
    """

    what: str
    limit: float
    measured: float
    spread: str = ""
    at_least: bool = False
    aim: float | None = None
    digits: int = 2

    @property
    def is_met(self) -> bool:
        """Whether the measured value keeps to the limit."""
        return self._keeps_to(self.limit)

    def row(self) -> list[str]:
        """The cells of the table of targets."""
        sign = "≥" if self.at_least else "≤"
        wanted = f"{sign} {self.limit:g}" + (f" (aim {self.aim:g})" if self.aim else "")
        verdict = "met" if self.is_met else f"**missed by {self._distance():.0%}**"
        if self.is_met and self.aim is not None:
            verdict = "met, aim too" if self._keeps_to(self.aim) else "met, aim not"
        measured = self.spread or f"{self.measured:.{self.digits}f}"
        return [self.what, wanted, measured, verdict]

    def _keeps_to(self, limit: float) -> bool:
        return self.measured >= limit if self.at_least else self.measured <= limit

    def _distance(self) -> float:
        return abs(self.measured / self.limit - 1)
