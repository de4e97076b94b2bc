"""What an approach wrote against what the answer said, value by value."""

import json
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from miatel.schema import MDR_FIELDS

_ORDER = ("sms_hub_sms_time", "sms_hub_switch_id", "sms_hub_sms_id")
_LOSSES = ("rows", "values", "values of unknown fields", "decimals made binary")


def describe_losses(body: bytes, out: Path, is_sorted: bool = False) -> str:
    """Rows and values lost or changed, and decimals that became binary fractions, in words.

    `body` is a bare array of records, `out` has an approach's Parquet files, with the records in
    the answer's order, or (`is_sorted`) by time and identity.
    """
    records = json.loads(body, parse_float=Decimal)
    if is_sorted:
        records.sort(key=lambda record: [record[name] for name in _ORDER])
    # Files of dlt's own state are no rows; its tables of nested values show what it kept.
    paths = sorted(out.rglob("*.parquet"))
    files = [p for p in paths if "__" not in p.parent.name and p.parent.name != "networks"]
    tables = [pq.ParquetFile(path).read() for path in files]
    found = pa.concat_tables(tables, promote_options="permissive").to_pylist()
    children = {path.parent.name.removeprefix("mdr__") for path in paths}
    counts = Counter(rows=abs(len(records) - len(found)))
    for record, row in zip(records, found, strict=False):
        extra = json.loads(row.get("extra") or "{}", parse_float=Decimal)
        for name, value in record.items():
            stored = extra.get(name, row.get(name))
            if value is None:
                continue
            if name not in MDR_FIELDS:
                kept = any(child.startswith(name) for child in children)
                counts[_LOSSES[2]] += not (kept or _same_json(value, stored))
            elif name in extra:
                counts[_LOSSES[1]] += not _same_json(value, stored)
            else:
                kind = MDR_FIELDS[name]
                wanted = _typed(value, kind)
                variants = [row[key] for key in row if key.startswith(f"{name}__v_")]  # dlt's
                found_as = [_typed(variant, kind) for variant in (stored, *variants)]
                counts[_LOSSES[1]] += wanted not in found_as
                counts[_LOSSES[3]] += pa.types.is_decimal(kind) and isinstance(stored, float)
    return ", ".join(f"{counts[kind]:,} {kind}" for kind in _LOSSES if counts[kind]) or "nothing"


def _typed(value: Any, kind: pa.DataType) -> Any:
    """The value as its field means it, be it stored as another type; its text if it does not."""
    if value is None or (value == "" and not pa.types.is_string(kind)):
        return None
    try:
        if pa.types.is_integer(kind) or pa.types.is_decimal(kind):
            return Decimal(str(value))
        if pa.types.is_timestamp(kind):
            moment = datetime.fromisoformat(str(value))
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, InvalidOperation):
        pass
    return str(value)


def _same_json(value: Any, stored: Any) -> bool:
    """Whether an unknown field's value is stored, as itself or as JSON text."""
    if isinstance(stored, str) and not isinstance(value, str):
        stored = json.loads(stored, parse_float=Decimal)
    if isinstance(value, dict) and isinstance(stored, dict):
        return all(_same_json(inner, stored.get(key)) for key, inner in value.items())
    if isinstance(value, list) and isinstance(stored, list):
        pairs = zip(value, stored, strict=False)
        return len(value) == len(stored) and all(_same_json(*pair) for pair in pairs)
    return bool(value == stored)
