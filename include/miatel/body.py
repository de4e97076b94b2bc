"""The bytes of an answer: bounded in time, their compression undone, and known to be whole."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import requests
from requests.exceptions import ChunkedEncodingError, ContentDecodingError, ReadTimeout
from urllib3.exceptions import HTTPError, ReadTimeoutError

_CHUNK_BYTES = 1 << 20
_ZLIB_OR_GZIP = 47
_PLAIN = ("", "identity")
_ZIPPED = ("gzip", "x-gzip", "deflate")


def read_parts(response: requests.Response, longest_seconds: float) -> Iterator[bytes]:
    """A body's bytes as they come, content-encoding undone.

    `requests` would do so too, but takes a compressed body that breaks off for a whole one, and
    lets a server that sends a byte now and then hold us for ever.

    Args:
        response: requested with `stream=True`.
        longest_seconds: for all of the body.

    Raises:
        TimeoutError: the body was not whole by then.
        requests.RequestException: it broke off, or its compression is wrong, unknown or cut.
    """
    unzip = _unzipper(response.headers.get("Content-Encoding", "").strip().lower())
    with _cut_off_after(longest_seconds, response) as is_late:
        try:
            for chunk in response.raw.stream(_CHUNK_BYTES, decode_content=False):
                yield unzip.take(chunk)
        except ReadTimeoutError:
            raise ReadTimeout("no byte in time") from None
        except HTTPError as error:
            if not is_late.is_set():
                raise ChunkedEncodingError(type(error).__name__) from None
        if is_late.is_set():
            raise TimeoutError(f"the answer was not whole after {longest_seconds:.0f} s")
    unzip.check_end()


@contextmanager
def _cut_off_after(seconds: float, response: requests.Response) -> Iterator[threading.Event]:
    """End the connection after some time, whatever the server sends; the event says so."""
    is_late = threading.Event()

    def cut_off() -> None:
        is_late.set()
        with suppress(OSError, ValueError):  # it has ended by itself
            response.raw.shutdown()

    watchdog = threading.Timer(seconds, cut_off)
    watchdog.daemon = True
    watchdog.start()
    try:
        yield is_late
    finally:
        watchdog.cancel()


class _Plain:
    """A body that is not compressed."""

    def take(self, chunk: bytes) -> bytes:
        """The chunk as it came."""
        return chunk

    def check_end(self) -> None:
        """Its length is for HTTP to check."""


class _Zipped:
    """A body of one or several gzip members, or one zlib stream."""

    def __init__(self) -> None:
        self._unzip = zlib.decompressobj(_ZLIB_OR_GZIP)
        self._is_empty = True

    def take(self, chunk: bytes) -> bytes:
        """The chunk unzipped."""
        parts = []
        while chunk:
            if self._unzip.eof:
                self._unzip = zlib.decompressobj(_ZLIB_OR_GZIP)
            self._is_empty = False
            try:
                parts.append(self._unzip.decompress(chunk))
            except zlib.error as error:
                raise ContentDecodingError(str(error)) from None
            chunk = self._unzip.unused_data
        return b"".join(parts)

    def check_end(self) -> None:
        """The last member must have come to its end, checksum included."""
        if not (self._is_empty or self._unzip.eof):
            raise ContentDecodingError("the compressed body ends in the middle")


def _unzipper(coding: str) -> _Plain | _Zipped:
    if coding in _PLAIN:
        return _Plain()
    if coding in _ZIPPED:
        return _Zipped()
    raise ContentDecodingError("a compression that was not asked for")
