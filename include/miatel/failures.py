"""What it means when an exchange breaks: no connection, no time, or half an answer."""

from __future__ import annotations

import requests
from requests.exceptions import (
    ChunkedEncodingError,
    ContentDecodingError,
    InvalidHeader,
    SSLError,
)

from miatel.errors import BrokenAnswerError, MiatelError, RequestRefusedError, UnreachableError


def failure_of(error: requests.RequestException, asked: str) -> MiatelError:
    """The error that a failed exchange stands for.

    Args:
        error: only its kind is told, since its text holds the URL and so the key.
        asked: what was asked, for the message.
    """
    if isinstance(error, SSLError):
        return UnreachableError(
            f"{asked}: no TLS connection could be made. Check the host's scheme and certificate."
        )
    if isinstance(error, (ChunkedEncodingError, ContentDecodingError, InvalidHeader)):
        return BrokenAnswerError(
            f"{asked}: the answer broke off, was wrongly compressed or has headers that contradict "
            f"each other ({type(error).__name__}). Asked again a bounded time."
        )
    if isinstance(error, requests.Timeout):
        return UnreachableError(f"{asked}: no answer in time ({type(error).__name__})")
    if isinstance(error, requests.ConnectionError):
        return UnreachableError(
            f"{asked}: no connection, or it was reset ({_root_cause(error)}). Check host, port, "
            "network, and that the vendor has whitelisted this host's address."
        )
    return RequestRefusedError(
        f"{asked}: the request could not be made ({type(error).__name__}). "
        "Check the connection's host."
    )


def _root_cause(error: BaseException) -> str:
    """The name of the innermost exception, e.g. `ConnectionRefusedError`."""
    cause: BaseException = error
    while True:
        inner = getattr(cause, "reason", None) or cause.__cause__ or cause.__context__
        if not isinstance(inner, BaseException) or inner is cause:
            return type(cause).__name__
        cause = inner
