"""The answers to read: from the simulator, in every spelling that is measured, and with traps."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from miatel_simulator import Simulator, SimulatorConfig
from miatel_simulator.http.query import Query

_FLAT, _NESTED = ("string", "number", "bool"), ("string", "number", "bool", "object")
_RAW_PRICE = "0.123456789012345678"  # json.dumps would round it

# Spelling, and form that no documentation names → the simulator's settings for it.
SPELLINGS: dict[str, dict[str, Any]] = {
    "as documented": {},
    "all numbers as strings": {"numbers_as_strings": True},
    "each field missing from a tenth of the records": {"missing_fields": 0.1},
    "unknown text, number and truth value in every third record": {"unknown_fields": _FLAT},
    "the same and an object": {"unknown_fields": _NESTED},
    "all of it at once": {
        "numbers_as_strings": True, "missing_fields": 0.1, "unknown_fields": _NESTED,
    },
}  # fmt: skip

FORMS: dict[str, dict[str, Any]] = {
    "a map by node and id": {"body": "map"},
    "the same below a key": {"body": "map_data"},
    "a header and rows": {"body": "header_rows"},
    "columns and rows": {"body": "columns_rows"},
    "one list a column": {"body": "columns"},
    "statements": {"body": "statements"},
    "one record a line": {"body": "lines"},
    "fields in camel case": {"field_style": "camel"},
    "Unix seconds": {"time_format": "unix"},
    "Unix milliseconds": {"time_format": "unix_ms"},
}

TRAPS: dict[str, tuple[str, Callable[[int], Any]]] = {
    "unknown field": ("campaign_comment", lambda place: f"autumn {place}"),
    "unknown object": ("route", lambda place: {"via": [{"node": place}], "note": None}),
    "price of 18 decimals": ("price", lambda _: _RAW_PRICE),
    "id above 2^53": ("sms_hub_sms_id", lambda place: 2**53 + 1 + 2 * place),
    "leading zeros": ("dst_num", lambda place: f"00{place:07}"),
    "text for a number": ("resp_code", lambda _: "ESME_RTHROTTLED"),
}
"""Trap → a field, and what it holds in some records."""


def write_bodies(directory: Path, records: int) -> None:
    """Write `<spelling>.json` for each spelling and form, and `warm_up.json`, a small clean one."""
    for name, settings in (SPELLINGS | FORMS).items():
        (directory / f"{name}.json").write_bytes(_render(records, settings))
    (directory / "warm_up.json").write_bytes(_render(200, {}))


def write_traps(directory: Path) -> None:
    """Write `<trap>.json` for each trap: 1,000 records, none of the first 300 with it."""
    for name, (field, value) in TRAPS.items():
        records = json.loads(_render(1_000, {}))
        for place in range(302, 1_000, 3):
            records[place][field] = value(place)
        text = json.dumps(records, ensure_ascii=False)
        (directory / f"{name}.json").write_text(text.replace(f'"{_RAW_PRICE}"', _RAW_PRICE))


def _render(records: int, settings: dict[str, Any]) -> bytes:
    """A bare array of so many records over one day, without geo names: every peer can read it."""
    start = datetime(2025, 3, 3, tzinfo=UTC)
    end, now = start + timedelta(days=1), start + timedelta(days=10)
    limits = {"messages_per_day": records, "profile": "steady", "cap": records + 1}
    config = SimulatorConfig(start=start, end=end, now=now, **limits, **settings)
    return Simulator(config).answer(Query(start, end, get_names=False)).body
