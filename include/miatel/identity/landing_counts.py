"""What landing finds of identities: which records share an id, repeat, come late or contradict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from miatel.identity.record_key import flat, has_any_id, has_message_id, has_platform_id

_ODD = np.uint64(0x9E3779B97F4A7C15)
Numbers = npt.NDArray[np.uint64]


@dataclass
class LandingCounts:
    """How many records of a run are out of the ordinary, for its report.

    Attributes:
        records_sharing_id: records of an answer that have the node and sms id, or the message id
            and segment number, of another record of the same answer.
        records_without_id: records with neither node and sms id nor a message id.
        repeats_dropped: records that came once more within one answer.
        late_records: records of seconds that had been landed without them.
        conflicting_final_states: records that came with two different final delivery states.
    """

    records_sharing_id: int = 0
    records_without_id: int = 0
    repeats_dropped: int = 0
    late_records: int = 0
    conflicting_final_states: int = 0

    def add(self, other: LandingCounts) -> None:
        """Add another's counts to these."""
        for entry in fields(self):
            setattr(self, entry.name, getattr(self, entry.name) + getattr(other, entry.name))


def count_without_id(rows: pa.Table) -> int:
    """How many rows have neither node and sms id nor a message id."""
    return int(rows.num_rows) - int(pc.sum(has_any_id(rows)).as_py() or 0)


def count_sharing_id(rows: pa.Table) -> int:
    """How many rows have an id that another row of the table has, too.

    Args:
        rows: raw schema, each record once.
    """
    shares = np.zeros(rows.num_rows, bool)
    _mark(rows, has_platform_id, ["sms_hub_switch_id", "sms_hub_sms_id"], shares)
    _mark(rows, has_message_id, ["message_id", "segment_num"], shares)
    return int(shares.sum())


def _mark(
    rows: pa.Table,
    has_id: Callable[[pa.Table], pa.Array],
    names: list[str],
    shares: npt.NDArray[np.bool_],
) -> None:
    """Mark the rows whose values of these columns are another's, too."""
    hashes = np.zeros(rows.num_rows, np.uint64)
    for name in names:
        hashes = hashes * _ODD + _hashes(flat(rows[name]))
    in_order = np.sort(hashes)
    if not (in_order[1:] == in_order[:-1]).any():  # no two hashes are equal, so no two ids are
        return
    present = flat(has_id(rows)).to_numpy(zero_copy_only=False)
    having = rows.select(names).filter(pa.array(present))
    texts = [pc.cast(flat(having[name]), pa.string()) for name in names]
    ids = pc.binary_join_element_wise(
        *texts, "\x1f", null_handling="replace", null_replacement=""
    ).dictionary_encode()
    codes = ids.indices.to_numpy()
    shares[np.flatnonzero(present)] |= np.bincount(codes, minlength=1)[codes] > 1


def _hashes(column: pa.Array) -> Numbers:
    """A number for each value: equal for equal ones, and hardly ever for others."""
    if not pa.types.is_string(column.type):
        return np.asarray(pc.fill_null(column, 0).to_numpy()).view(np.uint64)
    widths = pc.binary_length(column)
    bounds = pc.min_max(widths)
    width = bounds["min"].as_py()
    if column.null_count or width is None or width % 4 or width != bounds["max"].as_py():
        codes = column.dictionary_encode().indices.fill_null(-1).to_numpy()
        return np.asarray(codes, np.int64).view(np.uint64)
    content = np.frombuffer(column.buffers()[2], np.uint8)
    first = column.buffers()[1]
    start = int(np.frombuffer(first, np.int32)[column.offset])
    words = content[start : start + width * len(column)].view(np.uint32).reshape(len(column), -1)
    hashes = np.zeros(len(column), np.uint64)
    for word in words.T:
        hashes = (hashes ^ word) * _ODD
        hashes ^= hashes >> np.uint64(29)
    return hashes
