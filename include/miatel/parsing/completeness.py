"""Whether an answer itself says that there is more than it holds: counts, flags, links, headers.

A count that is larger than the number of records held, a flag, a link to a next page or a header is
taken at its word. Smaller counts are no contradiction: they may count messages of several records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from miatel.errors import IncompleteAnswerError
from miatel.parsing.field_words import Path, number_of, vocabulary, whole_number_of, words_of
from miatel.parsing.more_records import LINKS, count_of, text_says_more
from miatel.redaction.masking import mask_name

_COUNTS = vocabulary(
    "count counts cnt total totals quantity qty found hits matches matched matching"
)
_NUMBERS = vocabulary("num number nb no")  # counts only of something that they name
_RECORDS = vocabulary(
    "record records row rows item items result results entry entries message messages msg msgs sms"
    " mdr mdrs element elements object objects line lines rec event events data document documents"
    " hit hits recs"
)
_ALONE = vocabulary(
    "records rows items results entries messages msgs sms mdrs elements objects events documents"
    " hits found recs"
)
_PLURALS = vocabulary("records recs rows items results entries messages msgs mdrs documents")
_IN_BETWEEN = vocabulary("value all overall of in the i x")
_OTHER_THINGS = vocabulary(  # what is counted, paid or measured is no record
    "cost costs price prices sum amount amounts charge charges balance paid money currency credit"
    " credits eur usd rub part parts segment segments failed failure failures failing error errors"
    " err rejected reject delivered undelivered undeliverable expired user users account accounts"
    " sender senders recipient recipients name names geo network networks quota rate ratelimit"
    " cache cached request requests query queries call calls attempt attempts column columns field"
    " fields page pages"
)
_OTHER_HERE = _OTHER_THINGS | vocabulary(
    "second seconds time times ms milliseconds minute minutes hour hours day days duration elapsed"
    " byte bytes kb mb size memory limit max min offset per id code status version unique distinct"
    " percent ratio share average avg length"
)
_CURRENCY = re.compile(r"[A-Z]{3}")

_MORE_IF_TRUE = vocabulary(
    "truncated partial incomplete capped clipped limited overflow overflowed exceeded unfinished"
    " remaining left"
)
_NO_MORE_IF_TRUE = frozenset(
    {("complete",), ("completed",), ("last",), ("final",), ("finished",), ("done",), ("eof",)}
    | {("end",), ("exhausted",), ("whole",), ("last", "page"), ("all", "records"), ("all",)}
    | {("no", "more"), ("all", "data"), ("end", "of", "data"), ("data", "complete")}
)
_TAKE_NO_NUMBER = frozenset(
    {("complete",), ("data", "complete"), ("eof",), ("no", "more"), ("all", "data")}
    | {("end", "of", "data"), ("exhausted",), ("whole",)}
)
_AUXILIARIES = ("is", "has", "are", "was", "have")
_LEFT_OUT = vocabulary("omitted withheld")
_NOT_SENT = vocabulary("skipped left missing hidden dropped remaining unsent")  # of records alone
_SURE_RECORDS = vocabulary("record records recs row rows result results item items entry entries")
_NOT_OF_RECORDS = vocabulary(
    "info help details docs quota rate ratelimit request requests call calls credit credits balance"
    " seconds time days attempts update run sync retry billing allowed"
)
_WHOLE_LINKS = frozenset({("cursor",), ("continue",), ("scroll", "id"), ("page", "token")})
_PAGES = frozenset({("pages",), ("last", "page"), ("max", "page"), ("pages", "total")})
_OFFSETS = frozenset({("offset",), ("skip",), ("row", "offset"), ("records", "offset")})
_PAGE = frozenset({("page",), ("current", "page"), ("page", "number"), ("page", "no")})
_LIMITS = frozenset({("limit",), ("page", "size"), ("max", "records"), ("max", "rows")})
_LIMITS_MORE = frozenset({("records", "limit"), ("row", "limit"), ("rows", "limit")})
_TRUE = frozenset({"true", "yes", "y", "on"})
_FALSE = frozenset({"", "false", "no", "n", "off", "null", "none", "0", "[]", "{}"})
_WELL_KNOWN = (
    _COUNTS | _NUMBERS | _RECORDS | _IN_BETWEEN | _OTHER_HERE | _MORE_IF_TRUE | LINKS
    | frozenset(_AUXILIARIES) | frozenset(word for words in _NO_MORE_IF_TRUE for word in words)
    | vocabulary("more filtered available range url href link token cursor")
)  # fmt: skip


@dataclass(frozen=True)
class More:
    """What says that there is more.

    Attributes:
        name: the field or header, as the answer names it.
        says: what it says, without any value that may be personal.
        count: the number of records that it states; None for a flag or a link.
    """

    name: str
    says: str
    count: int | None = None


def find_more(
    found: Iterable[tuple[Path, Any]], held: int, not_counts: frozenset[str] = frozenset()
) -> More | None:
    """What in an answer, apart from its records, says that there is more; None if nothing does.

    Args:
        found: its scalars with their paths.
        held: records in it, as they came, repeated ones included.
        not_counts: names of fields, or dotted paths, that are no count of records.

    Returns:
        The largest count before all else, since the same one in a part of the window would
        disprove it.
    """
    counts: list[More] = []
    others, full, is_counted = [], None, False
    known = {name.lower() for name in not_counts}
    for path, value in found:
        if not path or value is None or {path[-1].lower(), ".".join(path).lower()} & known:
            continue
        count = count_of(value) if is_count(path) else None
        if count is not None and count > held:
            counts.append(More(path[-1], f"counts {shown_number(count)} records", count))
        is_counted = is_counted or count == held
        if (says := _says_more(path, value, held)) is not None:
            others.append(More(path[-1], says))
        if _is_limit(path) and whole_number_of(value) == held > 0:
            full = More(path[-1], "is a limit, and the answer holds as many records")
    if counts:
        return max(counts, key=lambda more: more.count or 0)
    return others[0] if others else (None if is_counted else full)


def incomplete(
    more: More, held: int, asked: str, times: Sequence[Any] = ()
) -> IncompleteAnswerError:
    """The error for an answer that says that there is more.

    Args:
        more: what says so.
        held: records in it.
        asked: what was asked, for the message.
        times: of the records held, as times or as Arrow's values of them.
    """
    moments = [getattr(time, "as_py", lambda found=time: found)() for time in times]
    return IncompleteAnswerError(
        f"{asked}: the answer holds {held:,} records, but there is more: {shown_name(more.name)} "
        f"{more.says}. Nothing of it was landed; where a shorter period may help it is asked for. "
        "If the vendor says that this field is no count of records, name it in `not_counts` in the "
        "connection's extra.",
        name=more.name,
        shown_name=shown_name(more.name),
        count=more.count,
        held=held,
        times=[moment for moment in moments if moment is not None],
    )


def is_count(path: Path) -> bool:
    """Whether a field counts records, by its name and those it stands in."""
    here = words_of(path[-1])
    above = [word for name in path[:-1] for word in words_of(name)]
    if here[:3] == ("rows", "before", "limit"):  # an analytical database's own name for it
        return True
    if _OTHER_HERE & set(here) or _OTHER_THINGS & set(above) or _is_currency(path[-1]):
        return False
    words = set(here)
    if words & _COUNTS or (words & _NUMBERS and words & _RECORDS):
        return True
    if words & _PLURALS or (words & _ALONE and words <= _RECORDS | _IN_BETWEEN):
        return True
    parent = set(words_of(path[-2])) if len(path) > 1 else set()
    return bool(parent & _COUNTS) and words <= _RECORDS | _IN_BETWEEN


def shown_name(name: str) -> str:
    """A field's name for a message: one of well-known words as it is, any other by its form."""
    words = words_of(name)
    is_known = bool(words) and len("".join(words)) == sum(map(str.isalnum, name))
    return name if is_known and set(words) <= _WELL_KNOWN else mask_name(name)


