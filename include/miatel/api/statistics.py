"""Client of the statistics API: asks for a window, returns its answer or the error that came."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from miatel.account import Account
from miatel.answers import Answer, OnRefused, Refused
from miatel.api.clocks import ClockComparison
from miatel.api.exchange import Exchange, Request
from miatel.api.http_settings import DIRECT, HTTP_SETTINGS, HttpSettings
from miatel.api.request_lock import RequestSlot
from miatel.api.retry import Retries, RetryPolicy
from miatel.api.transport import Transport
from miatel.errors import ClockError, MiatelError
from miatel.limits import STATISTICS_PATH, TIME_FIELD
from miatel.parsing.answer_form import AS_FOUND, AnswerForm
from miatel.parsing.error_objects import looks_like_json, refusal_of_status, refusal_of_text
from miatel.windows import Window

ONE_HOUR = timedelta(hours=1)
_REFUSAL_BYTES = 1 << 14
_QUOTED_TIME_FIELD = f'"{TIME_FIELD}"'.encode()


@dataclass(frozen=True)
class Look:
    """The result of one request, for a person to look at.

    Attributes:
        window: what was asked for.
        status: of HTTP; None where no answer came.
        headers: by their names in lower case.
        body: as much as came, content-encoding undone.
        seconds: from sending to the last byte.
        outcome: the answer, or why it is refused before it is read.
    """

    window: Window
    status: int | None
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    seconds: float
    outcome: Answer | MiatelError = field(repr=False)


class MiatelClient:
    """A client of the statistics API for one account.

    Args:
        base_url: scheme, host and port, such as `DEFAULT_BASE_URL`.
        ip_auth_key: the account's secret key.
        clock: gives the present, aware UTC.
        retry: how often to ask again.
        lock_dir: directory of the host-wide lock; None for the one that all processes share.
        sleep: waits the given seconds.
        form: what the account's owner says of the form of its answers, for whoever reads them.
        http: settings for the way to the API; the environment is not looked at.

    Attributes:
        account: address and key.
        clocks: how our clock and the server's compare, by the answers so far.

    Raises:
        RequestRefusedError: `base_url` is not an http(s) address, or one to which the key would go
            unencrypted, or the key is empty.
        LockUnusableError: the directory of the host-wide lock is not safe to use.
    """

    def __init__(  # noqa: PLR0913  each can be said alone; all but three have a default
        self,
        base_url: str,
        ip_auth_key: str,
        *,
        clock: Callable[[], datetime],
        retry: RetryPolicy | None = None,
        lock_dir: Path | None = None,
        sleep: Callable[[float], None] = time.sleep,
        form: AnswerForm = AS_FOUND,
        http: HttpSettings = DIRECT,
    ) -> None:
        self.account = Account(base_url, ip_auth_key)
        self.clocks = ClockComparison()
        self.retry = retry or RetryPolicy()
        self.sleep = sleep
        self.form = form
        self.http = http
        self._clock = clock
        self._transport = Transport(
            self.account,
            RequestSlot(ip_auth_key, lock_dir),
            clock=clock,
            retry=self.retry,
            sleep=sleep,
            http=http,
        )

    @classmethod
    def from_extra(
        cls,
        base_url: str,
        ip_auth_key: str,
        extra: Mapping[str, Any],
        *,
        clock: Callable[[], datetime],
    ) -> MiatelClient:
        """A client with the settings of a connection's extra, whoever keeps them.

        Args:
            base_url: as of the class.
            ip_auth_key: as of the class.
            extra: the settings of `AnswerForm` and `HttpSettings` by name; what is missing has its
                default.
            clock: as of the class.

        Raises:
            SettingError, RequestRefusedError: a setting cannot be used: correct it.
        """
        return cls(
            base_url,
            ip_auth_key,
            clock=clock,
            form=AnswerForm.from_extra(extra, HTTP_SETTINGS),
            http=HttpSettings.from_extra(extra),
        )

    def __repr__(self) -> str:
        return f"MiatelClient({self.account.shown_address!r})"

    def redact(self, text: str) -> str:
        """The text without this client's key and passwords."""
        return self._transport.redact(text)

    def redacted_errors(self) -> AbstractContextManager[None]:
        """A block whose errors hold no secret, as `Transport.redacted_errors`."""
        return self._transport.redacted_errors()

    def new_retries(self) -> Retries:
        """A fresh count of attempts under this client's policy."""
        return Retries(self.retry, self.sleep)

    def fetch(self, window: Window, *, on_refused: OnRefused | None = None) -> Answer:
        """Ask for one window until there is a complete answer or the retries are used up.

        Args:
            window: at most 31 days.
            on_refused: called with every answer that is refused by its status or its first byte,
                and with the part of one that breaks off.

        Returns:
            The body; that it can be read is the reader's to say.

        Raises:
            RetriableError: the last failure, after all attempts.
            FatalError: at once, where asking again cannot help.
        """
        retries = self.new_retries()
        while True:
            outcome = self._ask(window, on_refused)
            if isinstance(outcome, Answer):
                return outcome
            retries.wait_after(outcome)

    def fetch_once(self, window: Window) -> Answer:
        """Ask for one window once.

        Raises:
            MiatelError: whatever went wrong.
        """
        outcome = self._ask(window, None)
        if isinstance(outcome, MiatelError):
            raise outcome
        return outcome

    def probe_window(self) -> Window:
        """A cheap question whose answer is likely to hold records: the hour before the last."""
        start = self._clock().replace(microsecond=0) - 2 * ONE_HOUR
        return Window(start, start + ONE_HOUR)

    def look(self, window: Window) -> Look:
        """Ask for one window once, and return whatever came, refused or not."""
        request = self._request(window)
        exchange = self._transport.send(request)
        return Look(
            window=window,
            status=exchange.status,
            headers=exchange.lower_headers,
            body=exchange.body,
            seconds=exchange.seconds,
            outcome=self._judge(window, exchange, request.asked),
        )

    def _request(self, window: Window) -> Request:
        time_beg, time_end = window.wire_bounds
        return Request(
            url=self.account.url_of(STATISTICS_PATH),
            parameters={
                "ip_auth_key": self.account.key,
                "time_beg": time_beg,
                "time_end": time_end,
                "get_names": "1",
            },
            asked=f"{self.account.shown_address} asked for {window}",
            counted=_QUOTED_TIME_FIELD,
        )

    def _ask(self, window: Window, on_refused: OnRefused | None) -> Answer | MiatelError:
        """One request. Errors are returned, so that none carries the URL in its context."""
        request = self._request(window)
        exchange = self._transport.send(request)
        outcome = self._judge(window, exchange, request.asked)
        if on_refused is None or isinstance(outcome, (Answer, ClockError)):
            return outcome
        if exchange.status is not None:
            on_refused(Refused(window, exchange.body, exchange.sent_at, outcome))
        return outcome

    def _judge(self, window: Window, exchange: Exchange, asked: str) -> Answer | MiatelError:
        """The answer that came, or the error that it stands for."""
        if exchange.failure is not None:
            return exchange.failure
        body = exchange.body
        return self._refusal(exchange, body, asked) or self._answer(window, body, exchange, asked)

    def _answer(
        self, window: Window, body: bytes, exchange: Exchange, asked: str
    ) -> Answer | ClockError:
        """A body that is no refusal, unless one of the two clocks is wrong."""
        try:
            answered_at, clock = self.clocks.judge(
                exchange.headers, exchange.sent_at, exchange.received_at, asked
            )
        except ClockError as error:
            return error
        return Answer(
            window=window,
            body=body,
            body_sha256=exchange.buffer.digest.hexdigest(),
            requested_at=exchange.sent_at,
            answered_at=answered_at,
            clock=clock,
            seconds=exchange.seconds,
            records_seen=exchange.buffer.count,
            headers=exchange.lower_headers,
        )

    def _refusal(self, exchange: Exchange, body: bytes, asked: str) -> MiatelError | None:
        """The error that a status or a first byte stands for; None for what looks like JSON."""
        text = self.redact(body[:_REFUSAL_BYTES].decode("utf-8", "replace"))
        if exchange.status is not None and exchange.status != 200:
            return refusal_of_status(
                exchange.status,
                text,
                asked,
                retry_after_seconds=self._transport.retry_after_seconds(exchange),
            )
        if not looks_like_json(body) and not self.form.confirms_no_traffic(body):
            return refusal_of_text(text, asked)
        return None
