"""Wall time of an extraction against the time that the server spent answering; memory by range."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.common.fresh import run_fresh
from benchmarks.common.server import Platform, platform

_START = datetime(2025, 3, 3, tzinfo=UTC)
_HOURS_AN_ANSWER = 2
_FILL = 0.95  # what a window aims at, so that an answer of a quiet range is about the cap
_RANGES = {"5 answers": 5, "50 answers": 50}


def run(*, is_small: bool) -> dict[str, Any]:
    """Land ranges of 5 and 50 answers; each takes the server 1 s per 100,000 records.

    The bodies are made beforehand: the same range is landed once without latency, and the platform
    keeps them.

    Returns:
        For each range and repetition wall time, the server's time, memory, and the requests.
    """
    cap, repetitions = (5_000, 1) if is_small else (100_000, 3)
    per_day = round(cap * _FILL * 24 / _HOURS_AN_ANSWER)
    runs: list[dict[str, Any]] = []
    with platform(
        start=_START.isoformat(),
        now=(_START + timedelta(days=30)).isoformat(),
        messages_per_day=per_day,
        profile="steady",
        body="data",
        body_cache=max(_RANGES.values()) + 10,
    ) as server:
        for name, answers in _RANGES.items():
            end = _START + timedelta(hours=_HOURS_AN_ANSWER * answers)
            _land(server, end, 0.0)
            for _ in range(repetitions):
                runs.append({"range": name, **_land(server, end, 1.0 / cap)})
                print(f"  overlap: {name}: {runs[-1]['ratio']:.3f}", flush=True)
    return {"cap": cap, "runs": runs}


def _land(server: Platform, end: datetime, latency: float) -> dict[str, Any]:
    server.set_latency(latency)
    with tempfile.TemporaryDirectory() as directory:
        facts = run_fresh(
            "benchmarks.common.land",
            [server.url, str(Path(directory) / "lake"), _START.isoformat(), end.isoformat()],
        )
    requests = server.requests()
    answering = sum(request["finished_at"] - request["received_at"] for request in requests)
    facts |= {"answering": answering, "ratio": facts["wall"] / answering, "answers": requests}
    return facts
