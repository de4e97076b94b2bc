"""Two observations of the same records merged into one: which state, which price, which rest wins.

Three groups of columns, all of a group from its own winner, each with its own time. So the result
is a maximum for each group, and does not depend on the order in which answers are landed. A state
or a price that could not be read stands in `extra`, and goes with its group all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from miatel.identity.deduplication import PRICE_ORDER, STATE_ORDER, has_final_receipt
from miatel.identity.extra_parts import PRICE_EXTRA, STATE_EXTRA, join_extra, split_extra
from miatel.identity.record_key import flat
from miatel.schema import ANSWER_SCHEMA, PRICE_FIELDS, RAW_SCHEMA, STATE_FIELDS, UTC_MICROSECONDS

_OTHERS = tuple(n for n in ANSWER_SCHEMA.names if n not in (*STATE_FIELDS, *PRICE_FIELDS))
_NEVER = np.iinfo(np.int64).min

Mask = npt.NDArray[np.bool_]
Micros = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Merged:
    """Merged records.

    Attributes:
        rows: raw schema, in the order given; equal keys are to be numbered anew.
        conflicting_final_states: how many had two different final states.
    """

    rows: pa.Table
    conflicting_final_states: int


def merge_states(landed: pa.Table, arrived: pa.Table, confirmed: Micros | None = None) -> Merged:
    """Merge what is landed of some records with what came now, in whichever order the two were.

    State: takes part where one of its fields is not null; final before not final, then the one seen
    later. Price and currency: take part where the price is not null; the later ones. All others:
    the later ones, and currency with them where there is no price. Of two values of the same moment
    the greater wins. A group whose values are equal on both sides has the earlier time.

    Args:
        landed: raw schema.
        arrived: likewise, of the same records in the same order.
        confirmed: until when each landed row was seen as it is, microseconds since 1970; None
            where nothing older than that came. `extracted_at` alone says since when.
    """
    is_apart = ~_same(landed["extra"], arrived["extra"])
    landed, arrived = sides = (split_extra(landed, is_apart), split_extra(arrived, is_apart))
    names = (*ANSWER_SCHEMA.names, STATE_EXTRA, PRICE_EXTRA)
    same = {name: _same(landed[name], arrived[name]) for name in names}
    is_final = [_bools(has_final_receipt(side)) for side in sides]
    state = _Group(sides, STATE_ORDER, STATE_ORDER, "state_seen_at")
    price = _Group(sides, PRICE_ORDER, PRICE_ORDER, "price_seen_at")
    # A currency without a price goes with these: two that differ in it alone need an order, too.
    order = (*_OTHERS, *PRICE_ORDER)
    others = _Group(sides, (*_OTHERS, "record_key"), order, "extracted_at")

    state_same = _all(same, STATE_ORDER)
    price_same = _all(same, PRICE_ORDER)
    has_no_price = ~(price.takes_part(0) | price.takes_part(1))
    others_same = _all(same, _OTHERS) & (price_same | ~has_no_price)

    columns = state.merge(state_same, is_final)
    others_columns = others.merge(others_same, confirmed=confirmed)
    columns |= price.merge(price_same, follow=(has_no_price, others.arrived_wins))
    columns |= others_columns
    first_seen = [_micros(side["first_seen_at"]) for side in sides]
    columns["first_seen_at"] = _times(landed["first_seen_at"], np.minimum(*first_seen))
    both_final = is_final[0] & is_final[1] & ~same["dlr_code"]
    names = (*RAW_SCHEMA.names, STATE_EXTRA, PRICE_EXTRA)
    rows = join_extra(pa.table({name: columns[name] for name in names})).cast(RAW_SCHEMA)
    return Merged(rows, int(both_final.sum()))


class _Group:
    """Columns that are taken together, and the time at which they were seen.

    Args:
        sides: what is landed and what arrived.
        names: the columns.
        order: by which columns the greater of two values that were seen at one moment wins.
        time_name: the column of the time.
    """

    def __init__(
        self,
        sides: tuple[pa.Table, pa.Table],
        names: tuple[str, ...],
        order: tuple[str, ...],
        time_name: str,
    ) -> None:
        self._sides = sides
        self._names = names
        self._order = order
        self._time_name = time_name
        self._times = [_micros(side[time_name]) for side in sides]
        self.arrived_wins: Mask = np.zeros(len(sides[0]), bool)

    def takes_part(self, side: int) -> Mask:
        """For each row whether the group says anything at all."""
        return np.asarray(self._times[side] != _NEVER)

    def merge(
        self,
        same: Mask,
        better: list[Mask] | None = None,
        follow: tuple[Mask, Mask] | None = None,
        confirmed: Micros | None = None,
    ) -> dict[str, pa.ChunkedArray]:
        """The group's columns, each from the winner.

        Args:
            same: where the values are equal on both sides.
            better: for each side where it goes before whatever is not, by this alone.
            follow: where another group decides, and what it decided.
            confirmed: until when what is landed was seen, if later than the group's time.
        """
        since, now = self._times
        before = since if confirmed is None else np.maximum(since, confirmed)
        if better is None:
            better = [np.zeros(len(same), bool)] * 2
        wins = (better[1] & ~better[0]) | ((better[1] == better[0]) & (now > before))
        wins &= self.takes_part(1)
        for index in np.flatnonzero((now == before) & (better[1] == better[0]) & ~same):
            wins[index] = self._value(1, int(index)) > self._value(0, int(index))
        if follow is not None:
            wins = np.where(follow[0], follow[1], wins)
        self.arrived_wins = np.asarray(wins & ~same)
        # Equal where neither takes part, too: then both times are null.
        # A landed value that wins over a later one than its own time must have come back since.
        stays = np.where(now > since, before, since)
        times = np.where(same, np.minimum(since, now), np.where(wins, now, stays))
        landed, arrived = self._sides
        columns = {
            name: _pick(self.arrived_wins, landed[name], arrived[name]) for name in self._names
        }
        columns[self._time_name] = _times(landed[self._time_name], times)
        return columns

    def _value(self, side: int, index: int) -> list[tuple[Any, ...]]:
        values = (self._sides[side][name][index].as_py() for name in self._order)
        return [(value is not None, value) if value is not None else (False,) for value in values]


def _pick(arrived_wins: Mask, landed: Any, arrived: Any) -> Any:
    if not arrived_wins.any():
        return landed
    if arrived_wins.all():
        return arrived
    return pc.if_else(pa.array(arrived_wins), arrived, landed)


def _same(left: pa.ChunkedArray, right: pa.ChunkedArray) -> Mask:
    if left.equals(right):
        return np.ones(len(left), bool)
    equal = pc.fill_null(pc.equal(left, right), False)
    return _bools(pc.or_(equal, pc.and_(pc.is_null(left), pc.is_null(right))))


def _all(same: dict[str, Mask], names: tuple[str, ...]) -> Mask:
    return np.asarray(np.logical_and.reduce([same[name] for name in names]))


def _bools(column: pa.ChunkedArray) -> Mask:
    return np.asarray(flat(column).to_numpy(zero_copy_only=False), dtype=bool)


def _micros(column: pa.ChunkedArray) -> Micros:
    """Times as microseconds since 1970; the least number there is where there is none."""
    return np.asarray(pc.fill_null(flat(column).cast(pa.int64()), _NEVER).to_numpy())


def _times(before: pa.ChunkedArray, micros: Micros) -> Any:
    """The inverse of `_micros`; the same column where nothing changed."""
    if np.array_equal(_micros(before), micros):
        return before
    return pa.array(micros, mask=micros == _NEVER).cast(UTC_MICROSECONDS)
