from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from miatel_simulator import ConfigError, Incident, Simulator, SimulatorConfig, serve
from miatel_simulator.http.control import read_page

pytestmark = pytest.mark.slow

DAY = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
NEXT = DAY + timedelta(days=1)
LATE = DAY + timedelta(hours=23, minutes=30)
HOUR = timedelta(hours=1)
PLACE: dict[str, Any] = {"network": 525001, "account": "kite_retail"}
AN_HOUR_OVER_MIDNIGHT: dict[str, Any] = {"start": LATE, "seconds": 3600}


def platform(now: datetime, *incidents: Incident, **settings: Any) -> Simulator:
    return Simulator(
        SimulatorConfig(messages_per_day=8_000, now=now, incidents=incidents, **settings)
    )


def sequential(**settings: Any) -> Incident:
    usual = AN_HOUR_OVER_MIDNIGHT | PLACE | {"messages": 300}
    return Incident(kind="sequential_numbers", **usual | settings)


def rows(simulator: Simulator, start: datetime, end: datetime) -> list[dict[str, Any]]:
    return simulator.truth(start, end).to_pylist()


def added(simulator: Simulator, start: datetime, end: datetime) -> list[dict[str, Any]]:
    """Records that are there only because of incidents."""
    plain = Simulator(SimulatorConfig(messages_per_day=8_000, now=simulator.now()))
    usual = {row["message_id"] for row in rows(plain, start, end)}
    return [row for row in rows(simulator, start, end) if row["message_id"] not in usual]


