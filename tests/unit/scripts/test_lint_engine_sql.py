"""The lint that keeps the SQL of one engine in one file: what is planted is found, no more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "lint_engine_sql.py"

PLANTED = [
    "select * from a union all by name select * from b",
    "insert into a by name select * from b",
    "select cast(a as varchar) from b",
    "create table a (b varchar)",
    "select cast(a as timestamptz) from b",
    "select timestamptz '2026-01-01 00:00:00Z' as a",
    "select a::date from b",
    "select a // 3600 from b",
    "select a + interval '1 hour' from b",
    "select a - interval '{{ days }} days' from b",
    "select a from b qualify row_number() over (order by a) = 1",
    "select count(*) filter (where a > 1) from b",
    "select [x + 1 for x in a] from b",
    "select list_transform(a, x -> x + 1) from b",
    'select a."b" from a',
    'select a as "b" from a',
    "select `a` from b",
    "select quantile_cont(a, 0.5) from b",
    "select percentile_cont(0.5) within group (order by a) from b",
    "select a ->> '$.b' from c",
    "select unnest(a) from b",
    "select a from generate_series(1, 3) as b (a)",
    "select string_agg(a, ',') from b",
    "select epoch_us(a) from b",
    "select date_diff('second', a, b) from c",
    "select datediff('second', a, b) from c",
    "select make_timestamptz(a) from b",
    "select getvariable('a') as b",
    "with a as not materialized (select 1 as b) select b from a",
    "select a from read_parquet('b')",
    "select file_name from parquet_kv_metadata('b')",
    "select file from glob('b')",
    "select try_cast(a as bigint) from b",
    "select regexp_full_match(a, 'b') from c",
    "select arg_max(a, b) from c",
    "select * exclude (a) from b",
    "select columns('a.*') from b",
    "select a, count(*) from b group by all",
    "select a from b order by all",
    "{% macro duckdb__total(count) -%} 1 {%- endmacro %}",
    "{% materialization table, adapter='duckdb' %} 1 {% endmaterialization %}",
]
HARMLESS = """
{# timestamptz, a // b and `by name` in a comment of Jinja,
   which may have two lines: varchar #}
-- a comment of SQL: cast(a as varchar), see https://example.org
{%- set root = 'data/lake'.removeprefix('file://') %}
{%- for name in ['a', 'b'] %}{{ name.replace('a', 'b') }}{%- endfor %}
{{ exceptions.raise_compiler_error("Run `make demo` first.") }}
select
    cast(a as bigint) as b,
    cast(c as {{ text_type() }}) as d,
    replace(e, 'f', 'g') as h,
    'it''s' as i,
    sum(j) over (
        order by k
        range between interval '7' day preceding and interval '1' day preceding
    ) as l,
    {{ percentile_of_counts(0.95) }} as m,
    {{ whole_quotient('n', 3600) }} as o,
    found.columns
from p
where q is not distinct from r and s >= date '2026-01-01' - 7
group by t
order by u
"""


def lint(project: Path | None = None) -> subprocess.CompletedProcess[str]:
    arguments = [] if project is None else [str(project)]
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, check=False
    )


def plant(project: Path, place: str, sql: str) -> None:
    path = project / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(sql, encoding="utf-8")


@pytest.mark.parametrize("folder", ["models/marts/traffic", "tests", "macros"])
def test_each_planted_construct_is_named_with_its_line(tmp_path: Path, folder: str) -> None:
    for number, sql in enumerate(PLANTED):
        plant(tmp_path, f"{folder}/planted_{number}.sql", f"-- planted\n\n{sql}\n")
    done = lint(tmp_path)
    assert done.returncode == 1
    found = {line.split(": ")[0] for line in done.stdout.splitlines()}
    assert found == {f"{folder}/planted_{number}.sql:3" for number in range(len(PLANTED))}


def test_an_engines_own_file_may_hold_them_and_others_what_both_engines_read(
    tmp_path: Path,
) -> None:
    plant(tmp_path, "macros/engine/duckdb.sql", "\n".join(PLANTED))
    plant(tmp_path, "models/harmless.sql", HARMLESS)
    done = lint(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_project_holds_none() -> None:
    done = lint()
    assert done.returncode == 0, done.stdout
