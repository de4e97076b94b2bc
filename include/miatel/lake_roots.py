"""Roots of lakes as settings give them: an absolute path, or the URL of an object store."""

from __future__ import annotations

import json
import re

from miatel.errors import SettingError

_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")


def check_root(setting: str, root: str) -> str:
    """Take a lake's root that somebody gave.

    Args:
        setting: where it was given, as an error should call it.
        root: as it was given.

    Returns:
        An absolute path, or a URL. `file://` is taken off, nothing else is changed: a path may hold
        any character but a backslash.

    Raises:
        SettingError: it is relative or begins with `~`, which each process would take to mean
            another place, or it is a URL without a bucket; or a backslash stands in the path, which
            DuckDB takes for a slash: what is landed there would be read by nobody.
    """
    path = root.removeprefix("file://")
    if path.startswith("/"):
        return check_backslash(setting, path)
    scheme, separator, bucket = path.partition("://")
    if path == root and separator and scheme.isalnum() and bucket.strip("/"):
        return root
    raise SettingError(
        f"{setting} is {root!r}: give an absolute path such as /srv/lake, or a URL such as "
        "s3://bucket/lake. A relative path or ~ would be another place for each process."
    )


def check_backslash(setting: str, path: str) -> str:
    """Refuse a path in which DuckDB would see other folders than the rest of us.

    Raises:
        SettingError: a backslash stands in it.
    """
    if "\\" in path:
        raise SettingError(
            f"{setting} is {path!r}: to DuckDB a backslash stands between folders, so it would "
            "find nothing of what is landed there. Give a path without one, such as /srv/lake."
        )
    return path


def check_name(setting: str, name: str) -> str:
    """Take the name of an account, which becomes part of files' names.

    Raises:
        SettingError: it has other characters than these, or more.
    """
    if not _NAME.fullmatch(name):
        raise SettingError(
            f"{setting}: {name!r} is no name of an account. Give small letters, digits and _, at "
            "most 30, a letter first, such as retail: it becomes part of files' names."
        )
    return name


def read_lakes(setting: str, text: str, first: str, first_root: str) -> dict[str, str | None]:
    """Read the names and lakes of further accounts.

    Args:
        setting: where they were given.
        text: a JSON object, name → root; null for an account that leaves the tables.
        first: name of the first account.
        first_root: its lake.

    Returns:
        The root of each by its name, in the order given.

    Raises:
        SettingError: it is none, or two accounts have one name or one lake.
    """
    try:
        pairs = json.loads(text, object_pairs_hook=list)
    except ValueError:
        pairs = None
    if not isinstance(pairs, list) or not all(
        isinstance(pair, tuple) and isinstance(pair[1], str | None) for pair in pairs
    ):
        raise SettingError(
            f"{setting} is no JSON object of names and roots, such as "
            '{"retail": "/srv/retail/lake"}'
        )
    lakes = {
        check_name(setting, name): (
            None if root is None else check_root(f"{setting}: {name}", root)
        )
        for name, root in pairs
    }
    roots = [root.rstrip("/") for root in (first_root, *lakes.values()) if root]
    if first in lakes or len(lakes) < len(pairs) or len(set(roots)) < len(roots):
        raise SettingError(
            f"{setting}: each account needs a name and a lake of its own, others than {first!r} "
            f"and {first_root!r}."
        )
    return lakes
