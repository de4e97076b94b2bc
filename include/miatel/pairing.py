"""Which landed record is which arrived one: by equal key first, then by what a key still tells.

One to one. Equal keys are one record. Records whose keys are equal but for their number cannot be
told apart, so equal states go together first, and a final one never meets another final one if it
need not. Of what is left, a landed and an arrived record are one if their keys differ only in parts
that are absent on one side: erased there, or not sent then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from miatel.identity import STATE_ORDER, has_final_receipt
from miatel.limits import TIME_FIELD
from miatel.record_key import flat, has_any_id, is_numbered, key_parts, without_number
from miatel.schema import ANSWER_SCHEMA, PRICE_FIELDS, STATE_FIELDS

_OTHERS = tuple(n for n in ANSWER_SCHEMA.names if n not in (*STATE_FIELDS, *PRICE_FIELDS))

_OF_EVERY_KEY = (1 << 5) - 1
"""Bits of the parts that every key has, see `key_parts`; those of a record without an id follow."""

Indices = npt.NDArray[np.int64]
Pair = tuple[int, int]


@dataclass(frozen=True)
class Pairs:
    """Rows that are the same record.

    Attributes:
        landed: their indices among the landed rows.
        arrived: likewise, in the same order.
    """

    landed: Indices
    arrived: Indices

    def left_of(self, count: int, side: Indices) -> Indices:
        """The indices of a side's rows that have no partner."""
        is_left = np.ones(count, bool)
        is_left[side] = False
        return np.flatnonzero(is_left)


def pair_rows(landed: pa.Table, arrived: pa.Table) -> Pairs:
    """Pair the rows of some whole seconds.

    Args:
        landed: raw schema with keys.
        arrived: likewise.

    Returns:
        Each row at most once; the same whatever the order of the rows is.
    """
    before, now = flat(landed["record_key"]), flat(arrived["record_key"])
    numbered = [is_numbered(before), is_numbered(now)]
    if numbered == [None, None]:
        if before.equals(now):
            everything = np.arange(len(now))
            return Pairs(everything, everything)
        pairs = _equal(before, now)
    else:
        plain = [without_number(before), without_number(now)]
        pairs = _pair_numbered(landed, arrived, plain, numbered)
    left_before = pairs.left_of(len(before), pairs.landed)
    left_now = pairs.left_of(len(now), pairs.arrived)
    if not len(left_before) or not len(left_now):
        return pairs
    more = _pair_incomplete(landed.take(left_before), arrived.take(left_now))
    return _joined(pairs, [(int(left_before[one]), int(left_now[other])) for one, other in more])


def _equal(before: pa.Array, now: pa.Array) -> Pairs:
    """Pairs of equal values, of which no side has one twice."""
    place = pc.fill_null(pc.index_in(now, value_set=before), -1).to_numpy()
    found = np.flatnonzero(place >= 0)
    return Pairs(place[found].astype(np.int64), found)


def _joined(pairs: Pairs, more: Sequence[Pair]) -> Pairs:
    if not more:
        return pairs
    added = np.array(more, np.int64)
    return Pairs(np.r_[pairs.landed, added[:, 0]], np.r_[pairs.arrived, added[:, 1]])


def _pair_numbered(
    landed: pa.Table, arrived: pa.Table, plain: list[pa.Array], numbered: list[pa.Array | None]
) -> Pairs:
    """Pairs of equal plain keys, where some stand for several records."""
    several = pa.concat_arrays(
        [keys.filter(mask) for keys, mask in zip(plain, numbered, strict=True) if mask is not None]
    ).unique()
    alike = [pc.is_in(keys, value_set=several).to_numpy(zero_copy_only=False) for keys in plain]
    single = [np.flatnonzero(~mask) for mask in alike]
    pairs = _equal(*(keys.take(index) for keys, index in zip(plain, single, strict=True)))
    pairs = Pairs(single[0][pairs.landed], single[1][pairs.arrived])
    groups: dict[str, tuple[list[_Row], list[_Row]]] = defaultdict(lambda: ([], []))
    for side, table in enumerate((landed, arrived)):
        index = np.flatnonzero(alike[side])
        keys = plain[side].take(index).to_pylist()
        for key, row in zip(keys, _rows(table, index), strict=True):
            groups[key][side].append(row)
    return _joined(pairs, [p for group in groups.values() for p in pair_alike(*group)])


