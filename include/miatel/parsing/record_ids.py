"""The key under which a record stood in a map: the vendor's id, also where the record lacks it."""

from __future__ import annotations

import re
from typing import Any

from miatel.errors import AnswerNotUnderstoodError

_WHOLE_NUMBER = re.compile(r"[1-9]\d{0,18}", re.ASCII)
_NO_DIGITS = re.compile(r"[^\d]")
_MOST = 2**63 - 1


class _OwnName(str):
    """A name that no field of an answer can have: equal to nothing but itself."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other


MAP_KEY = _OwnName("_key")
"""Under this name a parsed record carries the key under which it stood: a text, or a list of them
from the outer map inwards."""


def fill_id(key: Any, sms_id: int | None, *, has_own: bool) -> int | None:
    """The `sms_hub_sms_id` of a record: its own, else the key if that is a whole number.

    Args:
        key: the record's key in the map, None where it stood in none.
        sms_id: its own id as it fits the column.
        has_own: whether the record says anything under that name.
    """
    if has_own or not isinstance(key, str) or not _WHOLE_NUMBER.fullmatch(key):
        return sms_id
    return int(key) if int(key) <= _MOST else None


def repeats_key(
    key: Any, sms_id: int | None, switch_id: int | None, message_id: str | None
) -> bool:
    """Whether a record's own ids are its key in a map, so that the key need not be kept.

    Args:
        key: the record's key in the map, None where it stood in none.
        sms_id: the record's number.
        switch_id: its node; a key may be made of both.
        message_id: its message id, which may be a key, too.
    """
    if key is None or key == message_id:
        return True
    if sms_id is None:
        return False
    parts = _NO_DIGITS.split(key) if isinstance(key, str) else key
    return parts == [str(sms_id)] or sorted(parts) == sorted([str(sms_id), str(switch_id)])


def keep_key(key: Any, leftover: dict[str, Any], asked: str) -> None:
    """Put a record's key among what stands in `extra`.

    Raises:
        AnswerNotUnderstoodError: the record has a field of that name.
    """
    if MAP_KEY.lower() in leftover:
        raise AnswerNotUnderstoodError(
            f"{asked}: the key of a record in a map by id would stand under _key in `extra`, and "
            "the record has a field _key of its own"
        )
    leftover[MAP_KEY.lower()] = key
