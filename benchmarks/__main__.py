"""`make bench`: run the parts, one after the other, and write their sections of the document."""

from __future__ import annotations

import argparse
import importlib
import time

from benchmarks.common.document import replace_section
from benchmarks.common.machine import machine_line
from benchmarks.common.section import Section

PARTS = (
    "windows",
    "overlap",
    "growth",
    "late_receipts",
    "reader",
    "landing",
    "warehouse",
    "dashboard",
)
"""In the order of the document. `benchmarks.<part>.run` has `run(is_small=…)`, which gives facts;
`benchmarks.reports.<part>` has `report(facts, draws=…)`, which draws and gives a section."""


def main() -> None:
    """Run the parts that the command line names, by default all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}")
    parser.add_argument(
        "--small", action="store_true", help="only see that all works; no document is written"
    )
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    for part in options.parts or PARTS:
        before, began = machine_line(), time.monotonic()
        print(f"{part}: {before}", flush=True)
        facts = importlib.import_module(f"benchmarks.{part}.run").run(is_small=options.small)
        section: Section = importlib.import_module(f"benchmarks.reports.{part}").report(
            facts, draws=not options.small
        )
        seconds = time.monotonic() - began
        if not options.small:
            replace_section(PARTS, part, section, f"{before}; took {seconds:.0f} s")
        for target in section.targets:
            print("  " + " | ".join(target.row()), flush=True)
        print(f"{part}: {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    main()
