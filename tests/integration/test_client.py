"""The client on the wire: what it asks, how often, and what it makes of each break."""

import gzip
import hashlib
import logging
import socket
import zlib
from contextlib import closing
from datetime import timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from miatel import (
    BrokenAnswerError,
    MiatelClient,
    MiatelError,
    RequestRefusedError,
    RetryPolicy,
    ServerBusyError,
    ServerFailedError,
    UnreachableError,
    Window,
)
from miatel.api.transport import PAUSE_SECONDS
from tests.support.landed import KEY, utc
from tests.support.scripted_server import reply, scripted

NOW = utc(2026, 2, 1, 12)
DAY = Window(utc(2026, 1, 1), utc(2026, 1, 2))
ANSWER = b'{"data":[]}'
BROKEN = reply(b"", "500 Internal Server Error")


@pytest.fixture
def waits():
    return []


@pytest.fixture
def client(tmp_path, waits):
    def keep(seconds):
        if seconds != PAUSE_SECONDS:
            waits.append(seconds)

    def make(url, attempts=4):
        policy = RetryPolicy(attempts=attempts, base_seconds=1, longest_seconds=60,
                             silence_seconds=0.3)  # fmt: skip
        return MiatelClient(
            url, KEY, clock=lambda: NOW, retry=policy, lock_dir=tmp_path, sleep=keep
        )

    return make


def test_the_question_is_the_documented_one(client):
    with scripted(reply(ANSWER)) as (url, asked):
        answer = client(url + "/").fetch(DAY)
    path = urlsplit(asked.paths[0])
    assert path.path == "/main-getData.php"
    assert parse_qsl(path.query) == [
        ("ip_auth_key", KEY),
        ("time_beg", "2026-01-01T00:00:00"),
        ("time_end", "2026-01-01T23:59:59"),
        ("get_names", "1"),
    ]
    assert answer.window == DAY
    assert answer.body == ANSWER
    assert answer.body_sha256 == hashlib.sha256(ANSWER).hexdigest()
    assert answer.requested_at == NOW


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)]
)
def test_a_compressed_answer_is_unpacked(client, encoding, pack):
    with scripted(reply(pack(ANSWER), Content_Encoding=encoding)) as (url, _):
        answer = client(url).fetch(DAY)
    assert answer.body == ANSWER
    assert answer.body_sha256 == hashlib.sha256(ANSWER).hexdigest()


def test_it_asks_again_until_there_is_an_answer(client, waits):
    with scripted(BROKEN, BROKEN, reply(ANSWER)) as (url, asked):
        assert client(url).fetch(DAY).body == ANSWER
    assert len(set(asked.paths)) == 1
    assert len(asked.paths) == 3
    assert len(waits) == 2
    assert 0.5 <= waits[0] <= 1 <= waits[1] <= 2


def test_it_gives_up_after_all_attempts_with_the_last_failure(client, waits):
    with scripted(reply(b"", "429 Slow"), BROKEN) as (url, asked):
        with pytest.raises(ServerFailedError, match="status 500"):
            client(url).fetch(DAY)
        assert len(asked.paths) == 4
    assert len(waits) == 3


def test_one_question_is_asked_once_only(client, waits):
    with scripted(BROKEN) as (url, asked):
        one = client(url)
        with pytest.raises(ServerFailedError):
            one.fetch_once(one.probe_window())
    assert len(asked.paths) == 1
    assert waits == []
    assert one.probe_window().length == timedelta(hours=1)
    assert one.probe_window().end < NOW


@pytest.mark.parametrize(
    ("value", "waited"),
    [
        ("7", (7, 7)),
        ("0", (0.5, 1)),
        ("86400", (60, 60)),
        (format_datetime(NOW + timedelta(seconds=30), usegmt=True), (30, 30)),
        (format_datetime(NOW - timedelta(seconds=30), usegmt=True), (0.5, 1)),
        ("soon", (0.5, 1)),
        ("-5", (0.5, 1)),
        ("", (0.5, 1)),
        ("²", (0.5, 1)),
        ("Mon, 01 Jan 99999999999999 00:00:00 GMT", (0.5, 1)),
        ("9" * 400, (60, 60)),
    ],
)
@pytest.mark.parametrize("status", ["429 Slow", "503 Unavailable"])
def test_retry_after_is_obeyed_within_reason(client, waits, status, value, waited):
    busy = reply(b"", status, Retry_After=value)
    with scripted(busy, reply(ANSWER)) as (url, _):
        client(url).fetch(DAY)
    assert waited[0] <= waits[0] <= waited[1]


def test_a_date_to_come_back_at_is_one_of_the_servers_clock(client, waits):
    servers = NOW - timedelta(hours=9)
    later = format_datetime(servers + timedelta(seconds=40), usegmt=True)
    busy = reply(b"", "429 Slow", Retry_After=later, Date=format_datetime(servers, usegmt=True))
    with scripted(busy, reply(ANSWER)) as (url, _):
        client(url).fetch(DAY)
    assert waits == [40]


