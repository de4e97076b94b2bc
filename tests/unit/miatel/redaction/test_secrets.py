"""The key appears nowhere, in whatever spelling a text has it."""

from __future__ import annotations

import html
import json
import logging
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miatel.redaction.secrets import KeyParameterFilter, protect_http_logs, redact

KEYS = [
    "plain0123",
    "a b+c/d=e&f%g",
    "Ключ?#",
    "quo\"te<'>\\",
    "päss wörd",
    "100%",
    "••",
    "a" * 300,
]
SPELLINGS = [
    str, quote, quote_plus, repr, html.escape, json.dumps,
    lambda key: quote(key, safe=""),
    lambda key: json.dumps(key, ensure_ascii=False),
    lambda key: urlencode({"ip_auth_key": key}),
    lambda key: f"/main-getData.php?ip_auth_key={quote_plus(key)}&time_beg=2026",
    lambda key: f"Max retries exceeded with url: /x?time_beg=1&ip_auth_key={quote(key)} (Caused",
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("spell", SPELLINGS)
def test_every_spelling_of_the_key_goes(key: str, spell: object) -> None:
    text = redact(f"before {spell(key)} after", key)  # type: ignore[operator]
    for form in (key, quote(key), quote(key, safe=""), quote_plus(key), json.dumps(key)[1:-1]):
        assert form == "••" or form not in text
    assert text.startswith("before ")
    assert text.endswith(" after")


@given(st.text(min_size=4), st.text(), st.text())
def test_a_text_with_the_key_comes_out_without(key: str, before: str, after: str) -> None:
    if key.strip("•"):
        assert key not in redact(before + key + after, key).replace("•••", "")


def test_a_text_without_the_key_stays() -> None:
    assert redact("nothing secret here", "s3cret-key") == "nothing secret here"


def test_the_log_of_requests_is_masked_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    protect_http_logs()
    caplog.set_level(logging.DEBUG)
    logger = logging.getLogger("urllib3.connectionpool")
    logger.debug('%s "%s %s" %s', "http://x:80", "GET", "/m?ip_auth_key=s3%2Fcret&time_end=1", 200)
    assert "s3" not in caplog.text
    assert "time_end=1" in caplog.text


def test_protecting_twice_does_not_filter_twice() -> None:
    protect_http_logs()
    protect_http_logs()
    filters = logging.getLogger("urllib3.connectionpool").filters
    assert sum(isinstance(f, KeyParameterFilter) for f in filters) == 1
