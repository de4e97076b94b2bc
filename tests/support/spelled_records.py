"""Whole answers in every spelling that the vendor's documentation leaves open, with their meaning.

The meaning is kept beside the text from the start, so no second parser decides what is right.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from miatel.schema import MDR_FIELDS
from tests.support.json_values import (
    INTEGERS,
    NOTHING,
    ODD_NAMES,
    PRICES,
    TEXTS,
    TIMES,
    UNKNOWN,
    Spelled,
    meaning,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
_IDENTITY = ("sms_hub_sms_id", "sms_hub_switch_id", "sms_hub_sms_time")


@dataclass(frozen=True)
class SpelledRecord:
    """A record's values as JSON texts by field, and the row that they mean."""

    texts: dict[str, str]
    row: dict[str, Any]

    @property
    def members(self) -> list[str]:
        """Its fields as JSON texts, name and value."""
        return [f"{json.dumps(name)}:{text}" for name, text in self.texts.items()]


@dataclass(frozen=True)
class SpelledAnswer:
    """A body, the rows that it means, and its geo names."""

    body: bytes
    rows: list[dict[str, Any]]
    names: dict[int, str]


def _strategy_for(kind: pa.DataType) -> st.SearchStrategy[Spelled]:
    if pa.types.is_integer(kind):
        return INTEGERS
    if pa.types.is_decimal(kind):
        return PRICES
    return TIMES if pa.types.is_timestamp(kind) else TEXTS


_STRATEGIES = {
    name: _strategy_for(kind) for name, kind in MDR_FIELDS.items() if name not in _IDENTITY
}
_FIELDS = st.lists(st.sampled_from(sorted(_STRATEGIES)), max_size=5, unique=True)
_UNKNOWN_FIELDS = st.lists(st.sampled_from(ODD_NAMES), max_size=2, unique=True)


@st.composite
def records(draw: st.DrawFn, number: int, fields: list[str], unknown: list[str]) -> SpelledRecord:
    """One record with the given fields in any spelling, its number making it unlike the others."""
    moment = START + timedelta(seconds=number)
    sms_time = draw(st.sampled_from(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S", "%F %T"]))
    spelled = {
        "sms_hub_sms_id": Spelled(draw(st.sampled_from([f"{number}", f'"{number}"'])), number),
        "sms_hub_switch_id": Spelled("1", 1),
        "sms_hub_sms_time": Spelled(f'"{moment:{sms_time}}"', moment),
    }
    spelled |= {name: draw(_STRATEGIES[name]) for name in fields}
    others = {name: draw(UNKNOWN) for name in unknown}
    texts = {n: s.text for n, s in (spelled | others).items() if s.text is not None}
    order = draw(st.permutations(sorted(texts))) if draw(st.booleans()) else list(texts)
    row = dict.fromkeys(MDR_FIELDS) | {name: value.landed for name, value in spelled.items()}
    row["extra"] = {
        name: value.leftover
        for name, value in (spelled | others).items()
        if value.leftover is not NOTHING
    } or None
    return SpelledRecord({name: texts[name] for name in order}, row)


@st.composite
def record_lists(draw: st.DrawFn, least: int = 0) -> list[SpelledRecord]:
    """Records of one answer, of which most have the same fields."""
    usual, usual_unknown = draw(_FIELDS), draw(_UNKNOWN_FIELDS)
    found = []
    for number in range(draw(st.integers(least, 7))):
        is_usual = draw(st.integers(0, 3)) > 0
        fields = usual if is_usual else draw(_FIELDS)
        unknown = usual_unknown if is_usual else draw(_UNKNOWN_FIELDS)
        found.append(draw(records(number, fields, unknown)))
    return found


@st.composite
def answers(draw: st.DrawFn) -> SpelledAnswer:
    """A whole answer; most records have the same fields, as most answers will."""
    found = draw(record_lists())
    opening, between, closing = draw(
        st.sampled_from([("{", ",", "}"), ("{ ", ", ", " }"), ("{\n  ", ",\n  ", "\n}")])
    )
    objects = [opening + between.join(record.members) + closing for record in found]
    names = draw(st.sampled_from([{}, {525001: "Singapore - Singtel", 1001: 'A "b" \\ ü'}]))
    array = "[" + draw(st.sampled_from([",", ", ", "\n,"])).join(objects) + "]"
    return SpelledAnswer(draw(bodies(array, names)).encode(), [r.row for r in found], names)


@st.composite
def bodies(draw: st.DrawFn, array: str, names: dict[int, str]) -> str:
    """The record array in any of the envelopes, beside the geo names if there are any."""
    as_object = json.dumps({str(code): name for code, name in names.items()})
    as_list = json.dumps([{"id": code, "name": name} for code, name in names.items()])
    shapes = ["{array}", '{{"data":{array}}}', '{{ "status" : "ok", "sms" :\n{array}, "took": 1 }}']
    if names:
        shapes = [
            "{array}{names}",
            "{array}\n{names}",
            "{names}{array}",
            '{{"data":{array}}} {names}',
            '{{"data":{array},"names":{names}}}',
            '{{"geo":{names},"data":{array}}}',
            '{{"geo":{listed},"data":{array},"next":null}}',
            '{{"result":{{"sms":{array}}},"geo":{{"all":{listed}}}}}',
        ]
    blank = draw(st.sampled_from(["", "\ufeff", "\r\n "]))
    shape = draw(st.sampled_from(shapes))
    return blank + shape.format(array=array, names=as_object, listed=as_list)


def rows_meant(table: pa.Table) -> list[dict[str, Any]]:
    """A read table's rows with the meaning of `extra` instead of its text."""
    rows: list[dict[str, Any]] = table.to_pylist()
    for row in rows:
        if row["extra"] is not None:
            extra = json.loads(row["extra"], parse_float=Decimal)
            row["extra"] = {name: meaning(value) for name, value in extra.items()}
    return rows