@pytest.mark.parametrize("value", ["utf-8", "UTF-8", "none", "binary", "8bit", "identity, utf-8"])
def test_a_content_encoding_that_names_no_compression_is_none(client, value):
    with scripted(reply(ANSWER, Content_Encoding=value)) as (url, asked):
        assert client(url).fetch(DAY).body == ANSWER
    assert len(asked.paths) == 1
    with scripted(reply(gzip.compress(ANSWER), Content_Encoding=f"{value}, gzip")) as (url, _):
        assert client(url).fetch(DAY).body == ANSWER
    refused = pytest.raises(BrokenAnswerError)
    with scripted(reply(gzip.compress(ANSWER), Content_Encoding=value)) as (url, _), refused:
        client(url, attempts=1).fetch(DAY)


@pytest.mark.parametrize("value", ["br", "zstd", "gzip, br", "rot13", "x" * 61, KEY, quote(KEY)])
def test_a_compression_that_was_not_asked_for_is_named(client, value):
    header = value.encode().decode("latin-1")
    refused = pytest.raises(BrokenAnswerError, match="Content-Encoding is «")
    with scripted(reply(ANSWER, Content_Encoding=header)) as (url, _), refused as caught:
        client(url, attempts=1).fetch(DAY)
    assert len(value) > 10 or f"«{value}»" in str(caught.value)
    assert "cAnary" not in str(caught.value)


BREAKS = {
    "closed at once": ([], UnreachableError),
    "half a head": ([b"HTTP/1.1 200 OK\r\nContent-"], MiatelError),
    "no HTTP": ([b"\x16\x03\x01 hello\r\n\r\n"], UnreachableError),
    "half a body": ([b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n[{"], BrokenAnswerError),
    "half a chunk": (
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n[{"], BrokenAnswerError,
    ),
    "no last chunk": (
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n"], BrokenAnswerError,
    ),
    "a bad chunk": (
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n[]\r\n"], BrokenAnswerError,
    ),
    "silence before": ([1.0, *reply(ANSWER)], UnreachableError),
    "silence within": (
        [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[", 1.0, b"]"], MiatelError,
    ),
    "wrong gzip": (reply(b"no gzip at all", Content_Encoding="gzip"), BrokenAnswerError),
    "gzip with a wrong sum": (
        reply(gzip.compress(ANSWER)[:-8] + b"\0" * 8, Content_Encoding="gzip"), BrokenAnswerError,
    ),
    "a page": (reply(b"<html>Back soon</html>"), BrokenAnswerError),
    "nothing": (reply(b""), BrokenAnswerError),
    "busy": (reply(b"one request at a time", "409 Conflict"), ServerBusyError),
}  # fmt: skip


@pytest.mark.parametrize(("parts", "kind"), BREAKS.values(), ids=BREAKS.keys())
def test_every_break_is_logged_and_mended_by_asking_again(client, caplog, parts, kind):
    caplog.set_level(logging.DEBUG)
    with scripted(parts, reply(ANSWER)) as (url, asked):
        assert client(url).fetch(DAY).body == ANSWER
        assert len(asked.paths) == 2
    with scripted(parts) as (url, _):
        with pytest.raises(kind) as caught:
            client(url, attempts=1).fetch(DAY)
        assert "2026-01-01T00:00:00Z" in str(caught.value)
    assert "cAnary" not in caplog.text + str(caught.value) + repr(caught.value.__context__)


def test_a_redirect_is_not_followed_because_the_key_would_go_with_it(client):
    with scripted(reply(ANSWER)) as (elsewhere, never_asked):
        moved = reply(b"", "302 Found", Location=f"{elsewhere}/main-getData.php")
        with scripted(moved) as (url, asked):
            with pytest.raises(RequestRefusedError, match="redirect is not followed"):
                client(url).fetch(DAY)
            assert len(asked.paths) == 1
        assert never_asked.paths == []


def test_a_port_where_nobody_listens_is_named(client):
    with closing(socket.create_server(("127.0.0.1", 0))) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(UnreachableError, match=f"127.0.0.1:{port}.*ConnectionRefused"):
        client(f"http://127.0.0.1:{port}", attempts=1).fetch(DAY)


@pytest.mark.parametrize(
    "url",
    ["", "sms-hub2.miatel.ru", "ftp://sms-hub2.miatel.ru", "http://", "https:///path",
     "http://host:port", "http://host:99999", "http://[::1"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_at_once(client, url):
    with pytest.raises(RequestRefusedError, match="address"):
        client(url)


def test_an_empty_key_is_refused_at_once(tmp_path):
    with pytest.raises(RequestRefusedError, match="key is empty"):
        MiatelClient("http://host", "", clock=lambda: NOW, lock_dir=tmp_path)


def test_the_client_shows_where_it_asks_but_not_with_what(client):
    one = client("https://user:secret@host:81/path")
    assert repr(one) == "MiatelClient('https://host:81')"
    assert one.redact(f"a {KEY} b secret") == "a ••• b •••"
