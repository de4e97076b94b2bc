"""Rows in their order, each record once, each with its key."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from miatel.identity.extra_parts import PRICE_EXTRA, STATE_EXTRA, join_extra, split_extra
from miatel.identity.landing_counts import LandingCounts
from miatel.identity.record_key import flat, has_any_id, is_numbered, number_equal_keys, plain_keys
from miatel.limits import FINAL_DLR_CODES, TIME_FIELD
from miatel.schema import ANSWER_SCHEMA, PRICE_FIELDS, RAW_SCHEMA, STATE_FIELDS

_TIME_AND_ID = [TIME_FIELD, "sms_hub_switch_id", "sms_hub_sms_id"]
_ORDER = [*_TIME_AND_ID, "message_id", "segment_num", "record_key"]
_KEY = RAW_SCHEMA.get_field_index("record_key")

STATE_ORDER = ("dlr_time", "dlr_code", STATE_EXTRA, "resp_code")
"""Order of two states of the same moment, after final before not final: the greater one wins."""

PRICE_ORDER = (*PRICE_FIELDS, PRICE_EXTRA)
"""Order of two prices of the same moment: the greater one wins."""

_OTHERS = [name for name in ANSWER_SCHEMA.names if name not in (*STATE_FIELDS, *PRICE_FIELDS)]
_BY_STATE = [(name, "descending") for name in ("is_final", *STATE_ORDER)]
_BY_PRICE = [(name, "descending") for name in PRICE_ORDER]
_BY_OTHERS = [(name, "descending") for name in _OTHERS]
_BY_TIMES = [
    (name, "ascending")
    for name in ("first_seen_at", "state_seen_at", "price_seen_at", "extracted_at")
]


def has_final_receipt(table: pa.Table) -> pa.ChunkedArray:
    """For each row whether its delivery state never changes again."""
    return pc.is_in(table["dlr_code"], value_set=pa.array(FINAL_DLR_CODES, pa.int64()))


def sort_by_time(table: pa.Table) -> pa.Table:
    """Rows by time, then by node and sms id: the final order where these differ."""
    if _is_distinct_in_order(table):  # most answers are: copying them costs as much as their keys
        return table
    return table.sort_by([(name, "ascending") for name in _TIME_AND_ID])


def sort_rows(table: pa.Table) -> pa.Table:
    """Rows in one order that depends on their content alone: by time, then by identity."""
    return table.sort_by([(name, "ascending") for name in _ORDER])


def key_rows(table: pa.Table, counts: LandingCounts | None = None) -> pa.Table:
    """Rows in their order, each record once, each with its key.

    Repeats of a record that has an id become one row: of its states the final one before others,
    then that of the latest receipt; a price before none; so that none loses what only one of them
    has. Records without any id are all kept, and numbered. The order of the rows plays no part.

    Args:
        table: one answer's records in the raw schema; `record_key` is set anew.
        counts: what was found is added to it, if given.
    """
    keys = plain_keys(table)
    table = table.set_column(_KEY, "record_key", keys)
    if _is_distinct_in_order(table):
        return table
    codes = flat(keys).dictionary_encode().indices.to_numpy()
    is_alone = (np.bincount(codes, minlength=1) == 1)[codes]
    if is_alone.all():
        return sort_rows(table)
    equal = table.filter(pa.array(~is_alone))
    has_id = has_any_id(equal)
    repeats = equal.filter(has_id)
    once = _merge_repeats(repeats, counts)
    if counts is not None:
        counts.repeats_dropped += repeats.num_rows - once.num_rows
    nameless = _number_by_value(equal.filter(pc.invert(has_id)))
    return sort_rows(pa.concat_tables([table.filter(pa.array(is_alone)), once, nameless]))


def rekey_rows(table: pa.Table) -> pa.Table:
    """The same rows with their keys computed anew; rows whose keys became equal are numbered.

    Args:
        table: raw schema; all rows of each of its seconds.

    Returns:
        As many rows, sorted.
    """
    return _number_equal_rows(table.set_column(_KEY, "record_key", plain_keys(table)))


def renumber_rows(table: pa.Table) -> pa.Table:
    """The same rows, sorted; those with equal keys numbered anew.

    Args:
        table: raw schema with keys; all rows of each of its seconds.
    """
    if is_numbered(table["record_key"]) is None:
        return _number_equal_rows(table)
    return rekey_rows(table)


def _number_equal_rows(table: pa.Table) -> pa.Table:
    if _is_distinct_in_order(table):
        return table
    if pc.count_distinct(table["record_key"]).as_py() == table.num_rows:
        return sort_rows(table)
    return sort_rows(_number_by_value(table))


def _is_distinct_in_order(table: pa.Table) -> bool:
    """Whether time, node and sms id alone are different for all rows, and they are in order."""
    before = np.zeros(max(table.num_rows - 1, 0), bool)
    equal = np.ones_like(before)
    for name in _TIME_AND_ID:
        if table[name].null_count:
            return False
        values = flat(table[name]).cast(pa.int64()).to_numpy()
        if name != TIME_FIELD and not values.all():
            return False
        before |= equal & (values[:-1] < values[1:])
        equal &= values[:-1] == values[1:]
    return bool(before.all())


def _number_by_value(table: pa.Table) -> pa.Table:
    """Rows whose equal keys are numbered: final states first, then by state, time, price, rest."""
    order = [("record_key", "ascending"), *_BY_STATE, *_BY_PRICE, *_BY_OTHERS, *_BY_TIMES]
    ranked = (
        table.append_column("is_final", has_final_receipt(table))
        .sort_by([(name, way) for name, way in order if name not in (STATE_EXTRA, PRICE_EXTRA)])
        .drop_columns("is_final")
    )
    return ranked.set_column(_KEY, "record_key", number_equal_keys(ranked["record_key"]))


def _merge_repeats(table: pa.Table, counts: LandingCounts | None) -> pa.Table:
    """One row of each key, with the best of each group of columns."""
    table = split_extra(table).append_column("is_final", has_final_receipt(table))
    if counts is not None:
        counts.conflicting_final_states += _count_conflicts(table)
    merged = _best(table, _BY_OTHERS)
    groups = (
        (_BY_STATE, (*STATE_FIELDS, STATE_EXTRA, "state_seen_at")),
        (_BY_PRICE, (*PRICE_FIELDS, PRICE_EXTRA, "price_seen_at")),
    )
    for order, names in groups:
        best = _best(table, order)
        for name in names:
            position = merged.schema.get_field_index(name)
            merged = merged.set_column(position, name, best[name])
    return join_extra(merged.drop_columns("is_final"))


def _best(table: pa.Table, order: list[tuple[str, str]]) -> pa.Table:
    """The first row of each key in this order; in order of the keys."""
    ranked = table.sort_by([("record_key", "ascending"), *order])
    keys = flat(ranked["record_key"])
    is_first = np.ones(len(keys), bool)
    if len(keys) > 1:
        is_first[1:] = pc.not_equal(keys[1:], keys[:-1]).to_numpy(zero_copy_only=False)
    return ranked.filter(pa.array(is_first))


def _count_conflicts(table: pa.Table) -> int:
    """How many keys have two different final states."""
    states = table.filter(table["is_final"]).group_by("record_key")
    different = states.aggregate([("dlr_code", "count_distinct")])["dlr_code_count_distinct"]
    return int(pc.sum(pc.greater(different, 1)).as_py() or 0)
