"""One extraction from a simulated platform, each of the two in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import Request, urlopen

from benchmarks.fresh import environment, measure, run_fresh
from benchmarks.results import ROOT
from miatel import Extraction, MiatelClient, open_lake, parse_time


@contextmanager
def platform(**settings: Any) -> Iterator[str]:
    """Run `python -m miatel_simulator` with some settings, by this host's clock; gives its URL."""
    options = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
    process = subprocess.Popen(
        [sys.executable, "-m", "miatel_simulator", "--quiet", "--date=host", *options],
        cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait()


def answering_seconds(url: str) -> float:
    """Time from each request's arrival until its answer was sent, summed up; then forgets them."""
    with urlopen(f"{url}/_sim/requests") as answer:
        requests = json.load(answer)["requests"]
    urlopen(Request(f"{url}/_sim/reset", data=b"{}")).close()
    return float(sum(request["finished_at"] - request["received_at"] for request in requests))


def land_fresh(url: str, start: datetime, end: datetime, times: int = 1) -> list[dict[str, Any]]:
    """Land a range into an empty lake, again and again, each time in a fresh process."""
    with TemporaryDirectory() as directory:
        arguments = [url, Path(directory) / "lake", start.isoformat(), end.isoformat()]
        return [run_fresh("benchmarks.extraction", *arguments) for _ in range(times)]


def main() -> None:
    """Land a range, and print what it cost; URL, lake, start and end on the command line."""
    url, lake, start, end = sys.argv[1:]
    clock = partial(datetime.now, UTC)
    client = MiatelClient(url, "simulator-key", clock=clock, lock_dir=Path(lake).parent)
    extraction = Extraction(client, open_lake(lake), "benchmark", clock, on_progress=lambda _: None)
    report, cost = measure(lambda: extraction.land_range(parse_time(start), parse_time(end)))
    facts = {"requests": report.requests, "rows": report.rows, "days": len(report.days)}
    print(json.dumps(facts | cost))


if __name__ == "__main__":
    main()
