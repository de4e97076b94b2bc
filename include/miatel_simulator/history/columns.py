"""Small vectorised makers of Arrow columns that numpy and pyarrow have no function for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from miatel_simulator.hashing import Bools, Int64s, UInt64s

_HEX_PAIRS = np.array([f"{byte:02x}".encode() for byte in range(256)], dtype="S2")
_UUID_HYPHENS = (8, 13, 18, 23)


def make_uuids(high: UInt64s, low: UInt64s) -> pa.Array:
    """Write two 64-bit numbers each as a UUID of 36 characters."""
    count = len(high)
    both = np.stack([high, low], axis=1).astype(">u8")
    digits = _HEX_PAIRS[both.view(np.uint8)].view(np.uint8).reshape(count, 32)
    characters = np.full((count, 36), ord("-"), dtype=np.uint8)
    characters[:, [position for position in range(36) if position not in _UUID_HYPHENS]] = digits
    offsets = np.arange(count + 1, dtype=np.int32) * 36
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(characters))


def make_ints(values: Int64s, present: Bools | None = None) -> pa.Array:
    """Make an int64 column, null where not ``present``."""
    return pa.array(values, pa.int64(), mask=None if present is None else ~present)


def make_times(unix_seconds: Int64s, present: Bools | None = None) -> pa.Array:
    """Make a column of UTC timestamps in microseconds, null where not ``present``."""
    micros = make_ints(unix_seconds * 1_000_000, present)
    return micros.cast(pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))


def pick(values: Sequence[str | None], positions: Int64s) -> pa.Array:
    """Make a string column of ``values[position]``."""
    return pa.array(values, pa.string()).take(pa.array(positions))


def concat(*parts: pa.Array | str) -> pa.Array:
    """Concatenate strings element by element; null where any part is null."""
    texts = [pa.scalar(part) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*texts, pa.scalar(""))
