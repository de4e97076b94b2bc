"""The command line: every setting of the simulated platform as an option."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

from miatel_simulator.config import CHOICES, EXTRA_FIELDS, Burst, SimulatorConfig
from miatel_simulator.faults import FAULT_MEANINGS, FaultPlan
from miatel_simulator.http.control import BadControlError, parse_moment
from miatel_simulator.http.journal import RequestSeen
from miatel_simulator.http.server import HOST, STATISTICS_PATH, serve
from miatel_simulator.incidents import INCIDENT_KINDS, Incident

KEY_VARIABLE = "MIATEL_SIMULATOR_KEY"

_DEFAULTS = SimulatorConfig()
_FAULT_DEFAULTS = FaultPlan()

_GROUPS: Mapping[str, Mapping[str, str]] = {
    "history": {
        "seed": "decides the whole history",
        "start": "no record is earlier (GMT date or time)",
        "end": "no record is at or after it (none: no end)",
        "now": "stand the clock at this time (none: the real clock)",
        "messages_per_day": "records a day on average",
        "profile": "rhythm of the traffic; weekly is day_night with quieter weekends, bursty is "
        "weekly with bursts",
        "bursts_per_week": "bursts a week on average, for bursty",
        "burst_size": "records of a middling burst, for bursty",
        "composite_share": "share of 12-record runs that hold composite messages, 0 to 1",
        "max_receipt_delay_hours": "no receipt comes later after its message",
    },
    "limits": {
        "cap": "most records in one answer",
    },
    "shape of the answers": {
        "body": "a bare array, or an object with the records under that key; a map by id, bare or "
        "under data; a header and rows in one array or under two keys; one list a column; script "
        "statements; one record a line",
        "field_style": "fields as documented, without sms_hub_, that in capitals or in camel case",
        "names": "where geo names stand; what is no object gets them as a second document",
        "order": "order of the records",
        "cap_keeps": "which records a capped answer holds; by_order: earliest for ascending and "
        "by_id, latest for descending, an even sample for shuffled; by_node: all of one "
        "node, then a part of the next one's",
        "error_style": "how refusals look",
        "time_format": "with Z, without a zone, with a blank instead of T, or seconds or "
        "milliseconds since 1970",
        "null_time": "how a missing dlr_time is spelled",
        "escapes": "php: escape slashes and everything beyond ASCII",
        "count": "what the answer counts: the records sent, all of the period, or a lie",
        "says_more": "how a capped answer says that there is more",
        "numbers_as_strings": "send numbers in quotes",
        "missing_fields": "chance that a field is missing from a record, 0 to 1",
        "shuffle_keys": "vary the order of keys from record to record",
        "pretty": "white space between and within records",
        "gzip": "compress for clients that accept it",
        "date": "header Date: of the simulated clock, of this host's, or none",
        "age_seconds": "header Age, as from a cache; 0 for none",
    },
    "speed": {
        "latency_seconds": "time before every answer",
        "latency_per_record_seconds": "time added for each record",
        "body_cache": "answers kept for requests that repeat while the clock stands",
    },
}


def build_parser() -> argparse.ArgumentParser:
    """Make the parser of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m miatel_simulator",
        description=f"Simulate Miatel's statistics API on {HOST}: {STATISTICS_PATH} as documented, "
        "and the simulator's own pages under /_sim (health, requests, truth, ids, records; POST "
        "clock, faults, reset). Stop it with Ctrl-C.",
        epilog="Faults: "
        + "; ".join(f"{kind} - {meaning}" for kind, meaning in FAULT_MEANINGS.items()),
    )
    parser.add_argument("--port", type=int, default=0, help="TCP port; 0: a free one (default: 0)")
    parser.add_argument("--quiet", action="store_true", help="print no line per request")
    for title, options in _GROUPS.items():
        group = parser.add_argument_group(title)
        for name, help_text in options.items():
            _add_option(group, name, help_text, getattr(_DEFAULTS, name))
    parser.add_argument(
        "--ip-auth-key",
        default=os.environ.get(KEY_VARIABLE, _DEFAULTS.ip_auth_key),
        metavar="TEXT",
        help=f"the accepted key (default: ${KEY_VARIABLE}, which no process list shows; "
        f"without it {_DEFAULTS.ip_auth_key})",
    )
    _add_lists(parser)
    _add_faults(parser.add_argument_group("faults"))
    return parser


def _add_option(group: argparse._ArgumentGroup, name: str, help_text: str, default: object) -> None:
    flag = "--" + name.replace("_", "-")
    shown = default.strftime("%F") if isinstance(default, datetime) else default
    help_text = f"{help_text} (default: {'none' if shown is None else shown})"
    if isinstance(default, bool):
        group.add_argument(flag, action="store_true", help=help_text)
    elif name in CHOICES:
        group.add_argument(flag, choices=CHOICES[name], default=default, help=help_text)
    elif name in ("start", "end", "now"):
        group.add_argument(flag, type=_moment, default=default, metavar="TIME", help=help_text)
    else:
        kind = type(default)
        metavar = {int: "N", float: "X"}.get(kind, "TEXT")
        group.add_argument(flag, type=kind, default=default, metavar=metavar, help=help_text)


