"""The moments at which a record, its state and its price were first seen as they are."""

from __future__ import annotations

from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from miatel.identity.extra_parts import STATE_EXTRA, split_extra
from miatel.schema import RAW_SCHEMA, STATE_FIELDS


def add_seen_times(records: pa.Table, seen_at: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Records with each of their times of being seen set to one moment, and no key yet.

    Args:
        records: columns of `ANSWER_SCHEMA`.
        seen_at: one moment a record.

    Returns:
        Raw schema.
    """
    columns = {
        "extracted_at": seen_at,
        "record_key": pa.nulls(records.num_rows, pa.string()),
        "first_seen_at": seen_at,
        "state_seen_at": pc.if_else(_has_state(records), seen_at, None),
        "price_seen_at": pc.if_else(pc.is_valid(records["price"]), seen_at, None),
    }
    for name, column in columns.items():
        records = records.append_column(name, column)
    return records.cast(RAW_SCHEMA)


def _has_state(records: pa.Table) -> pa.ChunkedArray:
    """For each record whether a field of its state came, be it one that could not be read."""
    readable = reduce(pc.or_, (pc.is_valid(records[name]) for name in STATE_FIELDS))
    in_doubt = pc.and_(pc.invert(readable), pc.is_valid(records["extra"]))
    if not pc.any(in_doubt).as_py():
        return readable
    unreadable = split_extra(records.select(["extra"]).filter(in_doubt))[STATE_EXTRA]
    has_unreadable = pc.is_valid(unreadable).combine_chunks()
    return pc.replace_with_mask(
        readable.combine_chunks(), in_doubt.combine_chunks(), has_unreadable
    )
