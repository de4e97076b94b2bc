"""Whatever windows come again, in whatever order: day files hold what was answered last."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miatel import Lake, RecordOutsideWindowError, SuspectShrinkError, Window, day_window, open_lake
from miatel.lake import day_merge
from miatel.lake import parquet_io as row_groups
from miatel.lake.coverage import Coverage
from miatel.lake.lake import day_file
from miatel.lake.sink import LakeSink, rows_of
from miatel.limits import FINAL_DLR_CODES
from miatel.windows import merge_windows
from tests.support.examples import examples
from tests.support.raw_rows import REQUESTED_AT, accepted, as_read, at, between

SPAN = 40  # seconds on either side of midnight that the tests use
DAYS = [at(-1).date(), at(0).date()]
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True, scope="module")
def _small_row_groups() -> Iterator[None]:
    """Days of a few rows are then read and written in several runs, as large ones are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_groups, "ROW_GROUP_ROWS", 4)
        patch.setattr(day_merge, "ROW_GROUP_ROWS", 4)
        yield


def sms(number: int, second: int, **more: Any) -> dict[str, Any]:
    return {
        "sms_hub_switch_id": 1, "sms_hub_sms_id": number, "sms_hub_sms_time": at(second)
    } | more  # fmt: skip


def rows_landed(lake: Lake) -> list[dict[str, Any]]:
    return [row for day in lake.days() for row in read_day(lake, day).to_pylist()]


def read_day(lake: Lake, day: Any) -> Any:
    file = lake.open_parquet(day_file(day))
    assert file is not None
    with file:
        return file.read()


def bytes_landed(root: str | Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in Path(root).rglob("*") if p.suffix == ".parquet"}


def land(lake: Lake, *answers: Any, allow_shrink: bool = False, run_id: str = "run") -> LakeSink:
    sink = LakeSink(lake, run_id, allow_shrink)
    for answer in answers:
        sink.add(answer)
    sink.finish_days([])
    return sink


@dataclass
class Model:
    """What must be landed, kept second by second and record by record."""

    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    asked: dict[int, tuple[Window, datetime]] = field(default_factory=dict)

    def take(self, window: Window, now: list[dict[str, Any]], moment: datetime) -> None:
        """Merge the window's rows with the answer's: each group of values from its own winner."""
        before = {n: row for n, row in self.rows.items() if inside(row, window)}
        for number in before:
            del self.rows[number]
        for row in now:
            number = row["sms_hub_sms_id"]
            new = row | dict.fromkeys(("extracted_at", "first_seen_at"), moment)
            for time_name, name in (("state_seen_at", "dlr_code"), ("price_seen_at", "price")):
                new[time_name] = None if row[name] is None else moment
            self.rows[number] = merge_rows(before[number], new) if number in before else new
        for second in range(-SPAN, SPAN):
            if window.start <= at(second) < window.end:
                self.asked[second] = (window, moment)

    def count_in(self, window: Window) -> int:
        return sum(inside(row, window) for row in self.rows.values())


