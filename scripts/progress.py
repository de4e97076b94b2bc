"""Which lines of Airflow's output a person wants to see."""

from __future__ import annotations

import json
import re

DBT_LINE = re.compile(r"^\d\d:\d\d:\d\d +(.*)")
DBT_NEWS = re.compile(r"OK created|OK loaded|ERROR|FAIL|WARN|Finished running|Completed|Done\.")
FAILURE = ("error", "critical")


def progress_of(line: str) -> str | None:
    """The news in a line of Airflow's JSON log, or None if it has none for a person.

    Args:
        line: one line as Airflow prints it with `json_logs` on; anything else has no news.
    """
    try:
        record = json.loads(line)
    except ValueError:
        return None
    if not isinstance(record, dict):
        return None
    event, logger = str(record.get("event", "")), str(record.get("logger", ""))
    if dbt := DBT_LINE.match(event):
        return dbt[1].strip(" .") if DBT_NEWS.search(dbt[1]) else None
    if "miatel" in logger or record.get("level") in FAILURE:
        return event
    return None
