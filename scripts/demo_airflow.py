"""The demo's Airflow, all in one process: importing it takes longer than most of its work.

Each line of standard input is a JSON list: `prepare` and connections as of `prepare_airflow.py`, or
the arguments of `airflow`. A line of output says that it is done; what fails ends the process.
"""

from __future__ import annotations

import json
import signal
import sys

DONE = "demo: done"


def main() -> None:
    """Do what each line says."""
    from prepare_airflow import prepare, run_airflow  # imports Airflow; the demo wants DONE alone

    for line in sys.stdin:
        command, *arguments = json.loads(line)
        if command == "prepare":
            prepare(*arguments)
        else:
            run_airflow(command, *arguments)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the task that ran last would still get it
        print(DONE, flush=True)


if __name__ == "__main__":
    main()
