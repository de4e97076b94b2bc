"""How parts of messages find each other: the SQL of int_message_parts over many small histories."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from tests.unit.miatel.identity.test_record_key import IDS, NO_IDS

from .conftest import Lake, mdr

FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(4)]
HISTORIES = 1_000
ENDLESS = 20
PART = pa.schema(
    {
        "mdr_date": pa.date32(),
        "mdr_key": pa.string(),
        "received_at": pa.timestamp("us", "UTC"),
        "switch_id": pa.int64(),
        "sms_id": pa.int64(),
        "segment_number": pa.int64(),
        "segment_total": pa.int64(),
        "segment_id": pa.string(),
        "account_name": pa.string(),
        "sender": pa.string(),
        "recipient": pa.string(),
        "message_id": pa.string(),
        "is_composite": pa.bool_(),
    }
)
Part = dict[str, Any]
Keys = dict[str, str]
"""Each part's mdr_key and the message key that it got."""

Find = Callable[[pa.Table, Sequence[date]], Keys]
"""Message keys of the parts of some days, from these and the days before each."""


def part(key: str, at: str, number: int | None, **fields: Any) -> Part:
    """One part of two to one recipient; `at` is a GMT time, `number` its part number."""
    received_at = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return {
        "mdr_date": received_at.date(),
        "mdr_key": key,
        "received_at": received_at,
        "switch_id": 1,
        "sms_id": None,
        "segment_number": number,
        "segment_total": 2,
        "segment_id": "37",
        "account_name": "acme",
        "sender": "SHOP",
        "recipient": "6500000001",
        "message_id": f"id-{key}",
        "is_composite": True,
    } | fields


@pytest.fixture(scope="module")
def find(lake: Lake) -> Find:
    """The model's own SQL, as dbt compiled it, over rows that a test makes."""
    lake.land(f"{FIRST}", [mdr(1, f"{FIRST}T00:00:00")])
    lake.build("--select", "+int_message_parts", "--resource-type", "model")
    file = lake.root / "target/compiled/miatel/models/intermediate/facts/int_message_parts.sql"
    sql = file.read_text()
    sql, views = re.subn(r'"\w+"\."intermediate"\."int_mdr"', "parts_of_days", sql)
    sql, retired = re.subn(r'"\w+"\."state"\."retired_days"', "retired_days", sql)
    sql, read = re.subn(r"\(mdr_date between [^()]+\)", "mdr_date in (from days_read)", sql)
    sql, built = re.subn(
        r"\(found\.mdr_date between [^()]+\)", "found.mdr_date in (from days_built)", sql
    )
    assert (views, retired, read, built) == (1, 1, 1, 1), "the model changed: adapt this"
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'; create table retired_days (mdr_date date)")

    def run(parts: pa.Table, days: Sequence[date]) -> Keys:
        read_days = {day - timedelta(days=before) for day in days for before in (0, 1)}
        connection.register("parts_of_days", parts)
        for name, listed in (("days_read", read_days), ("days_built", set(days))):
            connection.register(name, pa.table({"mdr_date": pa.array(listed, pa.date32())}))
        found = connection.execute(sql).fetchall()
        keys = {key: message for _, key, message, _ in found}
        assert len(keys) == len(found) == sum(map(parts["mdr_date"].to_pylist().count, days))
        return keys

    return run


def messages(find: Find, parts: Sequence[Part]) -> set[str]:
    """Each message as the keys of its parts in order, joined, from a build of all days."""
    joined = defaultdict(str)
    found = find(pa.Table.from_pylist(list(parts), PART), DAYS)
    for one in sorted(parts, key=lambda each: (each["received_at"], each["mdr_key"])):
        joined[found[one["mdr_key"]]] += one["mdr_key"]
    assert all(key[0] == message[0] for message, key in joined.items())
    return set(joined.values())


D, E = "2026-01-01T", "2026-01-02T"

