"""The key of a record: two rows are one record only if nothing that identifies it differs.

A key's parts are node, sms id, message id, segment number, time and recipient. Empty, blank and
zero values, and those that do not fit their column, are absent, and absent is a value of its own. A
record with neither node and sms id nor a message id also has the fields of `_MORE` in its key.
Records whose keys are equal all the same are numbered (see `number_equal_keys`).
"""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from miatel.limits import TIME_FIELD
from miatel.recipients import plain_number

_MORE = (
    "src_num", "username", "segment_id", "segment_total", "message_body", "remote_ip",
)  # fmt: skip
_NO_ID = r"^[0\s-]*$"
_PLAIN_DIGITS = r"^[1-9][0-9]{5,}$"
_DIGEST_CHARACTERS = 32


def plain_keys(table: pa.Table) -> pa.ChunkedArray:
    """Each row's key without a number: equal for repeats of a record.

    Args:
        table: the vendor's columns of the raw schema.

    Returns:
        A string column without nulls. It is personal data: the recipient stands in it.
    """
    keys = pc.binary_join_element_wise(
        _number(table["sms_hub_switch_id"]),
        _number(table["sms_hub_sms_id"]),
        _number(table["segment_num"]),
        pc.cast(pc.cast(table[TIME_FIELD], pa.int64()), pa.string()),
        _text(_message_ids(table["message_id"])),
        _text(_recipients(table["dst_num"])),
        ":",
    )
    nameless = pc.invert(has_any_id(table))
    if not pc.any(nameless).as_py():
        return keys
    more = pa.array(_digests(table.filter(nameless)), pa.string())
    whole = pc.binary_join_element_wise(keys.filter(nameless), more, ":")
    return pc.replace_with_mask(keys.combine_chunks(), _flat(nameless), _flat(whole))


def has_platform_id(table: pa.Table) -> pa.ChunkedArray:
    """For each row whether it has a node and an sms id."""
    return pc.and_(_is_number(table["sms_hub_switch_id"]), _is_number(table["sms_hub_sms_id"]))


def has_message_id(table: pa.Table) -> pa.ChunkedArray:
    """For each row whether it has a message id."""
    return pc.is_valid(_message_ids(table["message_id"]))


def has_any_id(table: pa.Table) -> pa.ChunkedArray:
    """For each row whether it has an id of one of both kinds."""
    return pc.or_(has_platform_id(table), has_message_id(table))


def number_equal_keys(keys: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Keys made different where they are equal: the second one ends with `#1`, and so on.

    Args:
        keys: in the order in which equal ones are to be numbered.
    """
    keys = _flat(keys)
    if pc.count_distinct(keys).as_py() == len(keys):
        return keys
    codes = keys.dictionary_encode().indices.to_numpy()
    order = np.argsort(codes, kind="stable")
    in_order = codes[order]
    begins = np.r_[True, in_order[1:] != in_order[:-1]]
    first = np.maximum.accumulate(np.where(begins, np.arange(len(codes)), 0))
    numbers = np.empty(len(codes), np.int64)
    numbers[order] = np.arange(len(codes)) - first
    suffix = pc.binary_join_element_wise("#", pa.array(numbers).cast(pa.string()), "")
    numbered = pc.binary_join_element_wise(keys, suffix, "")
    return pc.if_else(pa.array(numbers > 0), numbered, keys)


def _is_number(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(pc.not_equal(column, 0), False)


def _number(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole numbers as text; empty where there is none, or zero."""
    return pc.fill_null(pc.cast(pc.if_else(_is_number(column), column, None), pa.string()), "")


def _message_ids(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.match_substring_regex(column, _NO_ID), None, column)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A text with its length before it, so that no text can look like two parts of a key."""
    length = pc.cast(pc.binary_length(column), pa.string())
    return pc.fill_null(pc.binary_join_element_wise(length, column, "="), "")


def _recipients(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Recipients in their normal form; most are in it already."""
    is_plain = pc.fill_null(pc.match_substring_regex(column, _PLAIN_DIGITS), True)
    if pc.all(is_plain).as_py():
        return column
    others = column.filter(pc.invert(is_plain)).to_pylist()
    normal = pa.array([plain_number(text) or None for text in others], pa.string())
    return pc.replace_with_mask(_flat(column), _flat(pc.invert(is_plain)), normal)


def _digests(table: pa.Table) -> list[str]:
    """One short hash a row of the further fields of a record without an id."""
    rows = zip(*(table[name].to_pylist() for name in _MORE), strict=True)
    return [hashlib.sha256(repr(row).encode()).hexdigest()[:_DIGEST_CHARACTERS] for row in rows]


def _flat(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    if isinstance(column, pa.ChunkedArray):
        combined = column.combine_chunks()
        return combined if isinstance(combined, pa.Array) else pa.concat_arrays(combined.chunks)
    return column
