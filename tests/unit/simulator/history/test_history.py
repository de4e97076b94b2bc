from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from miatel_simulator import Burst, ConfigError, Simulator, SimulatorConfig

DAY = datetime(2026, 1, 5, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)


def busy(now: datetime, **options: object) -> Simulator:
    return Simulator(SimulatorConfig(messages_per_day=20_000, now=now, **options))  # type: ignore[arg-type]


def test_the_same_records_whichever_windows_ask(now: datetime) -> None:
    whole = busy(now).truth(DAY, NEXT)
    edges = [DAY + timedelta(seconds=s) for s in (0, 1, 2, 3_601, 40_000, 40_003, 86_399, 86_400)]
    parts = busy(now)
    windows = zip(reversed(edges[:-1]), reversed(edges[1:]), strict=True)
    pieces = [parts.truth(start, end) for start, end in windows]
    assert len(whole) > 10_000
    assert pa.concat_tables(reversed(pieces)).combine_chunks() == whole.combine_chunks()


def test_another_seed_is_another_history(now: datetime) -> None:
    assert busy(now).truth(DAY, NEXT) != busy(now, seed=2).truth(DAY, NEXT)


def test_identities_are_unique_but_ids_repeat_across_nodes(now: datetime) -> None:
    simulator = busy(now)
    end = DAY + timedelta(days=3)
    table = simulator.truth(DAY, end)
    assert len(set(simulator.identities(DAY, end))) == len(table)
    assert pc.count_distinct(table["sms_hub_sms_id"]).as_py() < len(table)
    fallback = zip(table["message_id"].to_pylist(), table["segment_num"].to_pylist(), strict=True)
    assert len(set(fallback)) == len(table)


def test_composite_messages_are_whole_and_some_straddle_a_second(now: datetime) -> None:
    segments = defaultdict(list)
    for row in busy(now).truth(DAY, NEXT).to_pylist():
        if row["segment_total"] > 1:
            segments[row["segment_id"]].append(row)
    assert {rows[0]["segment_total"] for rows in segments.values()} == {2, 3, 4}
    straddling = 0
    for rows in segments.values():
        numbers = [row["segment_num"] for row in rows]
        whole = list(range(1, rows[0]["segment_total"] + 1))
        at_an_edge = rows[0]["sms_hub_sms_time"] in (DAY, NEXT - timedelta(seconds=1))
        assert numbers == whole or at_an_edge
        assert len({(row["message_id"], row["dst_num"]) for row in rows}) == 1
        straddling += len({row["sms_hub_sms_time"] for row in rows}) > 1
    assert straddling > 0


def test_a_message_straddles_midnight_when_traffic_is_dense() -> None:
    counts = {NEXT - timedelta(seconds=1): 5, NEXT: 7}
    simulator = Simulator(SimulatorConfig(counts=counts, now=NEXT + timedelta(days=9)))
    last = simulator.truth(DAY, NEXT).to_pylist()[-1]
    first = simulator.truth(NEXT, NEXT + timedelta(days=1)).to_pylist()[0]
    assert last["segment_id"] == first["segment_id"]
    assert (last["segment_num"], first["segment_num"], first["segment_total"]) == (1, 2, 2)


def test_explicit_counts_are_exact(now: datetime) -> None:
    second = timedelta(seconds=1)
    counts = {DAY: 3, NEXT - second: 100, NEXT: 1}
    simulator = Simulator(SimulatorConfig(counts=counts, now=now))
    assert simulator.count(DAY, DAY + second) == 3
    assert simulator.count(NEXT - second, NEXT) == 100
    assert len(simulator.truth(NEXT - second, NEXT)) == 100
    days = simulator.count_by_day(DAY, NEXT + timedelta(days=2))
    assert list(days.values()) == [103, 1, 0]


def test_steady_traffic_is_exact(now: datetime) -> None:
    simulator = Simulator(SimulatorConfig(messages_per_day=1_234, profile="steady", now=now))
    assert simulator.count(DAY, NEXT) == 1_234


def test_nights_and_weekends_are_quiet(now: datetime) -> None:
    simulator = busy(now)
    noon, hour = DAY + timedelta(hours=13), timedelta(hours=1)
    assert simulator.count(noon, noon + hour) > 4 * simulator.count(DAY + hour, DAY + 2 * hour)
    week = list(simulator.count_by_day(DAY, DAY + timedelta(days=7)).values())  # from a Monday
    assert max(week[5:]) < 0.7 * min(week[:5])
    assert sum(week) == pytest.approx(7 * 20_000, rel=0.02)


def test_bursts_last_minutes(now: datetime) -> None:
    simulator = busy(now, profile="bursty", bursts_per_week=7.0, burst_size=100_000)
    days = simulator.count_by_day(datetime(2026, 1, 1, tzinfo=UTC), now)
    assert max(days.values()) > 60_000
    assert min(days.values()) < 30_000


def test_a_burst_adds_exactly_its_records_even_over_midnight(now: datetime) -> None:
    burst = Burst(NEXT - timedelta(seconds=2), 5, 50_001)
    plain, burdened = busy(now), busy(now, bursts=(burst,))
    start, end = NEXT - timedelta(seconds=2), NEXT + timedelta(seconds=3)
    assert burdened.count(start, end) - plain.count(start, end) == 50_001
    assert burdened.count(DAY, start) == plain.count(DAY, start)


def test_nothing_outside_start_and_end(now: datetime) -> None:
    start, end = DAY + timedelta(hours=3), DAY + timedelta(hours=5)
    simulator = busy(now, start=start, end=end)
    assert simulator.count(DAY - timedelta(days=2), NEXT) == simulator.count(start, end) > 0


def test_records_appear_when_the_clock_reaches_them(now: datetime) -> None:
    simulator = busy(now)
    noon = DAY + timedelta(hours=12)
    before = simulator.count(DAY, noon)
    simulator.set_now(noon - timedelta(seconds=1))
    assert simulator.count(DAY, NEXT) == before
    times = simulator.truth(DAY, NEXT)["sms_hub_sms_time"]
    assert pc.max(times).as_py() <= noon - timedelta(seconds=1)


def test_millions_a_day_cost_nothing_until_asked_for(now: datetime) -> None:
    simulator = Simulator(SimulatorConfig(messages_per_day=5_000_000, now=now))
    minute = simulator.truth(DAY + timedelta(hours=12), DAY + timedelta(hours=12, minutes=1))
    assert 3_000 < len(minute) < 10_000


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("cap", 0),
        ("order", "sideways"),
        ("missing_fields", 1.5),
        ("drop_fields", ("no_such_field",)),
        ("messages_per_day", -1),
        ("start", datetime(2026, 1, 1)),  # noqa: DTZ001 - the lack of a zone is the point
        ("counts", {datetime(1999, 1, 1, tzinfo=UTC): 1}),
        ("ip_auth_key", ""),
    ],
)
def test_a_bad_setting_names_its_option(option: str, value: object) -> None:
    with pytest.raises(ConfigError, match=option):
        SimulatorConfig(**{option: value})  # type: ignore[arg-type]


def test_the_key_is_not_in_the_settings_text() -> None:
    assert "canary" not in repr(SimulatorConfig(ip_auth_key="canary"))
