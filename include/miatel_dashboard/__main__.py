"""`python -m miatel_dashboard`: write the page of the published marts as one HTML file."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from miatel.errors import MiatelError
from miatel.settings import Settings
from miatel_dashboard.report import write_report


def main() -> int:
    """Run the command line; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m miatel_dashboard",
        description=__doc__,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument(
        "--lake",
        help="lake whose published marts are shown, a path or a URL (environment: MIATEL_LAKE, "
        "else data/lake in MIATEL_HOME)",
    )
    parser.add_argument(
        "--to",
        type=Path,
        help="file to replace (environment: delivery.html in MIATEL_REPORTS, else in reports in "
        "MIATEL_HOME)",
    )
    arguments = parser.parse_args()
    settings = Settings.from_environment()
    try:
        target = arguments.to or settings.reports / "delivery.html"
        lake = arguments.lake if arguments.lake is not None else settings.lake
        mode = settings.file_mode
    except MiatelError as error:
        print(error, file=sys.stderr)
        return 1
    size = write_report(lake, target, datetime.now(UTC), mode)
    print(f"Page:      {target} ({size / 1e6:.1f} MB, opens without a server)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
