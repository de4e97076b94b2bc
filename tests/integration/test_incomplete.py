"""An answer that says that there is more is never landed; asking for less mends what it can."""

import json
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from miatel import (
    AnswerForm,
    AnswerNotUnderstoodError,
    CountNotUnderstoodError,
    IncompleteAnswerError,
    RetryPolicy,
)
from miatel_simulator import FaultPlan, SimulatorConfig, serve
from tests.support.answering import answering
from tests.support.landed import KEY, assert_landed_equals_truth, extraction, utc

START, END = utc(2026, 1, 1), utc(2026, 1, 2)
TWICE = RetryPolicy(attempts=2, silence_seconds=2.0)
PAGE = 50
SAYING = [
    {"body": "data", "count": "all"},
    {"body": "sms", "count": "all"},
    {"body": "data", "count": "none", "says_more": "flag"},
    {"body": "data", "count": "none", "says_more": "link"},
    {"body": "array", "count": "all", "says_more": "headers"},
    {"body": "array", "count": "none", "says_more": "headers"},
]


def config(**settings):
    """A platform whose limit is far below the one that it documents."""
    usual = {"start": START, "end": END, "now": END + timedelta(days=9), "messages_per_day": 600}
    return SimulatorConfig(**usual, profile="steady", date="host", ip_auth_key=KEY, **settings)


def refused(kind, url, lake, match=None, **options):
    """Run until it fails with an error of a kind; no day file stands in the lake."""
    with pytest.raises(kind, match=match):
        extraction(url, lake, **options).land_range(START, END)
    assert not list(lake.rglob("*.parquet"))


@pytest.mark.parametrize("saying", SAYING, ids=str)
def test_a_platform_that_sends_less_than_it_documents_and_says_so_is_landed_whole(tmp_path, saying):
    with serve(config(cap=PAGE, **saying)) as simulator:
        report = extraction(simulator.url, tmp_path).land_range(START, END)
        assert_landed_equals_truth(tmp_path, simulator, START, END)
        assert report.splits > 0
        assert len(simulator.requests()) == report.requests < 4 * 600 / PAGE
    assert not list(tmp_path.glob("refused/*"))


@pytest.mark.parametrize("saying", SAYING, ids=str)
def test_a_platform_that_sends_all_and_says_so_is_asked_once(tmp_path, saying):
    with serve(config(**saying)) as simulator:
        report = extraction(simulator.url, tmp_path).land_range(START, END)
        assert_landed_equals_truth(tmp_path, simulator, START, END)
        assert (report.requests, report.splits) == (1, 0)


def test_records_that_all_stand_in_one_half_make_no_count_wrong(tmp_path):
    counts = {START + timedelta(minutes=minute): 10 for minute in range(40)}
    with serve(config(cap=PAGE, body="data", count="all", counts=counts)) as simulator:
        extraction(simulator.url, tmp_path).land_range(START, END)
        assert_landed_equals_truth(tmp_path, simulator, START, END)


@pytest.mark.parametrize("body", ["data", "sms", "array"])
def test_a_count_that_does_not_shrink_with_the_window_is_none_and_named(tmp_path, body):
    lying = config(body=body, count="lying", says_more="headers")
    name = {"data": "total", "sms": "count", "array": "x-total-count"}[body]
    with serve(lying) as simulator:
        said = rf"{name}.*`not_counts`"
        refused(CountNotUnderstoodError, simulator.url, tmp_path, said)
        assert len(simulator.requests()) == 2
        form = AnswerForm.from_extra({"not_counts": [name, "X-Total-Count"]})
        extraction(simulator.url, tmp_path, form=form).land_range(START, END)
        assert_landed_equals_truth(tmp_path, simulator, START, END)


def test_an_answer_that_lost_records_on_its_way_is_found_by_its_count(tmp_path):
    losing = config(body="data", count="all", faults=FaultPlan(at={1: "lossy"}))
    with serve(losing) as simulator:
        report = extraction(simulator.url, tmp_path).land_range(START, END)
        assert_landed_equals_truth(tmp_path, simulator, START, END)
    assert (report.splits, report.rows_discarded) == (1, 300)


@pytest.mark.parametrize("saying", SAYING, ids=str)
def test_an_answer_at_the_cap_is_split_by_what_it_holds_whatever_else_it_says(tmp_path, saying):
    requests = {}
    for name, settings in (
        ("silent", {"body": saying["body"], "count": "none"}),
        ("saying", saying),
    ):
        with serve(config(cap=PAGE, **settings)) as simulator:
            report = extraction(simulator.url, tmp_path / name, cap=PAGE).land_range(START, END)
            assert_landed_equals_truth(tmp_path / name, simulator, START, END)
        requests[name] = report.requests
    assert requests["saying"] == requests["silent"]


