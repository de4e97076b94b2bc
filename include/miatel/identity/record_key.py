"""The key of a record: two rows are one record only if nothing that identifies it differs.

A key's parts are node, sms id, message id, segment number, time and recipient. Empty, blank and
zero values, erased ones, and those that do not fit their column, are absent, and absent is a value
of its own. A record with neither node and sms id nor a message id also has the fields of `MORE` in
its key. Records whose keys are equal all the same are numbered (see `number_equal_keys`).
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from miatel.limits import TIME_FIELD
from miatel.phone_numbers import LEAST_DIGITS, plain_number
from miatel.record_times import MICROSECONDS_A_SECOND, microseconds_of

MORE = (
    "src_num", "username", "segment_id", "segment_total", "message_body", "remote_ip",
)  # fmt: skip
"""Fields of the key of a record without an id, beside those of every key."""

_NO_ID = re.compile(
    r"[0\s.+\-\u200b-\u200f\u2060\ufeff]*|null|none|nil|undefined|erased:[0-9a-f]{32}", re.I
)
_BLANKS = r"[\s\v\p{Z}\x1c-\x1f\x85\x{200b}-\x{200f}\x{2060}\x{feff}]*"
_NO_ID_IN_ARROW = (
    rf"(?i)^({_BLANKS[:-2]}0.+\-]*|"
    rf"{_BLANKS}(null|none|nil|undefined|erased:[0-9a-f]{{32}}){_BLANKS})$"
)
"""The same as `_NO_ID` of a text without blanks around it."""
_NO_ID_BEGINS = np.zeros(256, bool)
_NO_ID_BEGINS[[*b"0.+-nNeEuU", *range(0x21), *range(0x7F, 256)]] = True
_NUMBERED = r"#[0-9]+$"
_DIGEST_CHARACTERS = 32


def plain_keys(table: pa.Table) -> pa.ChunkedArray:
    """Each row's key without a number: equal for repeats of a record.

    Args:
        table: the vendor's columns of the raw schema.

    Returns:
        A string column without nulls. It is personal data: the recipient stands in it.
    """
    nameless = pc.invert(has_any_id(table))
    more: pa.Array | str = ""
    if pc.any(nameless).as_py():
        digests = pa.array(_digests(table.filter(nameless)), pa.string())
        more = pc.replace_with_mask(pa.repeat("", len(table)), nameless, digests)
    keys = pc.binary_join_element_wise(
        _number(table["sms_hub_switch_id"]),
        _number(table["sms_hub_sms_id"]),
        _escaped(_message_ids(table["message_id"])),
        _number(table["segment_num"]),
        _seconds(table[TIME_FIELD]),
        _escaped(_recipients(table["dst_num"])),
        more,
        ":",
        null_handling="replace",
        null_replacement="",
    )
    return pa.chunked_array([keys], pa.string())


def has_platform_id(table: pa.Table) -> pa.Array:
    """For each row whether it has a node and an sms id."""
    return pc.and_(_is_number(table["sms_hub_switch_id"]), _is_number(table["sms_hub_sms_id"]))


def has_message_id(table: pa.Table) -> pa.Array:
    """For each row whether it has a message id."""
    return pc.is_valid(_message_ids(table["message_id"]))


def has_any_id(table: pa.Table) -> pa.Array:
    """For each row whether it has an id of one of both kinds."""
    has_id = has_platform_id(table)
    return has_id if pc.all(has_id).as_py() else pc.or_(has_id, has_message_id(table))


def number_equal_keys(keys: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Keys made different where they are equal: the second one ends with `#1`, and so on.

    Args:
        keys: as `plain_keys`, in the order in which equal ones are to be numbered.
    """
    keys = flat(keys)
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


def is_numbered(keys: pa.ChunkedArray | pa.Array) -> pa.Array | None:
    """For each key whether it has a number; None where none of them has."""
    keys = flat(keys)
    if not (_bytes_of(keys) == ord("#")).any():
        return None
    numbered = pc.match_substring_regex(keys, _NUMBERED)
    return numbered if pc.any(numbered).as_py() else None


