"""A server that says byte for byte what a test wants, and remembers what it was asked."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Part = bytes | float
"""Bytes to send, or seconds to wait."""


@dataclass
class Asked:
    """What came: each request's first line and headers."""

    heads: list[str] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        """Path and query of each request."""
        return [head.split(" ", 2)[1] for head in self.heads]


def reply(body: bytes, status: str = "200 OK", **headers: str) -> list[Part]:
    """A whole answer; header names are written with underscores."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    head = "\r\n".join([f"HTTP/1.1 {status}", *lines, f"Content-Length: {len(body)}", "", ""])
    return [head.encode("latin-1") + body]


@contextmanager
def scripted(*answers: Sequence[Part]) -> Iterator[tuple[str, Asked]]:
    """Give each connection the next answer and close it; the last answer goes on for ever.

    Yields:
        The base URL, and what was asked so far.
    """
    asked = Asked()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, answers, asked), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve(listener: socket.socket, answers: Sequence[Sequence[Part]], asked: Asked) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:  # closed by the test
            return
        # A thread each: a client that gave up on one answer must not wait for the end of it.
        threading.Thread(target=_answer, args=(connection, answers, asked), daemon=True).start()


def _answer(connection: socket.socket, answers: Sequence[Sequence[Part]], asked: Asked) -> None:
    with connection, suppress(ConnectionError):
        asked.heads.append(connection.recv(65_536).decode())
        for part in answers[min(len(asked.heads), len(answers)) - 1]:
            if isinstance(part, float):
                time.sleep(part)
            else:
                connection.sendall(part)