def answer_of(path, beside, seconds=range(3)):
    """Those of a few records that a request asks for, in an object with some other fields."""
    query = parse_qs(urlsplit(path).query)
    first, last = (datetime.fromisoformat(query[n][0] + "Z") for n in ("time_beg", "time_end"))
    times = [START + timedelta(seconds=second) for second in seconds]
    records = [
        {"sms_hub_sms_id": n, "sms_hub_switch_id": 1, "sms_hub_sms_time": f"{t:%FT%TZ}"}
        for n, t in enumerate(times, 1)
        if first <= t <= last
    ]
    return json.dumps({**beside, "data": records}).encode()


@pytest.mark.parametrize(
    ("beside", "headers"),
    [
        ({"has_more": True}, {}),
        ({"next": "/main-getData.php?page=2"}, {}),
        ({"status": "partial"}, {}),
        ({"is_last": False}, {}),
        ({"pages": 3}, {}),
        ({}, {"X-Has-More": "1"}),
        ({}, {"Link": '</p1>; rel="first", </p2>; rel="next"'}),
        ({}, {"Content-Range": "records 0-2/*"}),
        ({}, {"X-Next-Page": "2"}),
        ({}, {"X-Total-Pages": "3"}),
    ],
    ids=str,
)
def test_a_sign_that_stands_in_every_answer_ends_in_its_own_error(tmp_path, beside, headers):
    with answering(lambda path: (200, answer_of(path, beside), headers)) as (url, asked):
        refused(IncompleteAnswerError, url, tmp_path, "`not_counts`", retry=TWICE)
    assert 2 <= len(asked) <= 25
    (kept,) = {json.loads(path.read_text())["error"] for path in tmp_path.glob("refused/*.json")}
    assert kept == "IncompleteAnswerError"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Total-Count": "250"},
        {"X-Total": "250"},
        {"Total-Count": "250"},
        {"X-WP-Total": "250"},
        {"X-Pagination-Total-Count": "250"},
        {"X-Record-Count": "250"},
        {"Content-Range": "records 0-2/250"},
        {"Content-Range": "items 0-2/250"},
        {"X-Total-Count": "3, 250"},
    ],
    ids=str,
)
def test_a_header_that_counts_more_than_came_is_believed(tmp_path, headers):
    with answering(lambda path: (200, answer_of(path, {}), headers)) as (url, asked):
        refused(CountNotUnderstoodError, url, tmp_path)
    assert len(asked) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Total-Count": "3", "X-Total-Pages": "1", "X-Page": "1", "X-Next-Page": ""},
        {"X-Total-Count": "2"},
        {"Link": '</p1>; rel="first", </p1>; rel="last"', "X-Has-More": "false"},
        {"Content-Range": "records 0-2/3"},
        {"Content-Range": "bytes 0-999/5000"},
        {"X-Ratelimit-Limit": "3", "X-Ratelimit-Remaining": "250", "X-Request-Count": "250"},
        {
            "X-Runtime": "250",
            "Age": "250",
            "X-Cache-Hits": "250",
            "Server": "nginx",
            "X-Powered-By": "PHP/8.1",
        },
        {"X-Per-Page": "3", "X-Total": "3"},
    ],
    ids=str,
)
def test_headers_that_say_nothing_of_more_do_not_spoil_an_answer(tmp_path, headers):
    with answering(lambda path: (200, answer_of(path, {}), headers)) as (url, asked):
        report = extraction(url, tmp_path).land_range(START, END)
    assert (report.rows, len(asked)) == (3, 1)


def test_an_empty_answer_whose_header_counts_records_is_no_traffic_of_any_window(tmp_path):
    with answering(lambda _: (200, b"[]", {"X-Total-Count": "250"})) as (url, _):
        refused(CountNotUnderstoodError, url, tmp_path)


def test_a_confirmed_text_is_no_traffic_over_http(tmp_path):
    form = AnswerForm.from_extra({"no_traffic": ["no data", {"data": False}]})
    for body in (b"no data\n", b'{"data": false}'):
        with answering(lambda _, body=body: (200, body)) as (url, asked):
            report = extraction(url, tmp_path / str(len(body)), form=form).land_range(START, END)
        assert (report.rows, report.days, len(asked)) == (0, ["2026-01-01"], 1)
    with answering(lambda _: (200, b'{"data": null, "names": []}')) as (url, _):
        refused(AnswerNotUnderstoodError, url, tmp_path / "other", "`no_traffic`", form=form)


def test_geo_names_that_cannot_be_read_are_counted_in_the_report(tmp_path, caplog):
    names = {"names": [{"id": 525001, "n": "A"}, None, {"id": 25001, "n": "3"}]}
    with answering(lambda path: (200, answer_of(path, names))) as (url, _):
        report = extraction(url, tmp_path).land_range(START, END)
    assert (report.rows, report.names_left_out) == (3, 2)
    assert "2 geo name(s)" in caplog.text
