"""The lake's root as the environment names it: one rule for every command and for Airflow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from miatel.errors import LakeError

VARIABLE = "MIATEL_LAKE"
PROJECT_LAKE = Path(__file__).resolve().parents[2] / "data" / "lake"
"""The default: `data/lake` under the project, which is installed in place."""


def lake_root(environment: Mapping[str, str], default: Path = PROJECT_LAKE) -> str:
    """The lake's root that `MIATEL_LAKE` names, else the default.

    Args:
        environment: the variables, mostly `os.environ`; a blank value counts as none.
        default: an absolute directory.

    Returns:
        An absolute path, or a URL of an object store. `file://` is taken off, nothing else is
        changed: a path may hold any character but a backslash.

    Raises:
        LakeError: the value is relative or begins with `~`, which each process would take to mean
            another place, or it is a URL without a bucket; or a backslash stands in the path, which
        DuckDB takes for a slash: what is landed there would be read by nobody.
    """
    root = environment.get(VARIABLE, "")
    if not root.strip():
        return _check_backslash(str(default))
    path = root.removeprefix("file://")
    if path.startswith("/"):
        return _check_backslash(path)
    scheme, separator, place = path.partition("://")
    if path == root and separator and scheme.isalnum() and place.strip("/"):
        return root
    raise LakeError(
        f"{VARIABLE} is {root!r}: give an absolute path such as /srv/lake, or a URL such as "
        "s3://bucket/lake. A relative path or ~ would be another place for each process."
    )


def _check_backslash(path: str) -> str:
    if "\\" in path:
        raise LakeError(
            f"{VARIABLE} is {path!r}: to DuckDB a backslash stands between folders, so it would "
            "find nothing of what is landed there. Give a path without one, such as /srv/lake."
        )
    return path
