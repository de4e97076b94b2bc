"""Child processes that may be killed, forked quickly from one that has imported everything."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    ["pytest", "pandas", "miatel.__main__", "miatel_warehouse.refresh", "tests.chaos.prepared"]
)
LONGEST_SECONDS = 120.0
_started: set[Child] = set()


@dataclass(frozen=True)
class Raised:
    """An exception that ended a child: the names of its classes, and all it would print."""

    classes: tuple[str, ...]
    text: str
    trace: str

    @classmethod
    def of(cls, error: BaseException) -> Raised:
        """An exception, from within its handler."""
        classes = tuple(kind.__name__ for kind in type(error).__mro__)
        return cls(classes, str(error), traceback.format_exc())

    @property
    def name(self) -> str:
        """The class of the exception."""
        return self.classes[0]


@dataclass(frozen=True)
class Outcome:
    """How a child ended: with a value, an exception, or killed by a signal."""

    value: Any = None
    raised: Raised | None = None
    killed_by: int | None = None

    def result(self) -> Any:
        """The value; a child that ended otherwise fails the test."""
        assert self.killed_by is None, f"the child died of signal {self.killed_by}"
        assert self.raised is None, self.raised.trace
        return self.value


class Child:
    """A function running in a process of its own."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self._receiver, sender = CONTEXT.Pipe(duplex=False)
        self._process = CONTEXT.Process(target=_run, args=(sender, function, arguments))
        self._process.start()
        sender.close()
        _started.add(self)

    @property
    def pid(self) -> int:
        """The process' id."""
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.is_alive()

    def kill(self, sent: int = signal.SIGKILL) -> None:
        """Send a signal, if it still runs."""
        if self._process.is_alive():
            os.kill(self.pid, sent)

    def wait(self, seconds: float = LONGEST_SECONDS) -> Outcome:
        """How it ends."""
        outcome = None
        if self._receiver.poll(seconds):
            with suppress(EOFError):  # killed: its exit code shows it
                outcome = self._receiver.recv()
        self._process.join(seconds)
        if self._process.is_alive():
            raise AssertionError(f"the child did not end within {seconds:.0f} s")
        code = self._process.exitcode
        _started.discard(self)
        self._process.close()
        if outcome is None or code < 0:
            return Outcome(killed_by=-code)
        return outcome

    def wait_or_kill(self, seconds: float) -> Outcome:
        """How it ends when it is killed after a while."""
        if not self._receiver.poll(seconds):
            self.kill()
        return self.wait()


def kill_all() -> None:
    """End the children that a failed test left behind, stopped ones too."""
    for child in list(_started):
        child.kill()
        child.wait()


def run(function: Callable[..., Any], *arguments: Any) -> Outcome:
    """Run a function in a child and wait for it."""
    return Child(function, *arguments).wait()


def wait_until(is_so: Callable[[], Any], seconds: float = 30.0) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def _run(sender: Any, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        outcome = Outcome(value=function(*arguments))
    except BaseException as error:  # noqa: BLE001  the parent gets it
        outcome = Outcome(raised=Raised.of(error))
    sender.send(outcome)
