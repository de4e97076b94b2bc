"""The note that raw files were changed and warehouse and published tables do not follow them yet.

It is written before the first raw file changes and goes when the last table is published. Whoever
was killed in between leaves it, and the next `retain` or `erase` finishes what is left.
"""

from __future__ import annotations

from pathlib import Path

from miatel.store import Store, open_store


def begin(warehouse: Path) -> None:
    """Note that the warehouse will have to follow, safe from a power cut."""
    with _beside(warehouse).writing(_name(warehouse)):
        """An empty file says it all."""


def is_unfinished(warehouse: Path) -> bool:
    """Whether an earlier run did not get to its end."""
    return _beside(warehouse).version(_name(warehouse)) is not None


def finish(warehouse: Path) -> None:
    """Everything follows the raw files: the note goes."""
    _beside(warehouse).remove(_name(warehouse))


def _beside(warehouse: Path) -> Store:
    return open_store(warehouse.parent)


def _name(warehouse: Path) -> str:
    return f"{warehouse.name}.unfinished"
