"""A simulated platform in a process of its own, so that its work is no part of what is measured.

Its standard input takes one command a line and answers each with one line of JSON:
`latency SECONDS_PER_RECORD` sets how long an answer takes and forgets the requests seen so far;
`requests` tells them, with the sizes of their bodies unknown to it left out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from benchmarks.common.fresh import environment
from benchmarks.common.paths import ROOT
from miatel_simulator import SimulatorConfig, serve


@dataclass
class Platform:
    """The running process, seen from the one that measures."""

    url: str
    process: subprocess.Popen[str]

    def set_latency(self, seconds_per_record: float) -> None:
        """From now on an answer takes so long; the requests so far are forgotten."""
        self._ask(f"latency {seconds_per_record}")

    def requests(self) -> list[dict[str, Any]]:
        """The requests seen since then: received_at, finished_at (monotonic seconds), rows."""
        found: list[dict[str, Any]] = self._ask("requests")
        return found

    def _ask(self, line: str) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def platform(**settings: Any) -> Iterator[Platform]:
    """Run a platform with some `SimulatorConfig` settings, times as ISO texts."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.common.server", json.dumps(settings)],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Platform(json.loads(process.stdout.readline())["url"], process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()


def main() -> None:
    """Serve until the standard input ends."""
    settings = json.loads(sys.argv[1])
    for name in ("start", "end", "now"):
        if name in settings:
            settings[name] = datetime.fromisoformat(settings[name])
    # The history is of another time than the requests: the server's clock is this host's.
    with serve(SimulatorConfig(date="host", **settings)) as simulator:
        print(json.dumps({"url": simulator.url}), flush=True)
        for line in sys.stdin:
            command, _, value = line.strip().partition(" ")
            if command == "latency":
                simulator.config = replace(
                    simulator.config, latency_per_record_seconds=float(value)
                )
                simulator.journal.clear()
            seen = [asdict(request) for request in simulator.requests()]
            kept = ("received_at", "finished_at", "rows", "truncated")
            facts = [{name: request[name] for name in kept} for request in seen]
            print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main()
