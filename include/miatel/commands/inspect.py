"""`inspect`: ask a live account once, land nothing, and say whether its answers can be landed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from miatel.answers import Answer
from miatel.api.statistics import Look, MiatelClient
from miatel.errors import MiatelError
from miatel.inspection.inspect import Inspection, describe, inspect
from miatel.inspection.truncation import find_truncation
from miatel.lake.quarantine import describe_form
from miatel.limits import MAX_RECORDS, MAX_WINDOW, STABLE_AFTER
from miatel.parsing.reader import read_answer
from miatel.redaction.masking import mask_text
from miatel.settings import Settings
from miatel.windows import Window, parse_time

_HOUR = timedelta(hours=1)

ClientOf = Callable[[argparse.Namespace], MiatelClient]


def add_command(commands: Any, options: list[argparse.ArgumentParser], client_of: ClientOf) -> None:
    """Add the command `inspect`.

    Args:
        commands: the sub-parsers of a command line.
        options: parsers with the options that say which account is meant.
        client_of: the client that the options mean.
    """
    parser = commands.add_parser(
        "inspect",
        parents=options,
        help="ask a live account once, land nothing: will it work, and what to change if not",
        description=(
            f"{client_of.__doc__} Exit code 0: the answer can be landed as it is; 1: it cannot, "
            "and what is printed says what to change; 2: the request could not be made."
        ),
    )
    parser.add_argument("--start", help="GMT time (default: the last whole hour but one)")
    parser.add_argument("--end", help="GMT time, exclusive (default: an hour after the start)")
    parser.add_argument(
        "--save", metavar="FILE", help="write the answer's form without its content to a file"
    )
    parser.add_argument(
        "--truncation",
        action="store_true",
        help="with at most three requests, find which records an answer at the cap holds; takes "
        "the longest window up to the end",
    )
    parser.add_argument(
        "--cap", type=int, default=MAX_RECORDS, help="records at the cap (default: %(default)s)"
    )
    parser.set_defaults(run=lambda given: _run(given, client_of(given)))


def client_of_environment(_: argparse.Namespace) -> MiatelClient:
    """The key is taken from MIATEL_KEY, address and extra from MIATEL_ADDRESS and MIATEL_EXTRA.

    The last one is a JSON object of settings; the address is by default Miatel's.
    """
    settings = Settings.from_environment()
    return MiatelClient.from_extra(
        settings.address, settings.key, settings.extra, clock=lambda: datetime.now(UTC)
    )


def _run(options: argparse.Namespace, client: MiatelClient) -> int:
    window = _window(options)
    print(f"asking {client.account.shown_address} for {window} …", file=sys.stderr, flush=True)
    if options.truncation:
        return _find_truncation(client, window, options.cap)
    found = inspect(client, window)
    for line in describe(found):
        print(client.redact(line))
    if options.save:
        _save(found, Path(options.save), client)
    return 0 if found.error is None else 1


def _window(options: argparse.Namespace) -> Window:
    """What to ask for: an hour that is old enough, or the longest window before an end."""
    stable = datetime.now(UTC) - STABLE_AFTER
    this_hour = stable.replace(minute=0, second=0, microsecond=0)
    start = parse_time(options.start) if options.start else None
    if options.truncation:
        end = parse_time(options.end) if options.end else this_hour
        return Window(start or end - MAX_WINDOW, end)
    start = start or this_hour - _HOUR
    return Window(start, parse_time(options.end) if options.end else start + _HOUR)


def _find_truncation(client: MiatelClient, window: Window, cap: int) -> int:
    def ask(part: Window) -> pa.Table:
        answer = client.fetch_once(part)
        with client.redacted_errors():
            table = read_answer(answer.body, f"asked for {part}", client.form, part).table
        print(f"{part}: {table.num_rows:,} records", file=sys.stderr, flush=True)
        return table

    try:
        found = find_truncation(ask, window, cap)
    except MiatelError as error:
        print(f"{type(error).__name__}: {error}")
        return 1
    print(f"{found.sentence()}. Requests: {found.asked}.")
    return 0


def _save(found: Inspection, file: Path, client: MiatelClient) -> None:
    """Write what a developer needs to see of an answer: its form, and how it was read."""
    facts = {
        **_shown(found.look),
        **describe_form(found.look.body, client.redact),
        "findings": [client.redact(line) for line in describe(found)],
    }
    file.write_text(json.dumps(facts, indent=2, ensure_ascii=False), "utf-8")
    print(f"saved         the form without content: {file}")


def _shown(look: Look) -> dict[str, Any]:
    headers = {name: mask_text(value) for name, value in look.headers.items()}
    is_answer = isinstance(look.outcome, Answer)
    return {"status": look.status, "headers": headers, "is_refused_unread": not is_answer}
