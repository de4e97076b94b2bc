"""Parsed records to an Arrow table, column by column: each distinct value is fitted once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from miatel.errors import AnswerNotUnderstoodError
from miatel.limits import TIME_FIELD
from miatel.parsing.exact_values import extra_text, fit
from miatel.parsing.record_ids import MAP_KEY, fill_id, keep_key, repeats_key
from miatel.schema import ANSWER_SCHEMA, MDR_FIELDS

ID_FIELD, SWITCH_FIELD, MESSAGE_ID_FIELD = "sms_hub_sms_id", "sms_hub_switch_id", "message_id"

_Leftovers = dict[int, dict[str, Any]]
Column: TypeAlias = Any
"""An array or a chunked array of Arrow's."""


def columns_to_table(
    values: Mapping[str, Sequence[Any]],
    asked: str,
    ready: Mapping[str, Column] = MappingProxyType({}),
) -> pa.Table:
    """Parsed MDRs as a table of the landed types.

    Args:
        values: of each field, under the documented names, with `sms_hub_sms_time` unless there is
            no record; as parsed, decimals as `Decimal`.
        asked: what was asked, for the message.
        ready: columns of documented fields that are landed as they are; their values are not read.

    Returns:
        Columns `MDR_FIELDS`, then `extra`; one row per record, in their order.

    Raises:
        AnswerNotUnderstoodError: a record's `sms_hub_sms_time` is not a time.
    """
    length = len(values.get(TIME_FIELD, ()))
    leftovers: _Leftovers = {}
    columns = {
        name: ready[name]
        if name in ready
        else _fit_column(name, values.get(name), leftovers, length)
        for name in MDR_FIELDS
    }
    if columns[TIME_FIELD].null_count:
        raise AnswerNotUnderstoodError(
            f"{asked}: a record's {TIME_FIELD} is no time, so it belongs to no day"
        )
    for name in values.keys() - MDR_FIELDS.keys() - {MAP_KEY}:
        for row, value in enumerate(values[name]):
            if value is not None:
                leftovers.setdefault(row, {})[name] = value
    if MAP_KEY in values:
        columns[ID_FIELD] = _fill_ids(values, columns, leftovers, asked)
    extra = pa.nulls(length, pa.string())
    if leftovers:
        texts = [extra_text(leftovers[n]) if n in leftovers else None for n in range(length)]
        extra = pa.array(texts, pa.string())
    return pa.table([*columns.values(), extra], schema=ANSWER_SCHEMA)


def _fit_column(
    name: str, values: Sequence[Any] | None, leftovers: _Leftovers, length: int
) -> pa.Array:
    if values is None:
        return pa.nulls(length, MDR_FIELDS[name])
    known: dict[tuple[type, Any], tuple[Any, Any]] = {}
    column = []
    for row, value in enumerate(values):
        if isinstance(value, list | dict):
            fitted, misfit = fit(name, value)
        else:
            same = (type(value), str(value) if isinstance(value, Decimal) else value)
            found = known.get(same)
            if found is None:
                found = known[same] = fit(name, value)
            fitted, misfit = found
        column.append(fitted)
        if misfit is not None:
            leftovers.setdefault(row, {})[name] = misfit
    return pa.array(column, MDR_FIELDS[name])


def _fill_ids(
    values: Mapping[str, Sequence[Any]],
    columns: Mapping[str, Column],
    leftovers: _Leftovers,
    asked: str,
) -> pa.Array:
    """The column of ids, filled from keys; keys that no record says itself stay in `extra`."""
    if are_ids(values[MAP_KEY], columns):
        return columns[ID_FIELD]
    ids = columns[ID_FIELD].to_pylist()
    switch_ids = columns[SWITCH_FIELD].to_pylist()
    message_ids = columns[MESSAGE_ID_FIELD].to_pylist()
    own = values.get(ID_FIELD, [None] * len(ids))
    for row, key in enumerate(values[MAP_KEY]):
        if own[row] is None:
            ids[row] = fill_id(key, ids[row], has_own=False)
        if not repeats_key(key, ids[row], switch_ids[row], message_ids[row]):
            keep_key(key, leftovers.setdefault(row, {}), asked)
    return pa.array(ids, MDR_FIELDS[ID_FIELD])


def are_ids(keys: Sequence[Any], columns: Mapping[str, Column]) -> bool:
    """Whether all keys are the records' own numbers, or all are node and number, `1-101`."""
    if set(map(type, keys)) != {str}:
        return False
    texts = pa.chunked_array([pa.array(keys, pa.string())])
    node, number = (columns[name].cast(pa.string()) for name in (SWITCH_FIELD, ID_FIELD))
    both = pc.binary_join_element_wise(node, number, "-")
    return any(pc.all(pc.equal(texts, own).fill_null(False)).as_py() for own in (number, both))
