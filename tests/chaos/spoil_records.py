"""Ways to spoil the records of an answer: values, fields, whole records.

Those in `KEPT` leave an answer that is whole, so it must be landed; those in `REFUSABLE`
may also be refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from .records import NUMBERS, Draft, Pairs, make_record, render_array, render_record

Spoiler = Callable[[Draft], None]
TIME = "sms_hub_sms_time"
ESSENTIAL = ("sms_hub_sms_id", "sms_hub_switch_id", TIME, "message_id", "segment_num")
_NUMBER = re.compile(r'(")?-?(0|[1-9]\d*)(\.\d+)?(?(1)")')

_JUNK = (
    "true", "false", '"word"', '""', '" "', "[]", "{}", "[1,[2,[3]]]", '{"a":{"b":[null,1.50]}}',
    '"ESME_RTHROTTLED"', "3.14", "-0", "1.0", "2.00", '"2"', '" 2 "', '"+2"', '"02"', '"2.0"',
    '"0x1F"', '"1_000"', '"\\u0663\\u0664"', '"1e2"', "1e2", "1E+2",
    '".5"', '"5."', '"NaN"', '"Infinity"',
    '"-"', '"\\u0000"', '"\\u00a0"', '"true"', '"null"', '[{"dst_num":"1"}]', '"a\\/b"', "[[],[]]",
)  # fmt: skip
_HUGE = (
    "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e400", "-1e400",
    "1e-400", "1" * 60, "0." + "3" * 40, "1e28", "1e29", "99999999999999999999.5", "9999999999.1",
    "10000000000", '"' + "7" * 300 + '"', "1E-18", "1e-19", "123456789.123456789123456789",
)  # fmt: skip
_MOMENTS = (
    '"2024-02-30T00:00:00Z"', '"2024-01-01"', '"2024-01-01T10"', '"2024-01-01T10:11"', "1704067200",
    '"2024-01-01T10:11:12.123456Z"', '"2024-01-01T10:11:12.1234567Z"',
    '"2024-01-01T10:11:12+03:00"',
    '"2024-01-01T10:11:12-0330"', '"2024-01-01T24:00:00Z"', '"2024-01-01T23:59:60Z"', '"now"',
    '"0000-00-00T00:00:00"', '"0001-01-01T00:00:00Z"', '"9999-12-31T23:59:59Z"', '"01.01.2024"',
    '"2024-01-01T10:11:12ZZ"', '"2024-01-01 10:11:12Z"', '"20240101T101112Z"', '" 2024-01-01"',
    '"2024-W01-1"', '"2024-01-01T10:11:12,5Z"', '"2024-01-01T101112"', '"-2024-01-01T00:00:00Z"',
)  # fmt: skip
_NEW_NAMES = (
    "campaign",
    "extra",
    "extracted_at",
    "record_key",
    "first_seen_at",
    "key",
    "place",
    "",
    "a b",
    "mdr_date",
    "ß",
    "x" * 300,
)
_NOT_JSON = (
    "NaN", "Infinity", "-Infinity", "nan", "01", "1.", ".5", "+1", "0x10", "1e", "--1", "None",
    "True", "undefined", "'a'", '"a\nb"', '"\\x41"', '"\\u12G4"', '"a', "", "1 2", '"\x01"',
    "{1:2}",     "[1,]", '{"a":1,}', '"a""b"', "1,2", "/*1*/2", "٣", "1_0", "{\"a\" 1}", '"\\u12"',
)  # fmt: skip


def set_field(record: Pairs, name: str, text: str) -> None:
    """Replace a field's text where it stands, or add it."""
    for place, (known, _) in enumerate(record):
        if known == name:
            record[place] = (name, text)
            return
    record.append((name, text))


def drop_field(record: Pairs, name: str) -> None:
    """Take a field out."""
    record[:] = [pair for pair in record if pair[0] != name]


def _free_field(draft: Draft) -> str:
    """A field that neither identifies a record nor dates it."""
    names = [name for name, _ in draft.records[0] if name not in ESSENTIAL]
    return draft.chance.choice(names or ["price"])


def _put(draft: Draft, texts: tuple[str, ...], name: str | None = None) -> None:
    name = name or _free_field(draft)
    for record in draft.some():
        set_field(record, name, draft.chance.choice(texts))


def junk_value(draft: Draft) -> None:
    _put(draft, _JUNK)


def junk_number(draft: Draft) -> None:
    _put(draft, _JUNK, draft.chance.choice([n for n in NUMBERS if n not in ESSENTIAL]))


def huge_number(draft: Draft) -> None:
    _put(draft, _HUGE, draft.chance.choice(["price", "dlr_code", "src_num", "resp_code", "hops"]))


def odd_receipt_time(draft: Draft) -> None:
    _put(draft, _MOMENTS, "dlr_time")


def half_character(draft: Draft) -> None:
    _put(
        draft,
        ('"\\ud83d"', '"a\\ude00b"', '"\\ude00\\ud83d"'),
        draft.chance.choice(["message_body", "note"]),
    )


def unknown_field(draft: Draft) -> None:
    _put(draft, _JUNK + _HUGE[:4] + _MOMENTS[:3], draft.chance.choice(_NEW_NAMES))


