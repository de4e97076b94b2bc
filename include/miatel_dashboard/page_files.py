"""The files of the page: HTML, styles, scripts, and the vendored ECharts."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

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
    return {
        str(path.relative_to(PAGE)): PageFile(path.read_bytes(), _MEDIA_TYPES[path.suffix])
        for path in sorted(PAGE.rglob("*"))
        if path.suffix in _MEDIA_TYPES
    }
