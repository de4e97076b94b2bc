"""Whether an answer without records says that there was no traffic, or merely holds none.

An empty array counts only where records would stand, and only if all else in the answer is known to
be harmless: a time, a zero, the parameters that were asked for. Anything in doubt is refused, and
the account's owner can confirm the form.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from miatel.parsing.completeness import shown_name
from miatel.parsing.field_words import (
    RECORD_PLACES,
    Path,
    is_of_errors,
    may_hold_records,
    number_of,
    vocabulary,
    whole_number_of,
    words_of,
)

HOW_TO_CONFIRM = (
    "If the vendor confirms that such an answer means 'no traffic', put it into `no_traffic` in "
    "the connection's extra."
)

_FINE_WORDS = vocabulary(
    "ok okay success successful true none done complete completed finished ready null json empty"
)
_FINE_TEXT = re.compile(
    r"no errors?|(no|0|zero) (data|records?|rows?|results?|messages?|sms|traffic|entries)"
    r"( (were |was )?found)?( (for|in) (this|the|the given) (period|interval|time))?[.!]?"
    r"|nothing found[.!]?",
    re.IGNORECASE,
)
_DATE = r"\d{4}[-./]\d\d[-./]\d\d|\d\d[-./]\d\d[-./]\d{4}"
_MOMENT = (
    rf"(?:(?:{_DATE})(?:[T ]\d\d(?::?\d\d){{0,2}}(?:[.,]\d+)?)?|\d\d:\d\d(?::\d\d(?:\.\d+)?)?)"
)
_TIMES = re.compile(
    rf"{_MOMENT}(?: ?(?:Z|GMT|UTC|[+-]\d\d:?\d\d))?(?:\s*(?:[-\u2013/]|to|\.\.)\s*{_MOMENT}Z?)?"
)
_TRUE_OF_NOTHING = vocabulary(
    "success successful ok valid complete completed done finished last final authorized"
    " authenticated active empty status result is has no more utc gmt"
)
_HARMLESS_NUMBERS = vocabulary(
    "time took elapsed duration ms milliseconds seconds sec timestamp ts date version ver page"
    " pages limit max cap per offset id memory runtime execution exec port tz timezone zone period"
    " days hours interval ttl node get from to begin beg end start year month day api build pid"
    " balance code status"
)
_NO_IF_ZERO = vocabulary(  # a zero under such a name is how PHP and MySQL write "false"
    "is was has success successful succeeded ok valid authorized authorised authenticated allowed"
    " connected ready granted logged in finished done"
)
_OTHER_CODES = vocabulary("country currency language lang version network mcc mnc mccmnc area")
_MAY_BE_FALSE = vocabulary(
    "is has more next prev previous first last truncated partial incomplete limited capped complete"
    " cursor token continuation link links url message msg info note notice warning comment reason"
    " description detail details debug cached cache test filter limit reached exceeded name names"
    " geo network networks country countries operator operators mcc mnc mccmnc remaining left total"
    " count status state code success ok"
)
_HARMLESS_TEXTS = vocabulary(
    "version ver api id uuid trace host hostname server node currency tz timezone zone lang"
    " language locale encoding charset format method action account user username client ip from to"
    " begin beg end start period date time session module command self url href"
)
_TOKEN = re.compile(r"[\w:/.+@%?&=~-]{1,200}")
_FAILED = re.compile(
    r"err|fail|denied|refus|reject|exception|unavailable|maintenance|overload|time.?out|invalid"
    r"|wrong|expired|block|limit|partial|truncat|incomplete|pending|busy|later",
    re.IGNORECASE,
)
_PLAUSIBLE_TIMES = (range(10**9, 4 * 10**9), range(10**12, 4 * 10**12))  # Unix s and ms
_NAMES_OF_COLUMNS = vocabulary("column columns field fields header headers")


def objection(
    empty_arrays: Sequence[Path],
    found: Sequence[tuple[Path, Any]],
    empty_objects: Sequence[Path],
    not_counts: frozenset[str] = frozenset(),
) -> str | None:
    """Why an answer without records is not known to mean "no traffic"; None if it is.

    Args:
        empty_arrays: where an empty array stands that could have held records by its place in the
            document; the keys that lead to it are judged here.
        found: all scalars of the answer with their paths.
        empty_objects: where an empty object stands.
        not_counts: names of fields that the owner knows to be no count of records.

    Returns:
        What speaks against it, without any value.
    """
    if not any(may_hold_records(path) for path in empty_arrays):
        return "no empty array stands where records would"
    for path in empty_objects:
        if path and RECORD_PLACES & set(words_of(path[-1])):
            return f"an empty object stands under {_shown(path)}, where records may stand"
    known = {name.lower() for name in not_counts}
    for path, value in found:
        name = path[-1].lower() if path else ""
        if {name, ".".join(path).lower()} & known and number_of(value) is not None:
            continue
        reason = _reason(path, value)
        if reason is not None:
            return reason
    return None


def names_columns(path: Path, items: Sequence[Any]) -> bool:
    """Whether an array merely names columns: it stands beside records, and says nothing of them."""
    words = set(words_of(path[-1])) if path else set()
    return bool(words & _NAMES_OF_COLUMNS) and all(
        isinstance(item, str) and re.fullmatch(r"[A-Za-z_][\w .-]{0,60}", item) for item in items
    )


def is_harmless_text(words: tuple[str, ...], value: str) -> bool:
    """Whether a text beside an empty array says nothing against "no traffic".

    Args:
        words: of the name of its field.
        value: the text.
    """
    text = value.strip()
    if not text or text.lower() in _FINE_WORDS or _FINE_TEXT.fullmatch(text):
        return True
    if _TIMES.fullmatch(text):
        return True
    is_known = bool(set(words) & _HARMLESS_TEXTS)
    return is_known and bool(_TOKEN.fullmatch(text)) and not _FAILED.search(text)


def _reason(path: Path, value: Any) -> str | None:
    words = words_of(path[-1]) if path else ()
    if value is None or value is False:
        if not path or (
            set(words) & (_MAY_BE_FALSE | _HARMLESS_NUMBERS | _HARMLESS_TEXTS)
            and not set(words) <= RECORD_PLACES
        ):
            return None
        is_of_an_error = is_of_errors(path)
        said = "null" if value is None else "false"
        return None if is_of_an_error else f"{_shown(path)} is {said}, where records may stand"
    if value is True:
        if set(words) <= _TRUE_OF_NOTHING and words:
            return None
        return f"{_shown(path)} is true, and what that means is not known"
    number = number_of(value)
    if number is not None:
        return None if _is_harmless_number(words, value) else f"{_shown(path)} is a number"
    return None if is_harmless_text(words, str(value)) else f"{_shown(path)} holds a text"


def _is_harmless_number(words: tuple[str, ...], value: Any) -> bool:
    number = number_of(value)
    if number == 0 and words and set(words) <= _NO_IF_ZERO:
        return False
    if words[-1:] in (("code",), ("status",), ("state",)) and not set(words) & _OTHER_CODES:
        return number in (0, 1, 200)
    if number == 0 or set(words) & _HARMLESS_NUMBERS or set(words) == {"success"}:
        return True
    whole = whole_number_of(value)
    if whole == 1 and set(words) & _TRUE_OF_NOTHING:
        return True
    return whole is not None and any(whole in times for times in _PLAUSIBLE_TIMES)


def _shown(path: Path) -> str:
    return ".".join(map(shown_name, path)) or "the answer beside the array"
