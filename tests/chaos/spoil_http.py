"""Ways to spoil an answer on its way: compression, lengths, chunks, status."""

from __future__ import annotations

import gzip
import random
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Wire:
    """What goes over the connection, which is closed afterwards.

    Attributes:
        is_whole: a careful client can tell `body` from it, in full.
        says_more: its headers say that there is more than the body holds.
        body: what was meant to be sent.
    """

    payload: bytes
    body: bytes
    is_whole: bool
    says_more: bool = False


_ID = re.compile(rb'(sms_hub_sms_id"\s*:\s*"?)1')

Carrier = Callable[[random.Random, bytes], Wire]


def _answer(
    payload: bytes, *headers: str, status: str = "200 OK", length: int | None = None
) -> bytes:
    """An HTTP answer; a `length` of -1 leaves it out."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", "Connection: close", *headers]
    if length != -1:
        lines.append(f"Content-Length: {len(payload) if length is None else length}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + payload


def with_headers(chance: random.Random, body: bytes) -> Wire:
    """Headers that say nothing of more."""
    header = chance.choice(
        ["X-Has-More: false", "X-Next-Page: ", 'Link: </p1>; rel="first"', "X-Total-Pages: 1",
         "X-RateLimit-Remaining: 250", "Age: 12", "X-Runtime: 250", "X-Total-Count: 0"]
    )  # fmt: skip
    return Wire(_answer(body, header), body, is_whole=True)


def plain(chance: random.Random, body: bytes) -> Wire:
    return Wire(_answer(body), body, is_whole=True)


def without_length(chance: random.Random, body: bytes) -> Wire:
    return Wire(_answer(body, length=-1), body, is_whole=True)


def zipped(chance: random.Random, body: bytes) -> Wire:
    kind = chance.choice(["gzip", "x-gzip", "deflate"])
    payload = zlib.compress(body) if kind == "deflate" else gzip.compress(body, mtime=0)
    return Wire(_answer(payload, f"Content-Encoding: {kind}"), body, is_whole=True)


def zipped_in_members(chance: random.Random, body: bytes) -> Wire:
    middle = chance.randint(0, len(body))
    payload = gzip.compress(body[:middle], mtime=0) + gzip.compress(body[middle:], mtime=0)
    return Wire(_answer(payload, "Content-Encoding: gzip"), body, is_whole=True)


def in_chunks(chance: random.Random, body: bytes) -> Wire:
    payload = _answer(_chunks(chance, body) + b"0\r\n\r\n", "Transfer-Encoding: chunked", length=-1)
    return Wire(payload, body, is_whole=True)


def zipped_and_cut(chance: random.Random, body: bytes) -> Wire:
    payload = gzip.compress(body, mtime=0)
    payload = payload[: chance.randint(0, len(payload) - 1)]
    return Wire(_answer(payload, "Content-Encoding: gzip"), body, is_whole=False)


def zipped_and_cut_after_a_document(chance: random.Random, body: bytes) -> Wire:
    """Cut where what came before is whole JSON by itself: only the compression shows it."""
    packer = zlib.compressobj(wbits=31)
    first = packer.compress(body) + packer.flush(zlib.Z_FULL_FLUSH)
    other_records = _ID.sub(rb"\g<1>2", body)
    return Wire(_answer(first, "Content-Encoding: gzip"), body + other_records, is_whole=False)


def zipped_with_wrong_sum(chance: random.Random, body: bytes) -> Wire:
    payload = bytearray(gzip.compress(body, mtime=0))
    payload[chance.randrange(10, len(payload))] ^= 1 << chance.randrange(8)
    return Wire(_answer(bytes(payload), "Content-Encoding: gzip"), body, is_whole=False)


def said_to_be_zipped(chance: random.Random, body: bytes) -> Wire:
    kind = chance.choice(["gzip", "deflate"])
    return Wire(_answer(body, f"Content-Encoding: {kind}"), body, is_whole=False)


def not_said_to_be_zipped(chance: random.Random, body: bytes) -> Wire:
    return Wire(_answer(gzip.compress(body, mtime=0)), body, is_whole=False)


def unknown_coding(chance: random.Random, body: bytes) -> Wire:
    kind = chance.choice(["br", "zstd", "compress", "aes"])
    return Wire(_answer(zlib.compress(body), f"Content-Encoding: {kind}"), body, is_whole=False)


def zipped_and_more(chance: random.Random, body: bytes) -> Wire:
    payload = gzip.compress(body, mtime=0) + chance.choice([b"junk", b"\x00" * 8, b"\x1f\x8b"])
    return Wire(_answer(payload, "Content-Encoding: gzip"), body, is_whole=False)


def length_too_long(chance: random.Random, body: bytes) -> Wire:
    missing = chance.choice([1, 2, 1000])
    return Wire(_answer(body, length=len(body) + missing), body + b" " * missing, is_whole=False)


def length_too_short(chance: random.Random, body: bytes) -> Wire:
    length = chance.randint(0, len(body))
    return Wire(_answer(body, length=length), body[:length], is_whole=True)


def chunks_cut(chance: random.Random, body: bytes) -> Wire:
    chunks = _chunks(chance, body)
    chunks = chance.choice([chunks, chunks[: chance.randint(0, len(chunks))], chunks + b"zz\r\n"])
    payload = _answer(chunks, "Transfer-Encoding: chunked", length=-1)
    return Wire(payload, body, is_whole=False)


def other_status(chance: random.Random, body: bytes) -> Wire:
    status = chance.choice(
        ["201 Created", "203 Changed", "204 No Content", "206 Partial Content", "226 IM Used",
         "300 Choices", "304 Not Modified", "400 Bad Request", "401 Unauthorized", "404 Not Found",
         "409 Conflict", "418 Teapot", "429 Too Many Requests", "500 Oops", "599 Odd", "777 Odder"]
    )  # fmt: skip
    return Wire(_answer(body, status=status), body, is_whole=False)


def moved(chance: random.Random, body: bytes) -> Wire:
    place = chance.choice(["http://127.0.0.1:9/elsewhere", "/main-getData.php?again=1"])
    return Wire(_answer(body, f"Location: {place}", status="302 Found"), body, is_whole=False)


def odd_headers(chance: random.Random, body: bytes) -> Wire:
    """Headers that no server should send, with a status that may have been meant."""
    header = chance.choice(
        ["Retry-After: Mon, 01 Jan 99999999999999 00:00:00 GMT", "Retry-After: -1e999",
         "Retry-After: " + "9" * 5_000, "Content-Encoding: gzip, gzip", "Content-Length: many",
         "Content-Length: -5", "Transfer-Encoding: aes", "X-Long: " + "a" * 70_000, "no colon",
         "X-Odd: \u0416", ": nameless", "Content-Type: text/\x00"]
    )  # fmt: skip
    status = chance.choice(["200 OK", "429 Too Many Requests", "503 Down"])
    return Wire(_answer(body, header, status=status), body, is_whole=False)


def more_in_headers(chance: random.Random, body: bytes) -> Wire:
    header = chance.choice(
        ["X-Total-Count: 100000", "X-Total: 99999", "X-Has-More: true", 'Link: </p2>; rel="next"',
         "Content-Range: records 0-9/12345", "X-Next-Page: 2", "X-Total-Pages: 7",
         "x-total-count: 4000", "Link: </p1>; rel=first, </p2>; rel=next", "X-Truncated: 1"]
    )  # fmt: skip
    return Wire(_answer(body, header), body, is_whole=True, says_more=True)


def not_http(chance: random.Random, body: bytes) -> Wire:
    return Wire(
        chance.choice([body, b"", b"HTTP/1.1 OK\r\n\r\n", b"\x16\x03\x01"]), body, is_whole=False
    )


KEPT: tuple[Carrier, ...] = (
    plain, with_headers, without_length, zipped, zipped_in_members, in_chunks,
)  # fmt: skip
REFUSABLE: tuple[Carrier, ...] = (
    zipped_and_cut, zipped_and_cut_after_a_document, zipped_with_wrong_sum, said_to_be_zipped,
    not_said_to_be_zipped, unknown_coding, zipped_and_more, length_too_long, length_too_short,
    chunks_cut, other_status, moved, odd_headers, more_in_headers, not_http,
)  # fmt: skip


def _chunks(chance: random.Random, body: bytes) -> bytes:
    size = chance.choice([7, 100, 4096])
    parts = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
