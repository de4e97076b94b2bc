"""One request in, one outcome out: bounded retries, no key in any text, one request in flight."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import requests

from miatel.account import Account
from miatel.answers import Answer, OnRefused, Refused
from miatel.api.clocks import ClockComparison, read_server_time
from miatel.api.deadline import TimedAdapter
from miatel.api.decoding import BodyBuffer, read_parts
from miatel.api.failures import failure_of
from miatel.api.http_settings import DIRECT, HttpSettings
from miatel.api.request_lock import RequestSlot
from miatel.api.retry import RetryPolicy
from miatel.errors import ClockError, MiatelError, RetriableError, UnreachableError
from miatel.limits import TIME_FIELD
from miatel.parsing.answer_form import AS_FOUND, AnswerForm
from miatel.parsing.error_objects import looks_like_json, refusal_of_status, refusal_of_text
from miatel.redaction.secrets import protect_http_logs, redact
from miatel.windows import Window

log = logging.getLogger(__name__)
protect_http_logs()

CONNECT_SECONDS = 10.0
PAUSE_SECONDS = 0.02  # a server counts a request as in flight until a moment after its last byte
ONE_HOUR = timedelta(hours=1)
ANSWER_SECONDS = 1800.0  # for a whole answer, so that a trickle cannot hold the slot for ever
_REFUSAL_BYTES = 1 << 14
_TIME_MARK = f'"{TIME_FIELD}"'.encode()


@dataclass(frozen=True)
class Look:
    """Whatever came of one request, for a person to look at.

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


@dataclass
class _Received:
    """What came of an answer, also of one that breaks off: status and headers, then the body.

    Attributes:
        sent_at: when the request was sent, by our clock.
        received_at: when status and headers were there, by our clock.
        seconds: from sending to the last byte.
    """

    sent_at: datetime
    received_at: datetime
    seconds: float = 0.0
    response: requests.Response | None = None
    buffer: BodyBuffer = field(default_factory=lambda: BodyBuffer(_TIME_MARK))


