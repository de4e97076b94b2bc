"""The bytes of an answer: decompressed, and known to be complete."""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from collections.abc import Iterator

import requests
from requests.exceptions import ChunkedEncodingError, ContentDecodingError, ReadTimeout
from urllib3.exceptions import HTTPError, ReadTimeoutError

_CHUNK_BYTES = 1 << 20
_ZLIB_OR_GZIP = 47
_ZIPPED = ("gzip", "x-gzip", "deflate")
# What scripts write there by mistake: a character set, a transfer encoding, or "nothing".
_NO_CODING = re.compile(
    r"(|identity|none|null|binary|chunked|[78]-?bit|(us-)?ascii|utf-?(8|16|32)(le|be)?"
    r"|iso-?8859-?\d+|latin-?1|(windows-|cp)125\d)"
)


class UnknownCodingError(ContentDecodingError):
    """A `Content-Encoding` that was not asked for, so that the body cannot be read.

    Attributes:
        coding: the header's value, as far as it is of the header's usual characters.
    """

    def __init__(self, value: str) -> None:
        super().__init__()
        is_usual = re.fullmatch(r"[A-Za-z0-9_., ;=*-]{1,60}", value) is not None
        self.coding = value if is_usual else f"({len(value)} unusual characters)"


class BodyBuffer:
    """A body put together, hashed and looked through while it comes, and held only once.

    Args:
        counted: bytes whose occurrences are counted, two at least; None for none.

    Attributes:
        digest: SHA-256 of the bytes so far.
        count: how often the counted bytes stand in it.
    """

    def __init__(self, counted: bytes | None = None) -> None:
        self.digest = hashlib.sha256()
        self.count = 0
        self._counted = counted
        self._end = b""
        self._bytes = io.BytesIO()

    def add(self, part: bytes) -> None:
        """Append the bytes that came next."""
        if self._counted is not None:
            length = len(self._counted) - 1
            self.count += part.count(self._counted)
            self.count += (self._end + part[:length]).count(self._counted)
            self._end = (self._end + part[-length:])[-length:]
        self.digest.update(part)
        self._bytes.write(part)

    def body(self) -> bytes:
        """The bytes that came so far."""
        return self._bytes.getvalue()


def read_parts(response: requests.Response) -> Iterator[bytes]:
    """A body's bytes as they come, content-encoding undone.

    `requests` would do so too, but takes a compressed body that breaks off for a complete one.

    Args:
        response: requested with `stream=True`.

    Raises:
        requests.RequestException: it broke off, or its compression is wrong, unknown or cut.
    """
    unzip = _unzipper(response.headers.get("Content-Encoding", "").strip())
    try:
        for chunk in response.raw.stream(_CHUNK_BYTES, decode_content=False):
            yield unzip.decode(chunk)
    except ReadTimeoutError:
        raise ReadTimeout("no byte in time") from None
    except HTTPError as error:
        raise ChunkedEncodingError(type(error).__name__) from None
    unzip.check_end()


class _Plain:
    """A body that is not compressed."""

    def decode(self, chunk: bytes) -> bytes:
        """The chunk as it came."""
        return chunk

    def check_end(self) -> None:
        """Its length is for HTTP to check."""


class _Zipped:
    """A body of one or several gzip members, or one zlib stream."""

    def __init__(self) -> None:
        self._unzip = zlib.decompressobj(_ZLIB_OR_GZIP)
        self._is_empty = True

    def decode(self, chunk: bytes) -> bytes:
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


def _unzipper(value: str) -> _Plain | _Zipped:
    """What undoes a `Content-Encoding`; a value that names no compression is none.

    Raises:
        UnknownCodingError: a compression that was not asked for, several, or an unknown word.
    """
    words = [word.strip() for word in value.lower().split(",")]
    codings = [word for word in words if not _NO_CODING.fullmatch(word)]
    if not codings:
        return _Plain()
    if len(codings) == 1 and codings[0] in _ZIPPED:
        return _Zipped()
    raise UnknownCodingError(value)
