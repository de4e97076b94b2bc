"""The table of footers says what DuckDB reads in them, and its fingerprints are those of old."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from miatel import open_lake, upgrade_lake
from miatel.lake.coverage import LATE_KEY, RETIRED_KEY, encode_moment, kept_entries
from miatel.lake.lake import day_file
from miatel_warehouse.footers import footers_table, read_footers, write_footers
from tests.dbt.conftest import Lake, mdr
from tests.support.version_0_1_0 import unpack

pytestmark = pytest.mark.slow

MODE = 0o640
AS_DUCKDB_READS_THEM = """
    select
        cast(regexp_extract(files.file_name, 'mdr_date=([0-9-]{10})/mdr[.]parquet$', 1) as date),
        files.num_rows,
        footers.format_version,
        footers.coverage_json,
        cast(footers.retired_at as timestamptz),
        footers.late_records_json,
        md5(concat_ws('|', files.num_rows, files.file_size_bytes, footers.all_entries))
    from parquet_file_metadata($pattern) as files
    left join (
        select
            file_name,
            max(case when decode(key) = 'miatel.format' then decode(value) end) as format_version,
            max(case when decode(key) = 'miatel.coverage' then decode(value) end) as coverage_json,
            max(case when decode(key) = 'miatel.retired_at' then decode(value) end) as retired_at,
            max(case when decode(key) = 'miatel.late_records' then decode(value) end)
                as late_records_json,
            string_agg(hex(key) || '=' || md5(value), ',' order by key) as all_entries
        from parquet_kv_metadata($pattern)
        group by file_name
    ) as footers on files.file_name = footers.file_name
    order by 1
"""
"""How fingerprints were computed first. Warehouses hold them: another formula builds all anew."""


def read_by_duckdb(root: Path) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        pattern = {"pattern": f"{root}/raw/mdr/mdr_date=*/mdr.parquet"}
        return connection.execute(AS_DUCKDB_READS_THEM, pattern).fetchall()


def written(root: Path, table: Path) -> list[tuple[object, ...]]:
    assert write_footers(open_lake(root), table, MODE) == []
    rows = pq.read_table(table).to_pylist()
    assert [row.pop("path") for row in rows] == [day_file(row["mdr_date"]) for row in rows]
    return [tuple(row.values()) for row in rows]


def test_the_table_says_what_duckdb_reads_in_the_footers(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("2026-01-01", [mdr(1, "2026-01-01T10:00:00")])
    lake.land("2026-01-02", [])
    found = {"found_at": "2026-01-09T00:00:00.000000Z", "rows": 2}
    lake.land("2026-01-03", [mdr(3, "2026-01-03T10:00:00")], late=[found], hours=[(0, 6), (8, 24)])
    retired = lake.root / day_file(date(2026, 1, 3))
    table = pq.read_table(retired, partitioning=None)
    at = datetime(2026, 2, 1, 1, 2, 3, 456789, UTC)
    metadata = kept_entries(pq.read_metadata(retired).metadata)
    marked = metadata | encode_moment(RETIRED_KEY, at) | {b"\xc3\xa9 other": "é".encode()}
    pq.write_table(table.slice(0, 0).replace_schema_metadata(marked), retired)
    plain = lake.root / day_file(date(2026, 1, 4))
    plain.parent.mkdir()
    with duckdb.connect() as connection:
        connection.execute(f"copy (select 1 as number) to '{plain}'")

    rows = written(lake.root, footers_table(lake.warehouse))
    assert rows == read_by_duckdb(lake.root)
    assert rows[2][4] == at
    assert LATE_KEY in pq.read_metadata(retired).metadata
    assert rows[3][2:6] == (None, None, None, None)
    assert (rows[0][2], rows[2][2]) == ("2", None)


def test_days_of_0_1_0_keep_their_fingerprints(tmp_path: Path) -> None:
    old = unpack(tmp_path)
    table = footers_table(old.warehouse)
    assert written(old.lake, table) == read_by_duckdb(old.lake)
    known = "select mdr_date, output_version from state.day_versions where model_name = $model"
    with duckdb.connect(str(old.warehouse), read_only=True) as connection:
        recorded = connection.execute(known, {"model": "stg_miatel__day_files"}).fetchall()
    rows = read_footers(open_lake(old.lake))
    assert recorded
    assert {day: row["fingerprint"] for day, row in rows.items() if row} == dict(recorded)
    upgrade_lake(open_lake(old.lake), datetime.now(UTC)).check()
    assert written(old.lake, table) == read_by_duckdb(old.lake)


def test_a_footer_that_cannot_be_read_is_named_and_the_table_stays(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(3)]
    for day in days:
        lake.land(f"{day}", [mdr(day.day, f"{day}T10:00:00")])
    table = footers_table(lake.warehouse)
    assert write_footers(open_lake(lake.root), table, MODE) == []
    before = table.read_bytes()
    assert table.stat().st_mode & 0o777 == MODE
    (lake.root / day_file(days[1])).write_bytes(b"PAR1 no footer PAR1")
    assert write_footers(open_lake(lake.root), table, MODE) == [days[1]]
    assert table.read_bytes() == before
    assert not list(tmp_path.rglob("*.tmp*"))
