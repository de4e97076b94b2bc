"""What the two DAGs that land messages have in common: a parameter, and how their texts end."""

from __future__ import annotations

from airflow.sdk import Param

LAST_LINES = """\
* **The task stays `scheduled`:** the pool `$pool` is missing. The scheduler makes those of the
  settings when it starts; `$airflow pools set $pool 1 Miatel --include-deferred` does so at once.

When it has landed something, `$tables_transform` starts by itself.
"""


def allow_shrink_param() -> Param:
    """The parameter by which an operator accepts fewer records than are landed; off by default."""
    return Param(
        False,
        type="boolean",
        title="Allow fewer records than landed",
        description="Only after Miatel confirmed that records were removed.",
    )
