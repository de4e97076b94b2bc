"""What a reader sees of a lake, read without the product's own code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

Seconds = list[tuple[str, str]]


@dataclass(frozen=True)
class Seen:
    """Everything that the day files hold, and which seconds they claim."""

    rows: list[dict]
    covered: Seconds
    names: set[tuple[int, str]]

    @property
    def ids(self) -> list[tuple]:
        """Identities, in order."""
        return sorted(map(identity_of, self.rows))


def identity_of(row: dict) -> tuple:
    """What distinguishes a record from all others."""
    if row["sms_hub_switch_id"] is not None and row["sms_hub_sms_id"] is not None:
        return ("", row["sms_hub_switch_id"], row["sms_hub_sms_id"])
    return (row["message_id"], -1 if row["segment_num"] is None else row["segment_num"], 0)


def look_until(lake: Path, stop: Path) -> int:
    """Look again and again, until a file appears; how often."""
    looks = 0
    before: set[tuple] = set()
    while not stop.exists():
        now = set(look_at(lake).ids)
        assert now >= before, "records were gone for a while"
        before = now
        looks += 1
    return looks


def look_at(lake: str | Path) -> Seen:
    """Read a lake as any reader would, and check that it holds together.

    Every file that a reader's pattern matches opens; its coverage is in order, disjoint and agrees
    with its rows; no record stands twice; all else is invisible to readers.
    """
    lake = Path(lake)
    rows: list[dict] = []
    covered: Seconds = []
    for path in sorted(lake.glob("raw/mdr/*/*")):
        if path.name == "mdr.parquet":
            day_rows, day_covered = _look_at_day(path)
            rows += day_rows
            covered += day_covered
        else:
            assert path.name.startswith("."), f"a reader could take {path} for data"
            assert path.suffix == ".tmp", f"nobody knows what {path} is"
    keys = [row["record_key"] for row in rows]
    assert len(set(keys)) == len(keys), "a record stands twice"
    return Seen(_in_order(rows), _joined(covered), _names_of(lake))


def look_at_coverage(lake: str | Path) -> Seconds:
    """The seconds that a lake's day files claim, those that touch joined."""
    return look_at(lake).covered


def scratch_files(lake: str | Path) -> list[Path]:
    """What killed processes left behind."""
    return sorted(Path(lake).rglob("*.tmp"))


def fingerprint(lake: str | Path) -> dict[str, bytes]:
    """Every visible file's bytes."""
    lake = Path(lake)
    return {
        str(path.relative_to(lake)): path.read_bytes()
        for path in sorted(lake.rglob("*.parquet"))
        if not path.name.startswith(".")
    }


def _look_at_day(path: Path) -> tuple[list[dict], Seconds]:
    day = path.parent.name.removeprefix("mdr_date=")
    table = pq.ParquetFile(path).read()
    footer = table.schema.metadata
    assert footer[b"miatel.format"] == b"2"
    entries = json.loads(footer[b"miatel.coverage"])
    assert entries, f"{path} covers nothing"
    assert all(len(entry["body_sha256"]) == 64 for entry in entries)
    bounds = [(entry["start"], entry["end"]) for entry in entries]
    assert all(start < end for start, end in bounds)
    assert all(before[1] <= after[0] for before, after in pairwise(bounds))
    times = [f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in table["sms_hub_sms_time"].to_pylist()]
    assert all(time[:10] == day for time in times), f"{path} holds another day's records"
    for entry in entries:
        inside = sum(entry["start"] <= time < entry["end"] for time in times)
        assert inside == entry["rows"], f"{path}: coverage and rows disagree in {entry}"
    assert sum(entry["rows"] for entry in entries) == table.num_rows, "rows outside of coverage"
    return table.to_pylist(), bounds


def _in_order(rows: list[dict]) -> list[dict]:
    return sorted(rows, key=_place_of)


def _place_of(row: dict) -> tuple:
    """By time, then by what makes the record another; a spoilt one may have no id."""
    known = ["" if part is None else part for part in identity_of(row)]
    return (row["sms_hub_sms_time"], *known)


def _joined(bounds: Seconds) -> Seconds:
    joined: Seconds = []
    for start, end in sorted(bounds):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _names_of(lake: Path) -> set[tuple[int, str]]:
    path = lake / "raw/networks/networks.parquet"
    if not path.exists():
        return set()
    table = pq.ParquetFile(path).read()
    pairs = list(zip(*(table[i].to_pylist() for i in range(2)), strict=True))
    assert len(set(pairs)) == len(pairs), "a geo name stands twice"
    return set(pairs)


def assert_is_truth(lake: str | Path, truth: pa.Table) -> None:
    """A lake holds exactly the records of the truth, with the truth's values."""
    rows = look_at(lake).rows
    found = [{name: row[name] for name in truth.column_names} for row in rows]
    assert_same_rows(found, _in_order(truth.to_pylist()))


def assert_same_rows(found: list[dict], wanted: list[dict]) -> None:
    """Equal rows in the same order; says the first difference only."""
    assert len(found) == len(wanted), f"{len(found)} rows instead of {len(wanted)}"
    for one, other in zip(found, wanted, strict=True):
        if one != other:
            raise AssertionError(f"{one} instead of {other}")
