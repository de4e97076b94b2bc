"""The files of the page: HTML, styles, scripts, and the vendored ECharts."""

from __future__ import annotations

import hashlib
import html
import json
import re
from dataclasses import dataclass
from pathlib import Path

from miatel_dashboard import texts, views

PAGE = Path(__file__).with_name("page")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""Content-Security-Policy: nothing but this application's own files, nothing inline."""

_MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
ASSET = re.compile(
    r'<(?:link rel="stylesheet" href|script(?P<module> type="module")? src)="assets/'
    r'(?P<name>[^"]+)"(?P<defer> defer)?>(?:</script>)?'
)
"""A tag of the page that names one of its files."""

_PLACEHOLDER = re.compile(r"\{\{(?P<name>[\w.]+)\}\}")
"""Where the page's template has a text, or one of the parts made here."""


@dataclass(frozen=True)
class PageFile:
    """One file as it is served."""

    content: bytes
    media_type: str

    @property
    def etag(self) -> str:
        """A quoted text that changes with the content."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:20]}"'


def read_page() -> dict[str, PageFile]:
    """Every file that a browser may ask for, by its path in the page's folder."""
    files = {
        str(path.relative_to(PAGE)): PageFile(path.read_bytes(), _MEDIA_TYPES[path.suffix])
        for path in sorted(PAGE.rglob("*"))
        if path.suffix in _MEDIA_TYPES
    }
    template = files["index.html"]
    page = _fill_in(template.content.decode()).encode()
    return {**files, "index.html": PageFile(page, template.media_type)}


def data_element(name: str, json_text: bytes) -> str:
    """An element that holds data for the page's scripts.

    `<` never stands as itself in it, so that no name can end the element.
    """
    inside = json_text.replace(b"<", rb"\u003c").decode()
    return f'<script type="application/json" id="{name}">{inside}</script>'


def _fill_in(template: str) -> str:
    """The page with its texts, and a section and a script for each view."""
    parts = {
        "texts": data_element("texts", json.dumps(texts.catalogue(), ensure_ascii=False).encode()),
        "scripts": "\n".join(
            f'<script type="module" src="assets/{view.script}"></script>' for view in views.VIEWS
        ),
        "summary": "\n".join(_section(view) for view in views.VIEWS if not view.is_panel),
        "panels": "\n".join(f"  {_section(view)}" for view in views.VIEWS if view.is_panel),
    }

    def fill(match: re.Match[str]) -> str:
        name = match["name"]
        return parts[name] if name in parts else html.escape(texts.catalogue()[name])

    return _PLACEHOLDER.sub(fill, template)


def _section(view: views.View) -> str:
    label = texts.catalogue().get(f"{view.name}.label")
    named = f' aria-label="{html.escape(label)}"' if label else ""
    return f'  <section class="{view.layout}" id="{view.name}"{named}></section>'
