"""What stands in `extra` of a record's state and of its price, apart from what else stands there.

A value that does not fit its column's type stands in `extra`. It belongs to the group of its field:
where the state of a record is taken from another answer, so is the unreadable part of the state.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from miatel.json_text import json_text
from miatel.schema import PRICE_FIELDS, STATE_FIELDS

STATE_EXTRA = "state_extra"
PRICE_EXTRA = "price_extra"
_FIELDS_OF = {STATE_EXTRA: STATE_FIELDS, PRICE_EXTRA: PRICE_FIELDS}
_FIELDS = (*STATE_FIELDS, *PRICE_FIELDS)

Mask = npt.NDArray[np.bool_]


def split_extra(table: pa.Table, where: Mask | None = None) -> pa.Table:
    """A table whose `extra` holds neither state nor price: they stand in two columns of their own.

    Args:
        table: rows with `extra`, a JSON object text or null.
        where: the rows to look at, all if not given; the others keep their `extra` whole.

    Returns:
        The same rows with the further columns `STATE_EXTRA` and `PRICE_EXTRA`, likewise.
    """
    rest = table["extra"].to_pylist()
    parts: dict[str, list[str | None]] = {name: [None] * len(rest) for name in _FIELDS_OF}
    for row in range(len(rest)) if where is None else np.flatnonzero(where):
        text = rest[row]
        if text is None or not any(f'"{field}":' in text for field in _FIELDS):
            continue
        values = _parse(text)
        for name, fields in _FIELDS_OF.items():
            parts[name][row] = _text({n: values.pop(n) for n in fields if n in values})
        rest[row] = _text(values)
    table = _with_extra(table, rest)
    for name, texts in parts.items():
        table = table.append_column(name, pa.array(texts, pa.string()))
    return table


def join_extra(table: pa.Table) -> pa.Table:
    """The inverse of `split_extra`."""
    parts = [table[name] for name in _FIELDS_OF]
    table = table.drop_columns(list(_FIELDS_OF))
    if all(part.null_count == table.num_rows for part in parts):
        return table
    texts = table["extra"].to_pylist()
    for part in parts:
        for row, text in enumerate(part.to_pylist()):
            if text is not None:
                texts[row] = _text({**_parse(texts[row] or "{}"), **_parse(text)})
    return _with_extra(table, texts)


def _with_extra(table: pa.Table, texts: list[str | None]) -> pa.Table:
    position = table.schema.get_field_index("extra")
    return table.set_column(position, "extra", pa.array(texts, pa.string()))


def _parse(text: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(text, parse_int=Decimal, parse_float=Decimal)
    return parsed


def _text(values: dict[str, Any]) -> str | None:
    return json_text(values) if values else None