CASES: dict[str, tuple[list[Part], set[str]]] = {
    "another recipient, day or account is another message": (
        [
            part("a", D + "10:00:00", 1), part("b", D + "10:00:01", 2),
            part("c", D + "15:00:00", 1, recipient="2"),
            part("d", D + "15:00:01", 2, recipient="2"),
            part("e", E + "10:00:00", 1, recipient="3"),
            part("f", E + "10:00:01", 2, recipient="3"),
            part("g", E + "10:00:00", 1, account_name="globex"),
            part("h", E + "10:00:01", 2, account_name="globex"),
        ],
        {"ab", "cd", "ef", "gh"},
    ),
    "another sender, total or reference is another message": (
        [
            part("a", D + "10:00:00", 1), part("b", D + "10:00:01", 2, sender="BANK"),
            part("c", D + "10:00:01", 2, segment_total=3),
            part("d", D + "10:00:01", 2, segment_id="38"),
            part("e", D + "10:00:01", 2, sender=None), part("f", D + "10:00:02", 2),
        ],
        {"af", "b", "c", "d", "e"},
    ),
    "the same recipient, hours later": (
        [
            part("a", D + "10:00:00", 1), part("b", D + "10:00:01", 2),
            part("c", D + "10:10:02", 1), part("d", D + "10:20:02", 2),
        ],
        {"ab", "cd"},
    ),
    "ten minutes and a second are too long": (
        [part("a", D + "10:00:00", 1), part("b", D + "10:10:01", 2)],
        {"a", "b"},
    ),
    "parts 1, 1, 2, 2 are two messages": (
        [
            part("a", D + "10:00:00", 1), part("b", D + "10:00:01", 1),
            part("c", D + "10:00:02", 2), part("d", D + "10:00:03", 2),
        ],
        {"ac", "bd"},
    ),
    "also over midnight": (
        [
            part("a", D + "23:59:58", 1), part("b", D + "23:59:59", 1),
            part("c", E + "00:00:00", 2), part("d", E + "00:00:01", 2),
        ],
        {"ac", "bd"},
    ),
    "parts that came in the wrong order": (
        [part("a", D + "10:00:00", 2), part("b", D + "10:00:01", 1)],
        {"ab"},
    ),
    "one message id is one message, however far apart its parts and whatever their reference": (
        [
            part("a", D + "01:00:00", 1, message_id="m", segment_id="1"),
            part("b", D + "23:00:00", 2, message_id="m", segment_id="2", sender=None),
        ],
        {"ab"},
    ),
    "one message id to two recipients or by two accounts is several messages": (
        [
            part("a", D + "10:00:00", 1, message_id="m"),
            part("b", D + "10:00:00", 1, message_id="m", recipient="2"),
            part("c", D + "10:00:01", 2, message_id="m"),
            part("d", D + "10:00:01", 2, message_id="m", recipient="2"),
            part("e", D + "10:00:01", 2, message_id="m", account_name="globex"),
        ],
        {"ac", "bd", "e"},
    ),
    "what a message id joined is not split by the order of others": (
        [
            part("a", D + "10:00:00", 1, message_id="m"),
            part("b", D + "10:00:01", 1, message_id="n"),
            part("c", D + "10:00:02", 2, message_id="n"),
            part("d", D + "10:00:03", 2, message_id="m"),
        ],
        {"ad", "bc"},
    ),
    "a part with an id of its own joins the unit that lacks it": (
        [
            part("a", D + "10:00:00", 1, message_id="m", segment_total=3),
            part("b", D + "10:00:01", 2, message_id="m", segment_total=3),
            part("c", D + "10:00:02", 3, segment_total=3),
        ],
        {"abc"},
    ),
    "no id is an id": (
        [
            part("a", D + "01:00:00", 1, message_id="00000000-0000-0000-0000-000000000000"),
            part("b", D + "05:00:00", 2, message_id="00000000-0000-0000-0000-000000000000"),
            part("c", D + "06:00:00", 1, message_id=" "),
            part("d", D + "07:00:00", 2, message_id=" "),
        ],
        {"a", "b", "c", "d"},
    ),
    "a message id goes on after midnight, for half a day": (
        [
            part("a", D + "20:00:00", 1, message_id="m"),
            part("b", E + "07:59:59", 2, message_id="m"),
            part("c", D + "19:00:00", 1, message_id="n"),
            part("d", E + "07:00:01", 2, message_id="n"),
        ],
        {"ab", "c", "d"},
    ),
    "what a message id joined over midnight counts among its neighbours": (
        [
            part("a", D + "23:56:00", 1, message_id="m"),
            part("b", E + "00:05:00", 2, message_id="m"),
            part("c", E + "00:14:00", 1),
            part("d", E + "00:14:01", 2),
        ],
        {"ab", "cd"},
    ),
    "but not where its beginning is no neighbour": (
        [
            part("a", D + "22:00:00", 1, message_id="m"),
            part("b", E + "00:05:00", 2, message_id="m"),
            part("c", E + "00:14:00", 1),
            part("d", E + "00:14:01", 2),
        ],
        {"ab", "cd"},
    ),
    "no message spans more than a day": (
        [
            part("a", D + "13:00:00", 1, message_id="m"),
            part("b", D + "23:00:00", 2, message_id="m"),
            part("c", E + "01:00:00", 1, message_id="m"),
            part("d", E + "13:00:01", 2, message_id="m"),
        ],
        {"ab", "cd"},
    ),
    "parts without a number fill messages by their total": (
        [part(key, D + f"10:00:0{place}", None) for place, key in enumerate("abcde")],
        {"ab", "cd", "e"},
    ),
    "a part number of zero is none": (
        [part(key, D + f"10:00:0{place}", 0) for place, key in enumerate("abc")],
        {"ab", "c"},
    ),
    "without a total the part numbers decide": (
        [
            part(key, D + f"10:00:0{place}", number, segment_total=None)
            for place, (key, number) in enumerate(zip("abcd", (1, 2, 1, 2), strict=True))
        ],
        {"ab", "cd"},
    ),
    "erased recipients of a bulk send stay two messages": (
        [
            part("a", D + "10:00:00", 1, message_id="m", recipient=None),
            part("b", D + "10:00:00", 1, message_id="m", recipient=None),
            part("c", D + "10:00:01", 2, message_id="m", recipient=None),
            part("d", D + "10:00:01", 2, message_id="m", recipient=None),
        ],
        {"ac", "bd"},
    ),
    "an erased recipient's message keeps its parts": (
        [
            part("a", D + "23:00:00", 1, message_id="m", recipient=None, segment_id="1"),
            part("b", E + "01:00:00", 2, message_id="m", recipient=None, segment_id="2"),
            part("c", D + "10:00:00", 1, recipient=None),
            part("d", D + "10:00:01", 2, recipient=None),
            part("e", D + "10:00:01", 2),
        ],
        {"ab", "cd", "e"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_parts_find_their_message(name: str, find: Find) -> None:
    parts, expected = CASES[name]
    assert messages(find, parts) == expected
    assert messages(find, parts[::-1]) == expected


@pytest.mark.parametrize("text", [text for text in NO_IDS if not (text or "").startswith("erased")])
def test_a_message_id_that_says_nothing_joins_no_parts(text: str | None, find: Find) -> None:
    """What landing takes for no id is none here, too."""
    hours_apart = [
        part("a", D + "10:00:00", 1, message_id=text), part("b", D + "14:00:00", 2, message_id=text)
    ]  # fmt: skip
    assert messages(find, hours_apart) == {"a", "b"}


@pytest.mark.parametrize("text", [*IDS, "erased:0123456789abcdef0123456789abcdef"])
def test_any_other_message_id_joins_parts_also_an_erased_one(text: str, find: Find) -> None:
    hours_apart = [
        part("a", D + "10:00:00", 1, message_id=text), part("b", D + "14:00:00", 2, message_id=text)
    ]  # fmt: skip
    assert messages(find, hours_apart) == {"ab"}


def random_history(number: int) -> list[Part]:
    """Parts of one account's few recipients, close together and around midnight and noon."""
    rng = random.Random(number)
    moments = [
        rng.choice([0, 0, 0, 43_200, 86_399, 82_800, 36_000, rng.randrange(86_400)])
        + rng.choice([-1, 0, 1, 300, 599, 600, 601, 3_600])
        for _ in range(rng.randint(1, 4))
    ]
    step = rng.choice([1, 60, 300, 600, 7_200, 20_000])
    has_ids = rng.choice([0.0, 0.3, 1.0])
    parts = []
    for place in range(rng.randint(2, 24)):
        second = rng.choice(moments) + rng.randrange(4) * 86_400 + rng.randrange(-3, 4) * step
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second % (4 * 86_400))
        key = f"{number}-{place}"
        parts.append(
            part(
                key,
                f"{at:%Y-%m-%dT%H:%M:%S}",
                rng.choice([1, 1, 2, 2, 3, None]),
                segment_total=rng.choice([2, 2, 2, 3, None]),
                segment_id=rng.choice(["37", "37", "37", "38"]),
                account_name=f"account {number}",
                recipient=rng.choice(["1", "1", "1", "2", None]),
                message_id=rng.choice("mno") if rng.random() < has_ids else None,
            )
        )
    return parts


def endless_history(number: int) -> list[Part]:
    """Parts of one account that follow each other without a pause of more than ten minutes."""
    rng = random.Random(number)
    second, parts = rng.randrange(86_400), []
    while second < 4 * 86_400:
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
        parts.append(
            part(
                f"{number}-{second}",
                f"{at:%Y-%m-%dT%H:%M:%S}",
                rng.choice([1, 2]),
                account_name=f"account {number}",
            )
        )
        second += rng.randint(400, 600 + (rng.random() < 0.01))
    return parts


def test_keys_need_no_other_day_than_the_one_before(find: Find) -> None:
    """All days at once, each day by itself, and any days together: the same keys."""
    parts = [one for number in range(HISTORIES) for one in random_history(number)]
    parts += [one for number in range(ENDLESS) for one in endless_history(HISTORIES + number)]
    table = pa.Table.from_pylist(parts, PART)
    whole = find(table, DAYS)
    by_day: Keys = {}
    for day in DAYS:
        by_day |= find(table, [day])
    assert by_day == whole
    assert find(table, DAYS[1:]) == {
        one["mdr_key"]: whole[one["mdr_key"]] for one in parts if one["mdr_date"] != FIRST
    }

    by_key = {one["mdr_key"]: one for one in parts}
    members = defaultdict(list)
    for key, message in whole.items():
        members[message].append(by_key[key])
    over_midnight = 0
    for message, found in members.items():
        first = by_key[message]
        times = [one["received_at"] for one in found]
        assert first in found
        assert first["received_at"] == min(times)
        assert max(times) - min(times) <= timedelta(days=1)
        assert len({(one["account_name"], one["recipient"]) for one in found}) == 1
        over_midnight += len({one["mdr_date"] for one in found}) == 2
    sizes = Counter(map(len, members.values()))
    assert over_midnight > HISTORIES / 10
    assert sizes[1] > HISTORIES
    assert sizes[2] > HISTORIES
