"""The vendor's limits and codes, one constant each, with where each comes from."""

from __future__ import annotations

from datetime import timedelta

DEFAULT_BASE_URL = "https://sms-hub2.miatel.ru"
"""Host of the statistics API. Source: vendor documentation, "Statistics HTTP API"."""

STATISTICS_PATH = "/main-getData.php"
"""Path of the statistics API. Source: vendor documentation, "Statistics HTTP API"."""

MAX_RECORDS = 100_000
"""Most records in one answer. Source: vendor documentation. An answer this long is truncated."""

MAX_WINDOW = timedelta(days=31)
"""Longest period of one request. Source: vendor documentation."""

TIME_FIELD = "sms_hub_sms_time"
"""The field by which records are asked for. Source: the vendor's Kafka bridge documentation."""

ONE_SECOND = timedelta(seconds=1)
"""Resolution of `time_beg` and `time_end`, so also the shortest window there is."""

STABLE_AFTER = timedelta(seconds=60)
"""Age from which a second is stable: an answer for it then is proof of all its records.

The vendor names no delay for the statistics API, but allows its own change stream 30 s; this is
twice that.
"""

DEFAULT_LOOKBACK_HOURS = 72
"""How long late receipts are fetched, hours. Source: the usual longest validity period, 24-72 h."""

MAX_LOOKBACK_HOURS = 744
"""The 31 days that one request may span."""

FINAL_DLR_CODES = (2, 3, 4, 5, 7, 8)
"""Delivery states that never change again.

Source: vendor's table of delivery statuses; 1 ENROUTE is not final by its meaning and the vendor
says that 6 ACCEPTED is not final on its platform. A code outside the table is not known to be.
"""

DOCUMENTED_FAILURE_CODES = frozenset(
    {10, 69, 88, 98, 255} | set(range(1001, 1029)) | set(range(5001, 5086))
)
"""The 118 response codes with which a message was never sent, so that no receipt can follow.

Source: vendor's table of response codes (119 with 0, which means sent).
"""
