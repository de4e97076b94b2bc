"""Whatever form the vendor's answer has, the same records are landed."""

from datetime import timedelta
from itertools import combinations, product

import duckdb
import pytest

from miatel_simulator import FaultPlan, SimulatorConfig, max_in_flight, serve
from miatel_simulator.config import CHOICES
from tests.support.landed import KEY, assert_landed_equals_truth, extraction, utc
from tests.support.pairs import pairwise

START, END = utc(2026, 1, 30), utc(2026, 2, 2)
BODIES = ["array", "data", "sms"]
NAMES = list(CHOICES["names"])
ORDERS = list(CHOICES["order"])
TIMES = ["z", "none", "blank"]
ERRORS = list(CHOICES["error_style"])
IN_PAIRS = ("body", "time_format", "field_style", "order", "error_style", "names", "null_time")
"""Options of which every two values meet in a case."""
PAIRS = pairwise({option: CHOICES[option] for option in IN_PAIRS})


def land(tmp_path, cap=150, **config):
    """Land three days that need splits; returns the number of rows."""
    settings = {"start": START, "end": END, "now": END + timedelta(days=10)}
    settings |= {"messages_per_day": 200, "ip_auth_key": KEY, "date": "host", "cap": cap, **config}
    with serve(SimulatorConfig(**settings)) as simulator:
        report = extraction(simulator.url, tmp_path, cap=cap).land_range(START, END)
        assert report.splits > 0
        assert max_in_flight(simulator.requests()) == 1
        return assert_landed_equals_truth(tmp_path, simulator, START, END)


def name_of_singtel(lake):
    """What is landed as the name of a network."""
    return duckdb.sql(
        f"select sms_hub_mccmnc_name from '{lake}/raw/networks/networks.parquet' "
        "where sms_hub_mccmnc_id = 525001"
    ).fetchall()


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


@pytest.mark.parametrize("case", PAIRS, ids=lambda case: "-".join(case.values()))
def test_form_names_of_fields_and_unix_times_do_not_matter(tmp_path, case):
    assert land(tmp_path, faults=FaultPlan(at={2: "busy_error"}), **case)
    assert name_of_singtel(tmp_path) == [("Singapore - Singtel",)]


def test_every_two_values_of_every_two_options_meet():
    met = {pair for case in PAIRS for pair in combinations(case.items(), 2)}
    for one, other in combinations(IN_PAIRS, 2):
        for values in product(CHOICES[one], CHOICES[other]):
            assert tuple(zip((one, other), values, strict=True)) in met


@pytest.mark.parametrize(("names", "body"), list(product(NAMES, BODIES)))
def test_geo_names_are_found_wherever_they_stand(tmp_path, names, body):
    land(tmp_path, names=names, body=body)
    assert name_of_singtel(tmp_path) == [("Singapore - Singtel",)]


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
        {"time_format": "unix", "numbers_as_strings": True, "null_time": "zero"},
        {"time_format": "unix_ms", "shuffle_keys": True, "missing_fields": 0.2},
    ],
    ids=lambda options: "-".join(map(str, options)),
)
def test_spelling_does_not_matter(tmp_path, spelling):
    assert land(tmp_path, **spelling)


@pytest.mark.parametrize("body", [body for body in CHOICES["body"] if body not in BODIES])
def test_spelling_does_not_matter_in_any_form(tmp_path, body):
    unknown = ("string", "number", "bool", "object")
    spelling = {"numbers_as_strings": True, "unknown_fields": unknown, "missing_fields": 0.2}
    assert land(tmp_path, body=body, shuffle_keys=True, escapes="php", gzip=True, **spelling)


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
