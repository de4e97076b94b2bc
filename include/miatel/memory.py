"""Where an answer's Arrow buffers live."""

from __future__ import annotations

import pyarrow as pa

BUFFERS = pa.system_memory_pool()
"""Arrow's default pool keeps thrice of what is alive, and asks the kernel for huge pages, which may
cost as much time as writing the file.
"""
