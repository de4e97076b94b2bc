"""The assets that the DAGs hand to each other."""

from __future__ import annotations

from airflow.sdk import Asset

RAW_MDR = Asset("miatel_raw_mdr")
"""The raw message detail records in the lake; its events say in `extra` which days changed."""
