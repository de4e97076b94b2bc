"""The note that raw files were changed and warehouse and published tables do not follow them yet.

It is written before the first raw file changes and goes when the last table is published. Whoever
was killed in between leaves it, and the next `retain` or `erase` finishes what is left.
"""

from __future__ import annotations

from pathlib import Path

from miatel.lake.scratch import flush


def note_of(warehouse: Path) -> Path:
    """Where the note stands: beside the warehouse."""
    return warehouse.with_name(f"{warehouse.name}.unfinished")


def begin(warehouse: Path) -> None:
    """Note that the warehouse will have to follow, safe from a power cut."""
    note = note_of(warehouse)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.touch()
    flush(note)
    flush(note.parent)


def is_unfinished(warehouse: Path) -> bool:
    """Whether an earlier run did not get to its end."""
    return note_of(warehouse).exists()


def finish(warehouse: Path) -> None:
    """Everything follows the raw files: the note goes."""
    note_of(warehouse).unlink(missing_ok=True)
    flush(warehouse.parent)
