"""Every geo name ever received is kept, once; the last one received for a number wins."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq

from miatel import open_lake
from miatel.lake.networks import Networks
from miatel.sources import NETWORKS
from tests.support.raw_rows import REQUESTED_AT

HOUR = timedelta(hours=1)


def landed(root: Path) -> list[tuple[int, str]]:
    table = pq.ParquetFile(root / NETWORKS.path).read().sort_by("first_received_at")
    columns = ("sms_hub_mccmnc_id", "sms_hub_mccmnc_name")
    return list(zip(*(table[name].to_pylist() for name in columns), strict=True))


def test_only_new_and_changed_names_are_added(tmp_path: Path) -> None:
    networks = Networks(open_lake(tmp_path))
    assert networks.add({525001: "Singtel", 1001: "Test"}, REQUESTED_AT) == 2
    first = (tmp_path / NETWORKS.path).read_bytes()
    assert networks.add({525001: "Singtel"}, REQUESTED_AT + HOUR) == 0
    assert networks.add({}, REQUESTED_AT + HOUR) == 0
    assert (tmp_path / NETWORKS.path).read_bytes() == first
    assert networks.add({525001: "Singtel Mobile", 1001: "Test"}, REQUESTED_AT + HOUR) == 1
    assert landed(tmp_path) == [(1001, "Test"), (525001, "Singtel"), (525001, "Singtel Mobile")]


def test_a_name_that_comes_back_is_the_last_one_again(tmp_path: Path) -> None:
    for hour, name in enumerate(["old", "new", "old"]):
        Networks(open_lake(tmp_path)).add({525001: name}, REQUESTED_AT + hour * HOUR)
    assert [name for _, name in landed(tmp_path)] == ["old", "new", "old"]


def test_what_another_run_added_meanwhile_is_not_lost(tmp_path: Path) -> None:
    one, other = Networks(open_lake(tmp_path)), Networks(open_lake(tmp_path))
    one.add({525001: "A"}, REQUESTED_AT)
    assert other.add({525001: "A", 1001: "B"}, REQUESTED_AT + HOUR) == 1
    assert one.add({1002: "C"}, REQUESTED_AT + 2 * HOUR) == 1
    assert [number for number, _ in landed(tmp_path)] == [525001, 1001, 1002]


def test_half_a_character_does_not_stop_a_run(tmp_path: Path) -> None:
    Networks(open_lake(tmp_path)).add({525001: "Sing\ud83d"}, REQUESTED_AT)
    assert landed(tmp_path) == [(525001, "Sing\ufffd")]
    assert Networks(open_lake(tmp_path)).add({525001: "Sing\ud83d"}, REQUESTED_AT + HOUR) == 0
