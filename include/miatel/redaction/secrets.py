"""The secret key must appear nowhere: not in a log line, an exception or a quarantined answer."""

from __future__ import annotations

import html
import json
import logging
import re
from urllib.parse import quote, quote_plus

MASK = "•••"
_LOGGERS = (
    "urllib3.connection", "urllib3.connectionpool", "urllib3.poolmanager", "urllib3.response",
    "urllib3.util.retry", "requests",
)  # fmt: skip
_KEY_PARAMETER = re.compile(r"(ip_auth_key=)[^&\s\"'<>]*")


def spellings_of_secret(secret: str) -> list[str]:
    """Every form in which a secret may turn up: raw, URL-quoted, JSON- and HTML-escaped.

    Returns:
        Distinct forms, longest first, so that replacing them in order leaves no remainder.
    """
    forms = {
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        html.escape(secret),
        repr(secret)[1:-1],
    }
    return sorted((form for form in forms if form), key=len, reverse=True)


def redact(text: str, *secrets: str) -> str:
    """The text without the secrets in any of their spellings, nor any `ip_auth_key` parameter."""
    for secret in secrets:
        for form in spellings_of_secret(secret):
            text = text.replace(form, MASK)
    return _KEY_PARAMETER.sub(rf"\1{MASK}", text)


class KeyParameterFilter(logging.Filter):
    """Masks the key in a record's text; urllib3 logs the whole URL at DEBUG."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; keep it."""
        record.msg = _KEY_PARAMETER.sub(rf"\1{MASK}", record.getMessage())
        record.args = ()
        return True


def protect_http_logs() -> None:
    """Put the filter on every logger that writes request URLs; once is enough, twice no harm."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(f, KeyParameterFilter) for f in logger.filters):
            logger.addFilter(KeyParameterFilter())
