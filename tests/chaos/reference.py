"""What an answer holds by the letter of JSON, and whether landed rows hold all of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from . import forms, signs
from .answer_cases import Case
from .records import FIELDS, NUMBERS
from .strict_json import NotJsonError, Number, parse_documents

Record = dict[str, Any]
TIME = "sms_hub_sms_time"
_TIMES = (TIME, "dlr_time")
_FURTHER = (
    "src_num", "username", "segment_id", "segment_total", "message_body", "remote_ip",
)  # fmt: skip
_FINAL = (2, 3, 4, 5, 7, 8)
_STATE = ("dlr_code", "dlr_time", "resp_code")
_PRICE = ("price", "sms_hub_currency_name")
_TAKEN_TOGETHER: tuple[Callable[[Any], bool], ...] = (
    lambda name: name in _STATE,
    lambda name: name in _PRICE,
    lambda name: name not in _STATE + _PRICE,
)
"""Fields whose values come from one and the same of several records that are one."""
_NO_TIME = ("", "0000-00-00 00:00:00", "0000-00-00T00:00:00")
_INT64 = range(-(2**63), 2**63)
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DIGITS = re.compile(r"[+-]?\d+", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)"
    r"(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,6}))?)?)?)?(?:Z|([+-])(\d\d):?(\d\d)?)?",
    re.ASCII,
)
_MILLISECONDS = 10**11
_HALF = re.compile("[\ud800-\udfff]")
_COMPLAINT = re.compile(r"err|fault|fail", re.IGNORECASE)
_NO_COMPLAINT = (None, False, "", "0", "ok", [], {})


def assert_whole(case: Case, rows: list[Record]) -> None:
    """Every record and every field of the answer stands in the rows, and nothing else does."""
    try:
        documents = parse_documents(case.wire.body)
    except NotJsonError as error:
        raise AssertionError(f"{case}: landed, but it is not JSON: {error}") from None
    unfolding = forms.Unfolding()
    documents = unfolding.documents(documents)
    assert len(unfolding.forms) < 2, f"{case}: landed, but in two forms: {unfolding.forms}"
    records = list(_records(case, documents))
    assert not case.wire.says_more, f"{case}: landed, but its headers say that there is more"
    sign = signs.sign_of_more(documents, len(records))
    assert sign is None, f"{case}: landed, but {sign} says that there is more"
    assert not signs.shared_record(documents), f"{case}: a record stands in two arrays"
    are_numbers = {_unix(record[TIME]) is not None for record in records}
    assert len(are_numbers) < 2, f"{case}: landed, but not all of its times are numbers"
    records = list(map(_with_id_of_key, records))
    if not records:
        _assert_nothing_was_sent(case, documents)
    groups: dict[tuple, list[Record]] = defaultdict(list)
    for record in records:
        groups[_identity(record)].append(record)
    due = {key: 1 if _has_id(key) else len(same) for key, same in groups.items()}
    assert len(rows) == sum(due.values()), f"{case}: {len(rows)} rows of {sum(due.values())}"
    landed: dict[tuple, int] = defaultdict(int)
    for row in rows:
        key = _identity(row)
        landed[key] += 1
        same = groups[key]
        assert case.start <= row[TIME] < case.end, f"{case}: a row outside of the window"
        for fields in _TAKEN_TOGETHER:
            flaws = [_flaw(record, row, fields) for record in same]
            assert None in flaws, f"{case}: {flaws}"
        if _has_id(key) and any(_integer(record.get("dlr_code")) in _FINAL for record in same):
            assert row["dlr_code"] in _FINAL, f"{case}: a final state was dropped"
    assert landed == due, f"{case}: of some records there are too few rows, of others too many"


def _records(case: Case, value: Any) -> Any:
    """Every MDR, wherever it stands; what resembles one but has no time forbids landing."""
    if isinstance(value, dict):
        value = signs.with_documented_names(value)
        if TIME in value:
            yield value
            return
        known = set(value) & set(FIELDS) - {"sms_hub_mccmnc_id", "sms_hub_mccmnc_name"}
        assert not known, f"{case}: landed, but a record without a time stands in it"
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _records(case, inner)


def _assert_nothing_was_sent(case: Case, value: Any) -> None:
    """An answer without records is one only with an empty array and without any complaint."""
    assert _has_empty_array(value), f"{case}: landed as empty, but there is no empty array"
    doubt = signs.doubt_of_nothing(value)
    assert doubt is None, f"{case}: landed as empty, but {doubt}"
    for name, inner in _members(value):
        if _COMPLAINT.search(name):
            assert inner in _NO_COMPLAINT or inner == Number("0"), f"{case}: {name} was overlooked"
        if name == "count":
            assert inner == Number("0"), f"{case}: landed as empty, but it counts {inner}"
        if name == "success":
            assert inner is not False, f"{case}: landed as empty, but it failed"


def _has_empty_array(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list):
        return False
    return value == [] or any(_has_empty_array(item) for item in inner)


def _members(value: Any) -> Any:
    if isinstance(value, dict):
        yield from value.items()
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _members(inner)


def _identity(record: Record) -> tuple:
    """What tells a record from others: absent parts are None, and a value of their own."""
    node, number, segment = (
        _integer(record.get(name)) or None
        for name in ("sms_hub_switch_id", "sms_hub_sms_id", "segment_num")
    )
    message = _kept_text(record.get("message_id"))
    if _says_nothing(message):
        message = None
    time = record[TIME] if isinstance(record[TIME], datetime) else _moment(record[TIME])
    if time is None and _unix(record[TIME]) is not None:
        time = _from_unix(_unix(record[TIME]))
    key = (node, number, segment, time, message, _recipient(record.get("dst_num")))
    if _has_id(key):
        return key
    return (*key, *(_further(name, record.get(name)) for name in _FURTHER))


def _has_id(key: tuple) -> bool:
    """Whether an identity names a record that no other one is: node and number, or a message id."""
    return (key[0] is not None and key[1] is not None) or key[4] is not None


def _further(name: str, value: Any) -> Any:
    return _integer(value) if name in NUMBERS else _kept_text(value)


def _kept_text(value: Any) -> str | None:
    """A value of a text's field as its column holds it."""
    if isinstance(value, Number):
        return str(int(value.text)) if re.fullmatch(r"-?\d+", value.text) else None
    return _HALF.sub("\ufffd", value) if isinstance(value, str) else None


