"""`docs/benchmarks.md`: a head that sums up, and one section a part, each replaced on its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from benchmarks.common.markdown import table
from benchmarks.common.paths import DOCUMENT
from benchmarks.common.section import Section

_TARGETS_HEAD = ("figure", "target", ">measured", "verdict")

_HEAD = """# Benchmarks

`make bench` runs all parts, one after the other, on two cores in half an hour at the most, and
writes this document and its pictures. `make bench PART=windows` runs one part and replaces its
section alone. Nothing here is typed by hand.

Each section says when, on what machine and at which commit it was measured, and how busy the
machine was before: a load of about 0 means that nothing else ran. Wall times of a busy machine are
noise, processor times suffer less, counts do not at all. A figure with a range is the middle one of
repeated runs with the least and the greatest. A target that was missed says by how much.

## All targets

"""


def replace_section(parts: Sequence[str], part: str, section: Section, measured: str) -> None:
    """Write one part's section anew, and the summary; the other sections stay as they are.

    Args:
        parts: all parts, in the order of the document.
        part: the one that was measured.
        section: what it says.
        measured: when and on what.
    """
    old = DOCUMENT.read_text() if DOCUMENT.exists() else ""
    sections = {name: _cut(old, name) for name in parts}
    sections[part] = _render(part, section, measured)
    present = [text for text in sections.values() if text]
    rows = [row for text in present for row in _target_rows(text)]
    summary = table(_TARGETS_HEAD, rows) if rows else ""
    DOCUMENT.write_text(_HEAD + summary + "\n" + "\n".join(present))


def _render(part: str, section: Section, measured: str) -> str:
    targets = table(_TARGETS_HEAD, [target.row() for target in section.targets])
    return (
        f"<!-- {part} -->\n## {section.title}\n\n"
        f"`make bench PART={part}`, {measured}.\n\n"
        f"{section.method.strip()}\n\n"
        + (targets + "\n" if section.targets else "")
        + f"{section.body.strip()}\n<!-- end of {part} -->\n"
    )


def _cut(document: str, part: str) -> str:
    found = re.search(f"<!-- {part} -->\n.*?<!-- end of {part} -->\n", document, re.DOTALL)
    return found.group() if found else ""


def _target_rows(section: str) -> list[list[str]]:
    """The cells of the table of targets, which is the section's first if it has one."""
    head = "| " + " | ".join(name.removeprefix(">") for name in _TARGETS_HEAD) + " |\n"
    _, found, rest = section.partition(head)
    lines = rest.splitlines()[1:] if found else []
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows
