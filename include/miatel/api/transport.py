"""Transport to any of the vendor's HTTP interfaces: one request in flight, within a deadline.

A request goes out while the account's only slot is held, and ends by its deadline. Nothing that is
raised or logged holds a secret. What an answer means is for the caller to say.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

from miatel.account import Account
from miatel.api.clocks import read_server_time
from miatel.api.deadline import TimedAdapter
from miatel.api.decoding import BodyBuffer, read_parts
from miatel.api.exchange import Exchange, Request
from miatel.api.failures import failure_of
from miatel.api.http_settings import DIRECT, HttpSettings
from miatel.api.request_lock import RequestSlot
from miatel.api.retry import RetryPolicy
from miatel.errors import MiatelError, UnreachableError
from miatel.redaction.secrets import protect_http_logs, redact

protect_http_logs()

CONNECT_SECONDS = 10.0
PAUSE_SECONDS = 0.02  # a server counts a request as in flight until a moment after its last byte


class Transport:
    """Sends requests of one account, one at a time.

    Args:
        account: whose key must appear nowhere.
        slot: the account's only request slot.
        clock: gives the present, aware UTC.
        retry: bounds of one answer: its longest silence and its deadline.
        sleep: waits the given seconds.
        http: settings for the way to the API; the environment is not looked at.

    Raises:
        RequestRefusedError: the key would go unencrypted over a network.
    """

    def __init__(
        self,
        account: Account,
        slot: RequestSlot,
        *,
        clock: Callable[[], datetime],
        retry: RetryPolicy,
        sleep: Callable[[float], None] = time.sleep,
        http: HttpSettings = DIRECT,
    ) -> None:
        http.check_way(account)
        self._secrets = [*account.secrets, *http.secrets]
        self._slot = slot
        self._clock = clock
        self._retry = retry
        self._sleep = sleep
        self._adapter = TimedAdapter()
        self._session = requests.Session()
        http.apply(self._session)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, self._adapter)

    def redact(self, text: str) -> str:
        """The text without the account's key and passwords."""
        return redact(text, *self._secrets)

    @contextmanager
    def redacted_errors(self) -> Iterator[None]:
        """A block whose errors hold no secret, even where the server sent it back.

        Raises:
            MiatelError: the block's own, its text redacted, without the parser's error behind it,
                which would hold the complete body.
        """
        try:
            yield
        except MiatelError as error:
            error.args = (self.redact(str(error)),)
            error.__context__ = None
            raise

    def send(self, request: Request) -> Exchange:
        """Send a request once.

        Returns:
            The exchange. A failure is part of it, so that no exception carries the URL with it.

        Raises:
            LockTimeoutError, LockUnusableError: the slot could not be had; nothing was sent.
        """
        with self._slot.held():
            now = self._clock()
            exchange = Exchange(now, now, BodyBuffer(request.counted))
            started = time.monotonic()
            try:
                with self._adapter.ended_after(self._retry.answer_seconds):
                    self._receive(request, exchange)
            except requests.RequestException as error:
                exchange.failure = failure_of(error, request.asked)
            except TimeoutError as error:
                exchange.failure = UnreachableError(f"{request.asked}: {error}")
            finally:
                # A kept connection may be closed by the server just as the next request is sent.
                self._session.close()
            exchange.seconds = time.monotonic() - started
            self._sleep(PAUSE_SECONDS)
        if exchange.status is None and exchange.failure is None:
            exchange.failure = UnreachableError(f"{request.asked}: no answer")
        return exchange

    def retry_after_seconds(self, exchange: Exchange) -> float | None:
        """`Retry-After`, seconds or a date, as seconds from now; None where it has neither.

        A date is one of the server's clock, so it is held against the answer's `Date`.
        """
        value = exchange.headers.get("Retry-After", "").strip()
        if value.isdecimal():
            return float(value)
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        now = read_server_time(exchange.headers) or self._clock()
        return max(0.0, (aware - now).total_seconds())

    def _receive(self, request: Request, exchange: Exchange) -> None:
        """Send the request and read its answer to the end."""
        with self._session.get(
            request.url,
            params=dict(request.parameters),
            headers={"Accept-Encoding": "gzip"},
            timeout=(CONNECT_SECONDS, self._retry.silence_seconds),
            allow_redirects=False,
            stream=True,
        ) as response:
            exchange.received_at = self._clock()
            exchange.status, exchange.headers = response.status_code, response.headers
            for part in read_parts(response):
                exchange.buffer.add(part)
