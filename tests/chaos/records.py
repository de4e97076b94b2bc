"""Right answers in every form that the vendor leaves open, as text that can be spoiled."""

from __future__ import annotations

import json
import random
import string
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from . import render_forms

KEY = "Zk+/chaos key&42"
FIELDS = (
    "sms_hub_sms_id", "sms_hub_switch_id", "sms_hub_sms_time", "sms_hub_mccmnc_id",
    "sms_hub_mccmnc_name", "src_num", "dst_num", "username", "message_body", "segment_num",
    "segment_total", "segment_id", "dlr_code", "dlr_time", "message_id", "resp_code",
    "sms_hub_currency_name", "price", "remote_ip",
)  # fmt: skip
NUMBERS = (
    "sms_hub_sms_id", "sms_hub_switch_id", "sms_hub_mccmnc_id", "segment_num", "segment_total",
    "dlr_code", "resp_code", "price",
)  # fmt: skip
_NAMES = {525001: "Singapore - Singtel", 250001: "Россия - Билайн", 262002: 'Germany - "D2"'}
_TEXTS = (
    "WORD ваш код 4821", "WORD \U0001f600 sale", 'say "WORD"', "WORD\nnew line\ttab",
    "},{ WORD },{", "WORD},{", "C:\\WORD\\", "WORD null", "WORD", "ß WORD é",
)  # fmt: skip
_BESIDE: tuple[tuple[tuple[str, str], ...], ...] = (
    (), (), (("has_more", "false"), ("next", "null")), (("took", "0.0123"), ("page", "1")),
    (("time_beg", '"2024-01-01T00:00:00"'), ("version", '"1.0"'), ("isTruncated", "false")),
    (("links", '{"next":null}'), ("pages", "1"), ("complete", "true"), ("error", "null")),
    (("message", '"OK"'), ("limit", "100000"), ("total_cost", "0"), ("nextPage", '""')),
)  # fmt: skip

_TIMES = ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"] * 3 + ["unix", "unix_ms"]

Pairs = list[tuple[str, str]]


@dataclass
class Style:
    """How an answer is spelled."""

    shape: str
    names: str
    separators: tuple[str, str]
    time: str
    no_time: str
    ascii_only: bool
    numbers_as_strings: bool
    shuffled: bool
    beside: tuple[tuple[str, str], ...]
    fields: str = "documented"

    @property
    def is_unix(self) -> bool:
        """Whether times are numbers."""
        return self.time.startswith("unix")

    def call(self, name: str) -> str:
        """A field's name in this answer."""
        if self.fields == "documented" or name not in FIELDS:
            return name
        short = name.removeprefix("sms_hub_")
        return short.upper() if self.fields == "upper" else short


@dataclass
class Draft:
    """An answer in the making: records as pairs of a field's name and its JSON text.

    Attributes:
        must_land: nothing was done to it that allows a refusal.
        applied: what was done to it.
        canaries: phone numbers and words of message texts that may not show up anywhere.
    """

    chance: random.Random
    start: datetime
    end: datetime
    style: Style
    records: list[Pairs]
    must_land: bool = True
    applied: list[str] = field(default_factory=list)
    canaries: list[str] = field(default_factory=list)

    def text(self, value: object) -> str:
        """A value as JSON in this answer's style."""
        return json.dumps(value, ensure_ascii=self.style.ascii_only)

    def moment(self, moment: datetime) -> str:
        """A time as JSON in this answer's style."""
        if not self.style.is_unix:
            return f'"{moment:{self.style.time}}"'
        factor = 1000 if self.style.time == "unix_ms" else 1
        quote = '"' if self.style.numbers_as_strings else ""
        return f"{quote}{int(moment.timestamp()) * factor}{quote}"

    def one(self) -> Pairs:
        """Some record."""
        return self.chance.choice(self.records)

    def some(self) -> list[Pairs]:
        """One record, a few, or all."""
        count = self.chance.choice([1, 1, 3, len(self.records)])
        return self.chance.sample(self.records, min(count, len(self.records)))


def make_draft(chance: random.Random, start: datetime, end: datetime) -> Draft:
    """A right answer for a window, of no record or up to forty."""
    style = Style(
        shape=chance.choice(["array", "data", "sms", "deep"] * 2 + list(render_forms.FORMS)),
        names=chance.choice(["none", "object", "list", "before", "second"]),
        separators=chance.choice([(",", ":"), (", ", ": "), (",\n  ", ": ")]),
        time=chance.choice(_TIMES),
        no_time=chance.choice(["null", '""', '"0000-00-00 00:00:00"']),
        ascii_only=chance.random() < 0.3,
        numbers_as_strings=chance.random() < 0.25,
        shuffled=chance.random() < 0.15,
        beside=chance.choice(_BESIDE),
        fields=chance.choice(["documented"] * 4 + ["short", "upper"]),
    )
    draft = Draft(chance, start, end, style, [])
    for number in range(chance.choice([0, 1, 2, 3, 8, 20, 40])):
        draft.records.append(make_record(draft, 10_000 + number))
    return draft


