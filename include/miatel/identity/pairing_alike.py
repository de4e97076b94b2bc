"""Pairs of records with equal keys, by their states, prices and other values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from miatel.identity.deduplication import PRICE_ORDER, STATE_ORDER, has_final_receipt
from miatel.identity.extra_parts import split_extra
from miatel.schema import ANSWER_SCHEMA, PRICE_FIELDS, STATE_FIELDS

_OTHERS = tuple(n for n in ANSWER_SCHEMA.names if n not in (*STATE_FIELDS, *PRICE_FIELDS))

Indices = npt.NDArray[np.int64]
Pair = tuple[int, int]


@dataclass(frozen=True, eq=False)
class ValuedRow:
    """A row that is distinguished from others by its values alone.

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


def valued_rows(table: pa.Table, index: Indices) -> list[ValuedRow]:
    """The values of some rows of a table of the raw schema."""
    chosen = split_extra(table.take(index))
    finals = has_final_receipt(chosen).to_pylist()
    groups = [
        list(zip(*(map(_comparable, chosen[name].to_pylist()) for name in names), strict=True))
        for names in (STATE_ORDER, PRICE_ORDER, _OTHERS)
    ]
    return [
        ValuedRow(int(position), *values)
        for position, *values in zip(index, finals, *groups, strict=True)
    ]


def _comparable(value: Any) -> tuple[Any, ...]:
    return () if value is None else (value,)


def pair_alike(landed: list[ValuedRow], arrived: list[ValuedRow]) -> list[Pair]:
    """Pair as many rows as both sides have, so that no final state is lost if it need not be.

    Equal final states go together; then those left on one side with what is not final on the other,
    preferably with what has no equal there; then equal rows; and the rest as they are ordered.
    """
    if len(landed) <= 1 and len(arrived) <= 1:
        return [(one.index, other.index) for one, other in zip(landed, arrived, strict=False)]
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

    def __init__(self, landed: list[ValuedRow], arrived: list[ValuedRow]) -> None:
        self.pairs: list[Pair] = []
        self._landed = sorted(landed, key=lambda row: row.value, reverse=True)
        self._arrived = sorted(arrived, key=lambda row: row.value, reverse=True)

    def pair_equal(self, stage: Callable[[ValuedRow], Any], *, finals_only: bool = False) -> None:
        """Pair rows of which a part of their values is equal."""
        waiting: dict[Any, list[ValuedRow]] = defaultdict(list)
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

    def _take(self, found: list[tuple[ValuedRow, ValuedRow]]) -> None:
        taken = [{id(pair[side]) for pair in found} for side in (0, 1)]
        self._landed = [row for row in self._landed if id(row) not in taken[0]]
        self._arrived = [row for row in self._arrived if id(row) not in taken[1]]
        self.pairs += [(one.index, other.index) for one, other in found]


def _split(rows: list[ValuedRow]) -> tuple[list[ValuedRow], list[ValuedRow]]:
    """Those with a final state, and the others."""
    return [row for row in rows if row.is_final], [row for row in rows if not row.is_final]


def _whole(row: ValuedRow) -> Any:
    return row.value


def _state_and_price(row: ValuedRow) -> Any:
    return row.state, row.price


def _state(row: ValuedRow) -> Any:
    return row.state