def _recipient(value: Any) -> str | None:
    """A number without whatever stands between its digits; what is no number stays a text."""
    text = _kept_text(value)
    if text is None:
        return None
    digits = "".join(str(int(mark)) for mark in text if mark.isdecimal())
    number = digits.removeprefix("00") if len(digits) >= 6 else text.strip()
    return None if _says_nothing(number) else number


def _says_nothing(text: str | None) -> bool:
    """Blanks, zeros and signs, or a word for nothing: no id and no number."""
    text = (text or "").strip().casefold()
    marks = {m for m in text if not m.isspace() and m not in "\u200b\u200c\u200d\u2060\ufeff"}
    return marks <= set("0.+-") or text in ("null", "none", "nil", "undefined")


def _flaw(record: Record, row: Record, fields: Callable[[Any], bool]) -> str | None:
    """The name of a field that the row does not hold as it was sent, or that nobody sent.

    Of the same record sent twice the state, the price and all else may come from another one.
    """
    extra = parse_documents(row["extra"].encode())[0] if row["extra"] is not None else {}
    is_unix = _unix(record[TIME]) is not None
    for name, value in record.items():
        if not fields(name):
            continue
        if name == forms.KEY:
            if not _says_key(value, row, extra):
                return f"the key {value!r} is not kept, extra {extra}"
        elif is_unix and name in _TIMES:
            if not _is_kept_number(name, value, row, extra):
                return f"{name}: {value!r} is landed as {row[name]!r}"
        elif not _is_kept(name, value, row, extra):
            return f"{name}: {value!r} is landed as {row.get(name)!r}, extra {extra}"
    invented = [n for n in FIELDS if row[n] is not None and record.get(n) is None]
    sent = {"_key" if name == forms.KEY else _escaped(name) for name in record}
    invented += [name for name in extra if name not in sent]
    invented = [name for name in invented if fields(name)]
    return f"nobody sent {invented}" if invented else None


