"""What an approach wrote against what the answer said, value by value."""

from __future__ import annotations

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


def compare(body: bytes, out: Path, *, is_sorted: bool = False) -> dict[str, int]:
    """Count what differs.

    Args:
        body: the answer, a bare array of records.
        out: the directory that an approach wrote Parquet files into.
        is_sorted: it stands there by time and identity, not in the answer's order.

    Returns:
        `rows` lost or doubled, known `values` gone or changed, values of `unknown` fields gone or
        changed, and `floats`: decimal values that became binary ones, though they print the same.
    """
    told = json.loads(body, parse_float=Decimal)
    if is_sorted:
        told.sort(key=lambda record: [record[name] for name in _ORDER])
    found = _read(out)
    counts = Counter(rows=abs(len(told) - len(found)), values=0, unknown=0, floats=0)
    has_child_tables = {path.parent.name.removeprefix("mdr__") for path in out.rglob("*.parquet")}
    for record, row in zip(told, found, strict=False):
        extra = json.loads(row.get("extra") or "{}", parse_float=Decimal)
        for name, value in record.items():
            if value is None:
                continue
            stored = row.get(name)
            if name not in MDR_FIELDS:
                in_child = any(table.startswith(name) for table in has_child_tables)
                kept = in_child or _same_json(value, extra.get(name, stored))
                counts["unknown"] += not kept
            elif name in extra:
                counts["values"] += not _same_json(value, extra[name])
            else:
                wanted = _typed(value, MDR_FIELDS[name])
                variants = [row[key] for key in row if key.startswith(f"{name}__v_")]  # dlt's
                counts["values"] += not any(_same(wanted, v) for v in (stored, *variants))
                counts["floats"] += isinstance(wanted, Decimal) and isinstance(stored, float)
    return dict(counts)


def _read(out: Path) -> list[dict[str, Any]]:
    """The rows in the order in which they stand; files of dlt's own state are not read."""
    files = [path for path in out.rglob("*.parquet") if "__" not in path.parent.name]
    files = [path for path in files if path.parent.name != "networks"]
    tables = [pq.ParquetFile(path).read() for path in sorted(files)]
    return pa.concat_tables(tables, promote_options="permissive").to_pylist()


def _typed(value: Any, kind: pa.DataType) -> Any:
    """The value as its field means it; itself where it does not mean that."""
    try:
        if pa.types.is_integer(kind):
            return int(value) if value != "" else None
        if pa.types.is_decimal(kind):
            return Decimal(value)
        if pa.types.is_timestamp(kind):
            return datetime.fromisoformat(value)
    except (ValueError, InvalidOperation):
        return value
    return value


def _same(wanted: Any, stored: Any) -> bool:
    """Whether the value can be read out of what is stored, be it as another type."""
    if stored is None or wanted is None:
        return wanted is stored
    if isinstance(wanted, datetime):
        moment = datetime.fromisoformat(stored) if isinstance(stored, str) else stored
        return isinstance(moment, datetime) and _aware(moment) == wanted
    if isinstance(wanted, Decimal):
        return Decimal(repr(stored) if isinstance(stored, float) else stored) == wanted
    if isinstance(wanted, int):
        if isinstance(stored, float):
            return stored.is_integer() and int(stored) == wanted
        return str(stored) == str(wanted)
    return str(stored) == str(wanted)


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


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