@dataclass(frozen=True, eq=False)
class _Row:
    """A row that must be told apart from others by its values.

    Attributes:
        index: in its table.
        state, price, rest: its values, so that any two can be compared.
    """

    index: int
    is_final: bool
    state: tuple[Any, ...]
    price: tuple[Any, ...]
    rest: tuple[Any, ...]

    @property
    def value(self) -> tuple[Any, ...]:
        """By which rows are ordered: final states first, then the greater ones."""
        return self.is_final, self.state, self.price, self.rest


def _rows(table: pa.Table, index: Indices) -> list[_Row]:
    chosen = table.take(index)
    finals = has_final_receipt(chosen).to_pylist()
    groups = [
        list(zip(*(map(_comparable, chosen[name].to_pylist()) for name in names), strict=True))
        for names in (STATE_ORDER, PRICE_FIELDS, _OTHERS)
    ]
    return [
        _Row(int(place), *values) for place, *values in zip(index, finals, *groups, strict=True)
    ]


def _comparable(value: Any) -> tuple[Any, ...]:
    return () if value is None else (value,)


def pair_alike(landed: list[_Row], arrived: list[_Row]) -> list[Pair]:
    """Pair as many rows as both sides have, so that no final state is lost if it need not be.

    Equal final states go together; then those left on one side with what is not final on the other,
    preferably with what has no equal there; then equal rows; and the rest as they are ordered.
    """
    sides = _Sides(landed, arrived)
    for stage in (_whole, _state_and_price, _state):
        sides.pair_equal(stage, finals_only=True)
    sides.pair_finals_with_others()
    for stage in (_whole, _state_and_price, _state):
        sides.pair_equal(stage)
    sides.pair_rest()
    return sides.pairs


class _Sides:
    """Rows of both sides that may all be each other, greatest first, and the pairs found so far."""

    def __init__(self, landed: list[_Row], arrived: list[_Row]) -> None:
        self.pairs: list[Pair] = []
        self._landed = sorted(landed, key=lambda row: row.value, reverse=True)
        self._arrived = sorted(arrived, key=lambda row: row.value, reverse=True)

    def pair_equal(self, stage: Callable[[_Row], Any], *, finals_only: bool = False) -> None:
        """Pair rows of which a part of their values is equal."""
        waiting: dict[Any, list[_Row]] = defaultdict(list)
        for row in reversed(self._arrived):
            if row.is_final or not finals_only:
                waiting[stage(row)].append(row)
        found = []
        for row in self._landed:
            same = waiting.get(stage(row))
            if same:
                found.append((row, same.pop()))
        self._take(found)

    def pair_finals_with_others(self) -> None:
        """Pair final states with what is not final, on either side."""
        known = [{row.state for row in side} for side in (self._landed, self._arrived)]
        finals, others = _split(self._landed)
        finals_now, others_now = _split(self._arrived)
        others.sort(key=lambda row: row.state in known[1])
        others_now.sort(key=lambda row: row.state in known[0])
        self._take(list(zip(finals, others_now, strict=False)))
        self._take(list(zip(others, finals_now, strict=False)))

    def pair_rest(self) -> None:
        """Pair what is left in order."""
        self._take(list(zip(self._landed, self._arrived, strict=False)))

    def _take(self, found: list[tuple[_Row, _Row]]) -> None:
        taken = [{id(pair[side]) for pair in found} for side in (0, 1)]
        self._landed = [row for row in self._landed if id(row) not in taken[0]]
        self._arrived = [row for row in self._arrived if id(row) not in taken[1]]
        self.pairs += [(one.index, other.index) for one, other in found]


def _split(rows: list[_Row]) -> tuple[list[_Row], list[_Row]]:
    """Those with a final state, and the others."""
    return [row for row in rows if row.is_final], [row for row in rows if not row.is_final]


def _whole(row: _Row) -> Any:
    return row.value


def _state_and_price(row: _Row) -> Any:
    return row.state, row.price


def _state(row: _Row) -> Any:
    return row.state


def _pair_incomplete(landed: pa.Table, arrived: pa.Table) -> list[Pair]:
    """Pairs of rows whose keys differ only in parts that are absent on one side."""
    by_time: dict[Any, tuple[list[_Incomplete], list[_Incomplete]]] = defaultdict(lambda: ([], []))
    common = set(landed[TIME_FIELD].to_pylist()) & set(arrived[TIME_FIELD].to_pylist())
    for side, table in enumerate((landed, arrived)):
        for moment, row in zip(table[TIME_FIELD].to_pylist(), _incomplete(table), strict=True):
            if moment in common:
                by_time[moment][side].append(row)
    return [pair for rows in by_time.values() for pair in _Matching(*rows).pairs()]


