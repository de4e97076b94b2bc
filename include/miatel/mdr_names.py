"""The documented names of a message detail record's fields, for those who need no types of them."""

from __future__ import annotations

MDR_NAMES = (
    "sms_hub_sms_id", "sms_hub_switch_id", "sms_hub_sms_time", "sms_hub_mccmnc_id",
    "sms_hub_mccmnc_name", "src_num", "dst_num", "username", "message_body", "segment_num",
    "segment_total", "segment_id", "dlr_code", "dlr_time", "message_id", "resp_code",
    "sms_hub_currency_name", "price", "remote_ip",
)  # fmt: skip
"""In the vendor's order; `schema.MDR_FIELDS` has the types they are landed in.

Source: the vendor's Kafka bridge documentation, the only place that names the fields.
"""
