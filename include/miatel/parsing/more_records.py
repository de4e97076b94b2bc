"""Signs in an answer that there are more records: texts, links, and counts that are texts."""

from __future__ import annotations

import re
from typing import Any

from miatel.parsing.field_words import vocabulary, whole_number_of

LINKS = vocabulary("next continuation prev previous")
"""Words of fields that lead to another page."""
_STATES = frozenset({"status", "state", "result", "outcome"})
_PARTIAL_STATE = re.compile(
    r"partial|incomplete|truncat|limited|more\b|in.?progress|pending|processing|running|preparing"
    r"|unfinished|not.(complete|finished|ready)",
    re.IGNORECASE,
)
_PARTIAL_TEXT = re.compile(
    r"truncat|incomplete|\bpartial(ly)?\b|limit(ed)? (was )?(reached|exceeded|to)\b"
    r"|\b(first|only|last) \d[\d ,]* (of|records|rows|messages|results)|too many (records|rows)"
    r"|\blimit\b[^.;]{0,40}(?<!not )\b(reached|exceeded|hit)\b"
    r"|\b(reached|exceed(s|ed)?|hit)\b[^.;]{0,30}\b(limit|maximum)\b"
    r"|\bmax(imum)?\b[^.;]{0,40}(?<!not )\b(reached|exceeded)\b"
    r"|\bcut off\b|\b(was|were|been|is|are) (omitted|left out|capped|shortened|trimmed|skipped)\b"
    r"|(?<!\bno )(?<!\bany )\bmore (records|rows|results|messages|data|items|entries|pages)\b"
    r"|\bpart of (the|your|all) ",
    re.IGNORECASE,
)
_SOME_OF = re.compile(
    r"\b(?:of|out of) (\d[\d ,]*)(?:records|rows|results|messages|entries|items|sms|mdrs|lines)\b"
    r"|\b(?:show|display|return|list)\w*\b.{0,30}\d (?:of|out of) (\d[\d ,]*)",
    re.IGNORECASE,
)
_COUNT_IN_TEXT = re.compile(
    r"[~\u2248><=(\s]{0,4}(\d+|\d{1,3}(?:[ ,_']\d{3})+)\s*"
    r"(?:(?:record|row|result|message|entr|item|sms|mdr|line|hit|match)[a-z]*)?[+;.)\s]{0,3}",
    re.IGNORECASE,
)
_PART_OF = re.compile(r"(?:.*\D)?(\d+)\s*(?:of|/|out of)\s*(\d+)(?:\D.*)?", re.IGNORECASE)
_LONGEST_PART = 60
_SHOWN = vocabulary("range showing records rows results items page pages displaying")


def count_of(value: Any) -> int | None:
    """The number that a count states, also with a sign or a word beside it: `250+ records`."""
    number = whole_number_of(value)
    if number is None and isinstance(value, str):
        found = _COUNT_IN_TEXT.fullmatch(value)
        return whole_number_of(found[1]) if found else None
    return number


def is_partial_state(text: str) -> bool:
    """Whether a status says that the answer is a part, or not ready."""
    return bool(_PARTIAL_STATE.search(text))


def text_says_more(here: tuple[str, ...], text: str, held: int) -> str | None:
    """What a text in an answer says of more records; None if nothing.

    Args:
        here: words of its field's name, without `is` and the like.
        text: as it came.
        held: records in the answer.
    """
    if here[-1] in _STATES and is_partial_state(text):
        return "says that the answer is not complete"
    if here == ("rel",) and text.strip().lower() in LINKS:
        return "leads to another page"
    some = [whole_number_of((m[1] or m[2]).strip()) for m in _SOME_OF.finditer(text)]
    if any(number is not None and number > held for number in some):
        return "says that the answer is a part"
    part = _PART_OF.fullmatch(text) if set(here) & _SHOWN and len(text) < _LONGEST_PART else None
    if part and int(part[2]) > (held if "page" not in here else 1):
        return "says that the answer is a part"
    if _PARTIAL_TEXT.search(text):
        return "holds a text that says that records were left out"
    return None
