"""What the environment says: where the project and its lake are, and the recipients' key."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from miatel.lake import Lake

PROJECT = Path(__file__).resolve().parents[2]


def lake_root() -> str:
    """The lake's root: `MIATEL_LAKE`, a path or URL; `data/lake` under the project by default.

    Raises:
        LakeError: a relative path, which each process would take to mean another place.
    """
    from miatel.lake_root import lake_root as root_of

    return root_of(os.environ, PROJECT / "data" / "lake")


def open_project_lake() -> Lake:
    """The lake, with the key (`MIATEL_RECIPIENT_KEY`) under which erased numbers are kept out."""
    from miatel.file_mode import file_mode
    from miatel.lake import open_lake
    from miatel.recipients import RecipientKey

    key = RecipientKey.of(os.environ.get("MIATEL_RECIPIENT_KEY", ""))
    return open_lake(lake_root(), key, file_mode(os.environ))
