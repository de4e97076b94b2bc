"""The columns of the raw layer: the vendor's field names and the types they are landed in."""

from __future__ import annotations

import pyarrow as pa

UTC_MICROSECONDS = pa.timestamp("us", tz="UTC")

MDR_FIELDS: dict[str, pa.DataType] = {
    "sms_hub_sms_id": pa.int64(),
    "sms_hub_switch_id": pa.int64(),
    "sms_hub_sms_time": UTC_MICROSECONDS,
    "sms_hub_mccmnc_id": pa.int64(),
    "sms_hub_mccmnc_name": pa.string(),
    "src_num": pa.string(),
    "dst_num": pa.string(),
    "username": pa.string(),
    "message_body": pa.string(),
    "segment_num": pa.int64(),
    "segment_total": pa.int64(),
    "segment_id": pa.string(),
    "dlr_code": pa.int64(),
    "dlr_time": UTC_MICROSECONDS,
    "message_id": pa.string(),
    "resp_code": pa.int64(),
    "sms_hub_currency_name": pa.string(),
    "price": pa.decimal128(38, 18),
    "remote_ip": pa.string(),
}
"""Field of one message detail record → type it is landed in.

Source: the vendor's Kafka bridge documentation, the only place that names the fields.
"""

ANSWER_SCHEMA = pa.schema([*MDR_FIELDS.items(), ("extra", pa.string())])
"""One row per MDR of an answer, as it is read."""

RAW_SCHEMA = ANSWER_SCHEMA.append(pa.field("extracted_at", UTC_MICROSECONDS))
"""One row per MDR. `extra` is a JSON object of unknown fields and of values that do not fit their
column's type (the column is then null), or null; `extracted_at` is when its answer was requested.
"""

NETWORKS_SCHEMA = pa.schema(
    [
        ("sms_hub_mccmnc_id", pa.int64()),
        ("sms_hub_mccmnc_name", pa.string()),
        ("first_received_at", UTC_MICROSECONDS),
    ]
)
"""One row per geo name ever received."""


def empty_raw_table() -> pa.Table:
    """A table of the raw schema with zero rows."""
    return RAW_SCHEMA.empty_table()