def _add_lists(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("lists")
    group.add_argument(
        "--spike",
        dest="bursts",
        type=_burst,
        action="append",
        default=[],
        metavar="TIME/SECONDS/N",
        help="N extra records from TIME on, within SECONDS; may be repeated (default: none)",
    )
    group.add_argument(
        "--incident",
        dest="incidents",
        type=_incident,
        action="append",
        default=[],
        metavar="kind=KIND,start=TIME,seconds=N,…",
        help=f"plant an incident; kinds: {', '.join(INCIDENT_KINDS)}; further settings: network "
        "(its number), account, messages, failing_share, price_factor; may be repeated "
        "(default: none)",
    )
    group.add_argument(
        "--drop-field",
        dest="drop_fields",
        action="append",
        default=[],
        metavar="FIELD",
        help="never send this field; may be repeated (default: none)",
    )
    group.add_argument(
        "--unknown-field",
        dest="unknown_fields",
        action="append",
        choices=EXTRA_FIELDS,
        default=[],
        help="add an undocumented field of this kind; may be repeated (default: none)",
    )


def _add_faults(group: argparse._ArgumentGroup) -> None:
    plan = _FAULT_DEFAULTS
    numbers = {
        "rate": ("share of requests that break, 0 to 1", plan.rate),
        "seed": ("decides which requests the rate hits", plan.seed),
        "retry_after_seconds": ("what http_429 asks for", plan.retry_after_seconds),
        "hang_seconds": ("how long hang holds the connection", plan.hang_seconds),
        "slow_seconds": ("how late slow answers", plan.slow_seconds),
    }
    for name, (help_text, default) in numbers.items():
        _add_option(group, f"fault_{name}", help_text, default)
    group.add_argument(
        "--fault-kinds",
        type=lambda text: tuple(text.split(",")),
        default=plan.kinds,
        metavar="KIND,…",
        help=f"what the rate chooses from (default: {','.join(plan.kinds)})",
    )
    group.add_argument(
        "--fault-at",
        type=_fault_at,
        action="append",
        default=[],
        metavar="NUMBER=KIND",
        help="break this request, counted from 1; may be repeated (default: none)",
    )


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except BadControlError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _burst(text: str) -> Burst:
    parts = text.split("/")
    if len(parts) != 3 or not (parts[1].isdecimal() and parts[2].isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not like 2026-01-31T12:00:00/300/150000")
    return Burst(_moment(parts[0]), int(parts[1]), int(parts[2]))


_INCIDENT_TYPES: Mapping[str, Callable[[str], object]] = {
    "kind": str,
    "start": parse_moment,
    "seconds": int,
    "network": int,
    "account": str,
    "messages": int,
    "failing_share": float,
    "price_factor": float,
}


def _incident(text: str) -> Incident:
    settings: dict[str, Any] = {}
    try:
        for part in text.split(","):
            name, _, value = part.partition("=")
            settings[name] = _INCIDENT_TYPES[name](value)
        return Incident(**settings)
    except KeyError as error:
        raise argparse.ArgumentTypeError(f"an incident has no setting {error}") from None
    except (TypeError, ValueError) as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _fault_at(text: str) -> tuple[int, str]:
    number, _, kind = text.partition("=")
    if not number.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not like 3=http_500")
    return int(number), kind


def read_config(arguments: Sequence[str]) -> tuple[SimulatorConfig, int, bool]:
    """Read the command line.

    Returns:
        The settings, the port, and whether to be quiet. Bad options end the program with a
        message on the error stream and status 2.
    """
    parser = build_parser()
    values: dict[str, Any] = vars(parser.parse_args(arguments))
    port, quiet = values.pop("port"), values.pop("quiet")
    if not 0 <= port <= 65_535:
        parser.error(f"argument --port: {port} is no TCP port")
    plan = {name: values.pop(name) for name in list(values) if name.startswith("fault_")}
    for name in ("bursts", "incidents", "drop_fields", "unknown_fields"):
        values[name] = tuple(values[name])
    try:
        plan["fault_at"] = dict(plan["fault_at"])
        faults = FaultPlan(**{name.removeprefix("fault_"): value for name, value in plan.items()})
        return SimulatorConfig(**values, faults=faults), port, quiet
    except ValueError as error:
        parser.error(str(error))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the simulator until SIGTERM or Ctrl-C.

    Returns:
        0, or 1 if the port is taken.
    """
    config, port, quiet = read_config(sys.argv[1:] if arguments is None else arguments)
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    try:
        with serve(config, port=port, on_request=None if quiet else _print_request) as simulator:
            _print(f"listening on {simulator.url}")
            stopped.wait()
    except OSError as error:
        _print(f"cannot listen on {HOST}:{port}: {error.strerror}", sys.stderr)
        return 1
    return 0


def _print_request(seen: RequestSeen) -> None:
    _print(f"{datetime.now(UTC):%FT%TZ} {seen.describe()}")


def _print(line: str, stream: TextIO | None = None) -> None:
    # Unbuffered: whoever started this process waits for the first line.
    print(line, file=stream or sys.stdout, flush=True)
