"""Pairs of a landed record and the same one in a new answer: by equal keys, then by parts of keys.

One to one. Equal keys are one record. Records whose keys are equal but for their number cannot be
distinguished, so equal states go together first, and a final one never meets another final one if
it need not. Of what is left, a landed and an arrived record are one if their keys differ only in
parts that are absent on one side: erased there, or not sent then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from miatel.identity.pairing_alike import Indices, Pair, ValuedRow, pair_alike, valued_rows
from miatel.identity.pairing_incomplete import pair_incomplete
from miatel.identity.record_key import flat, is_numbered, without_number


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
    more = pair_incomplete(landed.take(left_before), arrived.take(left_now))
    return _joined(pairs, [(int(left_before[one]), int(left_now[other])) for one, other in more])


def _equal(before: pa.Array, now: pa.Array) -> Pairs:
    """Pairs of equal values, of which no side has one twice."""
    position = pc.fill_null(pc.index_in(now, value_set=before), -1).to_numpy()
    found = np.flatnonzero(position >= 0)
    return Pairs(position[found].astype(np.int64), found)


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
    groups: dict[str, tuple[list[ValuedRow], list[ValuedRow]]] = defaultdict(lambda: ([], []))
    for side, table in enumerate((landed, arrived)):
        index = np.flatnonzero(alike[side])
        keys = plain[side].take(index).to_pylist()
        for key, row in zip(keys, valued_rows(table, index), strict=True):
            groups[key][side].append(row)
    return _joined(pairs, [p for group in groups.values() for p in pair_alike(*group)])