def _with_id_of_key(record: Record) -> Record:
    """A record that has no id has that of its key."""
    key = record.get(forms.KEY)
    is_number = isinstance(key, str) and re.fullmatch("[1-9][0-9]*", key) is not None
    if record.get("sms_hub_sms_id") is None and is_number and int(key) in _INT64:
        return {**record, "sms_hub_sms_id": Number(key)}
    return record


def _says_key(key: str, row: Record, extra: Record) -> bool:
    """Whether a row says under which key it stood."""
    kept = extra.get("_key")
    if kept is not None:
        return kept == key or (isinstance(kept, list) and kept[-1:] == [key])
    number, node = str(row["sms_hub_sms_id"]), str(row["sms_hub_switch_id"])
    parts = re.split("[^0-9]", key)
    return key == row["message_id"] or parts == [number] or sorted(parts) == sorted([number, node])


def _is_kept_number(name: str, value: Any, row: Record, extra: Record) -> bool:
    """The same as `_is_kept` for a Unix time."""
    number = _unix(value)
    if number == 0:
        return row[name] is None and name not in extra
    return _is_kept(name, value, row, extra) if number is None else _from_unix(number) == row[name]


def _unix(value: Any) -> int | None:
    text = value.text if isinstance(value, Number) else value
    is_whole = isinstance(text, str) and re.fullmatch("[0-9]{1,15}", text)
    return int(text) if is_whole else None


def _from_unix(number: int) -> datetime | None:
    unit = timedelta(milliseconds=1) if number >= _MILLISECONDS else timedelta(seconds=1)
    return datetime(1970, 1, 1, tzinfo=UTC) + number * unit


def _is_kept(name: str, value: Any, row: Record, extra: Record) -> bool:
    if value is None:
        return name not in extra
    if _escaped(name) in extra:
        return _same(extra[_escaped(name)], value)
    if name not in FIELDS:
        return False
    cell = row[name]
    if cell is None:
        return value in _NO_TIME if name in _TIMES else name in NUMBERS and _is_blank(value)
    if name in _TIMES:
        return _moment(value) == cell
    is_number = name in NUMBERS or isinstance(value, Number)
    return _number(value) == _number(cell) if is_number else cell == value


def _same(kept: Any, sent: Any) -> bool:
    if isinstance(sent, Number) and isinstance(kept, Number):
        return kept.text == sent.text or kept.value == sent.value
    if isinstance(sent, dict) and isinstance(kept, dict):
        sent = {_escaped(name): inner for name, inner in sent.items()}
        return kept.keys() == sent.keys() and all(_same(kept[n], sent[n]) for n in sent)
    if isinstance(sent, list) and isinstance(kept, list):
        return len(kept) == len(sent) and all(map(_same, kept, sent))
    return type(kept) is type(sent) and kept == (_escaped(sent) if isinstance(sent, str) else sent)


def _escaped(text: str) -> str:
    """A lone surrogate cannot be stored: its escape is stored instead."""
    return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and value.strip() == ""


def _number(value: Any) -> Decimal | None:
    if isinstance(value, Number):
        return value.value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value.strip()):
        return Decimal(value.strip())
    return None


def _integer(value: Any) -> int | None:
    if isinstance(value, str) and not _DIGITS.fullmatch(value.strip()):
        return None
    number = _number(value)
    if number is None or abs(number.adjusted()) > 30 or number != int(number):
        return None
    return int(number) if int(number) in _INT64 else None


def _moment(value: Any) -> datetime | None:
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    if not found:
        return None
    *parts, sign, hours, minutes = found.groups()
    parts[6] = (parts[6] or "").ljust(6, "0")
    try:
        moment = datetime(*(int(part or 0) for part in parts), tzinfo=UTC)
    except ValueError:
        return None
    shift = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return moment + shift if sign == "-" else moment - shift
