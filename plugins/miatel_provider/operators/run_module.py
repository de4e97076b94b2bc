"""Airflow operator: runs a Python module; a time-out ends it with all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psutil
from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException

if TYPE_CHECKING:
    from airflow.sdk import Context

GRACE_SECONDS = 10
"""How long processes have to end by themselves; dbt's need a moment to close the warehouse."""
_UMASK = 0o027
"""What is written is for owner and group at most; what is put in place has MIATEL_FILE_MODE."""


class RunModuleOperator(BaseOperator):
    """Run `python -m MODULE ARGUMENTS` with the Python that runs Airflow, its output in the log.

    On time-out, or when somebody ends the task, every process that it started is ended, by force
    where one does not listen. One that stayed would keep the warehouse locked for the next run.

    Args:
        command: the module and its arguments.
        variables: of the environment, in place of the worker's.
    """

    def __init__(
        self, *, command: Sequence[str], variables: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.command = list(command)
        self.variables = dict(variables or {})
        self._process: subprocess.Popen[str] | None = None

    def execute(self, context: Context) -> None:  # noqa: ARG002  as Airflow calls it
        """Run it to its end.

        Raises:
            AirflowException: it failed; the log says why.
        """
        self._process = subprocess.Popen(  # noqa: S603  modules of ours alone
            # -P: no module of the directory in which a worker happens to be started
            [sys.executable, "-P", "-m", *self.command],
            env={**os.environ, **self.variables},  # noqa: TID251  handed on, not read
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="backslashreplace",
            umask=_UMASK,
            start_new_session=True,
        )
        # No `with`: on a time-out it would wait for the process, which on_kill ends only later.
        assert self._process.stdout is not None  # noqa: S101  for mypy: it is a pipe
        for line in self._process.stdout:
            self.log.info("%s", line.rstrip())
        code = self._process.wait()
        if code:
            raise AirflowException(
                f"python -m {' '.join(self.command)} ended with {code}; its reason is above"
            )

    def on_kill(self) -> None:
        """End the process and all that it started."""
        if self._process is not None:
            end_group(self._process, GRACE_SECONDS)


def end_group(leader: subprocess.Popen[str], grace_seconds: float) -> None:
    """End a process and all that it started: politely first, by force after a while.

    Args:
        leader: made with `start_new_session`, so that its id is that of its process group.
        grace_seconds: how long to wait each time.
    """
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(leader.pid, number)
        deadline = time.monotonic() + grace_seconds
        while time.monotonic() < deadline:
            if not _runs(leader.pid):
                leader.poll()  # so that its exit code is known
                return
            time.sleep(0.1)


def _runs(group: int) -> bool:
    """Whether any process of a group still runs; in a container nobody may ever reap a zombie."""
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                return True
    return False
