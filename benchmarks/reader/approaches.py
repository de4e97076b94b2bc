"""Seven ways from an answer's bytes to Parquet, and two that stop before it.

Each maker imports what it needs and gives a function of (body, its file, directory to write into);
the imports are thus no part of what is measured. Peers are used as their own documentation shows,
with the compression that all share.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

Approach = Callable[[bytes, Path, Path], Any]

_ASKED_AT = datetime(2025, 4, 1, tzinfo=UTC)

_DUCKDB_COLUMNS = {
    "sms_hub_sms_id": "BIGINT", "sms_hub_switch_id": "BIGINT", "sms_hub_sms_time": "TIMESTAMPTZ",
    "sms_hub_mccmnc_id": "BIGINT", "sms_hub_mccmnc_name": "VARCHAR", "src_num": "VARCHAR",
    "dst_num": "VARCHAR", "username": "VARCHAR", "message_body": "VARCHAR",
    "segment_num": "BIGINT", "segment_total": "BIGINT", "segment_id": "VARCHAR",
    "dlr_code": "BIGINT", "dlr_time": "TIMESTAMPTZ", "message_id": "VARCHAR",
    "resp_code": "BIGINT", "sms_hub_currency_name": "VARCHAR", "price": "DECIMAL(38, 18)",
    "remote_ip": "VARCHAR",
}  # fmt: skip


def _make_ours() -> Approach:
    import pyarrow as pa

    from miatel.lake.parquet_io import RowGroupWriter
    from miatel.parsing.reader import read_answer
    from miatel.schema import RAW_SCHEMA

    def run(body: bytes, _file: Path, out: Path) -> None:
        table = read_answer(body).table
        for field in RAW_SCHEMA:
            if field.name not in table.column_names:  # keys and times are part of landing
                table = table.append_column(field, pa.nulls(len(table), field.type))
        writer = RowGroupWriter(out / "mdr.parquet")
        writer.write(table.cast(RAW_SCHEMA))
        writer.close([])

    return run


def _make_read() -> Approach:
    from miatel.parsing.reader import read_answer
    from miatel.windows import Window

    start = datetime(2025, 3, 3, tzinfo=UTC)
    window = Window(start, start + timedelta(days=1))

    def run(body: bytes, _file: Path, _out: Path) -> Any:
        return read_answer(body, window=window)

    return run


def _make_ours_landed() -> Approach:
    from miatel.lake.lake import open_lake
    from miatel.lake.sink import Accepted, LakeSink, rows_of
    from miatel.parsing.reader import read_answer
    from miatel.windows import Window

    start = datetime(2025, 3, 3, tzinfo=UTC)
    window = Window(start, start + timedelta(days=1))

    def run(body: bytes, _file: Path, out: Path) -> None:
        records = read_answer(body)
        rows = rows_of(records.table, window, _ASKED_AT, "benchmark")
        sink = LakeSink(open_lake(out), "benchmark")
        sink.add(Accepted(window, rows, records.names, "0" * 64, _ASKED_AT))
        sink.finish_days([])

    return run


def _make_orjson() -> Approach:
    import orjson

    def run(body: bytes, _file: Path, _out: Path) -> Any:
        # Kept until after the measurement: freeing it is not counted.
        if body.startswith(b"$"):
            return orjson.loads(body[body.index(b"=") + 1 : body.rindex(b";")])
        if body.startswith(b"{") and b"}\n{" in body:
            return [orjson.loads(line) for line in body.splitlines()]
        return orjson.loads(body)

    return run


def _make_stdlib() -> Approach:
    import json

    import pyarrow as pa
    import pyarrow.parquet as pq

    def run(body: bytes, _file: Path, out: Path) -> None:
        records = json.loads(body)
        pq.write_table(pa.Table.from_pylist(records), out / "mdr.parquet", compression="zstd")

    return run


def _make_pandas() -> Approach:
    import pandas as pd

    def run(body: bytes, _file: Path, out: Path) -> None:
        pd.read_json(BytesIO(body)).to_parquet(out / "mdr.parquet", compression="zstd")

    return run


def _make_polars() -> Approach:
    import polars as pl

    def run(body: bytes, _file: Path, out: Path) -> None:
        pl.read_json(BytesIO(body)).write_parquet(out / "mdr.parquet", compression="zstd")

    return run


def _make_duckdb() -> Approach:
    import duckdb

    connection = duckdb.connect()

    def run(_body: bytes, file: Path, out: Path) -> None:
        connection.execute(
            f"copy (select * from read_json('{file}', format = 'array', "
            f"columns = {_DUCKDB_COLUMNS})) to '{out}/mdr.parquet' "
            "(format parquet, compression zstd)"
        )

    return run


def _make_dlt() -> Approach:
    import dlt
    from dlt.common.json import json

    def run(body: bytes, _file: Path, out: Path) -> None:
        state = tempfile.mkdtemp(dir=out)
        pipeline = dlt.pipeline(
            "benchmark",
            destination=dlt.destinations.filesystem(bucket_url=f"file://{out}"),
            dataset_name="raw",
            pipelines_dir=state,
        )
        records = dlt.resource(json.loadb(body), name="mdr")
        pipeline.run(records, loader_file_format="parquet")
        shutil.rmtree(state)

    return run


MAKERS: dict[str, Callable[[], Approach]] = {
    "ours": _make_ours,
    "read": _make_read,
    "landed": _make_ours_landed,
    "orjson": _make_orjson,
    "duckdb": _make_duckdb,
    "polars": _make_polars,
    "stdlib": _make_stdlib,
    "pandas": _make_pandas,
    "dlt": _make_dlt,
}
"""Approach → what makes it ready; `landed` is ours with sorting, coverage, fsync and rename."""

PEERS = ("duckdb", "polars", "stdlib", "pandas", "dlt")
