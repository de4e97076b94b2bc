"""Values as JSON text, the same from either parser."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

LONE_SURROGATE = re.compile("[\ud800-\udfff]")  # an emoji cut between two segments leaves one


def json_text(value: Any) -> str:
    """A value as JSON text, decimals exact, the same from either parser."""
    if isinstance(value, Decimal):
        value = value or Decimal(0)  # Arrow's decimals know no negative zero
        text = format(value, "f") if -30 < value.adjusted() < 30 else str(value)
        return text.rstrip("0").rstrip(".") if "." in text and "E" not in text else text
    if isinstance(value, dict):
        members = (f"{json_text(str(k))}:{json_text(v)}" for k, v in sorted(value.items()))
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(json_text(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)