def _says_more(path: Path, value: Any, held: int) -> str | None:
    """What a scalar says of more, apart from a count; None if nothing."""
    named = words_of(path[-1])
    here = _without_auxiliaries(named)
    if not here:
        return None
    is_asked = len(named) > len(here) and named[-len(here) - 1] == "is"
    is_plain = is_asked or here in _TAKE_NO_NUMBER or "complete" in here
    claims = (
        (_pages_say_more(here, path, value), "says that the answer is one of several pages"),
        (_is_more_flag(here, value), "says that there is more"),
        (
            here in _NO_MORE_IF_TRUE and _is_no(value, is_plain=is_plain),
            "says that the answer is not complete",
        ),
        (_is_link(here, path, value), "leads to another page"),
        (here in _OFFSETS and (number_of(value) or 0) > 0, "says that it begins later"),
    )
    says = next((says for is_said, says in claims if is_said), None)
    return says or (text_says_more(here, value, held) if isinstance(value, str) else None)


def _is_more_flag(here: tuple[str, ...], value: Any) -> bool:
    words = set(here)
    if here[0] == "no" or words & _NOT_OF_RECORDS:
        return False
    is_flag = (
        "more" in words
        or here[0] in _MORE_IF_TRUE
        or words & _LEFT_OUT
        or (words & _NOT_SENT and words & _SURE_RECORDS)
        or here[-1] in ("truncated", "reached", "exceeded", "remaining")
        or here == ("next",)
    )
    return bool(is_flag) and here != ("next",) and _is_yes(value)


