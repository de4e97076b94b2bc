"""Start child processes and be sure that they and their children end with us."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Any, Self

import psutil

GRACE_SECONDS = 8
"""How long a process gets to end by itself before it is killed."""


ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Processes:
    """The child processes of one program: whatever ends the program ends them all.

    Each child leads a session of its own, so that Ctrl-C reaches only this program, which then
    ends them in order: no half-dead tree, no orphan.
    """

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[str]] = []
        self._handlers: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        # Both would otherwise end this program without a chance to tidy up.
        self._handlers = {number: signal.getsignal(number) for number in ENDING_SIGNALS}
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _exit_on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # A second Ctrl-C while we tidy up must not leave anything behind.
        for number in ENDING_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        end_trees(process.pid for process in reversed(self._running))
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def start(
        self,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        directory: Path,
        output: IO[str] | int,
        stdin: int = subprocess.DEVNULL,
    ) -> subprocess.Popen[str]:
        """Start `command` with stdout and stderr going to `output`, a file or a PIPE."""
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=directory,
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._running.append(process)
        return process


def end_trees(pids: Iterable[int]) -> None:
    """End each process with all its descendants: politely first, by force after a while."""
    trees = [tree for pid in pids if (tree := _tree(pid))]
    # The heads first: most of them end their own children, in an order that suits them.
    heads = [tree[0] for tree in trees]
    everyone = [process for tree in trees for process in tree]
    for targets, number in ((heads, signal.SIGTERM), (everyone, signal.SIGTERM)):
        _signal(targets, number)
        _wait(targets)
    _signal(everyone, signal.SIGKILL)
    _wait(everyone)


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _signal(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in filter(_is_alive, processes):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _wait(processes: Sequence[psutil.Process]) -> None:
    deadline = time.monotonic() + GRACE_SECONDS
    while any(map(_is_alive, processes)) and time.monotonic() < deadline:
        time.sleep(0.1)


def _is_alive(process: psutil.Process) -> bool:
    """A zombie has ended; whether and when its parent asks for its exit code is not ours to say."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _exit_on_signal(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