def missing_field(draft: Draft) -> None:
    name = _free_field(draft)
    for record in draft.some():
        drop_field(record, name)


def null_field(draft: Draft) -> None:
    _put(draft, ("null",))


def numbers_and_strings_mixed(draft: Draft) -> None:
    for record in draft.some():
        for name, text in list(record):
            if name in NUMBERS and _NUMBER.fullmatch(text) and draft.chance.random() < 0.5:
                set_field(record, name, text.strip('"') if text[0] == '"' else f'"{text}"')


def repeated_record(draft: Draft) -> None:
    for record in list(draft.some()):
        again = list(record)
        if draft.chance.random() < 0.5:
            set_field(again, "dlr_code", draft.chance.choice(["null", "1", "2", "6"]))
        draft.records.insert(draft.chance.randint(0, len(draft.records)), again)


def identity_without_switch(draft: Draft) -> None:
    name = draft.chance.choice(["sms_hub_switch_id", "sms_hub_sms_id"])
    for record in draft.records:
        drop_field(record, name)


def not_json_value(draft: Draft) -> None:
    names = [name for name, _ in draft.records[0]]
    _put(draft, _NOT_JSON, draft.chance.choice([*names, "note"]))


def field_twice(draft: Draft) -> None:
    for record in draft.some():
        name, text = draft.chance.choice([*record, (draft.canaries[0], "1"), ("\\ud83d", "2")])
        set_field(record, name, text)
        text = draft.chance.choice([text, '"other"', "null", "7"])
        record.insert(draft.chance.randint(0, len(record)), (name, text))


def field_twice_inside(draft: Draft) -> None:
    _put(draft, ('{"a":1,"a":2}', '[{"a":1,"a":1}]', '{"x":{"b":null,"b":1}}'))


def no_time(draft: Draft) -> None:
    for record in draft.some():
        text = draft.chance.choice([None, "null", '""', '"0000-00-00 00:00:00"', "17", *_MOMENTS])
        drop_field(record, TIME) if text is None else set_field(record, TIME, text)


def outside_window(draft: Draft) -> None:
    for record in draft.some():
        seconds = draft.chance.choice([1, 3600, 86_400])
        before = draft.chance.random() < 0.5
        far = timedelta(seconds=seconds - 1)
        moment = draft.start - timedelta(seconds=seconds) if before else draft.end + far
        set_field(record, TIME, draft.moment(moment))


def no_identity(draft: Draft) -> None:
    for record in draft.some():
        for name in ("message_id", draft.chance.choice(ESSENTIAL[:2])):
            if draft.chance.random() < 0.5:
                drop_field(record, name)
            else:
                set_field(record, name, draft.chance.choice(_JUNK))


def junk_essential(draft: Draft) -> None:
    _put(draft, (*_JUNK, *_HUGE, *_MOMENTS), draft.chance.choice(ESSENTIAL))


def other_name(draft: Draft) -> None:
    for record in draft.some():
        place = draft.chance.randrange(len(record))
        name, text = record[place]
        changed = draft.chance.choice([name.upper(), f" {name}", name.replace("_", ""), "\\ud83d"])
        record[place] = (changed, text)


def record_within_record(draft: Draft) -> None:
    inner = draft.chance.choice(
        [render_record(draft, draft.one()), render_array(draft, draft.some())]
    )
    set_field(draft.one(), draft.chance.choice(["parts", "message_body"]), inner)


def deep_nest(draft: Draft) -> None:
    depth = draft.chance.choice([20, 400, 3_000, 60_000])
    left, right = draft.chance.choice([("[", "]"), ('{"a":', "}"), ("[", "")])
    set_field(
        draft.one(), draft.chance.choice(["note", "price"]), left * depth + "1" + right * depth
    )


def endless_number(draft: Draft) -> None:
    digits = draft.chance.choice([1_000, 5_000, 100_000])
    text = draft.chance.choice(
        ["9" * digits, "1e" + "9" * 30, "0." + "1" * digits, "-" + "8" * digits]
    )
    set_field(draft.one(), draft.chance.choice(["note", "price", "sms_hub_sms_id"]), text)


def many_more_fields(draft: Draft) -> None:
    for number in range(300):
        set_field(draft.one(), f"field_{number}", draft.chance.choice(_JUNK))


def one_record_more_at_the_edge(draft: Draft) -> None:
    record = make_record(draft, 99_999)
    edge = draft.chance.choice([draft.start, draft.end - timedelta(seconds=1)])
    set_field(record, TIME, draft.moment(edge))
    draft.records.append(record)


KEPT: tuple[Spoiler, ...] = (
    junk_value, junk_number, huge_number, odd_receipt_time, half_character, unknown_field,
    missing_field, null_field, numbers_and_strings_mixed, repeated_record, identity_without_switch,
    many_more_fields, one_record_more_at_the_edge,
)  # fmt: skip
REFUSABLE: tuple[Spoiler, ...] = (
    not_json_value, field_twice, field_twice_inside, no_time, outside_window, no_identity,
    junk_essential, other_name, record_within_record, deep_nest, endless_number,
)  # fmt: skip
