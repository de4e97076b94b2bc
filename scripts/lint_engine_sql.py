"""Lint: SQL that one engine alone understands stands in `dbt_project/macros/engine/` alone.

Another engine is then another file there, and no model is touched. What DuckDB and Spark both
understand may stand anywhere. Rows of unit tests in .yml files are not looked at: dbt renders no
macros in them.

Usage: `python scripts/lint_engine_sql.py [dbt project]`
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1] / "dbt_project"
ENGINES = "macros/engine/"
FOLDERS = ("models", "tests", "macros")

CONSTRUCTS = {
    "a macro of one engine": r"macro\s+(?:duckdb|spark|trino)__",
    "a materialization of one engine": r"\{%-?\s*materialization\b",
    "columns matched by name: list them on both sides": r"\bby\s+name\b",
    "columns chosen by the engine: list them": (
        r"\*\s+(?:exclude|replace|rename)\b|(?<!\.)\bcolumns\s*\("
    ),
    "group or order by all: list the columns": r"\b(?:group|order)\s+by\s+all\b",
    "the type of a text: text_type()": r"\bvarchar\b|\bas\s+(?:text|string)\b",
    "the type of a moment: moment_type()": r"\btimestamptz\b|\btimestamp\s+with\s+time\s+zone\b",
    "a cast by colons: cast(… as …)": r"(?<!:)::(?!:)",
    "division of whole numbers: whole_quotient()": r"(?<![:/'\"])//(?!/)",
    "an interval with its unit in the text: seconds_after(), or days as whole numbers": (
        r"\binterval\s+'[^']*[^'\d\s.+-][^']*'"
    ),
    "a filter over a window: a subquery": r"\bqualify\b|\bfilter\s*\(\s*where\b",
    "a list or structure": (
        r"\[[^\]]*\bfor\b[^\]]*\bin\b[^\]]*\]|\blist_\w+\s*\(|\bstruct_pack\s*\(|\blambda\b"
    ),
    "a quoted name, whose quotation mark depends on the engine": r"`\w+`|\.\"\w+\"|\bas\s+\"\w+\"",
    "a percentile: percentile()": r"\bquantile\w*\s*\(|\bpercentile_(?:cont|disc)\b|\bmedian\s*\(",
    "a field of JSON: json_text()": r"->>?",
    "rows from a list or a range": r"\bunnest\s*\(|\bgenerate_series\s*\(|\bexplode\s*\(",
    "texts put together over rows": r"\bstring_agg\s*\(|\blist\s*\(|\bcollect_list\s*\(",
    "arithmetic of moments: macros/time.sql": (
        r"\bepoch(?:_us|_ms)?\s*\(|\bdate_?diff\s*\(|\bmake_timestamp|\bstrftime\s*\("
    ),
    "a variable of the session": r"\bgetvariable\s*\(|\bset\s+variable\b",
    "a hint to a CTE: read_each_time()": r"\bas\s+(?:not\s+)?materialized\s*\(",
    "files that the engine reads": (
        r"\bread_(?:parquet|csv|json)\w*\s*\(|\bparquet_\w+\s*\(|\bglob\s*\("
    ),
    "a function that no other engine has": (
        r"\btry_cast\s*\(|\bregexp_(?:full_match|matches|extract)\w*\s*\(|\bmd5_number\s*\("
        r"|\barg_(?:min|max)\s*\(|\bstarts_with\s*\(|\bisodow\s*\(|\bunhex\s*\("
    ),
}
"""What is found, and what to write instead → the pattern by which it is found."""

_JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_SQL_COMMENT = re.compile(r"--[^\n]*")
_CONSTRUCTS = {what: re.compile(pattern, re.IGNORECASE) for what, pattern in CONSTRUCTS.items()}


def find_constructs(sql: str) -> Iterator[tuple[int, str]]:
    """Engine-specific constructs of a SQL or Jinja text.

    Yields:
        The number of the line, from 1, and what stands there.
    """
    for comment in (_JINJA_COMMENT, _SQL_COMMENT):
        sql = comment.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), sql)
    for number, line in enumerate(sql.splitlines(), 1):
        for what, pattern in _CONSTRUCTS.items():
            if pattern.search(line):
                yield number, what


def complaints(project: Path) -> list[str]:
    """One line for each construct in a dbt project outside of its engine files."""
    paths = sorted(path for folder in FOLDERS for path in (project / folder).rglob("*.sql"))
    return [
        f"{path.relative_to(project)}:{number}: {what}"
        for path in paths
        if not str(path.relative_to(project)).startswith(ENGINES)
        for number, what in find_constructs(path.read_text(encoding="utf-8"))
    ]


if __name__ == "__main__":
    found = complaints(Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT)
    print("\n".join(found) or "engine SQL: none outside of macros/engine")
    sys.exit(bool(found))
