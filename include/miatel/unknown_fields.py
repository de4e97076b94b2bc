"""Unknown fields' columns folded into `extra`: one JSON object text a row."""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from miatel.json_text import json_text

_FIRST_PRINTABLE = 0x20


def fold_extra(texts: Mapping[str, pa.Array], length: int) -> pa.Array:
    """One JSON object text a row from the fields that the row has; null where it has none.

    Args:
        texts: field → its values as JSON texts.
        length: rows.
    """
    if not texts:
        return pa.nulls(length, pa.string())
    members = [
        pc.binary_join_element_wise(f",{json_text(name)}:", column, "")
        for name, column in sorted(texts.items(), key=itemgetter(0))
    ]
    # What is joined with them is never null: Arrow drops a row in which all is.
    joined = pc.binary_join_element_wise("{", *members, "}", "", null_handling="skip")
    joined = pc.if_else(pc.equal(pc.binary_length(joined), len("{}")), None, joined)
    return pc.binary_replace_slice(joined, 1, 2, "")


def json_column(column: pa.Array) -> pa.Array:
    """A column's values as JSON texts, the same as `json_text` would write them one by one."""
    if pa.types.is_string(column.type):
        return _json_strings(column)
    if pa.types.is_decimal(column.type):
        return _json_decimals(column)
    return column.cast(pa.string())


def _json_strings(column: pa.Array) -> pa.Array:
    text = _bytes_of(column)
    if (text < _FIRST_PRINTABLE).any():
        return _written_singly(column)
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"')):
        if (text == ord(plain)).any():
            column = pc.replace_substring(column, plain, escaped)
    return pc.binary_join_element_wise('"', column, '"', "")


def _json_decimals(column: pa.Array) -> pa.Array:
    texts = column.cast(pa.string())
    plain = pc.utf8_rtrim(pc.utf8_rtrim(texts, "0"), ".")
    if not (_bytes_of(texts) == ord("E")).any():
        return plain
    has_exponent = pc.match_substring(texts, "E")
    written = _written_singly(column.filter(has_exponent))
    return pc.replace_with_mask(plain, has_exponent, written)


def _written_singly(column: pa.Array) -> pa.Array:
    written = [None if value is None else json_text(value) for value in column.to_pylist()]
    return pa.array(written, pa.string())


def _bytes_of(texts: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """All bytes of a column of strings; perhaps some more, of rows outside of it."""
    buffer = texts.buffers()[2]
    return np.frombuffer(b"" if buffer is None else buffer, np.uint8)
