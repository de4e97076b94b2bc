"""The page as one file: its styles, scripts and data inside, opened without any server."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from miatel.settings import DEFAULT_FILE_MODE
from miatel.store import open_store
from miatel_dashboard.bundle import bundle
from miatel_dashboard.marts import TABLES, Marts, open_marts
from miatel_dashboard.page_data import status, to_json, view
from miatel_dashboard.page_files import ASSET, data_element, read_page
from miatel_dashboard.published import PublishedTables
from miatel_dashboard.selection import DEFAULT_PRESET, Filters, parse_filters

MOST_COUNTRIES = 10
"""With a view of their own inside the file: about 60 KB each for every period."""

DAYS = ("7", "30", "90", "all")
MOST_TABLE_ROWS = 200
"""Of each table of a view inside the file."""


def write_report(
    lake: str, target: Path, written_at: datetime, file_mode: int = DEFAULT_FILE_MODE
) -> int:
    """Write the page of a lake's published marts as one HTML file.

    The file asks no server for anything, and its own policy lets nothing but its own scripts run.
    It holds the views of some periods, of all countries together and of the largest one at a time.

    Args:
        lake: the lake's root, a path or a URL.
        target: the HTML file to replace; its directory is made.
        written_at: what the page shows as the time of writing.
        file_mode: rights of the file, like 0o640.

    Returns:
        The size of the file in bytes.
    """
    with open_marts(PublishedTables(lake, TABLES).files()) as marts:
        data = _data(marts)
    data["written_at"] = written_at
    html = _inline(to_json(data))
    with open_store(target.parent, file_mode).writing(target.name) as scratch:
        scratch.write_bytes(html)
    return len(html)


def _data(marts: Marts) -> dict[str, Any]:
    facts = status(marts)
    choices = facts["choices"]
    countries = [] if "missing" in choices else [row["name"] for row in choices["country"]]
    for name in ("network", "sender", "account", "source"):
        choices.pop(name, None)  # filters that the file does not offer
    countries = countries[:MOST_COUNTRIES]
    return {
        "status": facts,
        "days": DAYS,
        "default_days": DEFAULT_PRESET,
        "countries": countries,
        "views": {
            f"{days}|{country}": _cut(view(marts, _filters(days, country)))
            for days in DAYS
            for country in ["", *countries]
        },
    }


def _filters(days: str, country: str) -> Filters:
    return parse_filters({"days": [days], "country": [country] if country else []})


def _cut(one: dict[str, Any]) -> dict[str, Any]:
    for name in ("networks", "senders"):
        table = one.get(name, {})
        if "rows" in table:
            table["rows"] = table["rows"][:MOST_TABLE_ROWS]
    return one


def _inline(data: bytes) -> bytes:
    """The page's HTML with styles, scripts and data inside, and a policy that allows just these.

    Each tag of the page is replaced where it stands in the page alone, never in what was put in:
    ECharts holds `</body>` itself.
    """
    files = read_page()
    styles: list[str] = []
    scripts: list[str] = []
    deferred: list[str] = []
    entries: list[str] = []

    def put_in(tag: re.Match[str]) -> str:
        if tag["module"]:
            entries.append(tag["name"])
            return ""
        text = files[tag["name"]].content.decode()
        if tag["name"].endswith(".css"):
            styles.append(text)
            return f"<style>{text}</style>"
        scripts.append(text)
        if not tag["defer"]:
            return _script(text)
        deferred.append(_script(text))
        return ""

    before, after = files["index.html"].content.decode().split("</body>")
    before = ASSET.sub(put_in, before)
    bundled = bundle({name: file.content.decode() for name, file in files.items()}, entries)
    scripts.append(bundled)
    deferred.append(_script(bundled))
    policy = (
        f"default-src 'none'; script-src {_hashes(scripts)}; style-src {_hashes(styles)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    before = before.replace(
        '<meta charset="utf-8">',
        f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{policy}">',
        1,
    )
    element = data_element("inside", data)
    return "\n".join([before, element, *deferred, "</body>" + after]).encode()


def _hashes(texts: list[str]) -> str:
    """How a Content-Security-Policy names inline scripts or styles: by their SHA-256."""
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def _script(text: str) -> str:
    if "</script" in text.lower() or "<!--" in text:
        raise ValueError("a script of the page holds what would end its element")
    return f"<script>{text}</script>"
