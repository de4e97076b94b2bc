"""Ways to spoil an answer's text and bytes: what stands around the records, and what is torn."""

from __future__ import annotations

import random
from collections.abc import Callable

from .records import KEY, Draft, render, render_array

Around = Callable[[Draft], str]
Torn = Callable[[random.Random, bytes], bytes]

_COMPLAINTS = (
    "Access denied", "unknown ip_auth_key", "period is longer than 31 days", "try again later",
    "internal", "no such table", "Zugriff verweigert", "", "0", "ok", "too many requests",
)  # fmt: skip
_ERROR_NAMES = (
    "error",
    "errors",
    "error_message",
    "err",
    "fault",
    "message",
    "msg",
    "status",
    "code",
)


def _canary_complaint(draft: Draft) -> str:
    """An error's text that repeats the key, a number or a message: none may be seen again."""
    text = draft.chance.choice(_COMPLAINTS)
    phone, word = [*draft.canaries, "79000000000", "Zwknothing"][:2]
    said = (
        "", f" for {phone}", f" number +{phone[0]} ({phone[1:4]}) {phone[4:7]}-{phone[7:]}",
        f" text: {word} at home", f" key {KEY}", " \ud83d", f" ip_auth_key={KEY}",
    )  # fmt: skip
    return text + draft.chance.choice(said)


def error_object(draft: Draft) -> str:
    name = draft.chance.choice(_ERROR_NAMES)
    value = draft.chance.choice(
        [_canary_complaint(draft), {"text": _canary_complaint(draft)}, 17, False]
    )
    rest = draft.chance.choice(
        ["", ',"data":[]', ',"status":"fail"', ',"success":false', ',"count":3,"data":[]']
    )
    return f'{{"{name}":{draft.text(value)}{rest}}}'


def error_beside_records(draft: Draft) -> str:
    name = draft.chance.choice(_ERROR_NAMES)
    array = render_array(draft, draft.records)
    return f'{{"{name}":{draft.text(_canary_complaint(draft))},"data":{array}}}'


def error_after_records(draft: Draft) -> str:
    return render(draft) + f'{{"error":{draft.text(_canary_complaint(draft))}}}'


def page(draft: Draft) -> str:
    complaint = _canary_complaint(draft)
    return f"<html><head><title>Error</title></head><body><p>{complaint}</p></body></html>"


def plain_text(draft: Draft) -> str:
    return _canary_complaint(draft)


def text_before(draft: Draft) -> str:
    words = draft.chance.choice(
        ["Warning: mysql_connect() on line 3\n", "<!-- cached -->", "data=", ")]}',\n", "\x00"]
    )
    return words + render(draft)


def text_after(draft: Draft) -> str:
    words = draft.chance.choice(
        ["\nDone", "<!-- 0.1 s -->", ";", "\x00", "]", "}", ",", "[]", "{}", "null", "1"]
    )
    return render(draft) + words


def two_arrays(draft: Draft) -> str:
    place = draft.chance.randint(0, len(draft.records))
    first, second = (
        render_array(draft, draft.records[:place]),
        render_array(draft, draft.records[place:]),
    )
    form = draft.chance.choice(
        [
            '{{"data":{},"more":{}}}',
            "{}{}",
            "{}\n{}",
            '{{"data":{},"old":{{"data":{}}}}}',
            "[{},{}]",
        ]
    )
    return form.format(first, second)


def records_by_number(draft: Draft) -> str:
    members = (
        f'"{place}":{render_array(draft, [record])[1:-1]}'
        for place, record in enumerate(draft.records)
    )
    return '{"data":{' + ",".join(members) + "}}"


def something_among_records(draft: Draft) -> str:
    junk = draft.chance.choice(
        ["null", "17", '"x"', "[]", "{}", '{"sms_hub_sms_id":1}', '{"dst_num":"1","price":1}']
    )
    array = render_array(draft, draft.records)
    middle = array.find("},")
    if middle < 0 or draft.chance.random() < 0.5:
        return f"[{junk}]" if array == "[]" else f"{array[:-1]},{junk}]"
    return f"{array[: middle + 2]}{junk},{array[middle + 2 :]}"


def records_in_a_string(draft: Draft) -> str:
    return f'{{"data":{draft.text(render_array(draft, draft.records))}}}'


def wrong_count(draft: Draft) -> str:
    return f'{{"count":{len(draft.records) + 3},"data":{render_array(draft, draft.records)}}}'


def says_more(draft: Draft) -> str:
    """A count, a flag or a link beside the records: most say that there is more."""
    held = len(draft.records)
    names = draft.chance.choice(
        ["total", "count", "records_total", "sms_count", "recordsFiltered", "num_rows", "rowCount",
         "totalRecords", "TOTAL", "total_found", "numFound"]
    )  # fmt: skip
    said = draft.chance.choice(
        [(names, str(held + draft.chance.choice([-1, 0, 1, 250]))), (names, f'"{held + 1}"'),
         ("has_more", "true"), ("hasMore", "1"), ("truncated", "true"), ("is_last", "false"),
         ("complete", "false"), ("status", '"partial"'), ("next", '"/p2"'), ("nextPage", "2"),
         ("next_cursor", '"abc"'), ("cursor", '"abc"'), ("links", '{"next":"/p2"}'),
         ("meta", f'{{"total":{held + 7}}}'), ("pages", "3"), ("incomplete", '"yes"')]
    )  # fmt: skip
    members = [f'"{said[0]}":{said[1]}', f'"data":{render_array(draft, draft.records)}']
    draft.chance.shuffle(members)
    return "{" + ",".join(members) + "}"


