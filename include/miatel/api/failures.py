"""The error that a broken exchange stands for: no connection, no time, or half an answer."""

from __future__ import annotations

import requests
from requests.exceptions import (
    ChunkedEncodingError,
    ContentDecodingError,
    InvalidHeader,
    InvalidProxyURL,
    ProxyError,
    SSLError,
)

from miatel.api.decoding import UnknownCodingError
from miatel.errors import BrokenAnswerError, MiatelError, RequestRefusedError, UnreachableError


def failure_of(error: requests.RequestException, asked: str) -> MiatelError:
    """The error that a failed exchange stands for.

    Args:
        error: only its kind is named, since its text holds the URL and so the key.
        asked: what was asked, for the message.
    """
    if isinstance(error, UnknownCodingError):
        return BrokenAnswerError(
            f"{asked}: the answer's header Content-Encoding is «{error.coding}»: a compression "
            "that was not asked for (gzip was), or no known one, so the body cannot be read. "
            "Asked again a bounded time; if it stays, a proxy or the server's setting is wrong."
        )
    if isinstance(error, (ChunkedEncodingError, ContentDecodingError, InvalidHeader)):
        return BrokenAnswerError(
            f"{asked}: the answer broke off, was wrongly compressed or has headers that contradict "
            f"each other ({type(error).__name__}). Asked again a bounded time."
        )
    reason = _why_unreachable(error)
    if reason is not None:
        return UnreachableError(f"{asked}: {reason}")
    return RequestRefusedError(
        f"{asked}: the request could not be made ({type(error).__name__}). "
        "Check the connection's host."
    )


def _why_unreachable(error: requests.RequestException) -> str | None:
    """Why there was no answer; None where the request was never sent."""
    if isinstance(error, (ProxyError, InvalidProxyURL)):
        return (
            f"the proxy in the connection's extra could not be used ({_root_cause(error)}). Check "
            "its address, user and password, and that it lets requests to this host pass."
        )
    if isinstance(error, SSLError):
        return (
            "no TLS connection could be made. Check the host's scheme and certificate; for an "
            "authority of your own set ca_bundle in the connection's extra (variables of the "
            "environment are not looked at)."
        )
    if isinstance(error, requests.Timeout):
        return f"no answer in time ({type(error).__name__})"
    if isinstance(error, requests.ConnectionError):
        return (
            f"no connection, or it was reset ({_root_cause(error)}). Check host, port, "
            "network, and that the vendor has whitelisted this host's address."
        )
    return None


def _root_cause(error: BaseException) -> str:
    """The name of the innermost exception, e.g. `ConnectionRefusedError`."""
    cause: BaseException = error
    while True:
        inner = getattr(cause, "reason", None) or cause.__cause__ or cause.__context__
        if not isinstance(inner, BaseException) or inner is cause:
            return type(cause).__name__
        cause = inner
