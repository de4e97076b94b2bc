"""The exception tree, grouped by what the caller should do.

MiatelError
├── RetriableError              ask again later; the client has already done so a bounded time
│   ├── UnreachableError        no connection, a reset, a time-out
│   ├── ServerBusyError         429, or another request of the account is in flight
│   ├── ServerFailedError       5xx
│   ├── BrokenAnswerError       half a body, HTML, an empty body
│   ├── ErrorAnswerError        status 200 with a JSON error object whose cause is not known
│   ├── UnstableAnswerError     by the server's clock the asked seconds are too young for proof
│   ├── IncompleteAnswerError   the answer itself says that there is more than it holds
│   ├── LockTimeoutError        another process of this host held the API for too long
│   └── ConflictError           another writer replaced a file of the lake after it was read
└── FatalError                  asking again cannot help; a person must act
    ├── KeyRefusedError         the secret key or this address is not accepted
    ├── BadPeriodError          the period is not one the API takes
    ├── RequestRefusedError     any other refusal of the request itself
    ├── SettingError            a setting of the environment or the connection's extra is not right
    ├── AnswerNotUnderstoodError  a complete answer that is not one we know how to read
    ├── CountNotUnderstoodError  a count that does not shrink with the window: name it in not_counts
    ├── ClockError              our clock and the server's differ by more than a minute
    ├── OriginError             the lake holds another account's records
    ├── RecordOutsideWindowError  a record that was not asked for
    ├── WindowTooDenseError     one second holds at least as many records as one answer may
    ├── SuspectShrinkError      the vendor no longer sends some of the records that are landed
    ├── RetiredDayError         a part came of a day whose records were dropped for their age
    ├── ErasedNumbersError      the list of erased numbers cannot be honoured without its key
    ├── LockUnusableError       the host's lock directory cannot be written
    └── LakeError               the lake cannot be read or written
        ├── DamagedFileError    a file's content is not what was written: reload its day
        └── NewerFormatError    a later version of the project wrote it
There is no branch that may be ignored. No message ever holds the key, a number or a text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime


class MiatelError(Exception):
    """Base of all errors of this library: says what was asked, what was answered and what to do."""


class RetriableError(MiatelError):
    """Asking again later may succeed.

    Attributes:
        retry_after_seconds: how long the server asked us to wait, if it did.
    """

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class UnreachableError(RetriableError):
    """No connection, a reset or a time-out: check host, network and the address whitelist."""


class ServerBusyError(RetriableError):
    """The account has another request in flight, or the server limits the rate."""


class ServerFailedError(RetriableError):
    """The server answered with a 5xx status."""


class BrokenAnswerError(RetriableError):
    """The answer is half a body, an HTML page or empty."""


class ErrorAnswerError(RetriableError):
    """Status 200 with a JSON error object whose text does not say why."""


class IncompleteAnswerError(RetriableError):
    """A count, a flag, a link or a header of the answer says that there is more than it holds.

    Attributes:
        name: the field or header that says so.
        shown_name: the same for a message: by its form where it is no well-known word.
        count: how many records it counts; None where it is no count.
        held: how many records the answer holds.
        times: their times, aware UTC, as far as they are known.
    """

    def __init__(
        self,
        message: str,
        *,
        name: str = "",
        shown_name: str = "",
        count: int | None = None,
        held: int = 0,
        times: Sequence[datetime] = (),
    ) -> None:
        super().__init__(message)
        self.name = name
        self.shown_name = shown_name
        self.count = count
        self.held = held
        self.times = times


class UnstableAnswerError(RetriableError):
    """By the server's clock the last seconds asked for were too young: ask again a moment later."""


class LockTimeoutError(RetriableError):
    """Another process of this host holds the only request slot: look at the process it names."""


class ConflictError(RetriableError):
    """Another writer replaced the file that was read: read it again, and change the new one."""


class FatalError(MiatelError):
    """Asking again cannot help: a person must act."""


class KeyRefusedError(FatalError):
    """Correct the connection's password, or have the vendor whitelist this host's address."""


class BadPeriodError(FatalError):
    """The period is malformed, reversed or over 31 days: correct it."""


class RequestRefusedError(FatalError):
    """The server refused the request for a reason of its own: read the status it names."""


class SettingError(FatalError):
    """A setting of the environment or the connection's extra is not right: correct it."""


class AnswerNotUnderstoodError(FatalError):
    """A complete answer of an unknown form: nothing was landed; look at the quarantined answer."""


class CountNotUnderstoodError(FatalError):
    """A field looks like a count of records and is none: name it in the extra's `not_counts`."""


class ClockError(FatalError):
    """Set this host's clock right: it decides which seconds are old enough to be asked for."""


class OriginError(FatalError):
    """The lake belongs to another account: use a lake of its own, or add the new origin to it."""


class RecordOutsideWindowError(FatalError):
    """The vendor sent a record that was not asked for: nothing of the answer was landed."""


class WindowTooDenseError(FatalError):
    """One second holds as many records as one answer may: not all of them can be fetched."""


class SuspectShrinkError(FatalError):
    """A landed record is missing: allow it with `allow_shrink` once the vendor confirms it."""


class RetiredDayError(FatalError):
    """A part of a retired day came again: ask for all of it, or leave it retired."""


class ErasedNumbersError(FatalError):
    """Set the key under which the lake's list of erased numbers was made."""


class LockUnusableError(FatalError):
    """The lock against overlapping requests cannot be used: check its directory's rights."""


class LakeError(FatalError):
    """The lake cannot be read or written: check path, rights and free space."""


class DamagedFileError(LakeError):
    """A day's file is not as it was written: `reload` the whole day."""


class NewerFormatError(LakeError):
    """A later version of the project wrote the file: use that version."""
