"""Which state, which price and which rest wins: a maximum, whatever the order of the answers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import reduce
from itertools import permutations
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miatel.identity.merging import merge_states
from miatel.identity.seen_times import add_seen_times
from miatel.json_text import json_text
from miatel.limits import FINAL_DLR_CODES
from miatel.schema import RAW_SCHEMA
from tests.support.examples import examples
from tests.support.raw_rows import REQUESTED_AT, as_read, at

CODES = [None, 1, 2, 3, 4, 5, 6, 7, 8, 42]
HOUR = timedelta(hours=1)


def seen(hours: float, **values: Any) -> pa.Table:
    """One record as it was seen so many hours after the tests' moment."""
    row = {"sms_hub_switch_id": 1, "sms_hub_sms_id": 1, "sms_hub_sms_time": at(0)} | values
    moment = pa.array([REQUESTED_AT + hours * HOUR], pa.timestamp("us", "UTC"))
    return add_seen_times(as_read([row]), moment)


def merged(*observations: pa.Table) -> dict[str, Any]:
    table = reduce(lambda one, other: merge_states(one, other).rows, observations)
    assert table.schema == RAW_SCHEMA
    (row,) = table.to_pylist()
    return row


def hours_of(row: dict[str, Any], name: str) -> float | None:
    return row[name] and (row[name] - REQUESTED_AT) / HOUR


@pytest.mark.parametrize("before", CODES)
@pytest.mark.parametrize("now", CODES)
def test_a_final_receipt_never_goes_back(before: int | None, now: int | None) -> None:
    observations = [
        seen(0, dlr_code=before, dlr_time=before and at(5)),
        seen(5, dlr_code=now, dlr_time=now and at(9)),
    ]
    stays = now is None or (before in FINAL_DLR_CODES and now not in FINAL_DLR_CODES)
    for order in permutations(observations):
        row = merged(*order)
        assert row["dlr_code"] == (before if stays else now)
        kept = before if stays else now
        assert row["dlr_time"] == (kept and at(5 if stays else 9))
        assert hours_of(row, "state_seen_at") == (None if kept is None else 0 if stays else 5)
    both = {before, now} <= set(FINAL_DLR_CODES) and before != now
    assert merge_states(*observations).conflicting_final_states == both


def test_a_final_state_stays_while_price_and_network_are_the_new_ones() -> None:
    row = merged(
        seen(0, dlr_code=2, dlr_time=at(5), price=Decimal(0), sms_hub_mccmnc_id=1),
        seen(1, dlr_code=1, price=Decimal("0.05"), sms_hub_mccmnc_id=2),
    )
    assert (row["dlr_code"], row["dlr_time"]) == (2, at(5))
    assert (row["price"], row["sms_hub_mccmnc_id"]) == (Decimal("0.05"), 2)
    times = [hours_of(row, f"{n}_at") for n in ("state_seen", "price_seen", "extracted")]
    assert times == [0, 1, 1]
    assert hours_of(row, "first_seen_at") == 0


def test_a_price_that_is_gone_stays_with_its_currency() -> None:
    price = {"price": Decimal("0.05"), "sms_hub_currency_name": "EUR"}
    row = merged(seen(0, **price), seen(1, sms_hub_currency_name="USD"))
    assert (row["price"], row["sms_hub_currency_name"]) == (Decimal("0.05"), "EUR")
    assert hours_of(row, "price_seen_at") == 0
    row = merged(seen(0, sms_hub_currency_name="EUR"), seen(1, sms_hub_currency_name="USD"))
    assert (row["sms_hub_currency_name"], row["price_seen_at"]) == ("USD", None)


def test_the_state_is_taken_whole() -> None:
    row = merged(
        seen(0, dlr_code=1, dlr_time=at(5), resp_code=7), seen(1, dlr_code=2, dlr_time=None)
    )
    assert (row["dlr_code"], row["dlr_time"], row["resp_code"]) == (2, None, None)


def test_what_could_not_be_read_of_a_state_or_a_price_goes_with_it() -> None:
    sent = seen(0, dlr_code=1, price=Decimal("0.05"), extra='{"price":"0.05 EUR","tag":"a"}')
    final = seen(1, dlr_code=2, extra='{"dlr_time":"soon","tag":"b"}')
    again = seen(2, resp_code=0, extra='{"dlr_code":"ACCEPTD","price":"none yet","tag":"c"}')
    for order in permutations([sent, final, again]):
        row = merged(*order)
        assert (row["dlr_code"], row["resp_code"], row["price"]) == (2, None, Decimal("0.05"))
        assert row["extra"] == '{"dlr_time":"soon","price":"0.05 EUR","tag":"c"}'
        times = [hours_of(row, f"{n}_at") for n in ("state_seen", "price_seen", "extracted")]
        assert times == [1, 0, 2]