def merge_rows(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """What is to stand there of a record that is landed and comes again later."""
    row = new | {"first_seen_at": old["first_seen_at"]}
    went_back = old["dlr_code"] in FINAL_DLR_CODES and new["dlr_code"] not in FINAL_DLR_CODES
    if went_back or new["dlr_code"] in (None, old["dlr_code"]):
        row |= {name: old[name] for name in ("dlr_code", "state_seen_at")}
    if new["price"] in (None, old["price"]):
        row |= {name: old[name] for name in ("price", "price_seen_at")}
    if new["src_num"] == old["src_num"]:
        row |= {"extracted_at": old["extracted_at"]}
    return row


def inside(row: dict[str, Any], window: Window) -> bool:
    return bool(window.start <= row["sms_hub_sms_time"] < window.end)


def assert_landed(lake: Lake, model: Model) -> None:
    landed = rows_landed(lake)
    names = [
        "sms_hub_sms_id", "sms_hub_sms_time", "dlr_code", "price", "src_num",
        "extracted_at", "first_seen_at", "state_seen_at", "price_seen_at",
    ]  # fmt: skip
    found = sorted(([row[n] for n in names] for row in landed), key=lambda row: row[0])
    assert found == [[row[n] for n in names] for _, row in sorted(model.rows.items())]
    entries = [entry for day in lake.days() for entry in lake.coverage(day)]
    assert_coverage_is_proof(entries, model)
    for day in lake.days():
        times = read_day(lake, day)["sms_hub_sms_time"].to_pylist()
        assert all(time.date() == day for time in times)
        assert times == sorted(times)


def assert_coverage_is_proof(entries: list[Coverage], model: Model) -> None:
    assert all(before.window.end <= after.window.start for before, after in pairwise(entries))
    proven = {}
    for entry in entries:
        assert entry.rows == model.count_in(entry.window)
        assert day_window(entry.window.start.date()).intersect(entry.window) == entry.window
        first = int((entry.window.start - at(0)).total_seconds())
        for second in range(first, first + entry.window.seconds):
            proven[second] = (entry.request, entry.requested_at)
    assert proven == model.asked


SECONDS = st.integers(-SPAN, SPAN)
ASKED = st.tuples(SECONDS, SECONDS).filter(lambda b: b[0] < b[1]).map(lambda b: between(*b))
NEW_STATES = st.dictionaries(
    st.integers(1, 30),
    st.tuples(
        st.integers(-SPAN, SPAN - 1),
        st.sampled_from([None, 1, 6, 2, 5]),
        st.sampled_from([None, Decimal(0), Decimal("0.05")]),
        st.text("ab"),
    ),
    max_size=12,
)
State = tuple[int, int | None, Decimal | None, str]


@given(st.lists(st.tuples(ASKED, NEW_STATES), min_size=1, max_size=7))
@examples(25)
def test_windows_that_come_again_replace_what_they_hold_and_nothing_else(
    steps: list[tuple[Window, dict[int, State]]],
) -> None:
    vendor: dict[int, dict[str, Any]] = {}
    model = Model()
    with TemporaryDirectory() as root:
        lake = open_lake(root)
        for number, (window, states) in enumerate(steps):
            for key, (second, code, price, text) in states.items():
                known = vendor.get(key, sms(key, second))
                vendor[key] = known | {"dlr_code": code, "price": price, "src_num": text}
            now = [row for row in vendor.values() if inside(row, window)]
            moment = REQUESTED_AT + number * HOUR
            land(lake, accepted(window, now, moment))
            model.take(window, now, moment)
            assert_landed(lake, model)
        files = bytes_landed(root)
        assert all("/mdr_date=" in name or "networks" in name for name in files)


@given(st.lists(SECONDS, min_size=2, max_size=8, unique=True), NEW_STATES, st.randoms())
@examples(15)
def test_any_tiling_in_any_order_lands_the_same_rows(
    edges: list[int], states: dict[int, State], random: Any
) -> None:
    records = [
        sms(key, second, dlr_code=code, price=price, src_num=text)
        for key, (second, code, price, text) in states.items()
    ]
    whole = between(min(edges), max(edges))
    tiles = [between(first, last) for first, last in pairwise(sorted(edges))]
    answers = [accepted(w, [r for r in records if inside(r, w)]) for w in tiles]
    random.shuffle(answers)
    with TemporaryDirectory() as one, TemporaryDirectory() as many, TemporaryDirectory() as apart:
        land(open_lake(one), accepted(whole, [r for r in records if inside(r, whole)]))
        land(open_lake(many), *answers)
        for answer in answers:
            land(open_lake(apart), answer)
        by_number = [
            sorted(rows_landed(open_lake(root)), key=lambda row: row["sms_hub_sms_id"])
            for root in (one, many, apart)
        ]
        assert by_number[0] == by_number[1] == by_number[2]
        for root in (many, apart):
            covered = [e.window for d in DAYS for e in open_lake(root).coverage(d)]
            assert merge_windows(covered) == [whole]


def test_landing_the_same_again_changes_only_whose_proof_it_is(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    rows = [sms(n, n, dlr_code=2) for n in range(-5, 5)]
    land(lake, accepted(between(-10, 10), rows))
    first = rows_landed(lake)
    land(lake, accepted(between(-10, 10), rows, REQUESTED_AT + HOUR), run_id="again")
    assert rows_landed(lake) == first
    assert {e.run_id for d in DAYS for e in lake.coverage(d)} == {"again"}
    files = bytes_landed(tmp_path)
    land(lake, accepted(between(-10, 10), rows, REQUESTED_AT + HOUR), run_id="again")
    assert bytes_landed(tmp_path) == files


@pytest.mark.parametrize("window", [between(-10, 10), between(0, 3), between(1, 2)])
def test_fewer_rows_than_landed_are_refused_and_the_file_stays(
    tmp_path: Path, window: Window
) -> None:
    lake = open_lake(tmp_path)
    land(lake, accepted(between(-10, 10), [sms(n, n) for n in range(-5, 5)]))
    files = bytes_landed(tmp_path)
    fewer = [sms(n, n) for n in range(-5, 5) if inside(sms(n, n), window) and n != 1]
    (suspect,) = land(lake, accepted(window, fewer)).suspects
    assert isinstance(suspect, SuspectShrinkError)
    assert day_file(DAYS[1]) in str(suspect)
    assert "allow_shrink" in str(suspect)
    changed = {name for name, data in bytes_landed(tmp_path).items() if files[name] != data}
    assert not any(str(DAYS[1]) in name for name in changed)
    land(lake, accepted(window, fewer), allow_shrink=True)
    assert sorted(row["sms_hub_sms_id"] for row in rows_landed(lake)) == [
        n for n in range(-5, 5) if n != 1
    ]


def test_as_many_rows_but_others_are_a_shrink(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    land(lake, accepted(between(0, 10), [sms(1, 1), sms(2, 2), sms(3, 3)]))
    files = bytes_landed(tmp_path)
    now = accepted(between(0, 10), [sms(2, 2), sms(3, 3), sms(4, 4)], REQUESTED_AT + HOUR)
    (suspect,) = land(lake, now).suspects
    assert "1 of the records" in str(suspect)
    assert "[2026-03-01T00:00:00Z, 2026-03-01T00:00:10Z)" in str(suspect)
    assert bytes_landed(tmp_path) == files
    land(lake, now, allow_shrink=True)
    assert [row["sms_hub_sms_id"] for row in rows_landed(lake)] == [2, 3, 4]


def test_a_shrink_in_one_day_does_not_keep_the_others_from_landing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lake = open_lake(tmp_path)
    land(lake, accepted(between(-10, 10), [sms(1, -1), sms(2, 2)]))
    later = accepted(between(-10, 10), [sms(2, 2), sms(3, 3)], REQUESTED_AT + HOUR)
    sink = land(lake, later)
    assert len(sink.suspects) == 1
    assert str(sink.suspects[0]) in caplog.text  # another error may be the one that ends the run
    assert sink.landed_days == DAYS[1:]
    assert [row["sms_hub_sms_id"] for row in rows_landed(lake)] == [1, 2, 3]
    assert [lake.coverage(day)[0].requested_at for day in DAYS] == [
        REQUESTED_AT,
        REQUESTED_AT + HOUR,
    ]


def test_a_day_lands_once_nothing_of_it_is_left(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    sink = LakeSink(lake, "run")
    sink.add(accepted(between(-20, -10), [sms(1, -15)]))
    sink.finish_days([between(-10, 10)])
    assert lake.days() == []
    sink.add(accepted(between(-10, 5), [sms(2, -5), sms(3, 0)]))
    sink.finish_days([between(5, 10)])
    assert lake.days() == DAYS[:1]
    assert [row["sms_hub_sms_id"] for row in rows_landed(lake)] == [1, 2]
    sink.finish_days([])
    assert sink.landed_days == lake.days() == DAYS


def test_an_empty_day_is_a_file_with_zero_rows_and_its_proof(tmp_path: Path) -> None:
    lake = open_lake(tmp_path)
    land(lake, accepted(between(0, 86_400), []))
    path = tmp_path / day_file(DAYS[1])
    assert pq.read_metadata(path).num_rows == 0
    (entry,) = json.loads(pq.read_metadata(path).metadata[b"miatel.coverage"])
    assert (entry["start"], entry["end"]) == ("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z")
    assert (entry["rows"], entry["request_rows"]) == (0, 0)


@pytest.mark.parametrize("second", [-0.000001, 10, 10.5, 86_400, -86_400])
def test_a_record_that_was_not_asked_for_is_refused(second: float) -> None:
    stray = sms(2, 0) | {"sms_hub_sms_time": at(second)}
    with pytest.raises(RecordOutsideWindowError, match="1 of 2 records"):
        rows_of(as_read([sms(1, 5), stray]), between(0, 10), REQUESTED_AT, "asked")


def test_the_last_moment_of_a_window_is_inside() -> None:
    last = sms(1, 0) | {"sms_hub_sms_time": at(9.999999)}
    assert rows_of(as_read([last, sms(2, 0)]), between(0, 10), REQUESTED_AT, "").num_rows == 2
