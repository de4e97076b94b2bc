"""What a part says of its figures: one section of `docs/benchmarks.md`."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.common.spread import Target


@dataclass(frozen=True)
class Section:
    """One part's section.

    Args:
        title: its headline.
        method: Markdown: what was done, how, and against what noise.
        body: Markdown: figures, pictures, what they mean.
        targets: the figures that were set as targets.
    """

    title: str
    method: str
    body: str
    targets: list[Target] = field(default_factory=list)
