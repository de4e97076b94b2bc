"""What the environment says: where the project and its lake are, and the recipients' key."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from miatel.lake.lake import Lake
    from miatel.privacy.recipient_key import RecipientKey

PROJECT = Path(__file__).resolve().parents[2]


def lake_root() -> str:
    """The lake's root: `MIATEL_LAKE`, a path or URL; `data/lake` under the project by default.

    Raises:
        LakeError: a relative path, which each process would take to mean another place.
    """
    from miatel.settings import lake_root as root_of

    return root_of(os.environ, PROJECT / "data" / "lake")


def open_project_lake() -> Lake:
    """The lake that the environment names; nothing is read yet."""
    from miatel.lake.lake import open_lake
    from miatel.store.file_mode import file_mode

    return open_lake(lake_root(), file_mode(os.environ))


def recipient_key() -> RecipientKey | None:
    """The key under which erased numbers are kept out: `MIATEL_RECIPIENT_KEY`."""
    from miatel.privacy.recipient_key import RecipientKey

    return RecipientKey.of(os.environ.get("MIATEL_RECIPIENT_KEY", ""))
