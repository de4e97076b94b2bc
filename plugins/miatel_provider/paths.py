"""Where the project and its lake are, as the environment says."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def lake_root() -> str:
    """The lake's root: `MIATEL_LAKE`, a path or URL; `data/lake` under the project by default.

    Raises:
        ValueError: a relative path, which each process would take to mean another place.
    """
    root = os.environ.get("MIATEL_LAKE") or str(PROJECT / "data" / "lake")
    if "://" not in root and not Path(root).is_absolute():
        raise ValueError(f"MIATEL_LAKE is {root!r}; give an absolute path or a URL such as s3://…")
    return root
