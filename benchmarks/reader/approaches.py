"""Seven ways from an answer's bytes to Parquet, and two that stop before it.

Each is a function of (body, its file, directory to write into); peers are used as their own
documentation shows. Run as a module, this measures one approach over some bodies: what each cost,
or the name of its refusal, as a line of JSON. A small body is read before: imports do not count.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.fresh import measure
from miatel import Window, open_lake
from miatel.lake.parquet_io import RowGroupWriter
from miatel.lake.sink import Accepted, LakeSink, rows_of
from miatel.parsing.reader import read_answer
from miatel.schema import MDR_FIELDS, RAW_SCHEMA

_WINDOW = Window(datetime(2025, 3, 3, tzinfo=UTC), datetime(2025, 3, 4, tzinfo=UTC))
_DUCKDB_TYPES = {"int64": "BIGINT", "string": "VARCHAR", "timestamp[us, tz=UTC]": "TIMESTAMPTZ"}
_DUCKDB_COLUMNS = {
    name: _DUCKDB_TYPES.get(str(kind), "DECIMAL(38, 18)") for name, kind in MDR_FIELDS.items()
}


def _ours(body: bytes, _file: Path, out: Path) -> None:
    table = read_answer(body).table
    for field in RAW_SCHEMA:
        if field.name not in table.column_names:  # keys and times are part of landing
            table = table.append_column(field, pa.nulls(len(table), field.type))
    writer = RowGroupWriter(out / "mdr.parquet")
    writer.write(table.cast(RAW_SCHEMA))
    writer.close([])


def _landed(body: bytes, _file: Path, out: Path) -> None:
    records, asked_at = read_answer(body), _WINDOW.end + timedelta(days=28)
    rows = rows_of(records.table, _WINDOW, asked_at, "benchmark")
    sink = LakeSink(open_lake(out), "benchmark")
    sink.add(Accepted(_WINDOW, rows, records.names, "0" * 64, asked_at))
    sink.finish_days([])


def _orjson(body: bytes, _file: Path, _out: Path) -> Any:
    loads = import_module("orjson").loads
    # Kept until after the measurement: freeing it is not counted.
    if body.startswith(b"$"):
        return loads(body[body.index(b"=") + 1 : body.rindex(b";")])
    if body.startswith(b"{") and b"}\n{" in body:
        return [loads(line) for line in body.splitlines()]
    return loads(body)


def _stdlib(body: bytes, _file: Path, out: Path) -> None:
    table = pa.Table.from_pylist(json.loads(body))
    pq.write_table(table, out / "mdr.parquet", compression="zstd")


def _duckdb(_body: bytes, file: Path, out: Path) -> None:
    import_module("duckdb").execute(
        f"copy (select * from read_json('{file}', format = 'array', columns = {_DUCKDB_COLUMNS})) "
        f"to '{out}/mdr.parquet' (format parquet, compression zstd)"
    )


def _pandas(body: bytes, _file: Path, out: Path) -> None:
    frame = import_module("pandas").read_json(BytesIO(body))
    frame.to_parquet(out / "mdr.parquet", compression="zstd")


def _polars(body: bytes, _file: Path, out: Path) -> None:
    frame = import_module("polars").read_json(BytesIO(body))
    frame.write_parquet(out / "mdr.parquet", compression="zstd")


def _dlt(body: bytes, _file: Path, out: Path) -> None:
    import dlt
    from dlt.common.json import json as dlt_json

    state = tempfile.mkdtemp(dir=out)
    place = dlt.destinations.filesystem(bucket_url=f"file://{out}")
    names = {"dataset_name": "raw", "pipelines_dir": state}
    pipeline = dlt.pipeline("benchmark", destination=place, **names)
    pipeline.run(dlt.resource(dlt_json.loadb(body), name="mdr"), loader_file_format="parquet")
    shutil.rmtree(state)


PEERS = {"duckdb": _duckdb, "polars": _polars, "stdlib": _stdlib, "pandas": _pandas, "dlt": _dlt}
APPROACHES: dict[str, Callable[[bytes, Path, Path], Any]] = {
    "ours": _ours,
    "read": lambda body, _file, _out: read_answer(body, window=_WINDOW),  # no file
    "landed": _landed,  # ours with sorting, coverage, fsync and rename
    "orjson": _orjson,
    **PEERS,
}


def main() -> None:
    """Run an approach over a small body, then measure it over others, each in a directory."""
    name, warm_up, out, *bodies = sys.argv[1:]
    run = APPROACHES[name]
    facts = {}
    with tempfile.TemporaryDirectory() as scratch:
        run(Path(warm_up).read_bytes(), Path(warm_up), Path(scratch))
    for file in map(Path, bodies):
        body, place = file.read_bytes(), Path(out) / file.stem
        place.mkdir()
        try:
            kept, cost = measure(lambda body=body, file=file, place=place: run(body, file, place))
            facts[file.stem] = {**cost, "memory_ratio": cost["memory"] / len(body)}
            del kept
        except Exception as error:  # noqa: BLE001  any refusal is a result, by its name
            facts[file.stem] = {"refused": type(error).__name__}
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
