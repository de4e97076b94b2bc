"""Refusals, recognised among answers: an error may come with any status and in any form.

The vendor documents no error form. A wrong key, a second request in flight or a bad period may come
as a 4xx or 5xx status, as status 200 with a JSON object, as HTML or as an empty body. None of these
is "no traffic", so nothing in this module ever turns one into zero records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from miatel.errors import (
    BadPeriodError,
    BrokenAnswerError,
    ErrorAnswerError,
    KeyRefusedError,
    MiatelError,
    RequestRefusedError,
    ServerBusyError,
    ServerFailedError,
)
from miatel.parsing.field_words import number_of, words_of
from miatel.parsing.more_records import is_partial_state
from miatel.parsing.no_traffic import is_harmless_text
from miatel.parsing.statements import begins_statement
from miatel.redaction.masking import mask_text

_BUSY = re.compile(
    r"busy|in progress|in flight|another request|one request|simultaneous|concurrent|parallel"
    r"|already (running|processing|active)|too many|rate.?limit|throttl|try again|wait\b",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"\bkey\b|ip_auth|auth|forbidden|denied|not allowed|whitelist|credential|permission|login"
    r"|\bip\b|unknown (account|client|user)",
    re.IGNORECASE,
)
_PERIOD = re.compile(
    r"period|interval|range|31 ?days|time_?(beg|end)|\btimes?\b|\bdates?\b|\bdays?\b", re.IGNORECASE
)
_ERROR = re.compile(r"(?<![a-z])err|error|exception|(?<!de)fault", re.IGNORECASE)
_FAILURE = re.compile(r"fail|denied|refus|reject", re.IGNORECASE)  # or counts of such messages
_KEY_PAGE = re.compile(  # a page has many words: only those that cannot mean anything else
    r"(wrong|invalid|bad|unknown|refused|missing|expired)\W+(\w+\W+)?key\b"
    r"|\bkey\W+(\w+\W+)?(wrong|invalid|bad|unknown|refused|missing|expired)"
    r"|access (is )?denied|\bforbidden\b|unauthori[sz]ed|whitelist|ip_auth_key",
    re.IGNORECASE,
)
_PHP_MESSAGE = re.compile(
    r"\b(PHP )?(Warning|Notice|Deprecated|Strict Standards|(Recoverable |Catchable )?Fatal error"
    r"|Parse error)(</b>)?:\s.*?\bon line\b|\bUncaught \w*(Error|Exception)\b|\bStack trace:",
    re.DOTALL,
)
_STATUS_KEYS = {"status", "state", "result", "code", "success", "ok", "status_code"}
_MESSAGE_KEYS = {"message", "msg", "detail", "details", "description", "info", "reason", "text"}
_FINE_WORDS = {
    "", "0", "1", "200", "ok", "success", "successful", "true", "none", "no error", "no errors",
    "done", "complete", "completed", "null",
}  # fmt: skip
EXCERPT_CHARACTERS = 200


def excerpt(text: str) -> str:
    """A short, single-line part of what came: the words of common errors, all else by its form."""
    line = " ".join(re.sub(r"<[^>]*>|\"", " ", text).split())
    return mask_text(line)[:EXCERPT_CHARACTERS]


def refusal_of_status(
    status: int, text: str, asked: str, *, retry_after_seconds: float | None = None
) -> MiatelError:
    """The error that a status other than 200 stands for.

    Args:
        status: HTTP status, not 200.
        text: body as text, key removed; only an excerpt is shown.
        asked: what was asked, for the message.
        retry_after_seconds: the server's `Retry-After`, seconds, if it sent one.

    Returns:
        The error to raise: busy before all else, since vendors use any status for it.
    """
    came = f"{asked}: the server answered status {status}" + _quoted(text)
    if status == 429 or _BUSY.search(text):
        return ServerBusyError(
            f"{came}. One request at a time is allowed; asked again a bounded time.",
            retry_after_seconds=retry_after_seconds,
        )
    if status >= 500:
        return ServerFailedError(
            f"{came}. The vendor's platform failed; try again later.",
            retry_after_seconds=retry_after_seconds,
        )
    if status in (401, 403) or _KEY.search(text):
        return _key_refused(came)
    if _PERIOD.search(text):
        return _bad_period(came)
    if 300 <= status < 400:
        return RequestRefusedError(
            f"{came}. A redirect is not followed, because the key would go with it: "
            "put the final address into the connection's host."
        )
    return RequestRefusedError(
        f"{came}. Check the connection's host and key, and the period asked for."
    )


def looks_like_json(body: bytes) -> bool:
    """Whether a body begins like an array, an object or a statement; all else is a refusal."""
    begins_json = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{")
    return begins_json or begins_statement(body)


def holds_php_message(text: str) -> bool:
    """Whether a warning or an error of PHP stands in a text, as HTML or plain."""
    return bool(_PHP_MESSAGE.search(text))


def refusal_of_text(text: str, asked: str) -> MiatelError:
    """The error that a body which is not JSON stands for: empty, HTML or plain text."""
    if not text.strip():
        return BrokenAnswerError(
            f"{asked}: the server answered 200 with an empty body. That is not 'no traffic': it "
            "may mean a refused key, a second request in flight or a bad period. Check these."
        )
    came = f"{asked}: the server answered 200 with a page that is not JSON" + _quoted(text)
    if _BUSY.search(text):
        return ServerBusyError(f"{came}. Another request of this account is in flight.")
    if holds_php_message(text):  # its words are those of a program: "access denied" is no key
        return BrokenAnswerError(
            f"{came}. A message of the vendor's PHP stands in it, so that it is not known to be "
            "whole, whatever JSON it holds beside; if it stays, tell the vendor."
        )
    if _KEY_PAGE.search(text):
        return _key_refused(came)
    return BrokenAnswerError(f"{came}. Check the connection's host, and the key at the vendor.")


def check_envelope(
    documents: list[Any],
    record_count: int,
    asked: str,
    not_counts: frozenset[str] = frozenset(),
) -> None:
    """Refuse an answer whose parts outside the records say that it failed.

    Args:
        documents: the answer's JSON documents, its records taken out.
        record_count: how many records were found in it.
        asked: what was asked, for the message.
        not_counts: names of fields whose numbers the owner knows to say nothing of the answer.

    Raises:
        MiatelError: the kind that the error's text names; `ErrorAnswerError` where it names none.
    """
    known = {name.lower() for name in not_counts}
    scalars = [
        (key, value)
        for document in documents
        for key, value in _scalars(document)
        if not (key.lower() in known and number_of(value) is not None)
    ]
    complaints = [
        f"{key}: {value}" for key, value in scalars if _complains(key, value, record_count)
    ]
    if record_count == 0 and not complaints:
        complaints = [
            f"{key}: {value}"
            for key, value in scalars
            if (key.lower() in _STATUS_KEYS and not _fine_status(value))
            or (key.lower() in _MESSAGE_KEYS and not _fine_message(key, value))
        ]
    if complaints:
        raise _refusal_of_complaint("; ".join(complaints), asked)


def _complains(key: str, value: Any, record_count: int) -> bool:
    """Whether a part of the envelope says by itself that the answer failed.

    Beside records, a number of failed messages is none, and neither is a status that is no error.
    """
    if _ERROR.search(key):
        return not _fine(value)
    if _FAILURE.search(key):
        is_count = record_count > 0 and str(value).strip().isdecimal()
        return not _fine(value) and not is_count
    if record_count > 0 and key.lower() in _STATUS_KEYS:
        text = str(value)
        if key.lower() in ("success", "ok") and text.strip().lower() in ("0", "no", "n", "off"):
            return True
        return text.lower() == "false" or bool(_ERROR.search(text) or _FAILURE.search(text))
    return False


def _refusal_of_complaint(complaint: str, asked: str) -> MiatelError:
    came = f"{asked}: the server answered 200 with an error object" + _quoted(complaint)
    if _BUSY.search(complaint):
        return ServerBusyError(f"{came}. Another request of this account is in flight.")
    if _KEY.search(complaint):
        return _key_refused(came)
    if _PERIOD.search(complaint):
        return _bad_period(came)
    return ErrorAnswerError(f"{came}. Nothing was landed for this window.")


def _key_refused(came: str) -> KeyRefusedError:
    return KeyRefusedError(
        f"{came}. Check the connection's password (ip_auth_key), and that the vendor has "
        "whitelisted this host's address."
    )


def _bad_period(came: str) -> BadPeriodError:
    return BadPeriodError(f"{came}. Periods are GMT, whole seconds, at most 31 days.")


def _quoted(text: str) -> str:
    short = excerpt(text)
    return f" («{short}»)" if short else " and no text"


def _scalars(value: Any, key: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Every scalar of the envelope with the name of its nearest key; geo names are no envelope."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if not re.fullmatch(r"\d{4,6}", name):
                yield from _scalars(inner, _joined(key, name), depth + 1)
    elif isinstance(value, list):
        if depth and _names_error(key):
            for inner in value:
                yield from _scalars(inner, key, depth + 1)
    else:
        yield key, value


def _joined(outer: str, name: str) -> str:
    """An error's inner fields keep the error in their name: {"error": {"text": …}}."""
    return f"{outer}.{name}" if _names_error(outer) else name


def _names_error(key: str) -> bool:
    return bool(_ERROR.search(key) or _FAILURE.search(key))


def _fine(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in _FINE_WORDS
    return value in (None, False, 0, 200)


def _fine_status(value: Any) -> bool:
    if isinstance(value, str):  # that there is more has an error of its own kind
        return value.strip().lower() in _FINE_WORDS or is_partial_state(value)
    return value is not False and (value is None or value in (True, 0, 1, 200))


def _fine_message(key: str, value: Any) -> bool:
    """Beside an empty array: a text that says the same, or nothing of a failure."""
    return _fine(value) or (isinstance(value, str) and is_harmless_text(words_of(key), value))
