"""Where an answer's Arrow buffers are allocated, and how their memory is released."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa

BUFFERS = pa.system_memory_pool()
"""Arrow's default pool keeps three times what is in use, and asks the kernel for huge pages, which
may cost as much time as writing the file.
"""

_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it, musl and macOS have not


def release_memory() -> None:
    """Return free memory to the system, so that a long run does not grow."""
    pa.default_memory_pool().release_unused()
    if _trim is not None:
        _trim(0)


@contextmanager
def no_collection() -> Iterator[None]:
    """Without Python's collector of cycles, of which parsed JSON has none.

    It would go through all objects again and again while their number grows: half of the time that
    it takes to parse a large answer.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