@dataclass(frozen=True, eq=False)
class _Incomplete:
    """A row without a partner of its key.

    Attributes:
        row: its values.
        parts: of its key, see `key_parts`.
        shape: which parts are present, a bit each; and whether it has an id.
    """

    row: _Row
    parts: tuple[Any, ...]
    shape: tuple[int, bool]


def _incomplete(table: pa.Table) -> list[_Incomplete]:
    rows = _rows(table, np.arange(table.num_rows))
    return [
        _Incomplete(row, parts, (sum(1 << i for i, p in enumerate(parts) if p is not None), named))
        for row, parts, named in zip(
            rows, key_parts(table), flat(has_any_id(table)).to_pylist(), strict=True
        )
    ]


class _Matching:
    """The most pairs that there are between rows of one moment, those with most in common first."""

    def __init__(self, landed: list[_Incomplete], arrived: list[_Incomplete]) -> None:
        self._landed = sorted(landed, key=lambda one: one.row.value, reverse=True)
        self._arrived = arrived
        self._partner: dict[int, _Incomplete] = {}  # of an arrived row, by its index
        self._groups: dict[tuple[int, tuple[int, bool]], dict[Any, list[_Incomplete]]] = {}
        self._shapes = sorted({one.shape for one in arrived})

    def pairs(self) -> Iterator[Pair]:
        """Landed and arrived indices."""
        left = self._pair_closest()
        dead: set[int] = set()  # groups of arrived rows from which no search leads on
        for one in left:
            self._make_room(one, dead)
        yield from ((one.row.index, now) for now, one in self._partner.items())

    def _pair_closest(self) -> list[_Incomplete]:
        """Pair rows with most parts in common first; the landed rows that stay alone."""
        shapes = {one.shape for one in self._landed}
        combinations = sorted(
            ((before, now) for before in shapes for now in self._shapes),
            key=lambda both: (-_compared(*both).bit_count(), both),
        )
        left = {id(one): one for one in self._landed}
        for before, now in combinations:
            compared = _compared(before, now)
            waiting: dict[Any, list[_Row]] = defaultdict(list)
            for one in left.values():
                if one.shape == before:
                    waiting[_values(one, compared)].append(one.row)
            known = {one.row.index: one for one in left.values()}
            for key, rows in waiting.items():
                others = [
                    other.row
                    for other in self._group(compared, now).get(key, ())
                    if other.row.index not in self._partner
                ]
                for first, second in pair_alike(rows, others):
                    self._partner[second] = known[first]
                    del left[id(known[first])]
        return list(left.values())

    def _make_room(self, one: _Incomplete, dead: set[int]) -> None:
        """Find a partner for a landed row by giving others another one, if there is a way."""
        came_from: dict[int, tuple[_Incomplete, int | None]] = {}
        seen = set(dead)
        queue: list[tuple[_Incomplete, int | None]] = [(one, None)]
        while queue:
            row, via = queue.pop()
            for other in self._candidates(row, seen):
                index = other.row.index
                if index in came_from:
                    continue
                came_from[index] = (row, via)
                if index not in self._partner:
                    self._rearrange(index, came_from)
                    return
                queue.append((self._partner[index], index))
        dead |= seen

    def _rearrange(self, free: int, came_from: dict[int, tuple[_Incomplete, int | None]]) -> None:
        index: int | None = free
        while index is not None:
            row, before = came_from[index]
            self._partner[index] = row
            index = before

    def _candidates(self, row: _Incomplete, seen: set[int]) -> Iterable[_Incomplete]:
        """The arrived rows that may be this one, each group of them once."""
        for shape in self._shapes:
            compared = _compared(row.shape, shape)
            group = self._group(compared, shape).get(_values(row, compared))
            if group and id(group) not in seen:
                seen.add(id(group))
                yield from group

    def _group(self, compared: int, shape: tuple[int, bool]) -> dict[Any, list[_Incomplete]]:
        """The arrived rows of a shape, by their values of some parts."""
        found = self._groups.get((compared, shape))
        if found is None:
            found = self._groups[compared, shape] = defaultdict(list)
            for other in self._arrived:
                if other.shape == shape:
                    found[_values(other, compared)].append(other)
        return found


def _compared(before: tuple[int, bool], now: tuple[int, bool]) -> int:
    """The parts by which rows of two shapes are compared: present in both, and of both keys."""
    both_named = before[1] and now[1]
    of_keys = _OF_EVERY_KEY if both_named else -1
    return before[0] & now[0] & of_keys


def _values(one: _Incomplete, compared: int) -> tuple[Any, ...]:
    return tuple(part for i, part in enumerate(one.parts) if compared >> i & 1)