def test_a_state_that_could_not_be_read_is_the_latest_one() -> None:
    before = seen(0, resp_code=0, extra='{"tag":1e400}')
    for row in (
        merged(before, seen(1, extra='{"dlr_code":"DELIVRD"}')),
        merged(seen(1, extra='{"dlr_code":"DELIVRD"}'), before),
    ):
        assert (row["resp_code"], row["extra"]) == (None, '{"dlr_code":"DELIVRD"}')
        assert hours_of(row, "state_seen_at") == 1
    assert merged(before, seen(1, extra='{"dlr_code":"NEW","tag":1e400}'))["resp_code"] is None
    changed = merged(
        seen(0, extra='{"dlr_code":"ENROUTE"}'), seen(1, extra='{"dlr_code":"EXPIRED"}')
    )
    assert (changed["extra"], hours_of(changed, "extracted_at")) == ('{"dlr_code":"EXPIRED"}', 0)


@pytest.mark.parametrize("values", [{"dlr_code": 2}, {"price": 1}, {"extra": "{}"}, {}])
def test_what_did_not_change_keeps_its_times(values: dict[str, Any]) -> None:
    before = seen(0, **values)
    assert merged(before, seen(9, **values)) == merged(before)
    assert merged(seen(9, **values), before) == merged(before)


STATES = [(None, None), (1, at(5)), (6, at(6)), (2, at(7)), (5, at(8)), (42, at(4)), ("X", at(5))]
PRICES = [None, 0, 1, 2]
TEXTS = [None, "a", "b", "c"]
HISTORY = st.lists(
    st.tuples(*map(st.sampled_from, (STATES, PRICES, TEXTS)), st.integers(0, 9)),
    min_size=1,
    max_size=4,
    unique_by=lambda entry: entry[3],
)


def observe(history: list[Any]) -> list[pa.Table]:
    """A record as it was seen at some moments; no value comes back after another one.

    Where one does, a group keeps the time at which it was first seen, so that a re-run changes
    nothing: then an answer that is landed late, from between, wins over it.
    """
    tables: list[pa.Table] = []
    gone: list[list[Any]] = [[], [], []]
    last: list[Any] = [None, None, None]
    for *drawn, hour in sorted(history, key=lambda entry: entry[3]):
        for index, value in enumerate(drawn):
            if tables and value not in gone[index] and value != last[index]:
                gone[index].append(last[index])
                last[index] = value
            elif not tables:
                last[index] = value
        (code, when), price, text = last
        currency = None if price is None else "EUR"
        said = {"dlr_code": code, "price": price}
        unreadable = {name: value for name, value in said.items() if isinstance(value, str)}
        readable = {name: value for name, value in said.items() if name not in unreadable}
        tables.append(
            seen(
                hour, **readable, dlr_time=when, message_body=text, sms_hub_currency_name=currency,
                extra=json_text(unreadable) if unreadable else None,
            )
        )  # fmt: skip
    return tables


@given(HISTORY, st.randoms())
@examples(60)
def test_merging_is_commutative_associative_and_idempotent(history: list[Any], random: Any) -> None:
    tables = observe(history)
    once = merged(*tables)
    shuffled = tables[:]
    random.shuffle(shuffled)
    assert merged(*shuffled) == once
    assert merged(*tables, *shuffled) == once
    half = len(shuffled) // 2
    if half:
        left = reduce(lambda one, other: merge_states(one, other).rows, shuffled[:half])
        right = reduce(lambda one, other: merge_states(one, other).rows, shuffled[half:])
        assert merged(left, right) == once


@given(HISTORY, HISTORY)
@examples(60)
def test_what_was_seen_at_one_moment_is_told_by_value(one: list[Any], other: list[Any]) -> None:
    (first, *_), (second, *_) = (
        observe([(*entry[:3], 0) for entry in history[:1]]) for history in (one, other)
    )
    row = merged(first, second)
    assert merged(second, first) == row
    known = [price for price in (one[0][1], other[0][1]) if price is not None]
    assert row["price"] == max(known, default=None)
    assert (row["message_body"] or "") == max(one[0][2] or "", other[0][2] or "")


@given(st.lists(st.tuples(HISTORY, HISTORY), min_size=1, max_size=5))
@examples(60)
def test_each_row_is_merged_by_itself(pairs: list[Any]) -> None:
    landed = pa.concat_tables([observe(one)[0] for one, _ in pairs])
    arrived = pa.concat_tables([observe(other)[-1] for _, other in pairs])
    apart = [merged(landed.slice(n, 1), arrived.slice(n, 1)) for n in range(len(pairs))]
    assert merge_states(landed, arrived).rows.to_pylist() == apart