class MiatelClient:
    """Asks the statistics API of one account.

    Args:
        base_url: scheme, host and port, e.g. `https://sms-hub2.miatel.ru`.
        ip_auth_key: the account's secret key.
        clock: gives the present, aware UTC.
        retry: how often to ask again.
        lock_dir: where the host-wide lock stands; None for the place all processes share.
        sleep: waits the given seconds.
        form: what the account's owner says of the form of its answers, for whoever reads them.
        http: settings for the way to the API; nothing else is taken from the environment.

    Attributes:
        account: address and key.
        clocks: what the answers told of our clock and the server's.

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
        http.check_way(self.account)
        self.clocks = ClockComparison()
        self._secrets = [*self.account.secrets, *http.secrets]
        self._clock = clock
        self.retry = retry or RetryPolicy()
        self.sleep = sleep
        self.form = form
        self._slot = RequestSlot(ip_auth_key, lock_dir)
        self._adapter = TimedAdapter()
        self._session = requests.Session()
        http.apply(self._session)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, self._adapter)

    def __repr__(self) -> str:
        return f"MiatelClient({self.account.place!r})"

    def redact(self, text: str) -> str:
        """The text without this client's key and passwords."""
        return redact(text, *self._secrets)

    @contextmanager
    def hiding_key(self) -> Iterator[None]:
        """Errors that leave the block tell no key, even where the server sent it back.

        Raises:
            MiatelError: the block's own, its text redacted, without the parser's error behind it,
                which would hold the whole body.
        """
        try:
            yield
        except MiatelError as error:
            error.args = (self.redact(str(error)),)
            error.__context__ = None
            raise

    def fetch(self, window: Window, *, on_refused: OnRefused | None = None) -> Answer:
        """Ask for one window until there is a whole answer or the retries are used up.

        Args:
            window: at most 31 days.
            on_refused: takes every answer that is refused by its status or its first byte, and what
                came of one that breaks off.

        Returns:
            The body; that it can be read is the reader's to say.

        Raises:
            RetriableError: the last failure, after all attempts.
            FatalError: at once, where asking again cannot help.
        """
        attempt = 0
        while True:
            attempt += 1
            outcome = self._ask(window, on_refused)
            if isinstance(outcome, Answer):
                return outcome
            if not isinstance(outcome, RetriableError) or attempt >= self.retry.attempts:
                raise outcome
            wait = self.retry.wait_seconds(attempt, outcome)
            log.warning(
                "%s (attempt %d of %d; again in %.1f s)",
                outcome, attempt, self.retry.attempts, wait,
            )  # fmt: skip
            self.sleep(wait)

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
        """Ask for one window once, and give back whatever came, refused or not."""
        asked = f"{self.account.place} asked for {window}"
        came, failure = self._send(window, asked)
        outcome = self._judge(window, came, failure, asked)
        response = came.response
        return Look(
            window=window,
            status=response.status_code if response is not None else None,
            headers=_lower_names(response),
            body=came.buffer.body(),
            seconds=came.seconds,
            outcome=outcome,
        )

    def _ask(self, window: Window, on_refused: OnRefused | None) -> Answer | MiatelError:
        """One request. Errors are returned, so that none carries the URL in its context."""
        asked = f"{self.account.place} asked for {window}"
        came, failure = self._send(window, asked)
        outcome = self._judge(window, came, failure, asked)
        if on_refused is None or isinstance(outcome, (Answer, ClockError)):
            return outcome
        if came.response is not None:
            on_refused(Refused(window, came.buffer.body(), came.sent_at, outcome))
        return outcome

    def _send(self, window: Window, asked: str) -> tuple[_Received, MiatelError | None]:
        """Send one request; gives what came, and why it is not whole if it is not."""
        failure: MiatelError | None = None
        with self._slot.held():
            now = self._clock()
            came = _Received(sent_at=now, received_at=now)
            started = time.monotonic()
            try:
                with self._adapter.ended_after(ANSWER_SECONDS):
                    self._exchange(window, came)
            except requests.RequestException as error:
                failure = failure_of(error, asked)
            except TimeoutError as error:
                failure = UnreachableError(f"{asked}: {error}")
            finally:
                # A kept connection may be closed by the server just as the next request is sent.
                self._session.close()
            came.seconds = time.monotonic() - started
            self.sleep(PAUSE_SECONDS)
        return came, failure

    def _judge(
        self, window: Window, came: _Received, failure: MiatelError | None, asked: str
    ) -> Answer | MiatelError:
        """The answer that came, or the error that it stands for."""
        if came.response is None:
            return failure or UnreachableError(f"{asked}: no answer")
        body = came.buffer.body()
        refusal = failure or self._refusal(came.response, body, asked)
        return refusal or self._answer(window, body, came, came.response, asked)

    def _answer(
        self, window: Window, body: bytes, came: _Received, response: requests.Response, asked: str
    ) -> Answer | ClockError:
        """A body that is no refusal, unless one of the two clocks is wrong."""
        try:
            answered_at, clock = self.clocks.judge(
                response.headers, came.sent_at, came.received_at, asked
            )
        except ClockError as error:
            return error
        return Answer(
            window=window,
            body=body,
            body_sha256=came.buffer.digest.hexdigest(),
            requested_at=came.sent_at,
            answered_at=answered_at,
            clock=clock,
            seconds=came.seconds,
            records_seen=came.buffer.marks,
            headers=_lower_names(response),
        )

    def _refusal(self, response: requests.Response, body: bytes, asked: str) -> MiatelError | None:
        """The error that a status or a first byte stands for; None for what looks like JSON."""
        text = self.redact(body[:_REFUSAL_BYTES].decode("utf-8", "replace"))
        if response.status_code != 200:
            return refusal_of_status(
                response.status_code,
                text,
                asked,
                retry_after_seconds=self._retry_after(response),
            )
        if not looks_like_json(body) and not self.form.confirms_no_traffic(body):
            return refusal_of_text(text, asked)
        return None

    def _exchange(self, window: Window, came: _Received) -> None:
        time_beg, time_end = window.wire_bounds
        parameters = {
            "ip_auth_key": self.account.key,
            "time_beg": time_beg,
            "time_end": time_end,
            "get_names": "1",
        }
        with self._session.get(
            self.account.statistics_url,
            params=parameters,
            headers={"Accept-Encoding": "gzip"},
            timeout=(CONNECT_SECONDS, self.retry.silence_seconds),
            allow_redirects=False,
            stream=True,
        ) as response:
            came.response, came.received_at = response, self._clock()
            for part in read_parts(response):
                came.buffer.take(part)

    def _retry_after(self, response: requests.Response) -> float | None:
        """`Retry-After`, seconds or a date, as seconds from now; None where it has neither.

        A date is one of the server's clock, so it is held against the answer's `Date`.
        """
        value = response.headers.get("Retry-After", "").strip()
        if value.isdecimal():
            return float(value)
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        now = read_server_time(response.headers) or self._clock()
        return max(0.0, (aware - now).total_seconds())


def _lower_names(response: requests.Response | None) -> dict[str, str]:
    headers = response.headers if response is not None else {}
    return {name.lower(): value for name, value in headers.items()}
