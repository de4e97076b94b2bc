"""Everything a reader of the page sees, by key: one catalogue for Python and for the page itself.

A text may hold `{names}` for which values stand, and may have several forms, by the plural rules
of its language, of which the value `count` chooses one: such texts are the page's alone.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGE = "en"
_FILE = Path(__file__).with_name("page") / "texts" / f"{LANGUAGE}.json"


@cache
def catalogue() -> dict[str, Any]:
    """Every text by its key."""
    texts: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return texts


def text(key: str, **values: object) -> str:
    """A text with its values filled in."""
    form: str = catalogue()[key]
    return form.format(**values)
