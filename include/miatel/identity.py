"""Which two rows are the same record, and which of two states of it is the later one."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from miatel.limits import FINAL_DLR_CODES, TIME_FIELD
from miatel.record_key import has_any_id, number_equal_keys, plain_keys
from miatel.schema import ANSWER_SCHEMA, RAW_SCHEMA

_ORDER = [
    TIME_FIELD, "sms_hub_switch_id", "sms_hub_sms_id", "message_id", "segment_num", "record_key",
]  # fmt: skip
_KEY = RAW_SCHEMA.get_field_index("record_key")
_STATES = [
    ("is_final", "descending"), ("dlr_time", "descending"), ("dlr_code", "descending"),
    ("resp_code", "descending"), ("price", "descending"),
]  # fmt: skip


def has_final_receipt(table: pa.Table) -> pa.ChunkedArray:
    """For each row whether its delivery state never changes again."""
    return pc.is_in(table["dlr_code"], value_set=pa.array(FINAL_DLR_CODES, pa.int64()))


def sort_rows(table: pa.Table) -> pa.Table:
    """Rows in one order that depends on their content alone: by time, then by identity."""
    return table.sort_by([(name, "ascending") for name in _ORDER])


def key_rows(table: pa.Table) -> pa.Table:
    """Rows in their order, each record once, each with its key.

    A repeat of a record that has an id is dropped: the final state stays before others, then the
    latest receipt. Records without any id are all kept, and numbered.

    Args:
        table: raw schema; `record_key` is set anew.
    """
    keys = plain_keys(table)
    if pc.count_distinct(keys).as_py() < table.num_rows:
        ranked = (
            table.set_column(_KEY, "record_key", keys)
            .append_column("is_final", has_final_receipt(table))
            .append_column("has_id", has_any_id(table))
            .sort_by([("record_key", "ascending"), *_STATES])
        )
        numbered = number_equal_keys(ranked["record_key"])
        is_repeat = pc.and_(
            pc.not_equal(numbered, ranked["record_key"].combine_chunks()),
            ranked["has_id"].combine_chunks(),
        )
        table = ranked.set_column(_KEY, "record_key", numbered).filter(pc.invert(is_repeat))
        return sort_rows(table.drop_columns(["is_final", "has_id"]))
    return sort_rows(table.set_column(_KEY, "record_key", keys))


def rekey_rows(table: pa.Table) -> pa.Table:
    """The same rows with their keys computed anew; rows whose keys became equal are numbered.

    Args:
        table: raw schema; all rows of each of its seconds.

    Returns:
        As many rows, sorted.
    """
    keys = plain_keys(table)
    if pc.count_distinct(keys).as_py() == table.num_rows:
        return sort_rows(table.set_column(_KEY, "record_key", keys))
    ranked = (
        table.set_column(_KEY, "record_key", keys)
        .append_column("is_final", has_final_receipt(table))
        .sort_by([("record_key", "ascending"), *_STATES])
        .drop_columns("is_final")
    )
    numbered = number_equal_keys(ranked["record_key"])
    return sort_rows(ranked.set_column(_KEY, "record_key", numbered))


def settle_states(landed: pa.Table, answer: pa.Table) -> pa.Table:
    """The rows to land for a window that is asked for again.

    A record whose landed state is final and whose new one is not keeps the landed row; one whose
    values did not change keeps its `extracted_at`, so that a re-run changes nothing.

    Args:
        landed: rows of the window as landed, raw schema.
        answer: rows of the window as they came now, raw schema, each record once.

    Returns:
        As many rows as `answer`, raw schema.
    """
    if landed.num_rows == 0 or answer.num_rows == 0:
        return answer
    place = pc.index_in(answer["record_key"], value_set=landed["record_key"].combine_chunks())
    before = landed.take(place)
    went_back = pc.and_(
        pc.fill_null(has_final_receipt(before), False),
        pc.invert(has_final_receipt(answer)),
    )
    unchanged = pc.is_valid(place)
    for name in ANSWER_SCHEMA.names:
        unchanged = pc.and_(unchanged, _same(before[name], answer[name]))
    keep = pc.or_(pc.and_(went_back, pc.is_valid(place)), unchanged)
    columns = [pc.if_else(keep, before[name], answer[name]) for name in answer.column_names]
    return pa.table(columns, schema=answer.schema)


def _same(left: pa.ChunkedArray, right: pa.ChunkedArray) -> pa.ChunkedArray:
    equal = pc.fill_null(pc.equal(left, right), False)
    return pc.or_(equal, pc.and_(pc.is_null(left), pc.is_null(right)))
