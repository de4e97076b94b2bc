"""`python -m miatel coverage`: which seconds are landed, by which requests."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from miatel.coverage_report import CoverageReport, find_request, report_coverage
from miatel.lake.lake import Lake, open_lake
from miatel.lake.origin import read_origins
from miatel.limits import TIME_FIELD
from miatel.refetch.receipts import open_messages
from miatel.windows import Window, parse_time

_MOST_LINES = 20


def add_command(commands: Any, lake_option: argparse.ArgumentParser) -> None:
    """Add the command to a command line.

    Args:
        commands: of argparse.
        lake_option: parser with the option `--lake`, to inherit.
    """
    coverage = commands.add_parser(
        "coverage",
        parents=[lake_option],
        help="which seconds are landed, by which requests; gaps; messages without a receipt",
        description="Exit code 0: no gap; 1: gaps, or nothing landed; 2: cannot be read.",
    )
    coverage.set_defaults(run=run_coverage)
    coverage.add_argument("--start", help="GMT date or time (default: the first landed second)")
    coverage.add_argument("--end", help="GMT date or time, exclusive (default: the last landed)")
    coverage.add_argument("--at", help="show the file, request and run of one GMT second instead")
    coverage.add_argument("--all", action="store_true", help="list every gap and day, not 20")
    coverage.add_argument(
        "--open", action="store_true", help="list every message that waits for a receipt"
    )


def run_coverage(options: argparse.Namespace) -> int:
    """Print what is landed, and what is not; return the exit code."""
    lake = open_lake(options.lake)
    if options.at is not None:
        return _print_request(lake, options.at)
    start = parse_time(options.start) if options.start else None
    end = parse_time(options.end) if options.end else None
    report = report_coverage(lake, start, end)
    if report is None:
        print(f"nothing is landed in {options.lake}: run the DAG miatel_history")
        return 1
    for line in _lines(report, most=None if options.all else _MOST_LINES):
        print(line)
    for origin in read_origins(lake) or []:
        print(f"origin        {origin.name} at {origin.address}, since {origin.added_at}")
    if options.open:
        _print_open(lake, report.period)
    return 1 if report.gaps else 0


def _print_open(lake: Lake, period: Window) -> None:
    print("\nwaiting since        switch:id               message_id and segment")
    for table in open_messages(lake, period):
        for row in table.to_pylist():
            moment = f"{row.pop(TIME_FIELD):%Y-%m-%dT%H:%M:%SZ}"
            switch, number, message, segment = ("" if v is None else v for v in row.values())
            print(f"{moment} {f'{switch}:{number}':23} {message} {segment}".rstrip())


def _print_request(lake: Lake, text: str) -> int:
    found = find_request(lake, parse_time(text))
    if found is None:
        print(f"{text} is not landed: a gap")
        return 1
    path, entry = found
    print(f"file          {path}")
    for name, value in entry.to_json().items():
        print(f"{name:13} {value}")
    return 0


def _lines(report: CoverageReport, most: int | None) -> Iterator[str]:
    period = report.period
    yield f"period        {period}, {period.seconds:,} seconds"
    yield (
        f"landed        {period.seconds - report.gap_seconds:,} seconds, {report.rows:,} records, "
        f"by {report.requests:,} accepted requests of "
        f"{len({entry.run_id for entry in report.entries}):,} runs"
    )
    yield f"gaps          {len(report.gaps):,}, {report.gap_seconds:,} seconds"
    for gap in report.gaps[:most]:
        yield f"              {gap} {gap.seconds:,} s"
    if report.failed_gaps:
        yield f"failed gaps   {len(report.failed_gaps):,}, asked for in vain by a daily run"
    for failed in report.failed_gaps[:most]:
        again = "asked again by reload alone" if failed.is_too_dense else "asked again in a week"
        yield f"              {failed.window} at {failed.failed_at:%Y-%m-%dT%H:%M:%SZ}, {again}"
        yield f"              {failed.error}: {failed.reason}"
    waiting = sum(report.open_receipts.values())
    yield f"open receipts {waiting:,} messages on {len(report.open_receipts):,} days"
    for day, count in list(report.open_receipts.items())[:most]:
        yield f"              {day} {count:,}"
    longest = max(len(report.gaps), len(report.failed_gaps), len(report.open_receipts))
    if most is not None and longest > most:
        yield "              … more with --all"
