"""JSON values as texts beside what they mean, so that a test knows what must come out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

NOTHING = object()
"""No value at all, which is not the same as JSON's null."""

ODD_NAMES = [
    "campaign", "hop_count", "is_test", "extra", "extracted_at", "Ü", "", "\\", 'a"b',
    'a,"campaign',
]  # fmt: skip
"""Names of fields that the vendor's documentation does not name, and of members within them."""


@dataclass(frozen=True)
class Spelled:
    """One field of a record.

    Attributes:
        text: its JSON text, or None where the record lacks the field.
        landed: what must stand in its column.
        leftover: what must stand in `extra` under its name, or `NOTHING`.
    """

    text: str | None
    landed: Any
    leftover: Any = NOTHING


def misfit(text: str) -> Spelled:
    """A value that its column cannot hold."""
    return Spelled(text, None, meaning(json.loads(text, parse_float=Decimal)))


def meaning(value: Any) -> Any:
    """A JSON value so that equal means the same: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, dict):
        return {name: meaning(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [meaning(inner) for inner in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return (type(value).__name__, value)
    return ("number", Decimal(value))


def quoted(text: str) -> st.SearchStrategy[str]:
    """A text as a JSON string, escaped or not."""
    return st.sampled_from([json.dumps(text), json.dumps(text, ensure_ascii=False)])


SAYING_NOTHING = [Spelled("null", None), Spelled(None, None)]
_SAYING_NOTHING = st.sampled_from(SAYING_NOTHING)
_BLANK = st.just(Spelled('""', None))
_INT64 = st.integers(-(2**63), 2**63 - 1) | st.integers(-6000, 6000)

INTEGERS = st.one_of(
    _INT64.flatmap(
        lambda n: st.sampled_from([f"{n}", f'"{n}"', f"{n}.0", f'" {n} "']).map(
            lambda text: Spelled(text, n)
        )
    ),
    st.integers(0, 10**6).flatmap(
        lambda n: st.sampled_from([f'"+{n}"', f'"{n:09d}"', f"{n}e0"]).map(
            lambda text: Spelled(text, n)
        )
    ),
    _SAYING_NOTHING,
    _BLANK,
    st.sampled_from(
        ["9223372036854775808", "-9223372036854775809", "1e30", "1.5", "true", "[1]", '{"a":1}',
         '"ESME_RINVDSTADR"', '"0x10"', '"1.5"', '"1_000"', '"9223372036854775808"', '"٣"']
    ).map(misfit),
)  # fmt: skip

TEXTS = st.one_of(
    st.text(max_size=12).flatmap(lambda t: quoted(t).map(lambda text: Spelled(text, t))),
    st.sampled_from(['},{"', '"', "\\", '}\n{"', "[{", "\x00\x1f\x7f\u2028", "Ünï 😀", "null"]).map(
        lambda t: Spelled(json.dumps(t), t)
    ),
    st.integers(-(10**20), 10**20).map(lambda n: Spelled(str(n), str(n))),
    _SAYING_NOTHING,
    st.sampled_from(["1.5", "true", '["a"]', '{"a":"b"}']).map(misfit),
)

EPOCH = datetime.fromtimestamp(0, UTC)
_ZONES = [("Z", UTC), ("", UTC), ("+00:00", UTC), ("+05:30", timezone(timedelta(hours=5.5)))]

TIMES = st.one_of(
    st.tuples(
        st.integers(0, 10**16).map(lambda n: EPOCH + timedelta(microseconds=n)),
        st.sampled_from("T "),
        st.sampled_from(["seconds", "microseconds"]),
        st.sampled_from(_ZONES),
    ).map(lambda parts: _spell_time(*parts)),
    _SAYING_NOTHING,
    _BLANK,
    st.sampled_from(['"0000-00-00 00:00:00"', '"0000-00-00T00:00:00"']).map(
        lambda text: Spelled(text, None)
    ),
    st.sampled_from(
        ['"soon"', "1767225600", "true", '"2026-13-01T00:00:00Z"', '"2026-01-01T00:00:00ZZ"',
         '"2026-01-01Z"', '"2026-01-01T00:00:00.1234567Z"', '"0000-01-01"', '"20260101"']
    ).map(misfit),
)  # fmt: skip


def _spell_time(
    moment: datetime, middle: str, timespec: str, zone: tuple[str, timezone]
) -> Spelled:
    if timespec == "seconds":
        moment = moment.replace(microsecond=0)
    text = moment.replace(tzinfo=None).isoformat(sep=middle, timespec=timespec) + zone[0]
    return Spelled(f'"{text}"', moment.replace(tzinfo=zone[1]).astimezone(UTC))


def _spell_price(number: Decimal) -> st.SearchStrategy[Spelled]:
    plain = format(number, "f")
    return st.sampled_from([plain, f'"{plain}"', f"{number:e}", f'"{number:E}"']).map(
        lambda text: Spelled(text, number)
    )


PRICES = st.one_of(
    st.decimals(-(10**9), 10**9, places=6).flatmap(_spell_price),
    st.decimals(0, 1, places=18).flatmap(_spell_price),
    st.integers(-(10**9), 10**9).map(lambda n: Spelled(str(n), Decimal(n))),
    _SAYING_NOTHING,
    _BLANK,
    st.sampled_from([Spelled('"1,5"', Decimal("1.5")), Spelled('" 1.5 "', Decimal("1.5"))]),
    st.sampled_from(
        ["1e29", "10000000000", '"10000000000"', "1e-19", '"free"', "true", '"1,234"', '"NaN"',
         "340282366920938463463.374607431768211456", "123456789012345678901234567890"]
    ).map(misfit),
)  # fmt: skip

_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.decimals(-(10**12), 10**12, places=4),
    st.text(max_size=8),
)
_NAMES = st.text(max_size=4) | st.sampled_from(ODD_NAMES)
_ANY = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=6,
)


def dump(value: Any) -> str:
    """JSON text of a value, decimals as they are."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        members = (f"{json.dumps(name)}:{dump(inner)}" for name, inner in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(dump(inner) for inner in value) + "]"
    return json.dumps(value)


UNKNOWN = _ANY.map(
    lambda value: Spelled(dump(value), None, NOTHING if value is None else meaning(value))
)
"""A field that the vendor's documentation does not name."""
