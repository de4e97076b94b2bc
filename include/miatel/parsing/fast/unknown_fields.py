"""Unknown fields' columns folded into `extra`: one JSON object text a row."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from miatel.json_text import json_text

_FIRST_PRINTABLE = 0x20


def fold_extra(
    columns: Mapping[str, pa.Array], texts: Mapping[str, pa.Array], length: int
) -> pa.Array:
    """One JSON object text a row from the fields that the row has; null where it has none.

    Args:
        columns: field → its values.
        texts: other fields → their values as JSON texts.
        length: rows.
    """
    fields = sorted([*columns.items(), *texts.items()], key=lambda item: item[0])
    extra = pa.nulls(length, pa.string())
    if not fields:
        return extra
    has_any = reduce(pc.or_, [column.is_valid() for _, column in fields])
    members = []
    for name, column in fields:
        start, values = f",{json_text(name)}:", column.filter(has_any)
        members.append(_join(start, values, "") if name in texts else _members(start, values))
    # The braces are never null: Arrow drops a row in which all that is joined is.
    joined = pc.binary_join_element_wise("{", *members, "}", "", null_handling="skip")
    return pc.replace_with_mask(extra, has_any, pc.binary_replace_slice(joined, 1, 2, ""))


def _members(start: str, column: pa.Array) -> pa.Array:
    """The start and a value as JSON text, the same as `json_text` would write it, for each row."""
    if pa.types.is_boolean(column.type):
        return pc.if_else(column, f"{start}true", f"{start}false")
    if pa.types.is_decimal(column.type):
        return _join(start, _decimal_texts(column), "")
    if not pa.types.is_string(column.type):
        return _join(start, column.cast(pa.string()), "")
    text = _bytes_of(column)
    if (text < _FIRST_PRINTABLE).any():
        return _join(start, _written_singly(column), "")
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"')):
        if (text == ord(plain)).any():
            column = pc.replace_substring(column, plain, escaped)
    return _join(f'{start}"', column, '"')


def _decimal_texts(column: pa.Array) -> pa.Array:
    texts = column.cast(pa.string())
    plain = pc.utf8_rtrim(pc.utf8_rtrim(texts, "0"), ".")
    if not (_bytes_of(texts) == ord("E")).any():
        return plain
    has_exponent = pc.match_substring(texts, "E")  # zero, and what is near it
    written = _written_singly(column.filter(has_exponent))
    return pc.replace_with_mask(plain, has_exponent, written)


def _join(start: str, texts: pa.Array, end: str) -> pa.Array:
    return pc.binary_join_element_wise(start, texts, end, "")


def _written_singly(column: pa.Array) -> pa.Array:
    written = [None if value is None else json_text(value) for value in column.to_pylist()]
    return pa.array(written, pa.string())


def _bytes_of(texts: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """All bytes of a column of strings; perhaps some more, of rows outside of it."""
    buffer = texts.buffers()[2]
    return np.frombuffer(b"" if buffer is None else buffer, np.uint8)
