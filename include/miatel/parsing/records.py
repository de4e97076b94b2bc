"""What one answer holds, as it is handed on."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class Records:
    """The records and geo names of one answer.

    Attributes:
        table: columns `MDR_FIELDS` and `extra`, one row per record in the answer's order.
        names: geo names by MCC/MNC number.
        names_left_out: entries among the geo names that could not be read.
    """

    table: pa.Table
    names: dict[int, str]
    names_left_out: int = 0
