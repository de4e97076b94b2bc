"""Start child processes and be sure that they and their children end with us."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Any, Self

import psutil

GRACE_SECONDS = 15
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
    ) -> subprocess.Popen[str]:
        """Start `command` with stdout and stderr going to `output`, a file or a PIPE."""
        process = subprocess.Popen(
            command,
            env=environment,
            cwd=directory,
            stdin=subprocess.DEVNULL,
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
    for root, *_ in trees:
        _signal(root, signal.SIGTERM)
    roots = [root for root, *_ in trees]
    psutil.wait_procs(roots, timeout=GRACE_SECONDS)
    left = [process for tree in trees for process in tree if process.is_running()]
    for process in left:
        _signal(process, signal.SIGTERM)
    _, stubborn = psutil.wait_procs(left, timeout=GRACE_SECONDS)
    for process in stubborn:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=GRACE_SECONDS)


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def _exit_on_signal(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