def make_record(draft: Draft, number: int) -> Pairs:
    """A right record; its recipient and a word of its text become canaries."""
    chance, style = draft.chance, draft.style
    phone = f"79{chance.randrange(10**8, 10**9)}"
    word = "Zwk" + "".join(chance.choices(string.ascii_lowercase, k=10))
    draft.canaries += [phone, word]
    network = chance.choice(list(_NAMES))
    seconds = chance.randrange(int((draft.end - draft.start).total_seconds()))
    sent = draft.start + timedelta(seconds=seconds)
    received = draft.moment(sent + timedelta(seconds=chance.randrange(9_000)))
    quote = '"' if style.numbers_as_strings else ""
    pairs = {
        "sms_hub_sms_id": f"{quote}{number}{quote}",
        "sms_hub_switch_id": f"{quote}{chance.randint(1, 4)}{quote}",
        "sms_hub_sms_time": draft.moment(sent),
        "sms_hub_mccmnc_id": f"{quote}{network}{quote}",
        "sms_hub_mccmnc_name": draft.text(_NAMES[network]),
        "src_num": draft.text(chance.choice(["SHOP", "Банк", "1010"])),
        "dst_num": draft.text(phone),
        "username": '"acme"',
        "message_body": draft.text(chance.choice(_TEXTS).replace("WORD", word)),
        "segment_num": f"{quote}1{quote}",
        "segment_total": f"{quote}1{quote}",
        "segment_id": chance.choice(["null", '""', '"s-17"']),
        "dlr_code": chance.choice(["null", f"{quote}2{quote}", f"{quote}5{quote}"]),
        "dlr_time": chance.choice([style.no_time, received]),
        "message_id": f'"{uuid.UUID(int=chance.getrandbits(128))}"',
        "resp_code": chance.choice(["null", f"{quote}0{quote}", f"{quote}-5001{quote}"]),
        "sms_hub_currency_name": '"EUR"',
        "price": chance.choice([f"{quote}0.0450{quote}", f"{quote}0{quote}", f"{quote}12{quote}"]),
        "remote_ip": '"198.51.100.7"',
    }
    record = list(pairs.items())
    if style.shuffled:
        chance.shuffle(record)
    return record


def render_record(draft: Draft, record: Pairs) -> str:
    """A record's JSON text."""
    comma, colon = draft.style.separators
    call = draft.style.call
    return "{" + comma.join(f'"{call(name)}"{colon}{text}' for name, text in record) + "}"


def render_array(draft: Draft, records: list[Pairs]) -> str:
    """Records as a JSON array."""
    comma, _ = draft.style.separators
    return "[" + comma.join(render_record(draft, record) for record in records) + "]"


def render(draft: Draft) -> str:
    """The whole answer's text."""
    array, style = render_array(draft, draft.records), draft.style
    names = draft.text({str(number): name for number, name in _NAMES.items()})
    objects = [render_record(draft, record) for record in draft.records]
    sent_names = None if style.names == "none" else names
    header = render_forms.header_of(draft.records, list(FIELDS[:3]))
    if style.shape == "lines":
        return render_forms.render_lines(objects, sent_names)
    if style.shape in ("statements", "variable"):
        is_variable = style.shape == "variable"
        return render_forms.render_statements(array, sent_names, is_variable=is_variable)
    if style.shape in ("array", "rows"):
        text = array if style.shape == "array" else render_forms.render_rows(draft, header)
        return text + (sent_names or "")
    if style.shape in render_forms.FORMS:
        members = render_forms.members_of(draft, array, objects, header)
        return _render_object(draft, members, names)
    members = {"data": [("data", array)], "deep": [("answer", f'{{"data":{array}}}')]}.get(
        style.shape,
        [("status", '"ok"'), ("count", str(len(draft.records))), ("sms", array)],
    )
    return _render_object(draft, members, names)


def _render_object(draft: Draft, members: Pairs, names: str) -> str:
    """An object of members, geo names and whatever stands beside them."""
    style = draft.style
    members[:0] = style.beside
    if style.names == "list":
        rows = [{"mccmnc": number, "name": name} for number, name in _NAMES.items()]
        members.append(("names", draft.text(rows)))
    elif style.names in ("object", "before"):
        members.insert(0 if style.names == "before" else len(members), ("names", names))
    comma, colon = style.separators
    document = comma.join(f'"{name}"{colon}{text}' if name else text for name, text in members)
    document = "{" + document + "}"
    return document + ("\n" + names if style.names == "second" else "")
