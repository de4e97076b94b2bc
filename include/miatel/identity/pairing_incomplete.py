"""Rows whose keys differ only in parts absent on one side: as many pairs as there can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa

from miatel.identity.pairing_alike import Indices, Pair, ValuedRow, pair_alike, valued_rows
from miatel.identity.record_key import flat, has_any_id, key_parts
from miatel.record_times import times_of

_OF_EVERY_KEY = (1 << 5) - 1
"""Bits of the parts that every key has, see `key_parts`; those of a record without an id follow."""

_ROWS_AT_ONCE = 10_000
"""Rows without a partner that are looked at together; so many need some 30 MB."""

_NONE = np.empty(0, np.int64)


def pair_incomplete(landed: pa.Table, arrived: pa.Table) -> list[Pair]:
    """Pair rows that have no partner of their key.

    Args:
        landed: raw schema.
        arrived: likewise.

    Returns:
        Landed and arrived indices; each at most once.
    """
    tables = (landed, arrived)
    times = [times_of(table) for table in tables]
    orders = [np.argsort(moments, kind="stable") for moments in times]
    common = np.intersect1d(times[0], times[1])
    bounds = []
    for moments, order in zip(times, orders, strict=True):
        in_order = moments[order]
        bounds.append(
            (np.searchsorted(in_order, common), np.searchsorted(in_order, common, "right"))
        )
    rows = np.cumsum(sum(last - first for first, last in bounds))
    cuts = np.flatnonzero(np.diff(rows // _ROWS_AT_ONCE)) + 1
    pairs: list[Pair] = []
    for part in np.split(np.arange(len(common)), cuts):
        by_time: list[list[list[_Incomplete]]] = []
        for table, order, (first, last) in zip(tables, orders, bounds, strict=True):
            spans = [order[first[n] : last[n]] for n in part]
            values = iter(_incomplete(table, np.concatenate([*spans, _NONE])))
            by_time.append([list(islice(values, len(span))) for span in spans])
        for before, now in zip(*by_time, strict=True):
            pairs += _pair_moment(before, now)
    return pairs


def _pair_moment(landed: list[_Incomplete], arrived: list[_Incomplete]) -> Iterable[Pair]:
    if len(landed) > 1 or len(arrived) > 1:
        return _Matching(landed, arrived).pairs()
    (one,), (other,) = landed, arrived
    compared = _compared(one.shape, other.shape)
    is_same = _values(one, compared) == _values(other, compared)
    return [(one.row.index, other.row.index)] if is_same else []


@dataclass(frozen=True, eq=False)
class _Incomplete:
    """A row without a partner of its key.

    Attributes:
        row: its values.
        parts: of its key, see `key_parts`.
        shape: which parts are present, a bit each; and whether it has an id.
    """

    row: ValuedRow
    parts: tuple[Any, ...]
    shape: tuple[int, bool]


def _incomplete(table: pa.Table, index: Indices) -> list[_Incomplete]:
    rows = valued_rows(table, index)
    table = table.take(index)
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
            waiting: dict[Any, list[ValuedRow]] = defaultdict(list)
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