def nothing_in_doubt(draft: Draft) -> str:
    """No record, and something that is no empty array, or one that stands elsewhere."""
    texts = [
        '{"data":false,"names":[]}', '{"data":null,"names":[]}', '{"errors":[]}', '{"names":[]}',
        '{"data":{},"names":[]}', '{"sms_count":5,"data":[]}', '{"data":[],"note":"unavailable"}',
        '{"status":"ok","data":[],"message":"Too many connections"}', '{"data":false}[]', "{}[]",
        '{"warnings":[]}', '{"data":[],"maintenance":true}', '{"data":[],"info":"try elsewhere"}',
        '{"has_more":true,"data":[]}', '{"geo":[],"result":null}', '[]"closed"', "false", "null[]",
        '{"data":[],"errors":[{"code":5010,"text":"gone"}]}', '{"data":[[]]}', '{"columns":[]}',
    ]  # fmt: skip
    return draft.chance.choice(texts)


def doubled_collection(draft: Draft) -> str:
    """Some or all of the records stand in a second array of the same answer."""
    again = draft.some() if draft.records else []
    form = draft.chance.choice(
        ['{{"a":{},"b":{}}}', "{}{}", '{{"data":{},"late":{{"data":{}}}}}', "[{},{}]"]
    )
    return form.format(render_array(draft, draft.records), render_array(draft, again))


def other_json(draft: Draft) -> str:
    texts = [
        "null",
        "true",
        "0",
        '""',
        "{}",
        "[[]]",
        '{"data":null}',
        '{"data":{}}',
        '{"525001":"A - B"}',
        "[1,2]",
        '"[]"',
    ]
    return draft.chance.choice(texts)


AROUND: tuple[Around, ...] = (
    error_object, error_beside_records, error_after_records, page, plain_text, text_before,
    text_after, two_arrays, records_by_number, something_among_records, records_in_a_string,
    wrong_count, says_more, nothing_in_doubt, doubled_collection, other_json,
)  # fmt: skip


def cut(chance: random.Random, body: bytes) -> bytes:
    return body[: chance.randint(0, len(body))]


def cut_at_a_record(chance: random.Random, body: bytes) -> bytes:
    ends = [place + 1 for place in range(len(body)) if body[place : place + 1] == b"}"]
    return (
        body[: chance.choice(ends)] + chance.choice([b"", b"]", b"]}", b",", b",]"])
        if ends
        else body
    )


def cut_and_closed(chance: random.Random, body: bytes) -> bytes:
    return cut(chance, body) + chance.choice([b"]", b"}]", b'"}]', b"}]}", b"null}]"])


def lost_beginning(chance: random.Random, body: bytes) -> bytes:
    return body[chance.randint(0, len(body)) :]


def lost_middle(chance: random.Random, body: bytes) -> bytes:
    first, last = sorted(chance.randint(0, len(body)) for _ in range(2))
    return body[:first] + body[last:]


def swapped_brackets(chance: random.Random, body: bytes) -> bytes:
    places = [place for place, mark in enumerate(body) if mark in b'[]{},:"']
    if not places:
        return body
    changed = bytearray(body)
    for _ in range(chance.choice([1, 1, 2, 5])):
        changed[chance.choice(places)] = chance.choice(b'[]{},:"')
    return bytes(changed)


def changed_bytes(chance: random.Random, body: bytes) -> bytes:
    changed = bytearray(body or b" ")
    for _ in range(chance.choice([1, 1, 3, 20])):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def added_bytes(chance: random.Random, body: bytes) -> bytes:
    place = chance.randint(0, len(body))
    added = (
        b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xc0\xaf",
        b"\xe2\x28\xa1", b"\xef\xbb\xbf", b"\r\n", b"\\", b'"', b",", b"//x\n", b"\xe2\x80\xa8",
        b"\x1b[0m", b"}\n{",
    )  # fmt: skip
    return body[:place] + chance.choice(added) + body[place:]


def doubled(chance: random.Random, body: bytes) -> bytes:
    return body + chance.choice([b"", b"\n", b","]) + body


def doubled_part(chance: random.Random, body: bytes) -> bytes:
    first, last = sorted(chance.randint(0, len(body)) for _ in range(2))
    return body[:last] + body[first:]


def lost_separator(chance: random.Random, body: bytes) -> bytes:
    return body.replace(b"},", chance.choice([b"}", b"}\n", b"},,", b"};"]), chance.choice([1, -1]))


def other_encoding(chance: random.Random, body: bytes) -> bytes:
    name = chance.choice(["utf-16", "utf-16-le", "utf-32", "cp1251", "utf-7"])
    return body.decode("utf-8", "replace").encode(name, "replace")


TORN: tuple[Torn, ...] = (
    cut, cut_at_a_record, cut_and_closed, lost_beginning, lost_middle, swapped_brackets,
    changed_bytes, added_bytes, doubled, doubled_part, lost_separator, other_encoding,
)  # fmt: skip
