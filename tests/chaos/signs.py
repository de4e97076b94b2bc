"""What an answer says of itself beside its records, read by rules of its own.

It shares no code with the product and knows less: where it says that an answer is a part, or is not
known to be empty, that is beyond doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .records import FIELDS
from .strict_json import Number

TIME = "sms_hub_sms_time"
_DOCUMENTED = {
    spelled.lower().replace("_", ""): name
    for name in FIELDS
    for spelled in (name, name.removeprefix("sms_hub_"), f"sms_hub_{name}")
}
_COUNT = re.compile(
    r"(sms|records?|rows?|num|i)?(total|count|found)(records?|rows?|found|filtered)?"
)
_COUNT_OF_RECORDS = re.compile(
    r"records?(total|filtered|count)|numrows|numfound|rowcount|totalcount"
)
_MORE = {"hasmore", "more", "truncated", "istruncated", "incomplete", "partial"}
_NOT_ALL = {"complete", "iscomplete", "islast"}
_LEADS_ON = {"next", "nextpage", "nextcursor", "cursor", "nexturl"}
_YES = {"true", "yes", "1"}
_NO_PLACE = re.compile(r"err|warn|name|geo|column|network|note", re.IGNORECASE)
_RECORD_PLACES = {"data", "sms", "result", "records", "rows"}
_FINE = re.compile(
    r"|ok|0|1|200|true|none|no errors?|success|done|null|1\.0|completed?|[\d:. TZ-]{4,30}",
    re.IGNORECASE,
)


def with_documented_names(value: dict[str, Any]) -> dict[str, Any]:
    """An object with the documented names of fields for those that differ in case or prefix.

    Raises:
        AssertionError: two of its fields are the same one.
    """
    named = {_DOCUMENTED.get(_plain(name), name): inner for name, inner in value.items()}
    assert len(named) == len(value), "landed, but two fields of an object are the same one"
    return named


def is_time(name: str) -> bool:
    """Whether a field is the time of a record, however that is spelled."""
    return isinstance(name, str) and _DOCUMENTED.get(_plain(name)) == TIME


def is_documented(name: str) -> bool:
    """Whether a field is a documented one, however that is spelled."""
    return _plain(name) in _DOCUMENTED


def is_record_object(value: Any) -> bool:
    """Whether a value is a record: an object with a time, and not with a list of them."""
    if not isinstance(value, dict):
        return False
    return any(is_time(name) and not isinstance(inner, list) for name, inner in value.items())


def is_record(value: dict[str, Any]) -> bool:
    """Whether an object has the time of a record, however that is spelled."""
    return any(map(is_time, value))


def _plain(name: Any) -> str:
    is_plain = isinstance(name, str) and re.fullmatch("[A-Za-z0-9]+(_[A-Za-z0-9]+)*", name)
    return name.lower().replace("_", "") if is_plain else ""


def members(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value of an answer that is no object and no record, with the names leading to it."""
    if isinstance(value, dict):
        if not is_record(value):
            for name, inner in value.items():
                yield from members(inner, (*path, name))
    elif isinstance(value, list) and value:
        for inner in value:
            yield from members(inner, path)
    else:
        yield path, value


def sign_of_more(documents: list[Any], held: int) -> str | None:
    """A name in the answer that says, beyond doubt, that there is more."""
    for path, value in members(documents):
        name = re.sub("[^a-z]", "", path[-1].lower()) if path else ""
        text = value.text if isinstance(value, Number) else str(value).strip().lower()
        counts = bool(_COUNT.fullmatch(name) or _COUNT_OF_RECORDS.fullmatch(name))
        is_no = value is None or value is False or value == [] or text in ("", "0", "false", "no")
        if (
            (counts and text.isdecimal() and int(text) > held)
            or (name in _MORE and text in _YES)
            or (name in _NOT_ALL and value is False)
            or (name in _LEADS_ON and not is_no)
            or (name == "status" and text == "partial")
            or (name in ("pages", "totalpages") and text.isdecimal() and int(text) > 1)
        ):
            return name
    return None


def doubt_of_nothing(documents: list[Any]) -> str | None:
    """Why an answer without records does not prove that there was no traffic; None if it may."""
    seen = list(members(documents))
    places = [path for path, value in seen if value == []]
    if not any(not any(map(_NO_PLACE.search, path)) for path in places):
        return "no empty array stands where records would"
    for path, value in seen:
        name = path[-1].lower() if path else ""
        if name in _RECORD_PLACES and (value is None or value is False):
            return f"{name} is {value}"
        if isinstance(value, str) and not _FINE.fullmatch(value.strip()) and not _is_geo(path):
            return f"{name} holds a text"
    return None


def _is_geo(path: tuple[str, ...]) -> bool:
    """Whether a text may be a geo name: under their key, or under a network's number."""
    return any(re.search("name|geo", part) or re.fullmatch(r"\d{4,6}", part) for part in path)


def collections(value: Any) -> Iterator[list[dict[str, Any]]]:
    """The records of every array that has some."""
    if isinstance(value, list):
        records = [item for item in value if isinstance(item, dict) and is_record(item)]
        if records:
            yield records
            return
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        yield from collections(item)


def shared_record(documents: list[Any]) -> bool:
    """Whether a record, by all its fields, stands in two arrays."""
    owners: dict[str, int] = {}
    for number, records in enumerate(collections(documents)):
        for record in records:
            fields = {name: value for name, value in record.items() if isinstance(name, str)}
            if owners.setdefault(spelled(fields), number) != number:
                return True
    return False


def spelled(value: Any) -> str:
    """A value as text that is the same for the same value, whatever the order of fields."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{n!r}:{spelled(v)}" for n, v in sorted(value.items())) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(spelled, value)) + "]"
    return value.text if isinstance(value, Number) else repr(value)
