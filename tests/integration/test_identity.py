"""Records that were once taken for one, asked for over HTTP: every one of them is landed."""

import json
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import duckdb
import pytest

from miatel import SuspectShrinkError
from tests.support.answering import answering
from tests.support.landed import extraction, utc

START, END = utc(2026, 1, 5), utc(2026, 1, 7)
NUMBERS = ["79001112233", "79001112234", "79001112235"]


def record(when, **more):
    return {"sms_hub_sms_time": f"{when:%Y-%m-%dT%H:%M:%SZ}", "dst_num": NUMBERS[0]} | more


def at(hours, seconds=0):
    return START + timedelta(hours=hours, seconds=seconds)


class Platform:
    """Answers with those of its records that were asked for, under one address."""

    records: list

    def answer(self, path):
        asked = parse_qs(urlsplit(path).query)
        first, last = (datetime.fromisoformat(asked[n][0] + "Z") for n in ("time_beg", "time_end"))
        found = [
            one for one in self.records
            if first <= datetime.fromisoformat(one["sms_hub_sms_time"]) <= last
        ]  # fmt: skip
        return 200, json.dumps(found).encode()

    def pull(self, lake, start=START, end=END, *, records=None, **options):
        if records is not None:
            self.records = list(records)
        return extraction(self.url, lake).land_range(start, end, **options)


@pytest.fixture
def platform():
    served = Platform()
    with answering(served.answer) as (served.url, _):
        yield served


def columns(lake, *names):
    return duckdb.sql(
        f"select {', '.join(names)} from '{lake}/raw/mdr/*/mdr.parquet' order by all"
    ).fetchall()


NOTHING = [
    {"message_id": "", "resp_code": 5010},
    {"sms_hub_sms_id": 0, "sms_hub_switch_id": 0},
    {"sms_hub_sms_id": "0", "sms_hub_switch_id": "0", "message_id": "0"},
    {"sms_hub_sms_id": "none", "sms_hub_switch_id": 1, "message_id": " "},
    {"message_id": "00000000-0000-0000-0000-000000000000", "segment_num": 1},
]


@pytest.mark.parametrize("nothing", NOTHING)
def test_what_is_no_id_makes_nothing_one(platform, tmp_path, nothing):
    platform.records = [
        *(record(at(1), **nothing | {"dst_num": number}) for number in NUMBERS),
        *(record(at(2, second), **nothing) for second in range(3)),
    ]
    report = platform.pull(tmp_path)
    assert (report.rows, report.rows_discarded) == (6, 0)
    assert len(columns(tmp_path, "dst_num")) == 6


@pytest.mark.parametrize("moments", [[at(1), at(25)], [at(1), at(23)]])
@pytest.mark.parametrize("days_apart", [True, False])
def test_an_id_that_is_used_again_is_two_records(platform, tmp_path, moments, days_apart):
    ids = {"sms_hub_sms_id": 7, "sms_hub_switch_id": 1}
    platform.records = [*(record(moment, **ids) for moment in moments)]
    if days_apart:
        platform.pull(tmp_path, START, at(12))
        platform.pull(tmp_path, at(12), END)
    else:
        platform.pull(tmp_path)
    keys = columns(tmp_path, "record_key")
    assert len(set(keys)) == 2


def test_a_bulk_send_is_a_record_for_each_recipient(platform, tmp_path):
    platform.records = [
        *(record(at(1), message_id="m", segment_num=1, dst_num=number) for number in NUMBERS[:2])
    ]
    assert platform.pull(tmp_path).rows == 2
    assert columns(tmp_path, "dst_num") == [(number,) for number in NUMBERS[:2]]


def test_a_record_that_is_gone_is_missed_though_another_came(platform, tmp_path):
    ids = [{"sms_hub_sms_id": number, "sms_hub_switch_id": 1} for number in range(1, 5)]
    platform.records = [*(record(at(n), **one) for n, one in enumerate(ids, 1))]
    last = platform.records.pop()
    platform.pull(tmp_path)
    platform.records = [*platform.records[1:], last]
    with pytest.raises(SuspectShrinkError, match="1 of the records that are landed"):
        platform.pull(tmp_path, reload=True)
    assert columns(tmp_path, "sms_hub_sms_id") == [(1,), (2,), (3,)]


@pytest.mark.parametrize(
    "ids", [{"sms_hub_sms_id": 1, "sms_hub_switch_id": 1}, {"message_id": "m"}, {}]
)
def test_a_final_state_stays_while_price_and_network_are_new(platform, tmp_path, ids):
    before = {"dlr_code": 2, "price": 0, "sms_hub_mccmnc_id": 525001}
    now = {"dlr_code": 1, "price": 0.05, "sms_hub_mccmnc_id": 525003}
    for states in ([before, now], [now, before]):
        lake = tmp_path / str(states[0]["dlr_code"])
        for state in states:
            platform.pull(lake, records=[record(at(1), **ids, **state)], reload=True)
        ((code, price, network),) = columns(lake, "dlr_code", "price", "sms_hub_mccmnc_id")
        assert code == 2
        assert (float(price), network) == (states[1]["price"], states[1]["sms_hub_mccmnc_id"])


def test_records_without_an_id_are_kept_as_often_as_they_come_and_a_run_again_changes_nothing(
    platform,
    tmp_path,
):
    states = [{"dlr_code": 2}, {"dlr_code": 1}, {}, {}]
    platform.records = [*(record(at(1), message_body="hi", **state) for state in states)]
    platform.pull(tmp_path)
    once = columns(tmp_path, "*")
    assert len(once) == 4
    platform.records.reverse()
    platform.pull(tmp_path, reload=True)
    assert columns(tmp_path, "*") == once


def test_the_order_of_records_and_repeats_plays_no_part(platform, tmp_path):
    ids = {"sms_hub_sms_id": 1, "sms_hub_switch_id": 1}
    repeats = [
        record(at(1), **ids, price=0.05, sms_hub_currency_name="EUR"),
        record(at(1), **ids, dlr_code=2, dlr_time="2026-01-05T02:00:00Z"),
        record(at(1), **ids, message_body="hello", dlr_code=1),
    ]
    found = []
    for turn in range(3):
        lake = tmp_path / str(turn)
        platform.pull(lake, records=[*repeats[turn:], *repeats[:turn]])
        names = ("dlr_code", "price::double", "sms_hub_currency_name", "message_body")
        found += columns(lake, *names)
    assert found == [(2, 0.05, "EUR", "hello")] * 3
