"""What the records of one answer hold, counted: times, order, ids, codes, receipts, prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from miatel.identity.record_key import has_any_id, has_message_id, has_platform_id, plain_keys
from miatel.limits import DOCUMENTED_FAILURE_CODES, FINAL_DLR_CODES, TIME_FIELD

_DELIVERY_CODES = range(1, 9)
_RESPONSE_CODES = DOCUMENTED_FAILURE_CODES | {0}


@dataclass(frozen=True)
class RecordFacts:
    """Counts of the records of one answer.

    Attributes:
        records: how many there are.
        first: the earliest record's time, aware UTC; None without records.
        last: the latest one's.
        order: how they follow each other.
        repeats: records that are the same as another one.
        without_platform_id: records without node and sms id.
        without_message_id: records without a message id.
        without_any_id: records without either.
        sharing_platform_id: records that are not the same, but share node and sms id with another.
        with_receipt: records with a delivery code.
        with_final_receipt: those whose code never changes again.
        with_price: records with a price.
        unknown_delivery_codes: codes outside the vendor's table → how often each comes.
        unknown_response_codes: the same for response codes.
    """

    records: int
    first: datetime | None
    last: datetime | None
    order: str
    repeats: int
    without_platform_id: int
    without_message_id: int
    without_any_id: int
    sharing_platform_id: int
    with_receipt: int
    with_final_receipt: int
    with_price: int
    unknown_delivery_codes: dict[int, int]
    unknown_response_codes: dict[int, int]


def count_facts(table: pa.Table) -> RecordFacts:
    """Count what an answer's records hold.

    Args:
        table: columns of `ANSWER_SCHEMA`, in the answer's order.
    """
    keys = plain_keys(table)
    has_id = has_any_id(table)
    final = pc.is_in(table["dlr_code"], value_set=pa.array(FINAL_DLR_CODES, pa.int64()))
    bounds = pc.min_max(table[TIME_FIELD]).as_py()
    return RecordFacts(
        records=table.num_rows,
        first=bounds["min"],
        last=bounds["max"],
        order=_order(table),
        repeats=_count(has_id) - int(pc.count_distinct(keys.filter(has_id)).as_py()),
        without_platform_id=table.num_rows - _count(has_platform_id(table)),
        without_message_id=table.num_rows - _count(has_message_id(table)),
        without_any_id=table.num_rows - _count(has_id),
        sharing_platform_id=_sharing(table, keys),
        with_receipt=table.num_rows - table["dlr_code"].null_count,
        with_final_receipt=_count(final),
        with_price=table.num_rows - table["price"].null_count,
        unknown_delivery_codes=_outside(table["dlr_code"], set(_DELIVERY_CODES)),
        unknown_response_codes=_outside(pc.abs(table["resp_code"]), set(_RESPONSE_CODES)),
    )


def _count(mask: pa.ChunkedArray) -> int:
    return int(pc.sum(mask).as_py() or 0)


def _order(table: pa.Table) -> str:
    if table.num_rows < 2:
        return "too few records to say"
    times = table[TIME_FIELD].cast(pa.int64()).to_numpy()
    if (np.diff(times) >= 0).all():
        return "by time, the earliest first"
    if (np.diff(times) <= 0).all():
        return "by time, the latest first"
    nodes = pc.fill_null(table["sms_hub_switch_id"], 0).to_numpy()
    if (np.diff(nodes) >= 0).all() or (np.diff(nodes) <= 0).all():
        return "by node"
    ids = pc.fill_null(table["sms_hub_sms_id"], 0).to_numpy()
    return "by sms id" if (np.diff(ids) >= 0).all() else "by nothing known"


def _sharing(table: pa.Table, keys: pa.ChunkedArray) -> int:
    """Records whose node and sms id are those of another record that is not the same."""
    ours = pa.table(
        {"node": table["sms_hub_switch_id"], "id": table["sms_hub_sms_id"], "key": keys}
    ).filter(has_platform_id(table))
    different = ours.group_by(["node", "id", "key"]).aggregate([])
    counts = different.group_by(["node", "id"]).aggregate([("key", "count")])["key_count"]
    return int(pc.sum(counts.filter(pc.greater(counts, 1))).as_py() or 0)


def _outside(codes: pa.ChunkedArray, known: set[int]) -> dict[int, int]:
    counts = pc.value_counts(codes.drop_null()).to_pylist()
    return {c["values"]: c["counts"] for c in counts if c["values"] not in known}
