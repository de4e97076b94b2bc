"""One HTTP request and its answer, also an answer that breaks off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from miatel.api.decoding import BodyBuffer
from miatel.errors import MiatelError


@dataclass(frozen=True)
class Request:
    """A GET request to one of the vendor's HTTP interfaces.

    Attributes:
        url: without a query.
        parameters: of the query; the key is among them.
        asked: what is asked for, in words for messages; never holds the key.
        counted: bytes whose occurrences in the body are counted while it comes; None for none.
    """

    url: str = field(repr=False)
    parameters: Mapping[str, str] = field(repr=False)
    asked: str
    counted: bytes | None = None


@dataclass
class Exchange:
    """A request that was sent, and as much of its answer as came.

    Attributes:
        sent_at: when the request was sent, by our clock, aware UTC.
        received_at: when status and headers were there, by our clock, aware UTC.
        buffer: the body, content-encoding undone.
        seconds: from sending to the last byte.
        status: of HTTP; None where no answer came.
        headers: of the answer, whatever the case of their names.
        failure: why the answer is not complete; None where it is.
    """

    sent_at: datetime
    received_at: datetime
    buffer: BodyBuffer = field(repr=False)
    seconds: float = 0.0
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    failure: MiatelError | None = None

    @property
    def body(self) -> bytes:
        """The bytes that came, content-encoding undone."""
        return self.buffer.body()

    @property
    def lower_headers(self) -> dict[str, str]:
        """The headers by their names in lower case."""
        return {name.lower(): value for name, value in self.headers.items()}
