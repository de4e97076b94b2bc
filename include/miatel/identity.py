"""Which two rows are the same record, and which of two states of it is the later one."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from miatel.errors import AnswerNotUnderstoodError
from miatel.limits import FINAL_DLR_CODES, TIME_FIELD

_ORDER = [TIME_FIELD, "sms_hub_switch_id", "sms_hub_sms_id", "message_id", "segment_num"]


def identity_keys(table: pa.Table) -> pa.ChunkedArray:
    """One text a row that is equal for the same record: (switch, id), else (message, segment).

    Returns:
        A string column without nulls but for rows that have neither.
    """
    by_switch = pc.binary_join_element_wise(
        pc.cast(table["sms_hub_switch_id"], pa.string()),
        pc.cast(table["sms_hub_sms_id"], pa.string()),
        ":",
    )
    if by_switch.null_count == 0:
        return by_switch
    segment = pc.fill_null(pc.cast(table["segment_num"], pa.string()), "")
    by_message = pc.binary_join_element_wise("m", table["message_id"], segment, ":")
    return pc.coalesce(by_switch, by_message)


def has_final_receipt(table: pa.Table) -> pa.ChunkedArray:
    """For each row whether its delivery state never changes again."""
    return pc.is_in(table["dlr_code"], value_set=pa.array(FINAL_DLR_CODES, pa.int64()))


def sort_rows(table: pa.Table) -> pa.Table:
    """Rows in one order that depends on their content alone: by time, then by identity."""
    return table.sort_by([(name, "ascending") for name in _ORDER])


def drop_repeated(table: pa.Table, asked: str) -> pa.Table:
    """One row per record: the final state before others, then the latest receipt.

    Args:
        table: columns of the raw schema.
        asked: what was asked, for the message.

    Raises:
        AnswerNotUnderstoodError: a record has no identity, so it could be lost or doubled unseen;
            also where different segments of a message lack their number.
    """
    keys = identity_keys(table)
    if keys.null_count:
        raise AnswerNotUnderstoodError(
            f"{asked}: {keys.null_count} records have neither (sms_hub_switch_id, sms_hub_sms_id) "
            "nor message_id, so they cannot be told apart"
        )
    if pc.count_distinct(keys).as_py() == table.num_rows:
        return table
    _refuse_segments_without_number(table, asked)
    ranked = (
        table.append_column("key", keys)
        .append_column("is_final", has_final_receipt(table))
        .append_column("place", pa.array(range(table.num_rows)))
        .sort_by([("key", "ascending"), ("is_final", "descending"), ("dlr_time", "descending")])
    )
    first = ranked.group_by("key", use_threads=False).aggregate([("place", "first")])
    return table.take(first["place_first"].sort())


def _refuse_segments_without_number(table: pa.Table, asked: str) -> None:
    has_node = pc.and_(
        pc.is_valid(table["sms_hub_switch_id"]), pc.is_valid(table["sms_hub_sms_id"])
    )
    unnumbered = table.filter(pc.invert(pc.or_(has_node, pc.is_valid(table["segment_num"]))))
    without_state = unnumbered.drop_columns(["dlr_code", "dlr_time"])
    different = without_state.group_by(without_state.column_names).aggregate([])
    messages = pc.count_distinct(unnumbered["message_id"]).as_py()
    if different.num_rows > messages:
        raise AnswerNotUnderstoodError(
            f"{asked}: {unnumbered.num_rows} records have only a message_id and no segment_num, "
            f"and {different.num_rows} of them differ in {messages} messages: segments of one "
            "message cannot be told apart"
        )


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
    place = pc.index_in(identity_keys(answer), value_set=identity_keys(landed).combine_chunks())
    before = landed.take(place)
    went_back = pc.and_(
        pc.fill_null(has_final_receipt(before), False),
        pc.invert(has_final_receipt(answer)),
    )
    unchanged = pc.is_valid(place)
    for name in answer.column_names:
        if name != "extracted_at":
            unchanged = pc.and_(unchanged, _same(before[name], answer[name]))
    keep = pc.or_(pc.and_(went_back, pc.is_valid(place)), unchanged)
    columns = [pc.if_else(keep, before[name], answer[name]) for name in answer.column_names]
    return pa.table(columns, schema=answer.schema)


def _same(left: pa.ChunkedArray, right: pa.ChunkedArray) -> pa.ChunkedArray:
    equal = pc.fill_null(pc.equal(left, right), False)
    return pc.or_(equal, pc.and_(pc.is_null(left), pc.is_null(right)))
