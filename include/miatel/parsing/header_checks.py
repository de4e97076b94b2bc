"""Whether the headers of an answer say that there is more than its body holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from miatel.parsing.completeness import More, find_more, incomplete, shown_number
from miatel.parsing.field_words import Path, members, vocabulary

_RANGE = re.compile(r"(?:(\w+)[ =])?\s*(?:(\d+)-(\d+)|\*)/(\d+|\*)")
_LINK_HEADER = re.compile(r"rel\s*=\s*\"?[^\";,]*\b(next|prev|previous)\b", re.IGNORECASE)
_STANDARD_HEADERS = vocabulary(
    "accept-ranges age alt-svc cache-control cf-cache-status connection content-encoding"
    " content-language content-length content-location content-range content-security-policy"
    " content-type date etag expires keep-alive last-modified link location p3p pragma"
    " referrer-policy retry-after server server-timing set-cookie strict-transport-security trailer"
    " transfer-encoding upgrade vary via www-authenticate x-content-type-options"
    " x-frame-options x-powered-by x-request-id x-xss-protection"
)


def check_headers(
    headers: Mapping[str, str], times: Sequence[Any], asked: str, not_counts: frozenset[str]
) -> None:
    """Refuse an answer whose headers say that there is more than it holds.

    Args:
        headers: of the answer.
        times: of the records held, as they came.
        asked: what was asked, for the message.
        not_counts: names of fields and headers that are no count of records.

    Raises:
        IncompleteAnswerError: `X-Total-Count: 250`, `Link: <…>; rel="next"` and their like.
    """
    held = len(times)
    known = {name.lower() for name in not_counts}
    ours = {name: text for name, text in headers.items() if name.lower() not in known}
    plain: list[tuple[Path, Any]] = [
        ((name,), part.strip())
        for name, text in ours.items()
        if _speaks_of_records(name)
        for part in (text, *text.split(","))  # a header that was sent twice is one of two parts
    ]
    plain += [pair for name, text in ours.items() for pair in _members_of(name, text)]
    more = find_more(plain, held) or _more_of_standard_headers(ours, held)
    if more is not None:
        raise incomplete(more, held, asked, times)


def _members_of(name: str, text: str) -> Iterator[tuple[Path, Any]]:
    """The fields of a header that is a JSON object, as `X-Pagination` often is."""
    if text.lstrip()[:1] != "{":
        return
    try:
        value = json.loads(text)
    except ValueError:
        return
    yield from members(value, (name,))


def _speaks_of_records(header: str) -> bool:
    """A header of the standard speaks of the transport: only others can count records."""
    return header.lower() not in _STANDARD_HEADERS


def _more_of_standard_headers(headers: Mapping[str, str], held: int) -> More | None:
    for name, text in headers.items():
        if name.lower() == "link" and _LINK_HEADER.search(text):
            return More(name, "leads to another page")
        if name.lower() == "content-range":
            more = _more_of_range(name, text, held)
            if more is not None:
                return more
    return None


def _more_of_range(name: str, text: str, held: int) -> More | None:
    """`records 0-99/250`: a part of an answer whose size is given, or not known."""
    found = _RANGE.fullmatch(text.strip())
    if not found or (found[1] or "").lower() == "bytes":
        return None
    if found[4] == "*":
        return More(name, "says that the answer is a part of a whole of unknown size")
    count = int(found[4][:18])
    if count > held:
        return More(name, f"counts {shown_number(count)} records", count)
    return More(name, "says that the answer does not begin at the first") if _late(found) else None


def _late(found: re.Match[str]) -> bool:
    return found[2] is not None and int(found[2][:18]) > 1
