"""One body read and landed in this process, then landed again: CPU times as a line of JSON.

Runs with the library of any version that PYTHONPATH leads to.
"""

import hashlib
import json
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from miatel.windows import Window

if find_spec("miatel.landing"):  # version 0.1.0
    from miatel.landing import Accepted, LakeSink, rows_of
    from miatel.reader import read_answer

    from miatel.lake import open_lake
else:
    from miatel.lake.lake import open_lake
    from miatel.lake.sink import Accepted, LakeSink, rows_of
    from miatel.parsing.reader import read_answer

WINDOW = Window(datetime(2025, 3, 3, tzinfo=UTC), datetime(2025, 3, 4, tzinfo=UTC))
ASKED = WINDOW.end + timedelta(days=8)


def main() -> None:
    """Warm up with a small body, then measure the one that the command line names."""
    assert pd  # pyarrow imports it at its first conversion, whoever calls
    warm_up, body = (Path(name).read_bytes() for name in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as lake:
        for _ in range(2):
            _land(warm_up, lake, ASKED)
    with tempfile.TemporaryDirectory() as lake:
        reading, landing = _land(body, lake, ASKED)
        _, again = _land(body, lake, ASKED + timedelta(days=1))
        size = sum(path.stat().st_size for path in Path(lake).rglob("*.parquet"))
    print(json.dumps({"reading": reading, "landing": landing, "again": again, "bytes": size}))


def _land(body: bytes, lake: str, asked: datetime) -> tuple[float, float]:
    began = time.process_time()
    records = read_answer(body, "")
    read = time.process_time()
    rows = rows_of(records.table, WINDOW, asked, "")
    sink = LakeSink(open_lake(lake), "run")
    sink.add(Accepted(WINDOW, rows, {}, hashlib.sha256(body).hexdigest(), asked))
    sink.finish_days([])
    return read - began, time.process_time() - read


if __name__ == "__main__":
    main()
