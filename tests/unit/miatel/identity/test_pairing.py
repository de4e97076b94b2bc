"""Which landed record is which arrived one, and that as many find each other as there can be."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from miatel.identity.pairing import pair_rows
from miatel.identity.record_key import MORE, has_any_id, key_parts
from miatel.lake.sink import rows_of
from tests.support.examples import examples
from tests.support.raw_rows import REQUESTED_AT, as_read, at, between

NUMBER, OTHER = "79001112233", "79001112234"


def rows(*records: dict[str, Any]) -> pa.Table:
    """Rows as they are landed; a record names its values alone."""
    known = [{"sms_hub_sms_time": at(0)} | record for record in records]
    return rows_of(as_read(known), between(0, 60), REQUESTED_AT, "")


def paired(landed: pa.Table, arrived: pa.Table, *names: str) -> set[tuple[Any, ...]]:
    """The values of both sides of each pair."""
    pairs = pair_rows(landed, arrived)
    assert len(set(pairs.landed)) == len(set(pairs.arrived)) == len(pairs.landed)
    before, now = landed.to_pylist(), arrived.to_pylist()
    return {
        (*(before[one][n] for n in names), *(now[other][n] for n in names))
        for one, other in zip(pairs.landed, pairs.arrived, strict=True)
    }


def test_equal_keys_come_first_whatever_else_would_do() -> None:
    landed = rows({"message_id": "a"}, {"message_id": "a", "dst_num": NUMBER})
    arrived = rows({"message_id": "a", "dst_num": NUMBER}, {"message_id": "a", "dst_num": OTHER})
    assert paired(landed, arrived, "dst_num") == {(NUMBER, NUMBER), (None, OTHER)}


def test_a_part_that_is_absent_on_one_side_keeps_nobody_apart() -> None:
    named = {"sms_hub_switch_id": 1, "sms_hub_sms_id": 7, "message_id": "a", "dst_num": NUMBER}
    for name in ("message_id", "dst_num", "sms_hub_sms_id"):
        less = {key: value for key, value in named.items() if key != name}
        assert len(paired(rows(named), rows(less))) == 1
        assert len(paired(rows(less), rows(named))) == 1
        assert not paired(rows(named), rows(named | {name: 8 if name[0] == "s" else OTHER}))
    assert not paired(rows(named), rows(named | {"sms_hub_sms_time": at(1)}))


def test_a_row_finds_the_one_that_it_has_most_in_common_with() -> None:
    landed = rows({"message_id": "a"})
    arrived = rows(
        {"message_id": "a", "dst_num": NUMBER},
        {"sms_hub_switch_id": 1, "sms_hub_sms_id": 7},
    )
    assert paired(landed, arrived, "message_id") == {("a", "a")}


def test_a_row_gives_way_to_one_that_has_no_other_choice() -> None:
    """The first one may be both; the second only one of them."""
    landed = rows(
        {"message_id": "a", "segment_num": 1},
        {"message_id": "a", "dst_num": NUMBER},
    )
    arrived = rows(
        {"message_id": "a", "segment_num": 1, "dst_num": NUMBER},
        {"message_id": "a", "segment_num": 1, "dst_num": OTHER},
    )
    names = ("segment_num", "dst_num")
    assert paired(landed, arrived, *names) == {(1, None, 1, OTHER), (None, NUMBER, 1, NUMBER)}


def test_without_an_id_texts_must_agree_where_both_have_one() -> None:
    hello, bye = ({"dst_num": NUMBER, "message_body": text} for text in ("hello", "bye"))
    assert not paired(rows(hello), rows(bye))
    assert len(paired(rows(hello), rows({"dst_num": NUMBER}))) == 1
    assert len(paired(rows(hello | {"src_num": "A"}), rows(hello))) == 1
    # with an id they may have changed
    ids = {"message_id": "a", "segment_num": 1}
    assert len(paired(rows(hello | ids), rows(bye | ids | {"dst_num": None}))) == 1
    # what had no id and has one now is found by what both have
    assert len(paired(rows(hello), rows(hello | ids))) == 1
    assert not paired(rows(hello), rows(bye | ids))


def test_records_that_cannot_be_told_apart_keep_their_final_states() -> None:
    def states(*codes: int | None) -> pa.Table:
        return rows(*({"dst_num": NUMBER, "dlr_code": code} for code in codes))

    assert paired(states(2, None), states(5, None), "dlr_code") == {(2, None), (None, 5)}
    assert paired(states(2, None), states(5, 2), "dlr_code") == {(2, 2), (None, 5)}
    assert paired(states(2, 1), states(1, 1, 1), "dlr_code") == {(2, 1), (1, 1)}
    assert paired(states(1, 1), states(2, 1), "dlr_code") == {(1, 2), (1, 1)}


def may_be_one(landed: pa.Table, arrived: pa.Table) -> list[list[bool]]:
    """For each landed and arrived row whether their parts agree where both have them."""
    sides = [
        list(
            zip(
                key_parts(table),
                has_any_id(table).to_pylist(),
                table["sms_hub_sms_time"].to_pylist(),
                strict=True,
            )
        )
        for table in (landed, arrived)
    ]
    return [
        [
            when == then
            and all(
                a is None or b is None or a == b
                for a, b in list(zip(one, other, strict=True))[
                    : -len(MORE) if named and also else None
                ]
            )
            for other, also, then in sides[1]
        ]
        for one, named, when in sides[0]
    ]


def most_pairs(may: list[list[bool]]) -> int:
    """The size of a largest matching, by trying all of them."""
    if not may:
        return 0
    first, rest = may[0], may[1:]
    best = most_pairs(rest)
    for place, allowed in enumerate(first):
        if allowed:
            left = [[*row[:place], False, *row[place + 1 :]] for row in rest]
            best = max(best, 1 + most_pairs(left))
    return best


RECORD = st.fixed_dictionaries(
    {
        "sms_hub_switch_id": st.sampled_from([None, 1]),
        "sms_hub_sms_id": st.sampled_from([None, None, 1, 2]),
        "message_id": st.sampled_from([None, None, "a", "b"]),
        "segment_num": st.sampled_from([None, 1, 2]),
        "dst_num": st.sampled_from([None, NUMBER, OTHER]),
        "message_body": st.sampled_from([None, "x", "y"]),
        "dlr_code": st.sampled_from([None, 1, 2, 5]),
    }
)
SIDE = st.lists(RECORD, min_size=1, max_size=5)


@given(SIDE, SIDE)
@examples(150)
def test_equal_keys_first_and_then_as_many_as_there_can_be(
    before: list[dict[str, Any]], now: list[dict[str, Any]]
) -> None:
    landed, arrived = rows(*before), rows(*now)
    pairs = pair_rows(landed, arrived)
    may = may_be_one(landed, arrived)
    assert len(set(pairs.landed)) == len(set(pairs.arrived)) == len(pairs.landed)
    assert all(may[one][other] for one, other in zip(pairs.landed, pairs.arrived, strict=True))
    keys = [
        [key.partition("#")[0] for key in t["record_key"].to_pylist()] for t in (landed, arrived)
    ]
    equal = {
        (one, other)
        for one, other in zip(pairs.landed, pairs.arrived, strict=True)
        if keys[0][one] == keys[1][other]
    }
    both = sum(min(keys[0].count(key), keys[1].count(key)) for key in set(keys[0]))
    assert len(equal) == both
    left = [
        [allowed and other not in {b for _, b in equal} for other, allowed in enumerate(row)]
        for one, row in enumerate(may)
        if one not in {a for a, _ in equal}
    ]
    assert len(pairs.landed) == both + most_pairs(left)


@given(SIDE, SIDE, st.randoms())
@examples(50)
def test_the_order_of_the_rows_plays_no_part(
    before: list[dict[str, Any]], now: list[dict[str, Any]], random: Any
) -> None:
    def values(landed: pa.Table, arrived: pa.Table) -> list[str]:
        pairs = pair_rows(landed, arrived)
        sides = (landed.take(pairs.landed), arrived.take(pairs.arrived))
        rows = [side.drop_columns("record_key").to_pylist() for side in sides]
        return sorted(repr(pair) for pair in zip(*rows, strict=True))

    landed, arrived = rows(*before), rows(*now)
    once = values(landed, arrived)
    tables = []
    for table in (landed, arrived):
        order = list(range(table.num_rows))
        random.shuffle(order)
        tables.append(table.take(pa.array(order)))
    assert values(*tables) == once
