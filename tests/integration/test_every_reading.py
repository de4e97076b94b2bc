"""Whatever form the vendor's answer has, the same records are landed."""

from datetime import timedelta
from itertools import product

import duckdb
import pytest

from miatel_simulator import FaultPlan, SimulatorConfig, max_in_flight, serve
from tests.support.landed import KEY, assert_landed_equals_truth, extraction, utc

START, END = utc(2026, 1, 30), utc(2026, 2, 2)
BODIES = ["array", "data", "sms"]
NAMES = ["object", "list", "before", "second", "second_newline"]
ORDERS = ["ascending", "descending", "shuffled", "by_id"]
TIMES = ["z", "none", "blank"]
ERRORS = ["status", "json", "json_empty_data", "html", "empty"]


def land(tmp_path, cap=150, **config):
    """Land three days that need splits; returns the number of rows."""
    settings = {"start": START, "end": END, "now": END + timedelta(days=10)}
    settings |= {"messages_per_day": 200, "ip_auth_key": KEY, "date": "host", "cap": cap, **config}
    with serve(SimulatorConfig(**settings)) as simulator:
        report = extraction(simulator.url, tmp_path, cap=cap).land_range(START, END)
        assert report.splits > 0
        assert max_in_flight(simulator.requests()) == 1
        return assert_landed_equals_truth(tmp_path, simulator, START, END)


@pytest.mark.parametrize(("body", "order", "time_format"), list(product(BODIES, ORDERS, TIMES)))
@pytest.mark.parametrize("error_style", ERRORS)
def test_body_order_and_time_format_do_not_matter(tmp_path, body, order, time_format, error_style):
    faults = FaultPlan(at={2: "busy_error"})  # so that the error style is met on the way
    assert land(
        tmp_path,
        body=body,
        order=order,
        time_format=time_format,
        error_style=error_style,
        faults=faults,
    )


@pytest.mark.parametrize(("names", "body"), list(product(NAMES, BODIES)))
def test_geo_names_are_found_wherever_they_stand(tmp_path, names, body):
    land(tmp_path, names=names, body=body)
    known = duckdb.sql(
        f"select sms_hub_mccmnc_name from '{tmp_path}/raw/networks/networks.parquet' "
        "where sms_hub_mccmnc_id = 525001"
    ).fetchall()
    assert known == [("Singapore - Singtel",)]


@pytest.mark.parametrize(
    "spelling",
    [
        {"numbers_as_strings": True},
        {"missing_fields": 0.2},
        {"unknown_fields": ("string", "number", "bool", "object")},
        {"shuffle_keys": True, "pretty": True},
        {"gzip": True, "escapes": "php"},
        {"null_time": "zero"},
        {"null_time": "empty", "numbers_as_strings": True},
        {"null_time": "absent", "missing_fields": 0.1, "shuffle_keys": True},
        {"drop_fields": ("sms_hub_switch_id",)},
        {"cap_keeps": "last"},
        {"cap_keeps": "sample", "order": "shuffled"},
    ],
    ids=lambda options: "-".join(map(str, options)),
)
def test_spelling_does_not_matter(tmp_path, spelling):
    assert land(tmp_path, **spelling)


def test_unknown_fields_are_kept_with_their_values(tmp_path):
    land(tmp_path, unknown_fields=("string", "number", "bool", "object"))
    kept = duckdb.sql(
        "select bool_and(extra ->> '$.hop_count' = (sms_hub_sms_id % 1000)::varchar), "
        "bool_and(extra ->> '$.campaign_comment' = 'autumn ' || (sms_hub_sms_id % 1000)), "
        "bool_and((extra -> '$.route.via[0].node')::bigint = sms_hub_sms_id % 1000), count(*) "
        f"from '{tmp_path}/raw/mdr/*/mdr.parquet' where sms_hub_sms_id % 3 = 0"
    ).fetchone()
    assert kept[:3] == (True, True, True)
    assert kept[3] > 100
