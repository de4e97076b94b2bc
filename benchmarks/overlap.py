"""Wall time of an extraction against the time that the server spent answering; memory by range."""

from datetime import UTC, datetime, timedelta

from benchmarks.extraction import answering_seconds, land_fresh, platform
from benchmarks.results import Results, Table, Target, spread

_START = datetime(2025, 3, 3, tzinfo=UTC)
_HOURS_AN_ANSWER = 2
_FILL = 0.95  # what a window aims at, so that an answer of a quiet range is about the cap
_ANSWERS = (5, 50)


def run(*, is_small: bool) -> Results:
    """Land ranges of 5 and 50 answers; a full answer takes the server a second."""
    cap, repetitions = (5_000, 1) if is_small else (100_000, 3)
    settings = {
        "start": _START.isoformat(), "now": (_START + timedelta(days=30)).isoformat(),
        "messages_per_day": round(cap * _FILL * 24 / _HOURS_AN_ANSWER), "profile": "steady",
        "body": "data", "body_cache": max(_ANSWERS) + 10, "latency_per_record_seconds": 1.0 / cap,
    }  # fmt: skip
    rows: Table = []
    with platform(**settings) as url:
        for answers in _ANSWERS:
            runs = []
            for _ in range(1 + repetitions):  # at the first the platform renders the bodies
                end = _START + timedelta(hours=_HOURS_AN_ANSWER * answers)
                (facts,) = land_fresh(url, _START, end)
                facts["server"] = answering_seconds(url)
                runs.append({**facts, "ratio": facts["wall"] / facts["server"]})
                print(f"  overlap: {answers} answers: {runs[-1]['ratio']:.3f}", flush=True)
            found = {name: spread([run[name] for run in runs[1:]]) for name in facts | runs[0]}
            memory, left = ([b / 2**20 for b in found[n]] for n in ("memory", "memory_after"))
            rows.append({
                "range": f"{answers} answers", "requests": facts["requests"],
                "records": facts["rows"], "wall, s": found["wall"], "server, s": found["server"],
                "wall ÷ server": found["ratio"], "our CPU, s": found["cpu"],
                "memory, MiB": memory, "left after, MiB": left,
            })  # fmt: skip
    short, long = (row["memory, MiB"][1] for row in rows)
    targets = [
        *(Target(f"wall time ÷ server's time, {row['range']}", 1.1, row["wall ÷ server"])
          for row in rows),
        Target("memory of 50 answers ÷ of 5 (bounded: about 1)", 1.15, long / short),
    ]  # fmt: skip
    return Results(targets, {"ranges": rows})
