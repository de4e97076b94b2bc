"""Geo names of an answer: which value is a list of them, and which of its entries can be read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from miatel.parsing.field_words import GEO_WORDS, vocabulary, words_of

_CODE = re.compile(r"\d{4,6}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}")
_OF_MESSAGES = vocabulary(
    "message msg error err text reason description detail details note warning"
)
_MOST_FIELDS = 6  # code, MCC, MNC, name, country, operator: an object with more is something else


@dataclass
class GeoNames:
    """The geo names of one value.

    Attributes:
        names: geo name by MCC/MNC number.
        left_out: entries that have no code or no name.
    """

    names: dict[int, str] = field(default_factory=dict)
    left_out: int = 0


def names_of_list(items: list[Any], key: str) -> GeoNames | None:
    """The geo names of an array; None where it is none of geo names.

    A bad entry costs itself alone. An array is one of geo names if half of its entries are, or if
    it stands under a key that says so and none of its entries is anything more than a name.

    Args:
        items: at least one.
        key: name of the field that holds it, empty at the top.
    """
    found = GeoNames()
    for item in items:
        pair = _name_pair(item)
        found.names.update(pair)
        found.left_out += not pair
    readable = len(items) - found.left_out
    says_so = bool(GEO_WORDS & set(words_of(key))) and all(map(_is_small, items))
    return found if says_so or (readable and 2 * readable >= len(items)) else None


def names_of_object(value: dict[str, Any]) -> GeoNames | None:
    """The geo names among an object's fields, `{"525001": "Singapore - Singtel"}`, if any.

    Returns:
        None where no field has both a code for its name and a geo name for its value, unless all
        fields have codes for names: then it is a list of names without a single good one.
    """
    coded = [value[key] for key in value if _CODE.fullmatch(key)]
    names = {int(k): v for k, v in value.items() if _CODE.fullmatch(k) and _is_name(v)}
    is_list = bool(names) or (bool(coded) and len(coded) == len(value))
    if not is_list or any(isinstance(inner, (dict, list)) for inner in coded):
        return None
    return GeoNames(names, len(coded) - len(names))


def is_code(key: str) -> bool:
    """Whether a field's name is a network's number."""
    return bool(_CODE.fullmatch(key))


def _name_pair(item: Any) -> dict[int, str]:
    """One geo name: {"525001": "…"}, or an object or pair with one number and one name."""
    if not _is_small(item):
        return {}
    if isinstance(item, dict):
        direct = names_of_object(item)
        if direct:
            return direct.names
        if any(_OF_MESSAGES & set(words_of(key)) for key in item):
            return {}
        values = list(item.values())
        if {"mcc", "mnc"} <= item.keys():
            values = [f"{item['mcc']}{item['mnc']!s:0>3}", *values]
    else:
        values = item if isinstance(item, list) else []
    codes = [int(v) for v in values if _CODE.fullmatch(str(v)) and not isinstance(v, bool)]
    texts = [v for v in values if _is_name(v)]
    return {codes[0]: texts[0]} if len(codes) == 1 and texts else {}


def _is_name(value: Any) -> bool:
    """A name is a text that is neither blank nor a number."""
    return isinstance(value, str) and bool(value.strip()) and not value.strip().isdigit()


def _is_small(item: Any) -> bool:
    """Whether an entry is no more than a number and some names: no record with a time."""
    values = list(item.values()) if isinstance(item, dict) else item
    if not isinstance(values, list):
        return True
    return len(values) <= _MOST_FIELDS and not any(
        isinstance(v, (dict, list)) or (isinstance(v, str) and _TIME.match(v)) for v in values
    )