def without_number(keys: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Keys as `plain_keys` gives them: no key ends with `#` and digits but for its number."""
    return pc.replace_substring_regex(flat(keys), _NUMBERED, "")


def key_parts(table: pa.Table) -> list[tuple[Any, ...]]:
    """The parts of each row's key, None where one is absent.

    Args:
        table: the vendor's columns of the raw schema.

    Returns:
        Node, sms id, message id, segment number and recipient, then the fields of `MORE`, which a
        row with an id does not have in its key.
    """
    columns = [
        pc.if_else(_is_number(table["sms_hub_switch_id"]), flat(table["sms_hub_switch_id"]), None),
        pc.if_else(_is_number(table["sms_hub_sms_id"]), flat(table["sms_hub_sms_id"]), None),
        _message_ids(table["message_id"]),
        pc.if_else(_is_number(table["segment_num"]), flat(table["segment_num"]), None),
        _recipients(table["dst_num"]),
    ]
    more = _more(table)
    return [
        (*key, *rest) for key, rest in zip(zip(*_lists(columns), strict=True), more, strict=True)
    ]


def flat(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column in one piece."""
    if isinstance(column, pa.ChunkedArray):
        combined = column.combine_chunks()
        return combined if isinstance(combined, pa.Array) else pa.concat_arrays(combined.chunks)
    return column


def _lists(columns: list[pa.Array]) -> list[list[Any]]:
    return [column.to_pylist() for column in columns]


def _is_number(column: pa.ChunkedArray) -> pa.Array:
    return pc.fill_null(pc.not_equal(flat(column), 0), False)


def _number(column: pa.ChunkedArray) -> pa.Array:
    """Whole numbers as text; null where there is none, or zero."""
    column = flat(column)
    if pc.any(pc.equal(column, 0)).as_py():
        column = pc.if_else(pc.equal(column, 0), None, column)
    return pc.cast(column, pa.string())


def _seconds(column: pa.ChunkedArray) -> pa.Array:
    """Times as seconds since 1970, with six more digits where one is not a whole second."""
    seconds, rest = np.divmod(microseconds_of(flat(column)), MICROSECONDS_A_SECOND)
    texts = pa.array(seconds).cast(pa.string())
    if not rest.any():
        return texts
    fractions = pc.utf8_lpad(pa.array(rest).cast(pa.string()), 6, "0")
    precise = pc.binary_join_element_wise(texts, fractions, ".")
    return pc.if_else(pa.array(rest > 0), precise, texts)


def _message_ids(column: pa.ChunkedArray) -> pa.Array:
    """Message ids; null where there is none."""
    column = flat(column)
    may_be_none = _begins_of(column)
    if not may_be_none.any():
        return column
    doubtful = np.flatnonzero(may_be_none)
    is_none = pc.match_substring_regex(column.take(doubtful), _NO_ID_IN_ARROW)
    absent = np.zeros(len(column), bool)
    absent[doubtful] = pc.fill_null(is_none, True).to_numpy(zero_copy_only=False)
    return pc.if_else(pa.array(absent), None, column) if absent.any() else column


def _begins_of(column: pa.Array) -> npt.NDArray[np.bool_]:
    """For each text whether it is empty, or begins as one may that is no id."""
    offsets = _offsets_of(column)
    if not len(_bytes_of(column)):
        return np.ones(len(column), bool)
    starts, ends = offsets[:-1], offsets[1:]
    is_empty = starts == ends
    first = _bytes_of(column)[np.where(is_empty, 0, starts)]
    return np.asarray(is_empty | _NO_ID_BEGINS[first])


def _is_absent(text: str | None) -> bool:
    return text is None or _NO_ID.fullmatch(text.strip()) is not None


def _escaped(column: pa.Array) -> pa.Array:
    """Texts that can stand between colons without looking like two parts of a key."""
    for plain, escaped in (("%", "%25"), (":", "%3A")):
        if (_bytes_of(column) == ord(plain)).any():
            column = pc.replace_substring(column, plain, escaped)
    return column


def _recipients(column: pa.ChunkedArray) -> pa.Array:
    """Recipients in their normal form; most are in it already."""
    column = flat(column)
    is_plain = pc.and_(pc.ascii_is_decimal(column), _has_usual_form(column))
    is_plain = pc.fill_null(is_plain, True)
    if pc.all(is_plain).as_py():
        return column
    others = (plain_number(text) for text in column.filter(pc.invert(is_plain)).to_pylist())
    normal = [None if _is_absent(text) else text for text in others]
    return pc.replace_with_mask(column, pc.invert(is_plain), pa.array(normal, pa.string()))


def _has_usual_form(column: pa.Array) -> pa.Array:
    """Whether texts are long enough for a number, and do not begin with zero."""
    offsets, content = _offsets_of(column), _bytes_of(column)
    if not len(content):
        return pa.repeat(False, len(column))
    is_long = np.diff(offsets) >= LEAST_DIGITS
    return pa.array(is_long & (content[np.where(is_long, offsets[:-1], 0)] != ord("0")))


def _digests(table: pa.Table) -> list[str]:
    """One short hash a row of the further fields of a record without an id."""
    return [
        hashlib.sha256(repr(row).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_CHARACTERS]
        for row in _more(table)
    ]


def _more(table: pa.Table) -> list[tuple[Any, ...]]:
    """The fields of `MORE` of each row, None where one is absent."""
    columns = (table[name].to_pylist() for name in MORE)
    return [tuple(map(_present, MORE, row)) for row in zip(*columns, strict=True)]


def _present(name: str, value: Any) -> Any:
    if name == "message_body":  # a text may well be a zero
        return value if value and value.strip() else None
    if isinstance(value, int):
        return value or None
    return None if _is_absent(value) else value


def _offsets_of(texts: pa.Array) -> npt.NDArray[np.int32]:
    buffer = texts.buffers()[1]
    if buffer is None:
        return np.zeros(len(texts) + 1, np.int32)
    return np.frombuffer(buffer, np.int32)[texts.offset : texts.offset + len(texts) + 1]


def _bytes_of(texts: pa.Array) -> npt.NDArray[np.uint8]:
    """All bytes of a column of strings; perhaps some more, of rows outside of it."""
    buffer = texts.buffers()[2]
    return np.frombuffer(b"" if buffer is None else buffer, np.uint8)
