"""The answers to read: from the simulator, in every spelling that is measured, and with traps."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from miatel_simulator import Simulator, SimulatorConfig
from miatel_simulator.http.query import Query

START = datetime(2025, 3, 3, tzinfo=UTC)
_FLAT = ("string", "number", "bool")
_NESTED = (*_FLAT, "object")

SPELLINGS: dict[str, dict[str, Any]] = {
    "clean": {},
    "strings": {"numbers_as_strings": True},
    "missing": {"missing_fields": 0.1},
    "unknown": {"unknown_fields": _FLAT},
    "nested": {"unknown_fields": _NESTED},
    "all": {"numbers_as_strings": True, "missing_fields": 0.1, "unknown_fields": _NESTED},
}
"""Spelling → the simulator's settings for it. Unknown fields stand in every third record, missing
ones lack from a tenth of the records each."""

FORMS: dict[str, dict[str, Any]] = {
    **{name: {"body": name} for name in (
        "map", "map_data", "header_rows", "columns_rows", "columns", "statements", "lines",
    )},
    "names": {"field_style": "camel"},
    "unix": {"time_format": "unix"},
    "unix_ms": {"time_format": "unix_ms"},
}  # fmt: skip
"""Form that no documentation names → the simulator's settings for it."""

Record = dict[str, Any]


def write_bodies(directory: Path, records: int) -> None:
    """Write `<spelling>.json` for each spelling and form, and `warm_up.json`, a small clean one."""
    for name, settings in (SPELLINGS | FORMS).items():
        (directory / f"{name}.json").write_bytes(_render(records, settings))
    (directory / "warm_up.json").write_bytes(_render(200, {}))


def write_traps(directory: Path) -> None:
    """Write `<trap>.json` for each of `TRAPS`: 1,000 records, some with what is easily lost."""
    for name, change in TRAPS.items():
        records = json.loads(_render(1_000, {}))
        for place, record in enumerate(records):
            if place % 3 == 2 and place > 300:
                change(record, place)
        text = json.dumps(records, ensure_ascii=False)
        (directory / f"{name}.json").write_text(text.replace(f'"{_RAW_PRICE}"', _RAW_PRICE))


_RAW_PRICE = "0.123456789012345678"  # json.dumps would round it


def _set(field: str, value: Callable[[int], Any]) -> Callable[[Record, int], None]:
    def change(record: Record, place: int) -> None:
        record[field] = value(place)

    return change


TRAPS: dict[str, Callable[[Record, int], None]] = {
    "unknown field": _set("campaign_comment", lambda place: f"autumn {place}"),
    "unknown object": _set("route", lambda place: {"via": [{"node": place}], "note": None}),
    "price of 18 decimals": _set("price", lambda _: _RAW_PRICE),
    "id above 2^53": _set("sms_hub_sms_id", lambda place: 2**53 + 1 + 2 * place),
    "leading zeros": _set("dst_num", lambda place: f"00{place:07}"),
    "text for a number": _set("resp_code", lambda _: "ESME_RTHROTTLED"),
}
"""Trap → what it does to a record; from the 300th on, so that no look at the first ones tells."""


def _render(records: int, settings: dict[str, Any]) -> bytes:
    """A bare array of so many records over one day, without geo names: every peer can read it."""
    end = START + timedelta(days=1)
    config = SimulatorConfig(
        start=START,
        end=end,
        now=end + timedelta(days=9),
        messages_per_day=records,
        profile="steady",
        cap=records + 1,
        **settings,
    )
    return Simulator(config).answer(Query(START, end, get_names=False)).body
