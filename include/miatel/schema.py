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

RAW_SCHEMA = pa.schema(
    [
        *ANSWER_SCHEMA,
        ("extracted_at", UTC_MICROSECONDS),
        ("record_key", pa.string()),
        ("first_seen_at", UTC_MICROSECONDS),
        ("state_seen_at", UTC_MICROSECONDS),
        ("price_seen_at", UTC_MICROSECONDS),
    ]
)
"""One row per MDR, raw format 2. `extra` is a JSON object of unknown fields and of values that do
not fit their column's type (the column is then null), or null. `record_key` identifies the record
(see `record_key`). The times are those of the answers that its values came with: `state_seen_at` of
`STATE_FIELDS` (null where none of them came, not even one that could not be read), `price_seen_at`
of `PRICE_FIELDS` (null where the price is), `extracted_at` of all others; `first_seen_at` is that
of the first answer that held it.
"""

STATE_FIELDS = ("dlr_code", "dlr_time", "resp_code")
"""What became of a message; taken together from one answer."""

PRICE_FIELDS = ("price", "sms_hub_currency_name")
"""What a message cost; taken together from one answer."""

FORMAT_1_SCHEMA = ANSWER_SCHEMA.append(pa.field("extracted_at", UTC_MICROSECONDS))
"""What version 0.1.0 landed."""

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