def _is_link(here: tuple[str, ...], path: Path, value: Any) -> bool:
    words = set(here)
    if words & _NOT_OF_RECORDS or not _is_yes(value):
        return False
    above = {word for name in path[:-1] for word in words_of(name)}
    is_target = bool(above & LINKS) and bool(words & {"href", "url", "link", "page", "cursor"})
    return bool(words & LINKS) or here in _WHOLE_LINKS or is_target


def _pages_say_more(here: tuple[str, ...], path: Path, value: Any) -> bool:
    number = whole_number_of(value)
    if number is None or number < 2:
        return False
    counts_pages = {"page", "pages"} & set(here) and set(here) & (_COUNTS | _NUMBERS)
    is_index = here in _PAGE
    if is_index or here in _PAGES:
        return True
    above = set(words_of(path[-2])) if len(path) > 1 else set()
    return bool(counts_pages) or ("pages" in above and here in {("total",), ("count",)})


def _is_limit(path: Path) -> bool:
    here = words_of(path[-1])
    above = {word for name in path[:-1] for word in words_of(name)}
    if (set(here) | above) & {"rate", "ratelimit", "quota", "request", "requests", "credit"}:
        return False
    return here[:1] == ("per",) or here[-2:] == ("per", "page") or here in _LIMITS | _LIMITS_MORE


def _without_auxiliaries(words: tuple[str, ...]) -> tuple[str, ...]:
    if words[:1] == ("x",):
        words = words[1:]
    return words[1:] if words[:1] and words[0] in _AUXILIARIES else words


def _is_yes(value: Any) -> bool:
    """Whether a value says yes: true, a number above zero, a text that does not say no."""
    if isinstance(value, bool):
        return value
    number = number_of(value)
    if number is not None:
        return number > 0
    return isinstance(value, str) and value.strip().lower() not in _FALSE


def _is_no(value: Any, *, is_plain: bool) -> bool:
    """Whether a value says no outright; a zero does only where a number is not expected."""
    if isinstance(value, str):
        text = value.strip().lower()
        return text in ("false", "no", "n") or (is_plain and text == "0")
    return value is False or (is_plain and not isinstance(value, bool) and value == 0)


def _is_currency(name: str) -> bool:
    return bool(_CURRENCY.fullmatch(name)) and name not in ("SMS", "MDR")


def shown_number(number: int) -> str:
    """A count as it is, unless it is long enough to be a number of a phone."""
    return f"{number:,}" if number < 10**7 else f"<number {len(str(number))}>"