def is_delivered(row: dict[str, Any]) -> bool:
    return row["dlr_code"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sequential_numbers", "unusual_destination", "inflated"])
def test_added_messages_leave_every_other_record_as_it_was(kind: Any, now: datetime) -> None:
    share = 0.5 if kind == "inflated" else 0.0
    incident = Incident(
        kind=kind, **AN_HOUR_OVER_MIDNIGHT, **PLACE, messages=300, failing_share=share
    )
    plain, planted = platform(now), platform(now, incident)
    end = NEXT + timedelta(days=1)
    new = added(planted, DAY, end)
    assert len(new) == 300
    assert {(row["sms_hub_mccmnc_id"], row["username"]) for row in new} == {(525001, "kite_retail")}
    assert all(LATE <= row["sms_hub_sms_time"] < LATE + HOUR for row in new)
    own = {row["message_id"] for row in new}
    others = [row for row in rows(planted, DAY, end) if row["message_id"] not in own]
    assert others == rows(plain, DAY, end)


def test_records_are_in_order_and_each_its_own(now: datetime) -> None:
    table = platform(now, sequential(), sequential(start=LATE + HOUR / 2)).truth(LATE, LATE + HOUR)
    times = table["sms_hub_sms_time"].to_pylist()
    assert times == sorted(times)
    keys = zip(
        table["sms_hub_switch_id"].to_pylist(), table["sms_hub_sms_id"].to_pylist(), strict=True
    )
    assert len(set(keys)) == len(table)


def test_whoever_asks_gets_the_same_records(now: datetime) -> None:
    simulator = platform(
        now,
        sequential(),
        Incident(kind="delivery_drop", **AN_HOUR_OVER_MIDNIGHT, **PLACE, failing_share=0.5),
    )
    whole = simulator.truth(LATE, LATE + HOUR)
    second = timedelta(seconds=1)
    parts = [
        platform(now, *simulator.config.incidents).truth(
            LATE + n * second, LATE + (n + 97) * second
        )
        for n in range(0, 3600, 97)
    ]
    assert pa.concat_tables(parts).slice(0, len(whole)) == whole


def test_sequential_numbers_follow_each_other_even_over_midnight(now: datetime) -> None:
    new = added(platform(now, sequential()), DAY, NEXT + timedelta(days=1))
    numbers = [int(row["dst_num"]) for row in new]
    assert numbers == list(range(numbers[0], numbers[0] + 300))
    assert 100 < sum(row["sms_hub_sms_time"] < NEXT for row in new) < 200


def test_a_drop_makes_messages_fail_only_at_its_time_and_place(now: datetime) -> None:
    noon = DAY + timedelta(hours=12)
    incident = Incident(
        kind="delivery_drop", start=noon, seconds=7200, network=525001, failing_share=0.6
    )
    plain, planted = platform(now), platform(now, incident)
    before = {row["message_id"]: row for row in rows(plain, DAY, NEXT) if is_delivered(row)}
    after = {row["message_id"]: row for row in rows(planted, DAY, NEXT) if is_delivered(row)}
    lost = [row for key, row in before.items() if key not in after]
    assert set(after) <= set(before)
    assert {row["sms_hub_mccmnc_id"] for row in lost} == {525001}
    assert all(noon <= row["sms_hub_sms_time"] < noon + 2 * HOUR for row in lost)
    there = [
        row for row in before.values()
        if row["sms_hub_mccmnc_id"] == 525001 and noon <= row["sms_hub_sms_time"] < noon + 2 * HOUR
    ]  # fmt: skip
    assert len(lost) / len(there) == pytest.approx(0.6, abs=0.12)


def test_inflated_traffic_is_delivered_worse(now: datetime) -> None:
    incident = Incident(
        kind="inflated", **AN_HOUR_OVER_MIDNIGHT, **PLACE, messages=1000, failing_share=0.7
    )
    new = added(platform(now, incident), DAY, NEXT + timedelta(days=1))
    assert len({row["dst_num"] for row in new}) > 990
    assert sum(map(is_delivered, new)) / len(new) == pytest.approx(0.28, abs=0.06)


def test_nobody_writes_to_a_rare_network_but_an_incident(now: datetime) -> None:
    incident = Incident(
        kind="unusual_destination", start=DAY, seconds=3600, network=368001,
        account="bluefin_bank", messages=50,
    )  # fmt: skip
    names = Counter(row["sms_hub_mccmnc_name"] for row in rows(platform(now, incident), DAY, NEXT))
    assert names["Cuba - Cubacel"] == 50
    plain = Counter(row["sms_hub_mccmnc_name"] for row in rows(platform(now), DAY, NEXT))
    assert plain["Cuba - Cubacel"] == 0


def test_a_price_changes_from_a_moment_on_and_for_good(now: datetime) -> None:
    noon = DAY + timedelta(hours=12)
    incident = Incident(
        kind="price_change", start=noon, network=525001, account="kite_retail", price_factor=1.25
    )
    for old, new in zip(
        rows(platform(now), DAY, NEXT), rows(platform(now, incident), DAY, NEXT), strict=True
    ):
        is_there = (old["sms_hub_mccmnc_id"], old["username"]) == (525001, "kite_retail")
        changed = is_there and old["sms_hub_sms_time"] >= noon
        factor = Decimal("1.25") if changed else 1
        assert new == old | {"price": old["price"] * factor}


def test_added_messages_keep_to_the_bounds_of_the_history(now: datetime) -> None:
    simulator = platform(now, sequential(), start=DAY, end=NEXT)
    assert 100 < len(added(simulator, DAY, NEXT)) < 200
    assert simulator.count(NEXT, NEXT + HOUR) == 0


def test_the_truth_page_labels_what_was_planted(now: datetime) -> None:
    incidents = (sequential(), sequential(start=DAY - timedelta(days=3)))
    config = SimulatorConfig(messages_per_day=100, now=now, incidents=incidents)
    with serve(config) as simulator:
        _, body = read_page(simulator, "truth", "start=2026-01-05&end=2026-01-07")
    assert b'"kind": "sequential_numbers", "start": "2026-01-05T23:30:00Z"' in body
    assert b'"end": "2026-01-06T00:30:00Z"' in body
    assert body.count(b'"kind"') == 1


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"kind": "earthquake"}, "kind"),
        ({"start": datetime(2026, 1, 5)}, "start"),  # noqa: DTZ001 - that is the point
        ({"seconds": None}, "seconds"),
        ({"seconds": 0}, "second"),
        ({"messages": 0}, "messages"),
        ({"account": None}, "account"),
        ({"account": "nobody"}, "nobody"),
        ({"network": 1}, "network"),
        ({"failing_share": 0.5}, "failing_share"),
        ({"price_factor": 2.0}, "price_factor"),
    ],
)
def test_an_incident_that_means_nothing_is_refused(settings: dict[str, Any], reason: str) -> None:
    usual = AN_HOUR_OVER_MIDNIGHT | PLACE | {"kind": "sequential_numbers", "messages": 300}
    with pytest.raises(ConfigError, match=reason):
        Incident(**usual | settings)
