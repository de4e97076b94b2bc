"""Paths in SQL text: any character that a path may hold, taken as itself."""

from __future__ import annotations

import re
from pathlib import Path

_GLOB = re.compile(r"[*?\[]")


def quoted(path: Path | str) -> str:
    """A path as a SQL text, for `attach` and `copy`."""
    return "'" + str(path).replace("'", "''") + "'"


def literal(path: Path | str) -> str:
    """A path for functions that take patterns: what means more there is taken as itself."""
    return _GLOB.sub(lambda found: f"[{found[0]}]", str(path))


def quoted_file(path: Path | str) -> str:
    """A path as a SQL text for functions that take patterns."""
    return quoted(literal(path))
