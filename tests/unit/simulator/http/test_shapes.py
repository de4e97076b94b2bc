from __future__ import annotations

import gzip
import itertools
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import Any

import pytest
import requests

from miatel_simulator import Simulator, SimulatorConfig, serve
from miatel_simulator.http.query import Query

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
END = START + timedelta(minutes=30)
NOW = END + timedelta(seconds=20)
QUERY = Query(START, END, get_names=True)
ROWS = 400
TIMES = ("sms_hub_sms_time", "dlr_time")


def make(**options: Any) -> Simulator:
    settings = {"messages_per_day": 30_000, "now": NOW} | options
    return Simulator(SimulatorConfig(**settings))


def documents_in(body: bytes) -> list[Any]:
    """Parse JSON documents that stand one after the other."""
    text, place, found = body.decode(), 0, []
    decoder = json.JSONDecoder(parse_float=Decimal)
    while text[place:].strip():
        place += len(text[place:]) - len(text[place:].lstrip())
        document, place = decoder.raw_decode(text, place)
        found.append(document)
    return found


def records_in(simulator: Simulator, query: Query = QUERY) -> list[dict[str, Any]]:
    document = documents_in(simulator.answer(query).body)[0]
    body = simulator.config.body
    return document if body == "array" else document[body]


def understand(row: dict[str, Any]) -> dict[str, Any]:
    """Undo the spelling of one record's times and numbers."""
    values = dict(row)
    for name in TIMES:
        text = values.get(name)
        empty = text in (None, "", "0000-00-00 00:00:00")
        values[name] = None if empty else datetime.fromisoformat(text).replace(tzinfo=UTC)
    values["price"] = None if values.get("price") is None else Decimal(values["price"])
    return values


def truth_of(simulator: Simulator) -> list[dict[str, Any]]:
    return simulator.truth(START, END).to_pylist()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "order", "time_format", "null_time"),
    list(
        itertools.product(
            ("array", "data", "sms"),
            ("ascending", "descending", "shuffled", "by_id"),
            ("z", "none", "blank"),
            ("null", "zero"),
        )
    ),
)
def test_every_shape_holds_the_truth(
    body: str, order: str, time_format: str, null_time: str
) -> None:
    simulator = make(body=body, order=order, time_format=time_format, null_time=null_time)
    rows = [understand(row) for row in records_in(simulator)]
    truth = truth_of(simulator)
    identity = itemgetter("sms_hub_sms_id", "sms_hub_switch_id")
    assert len(truth) > ROWS
    assert sorted(rows, key=identity) == sorted(truth, key=identity)


@pytest.mark.parametrize("null_time", ["null", "empty", "absent", "zero"])
@pytest.mark.parametrize("escapes", ["plain", "php"])
@pytest.mark.parametrize("pretty", [False, True])
def test_every_spelling_holds_the_truth(null_time: str, escapes: str, pretty: bool) -> None:
    simulator = make(null_time=null_time, escapes=escapes, pretty=pretty, shuffle_keys=True)
    assert [understand(row) for row in records_in(simulator)] == truth_of(simulator)


def test_orders_are_what_they_say() -> None:
    ascending = records_in(make())
    times = [row["sms_hub_sms_time"] for row in ascending]
    assert times == sorted(times)
    assert records_in(make(order="descending")) == ascending[::-1]
    ids = [(r["sms_hub_sms_id"], r["sms_hub_switch_id"]) for r in records_in(make(order="by_id"))]
    assert ids == sorted(ids)
    shuffled = [row["sms_hub_sms_time"] for row in records_in(make(order="shuffled"))]
    assert shuffled not in (times, times[::-1])


def test_numbers_may_be_strings() -> None:
    rows = records_in(make(numbers_as_strings=True))
    for name in ("sms_hub_sms_id", "sms_hub_mccmnc_id", "segment_num", "resp_code", "price"):
        assert all(isinstance(row[name], str) for row in rows)
    assert [int(row["sms_hub_sms_id"]) for row in rows] == [
        row["sms_hub_sms_id"] for row in records_in(make())
    ]


def test_missing_fields_are_missing_in_the_truth_too() -> None:
    simulator = make(missing_fields=0.2, shuffle_keys=True)
    rows, truth = records_in(simulator), truth_of(simulator)
    identity = {
        "sms_hub_sms_id", "sms_hub_switch_id", "sms_hub_sms_time", "message_id", "segment_num"
    }  # fmt: skip
    assert all(identity <= row.keys() for row in rows)
    absent = sum(len(truth[0]) - len(row) for row in rows)
    assert absent == pytest.approx(0.2 * (len(truth[0]) - len(identity)) * len(rows), rel=0.1)
    filled = [dict.fromkeys(truth[0]) | row for row in rows]
    assert [understand(row) for row in filled] == truth


def test_a_dropped_switch_changes_the_identity() -> None:
    simulator = make(drop_fields=("sms_hub_switch_id",))
    rows = records_in(simulator)
    assert not any("sms_hub_switch_id" in row for row in rows)
    assert simulator.identities(START, END) == [(r["message_id"], r["segment_num"]) for r in rows]


def test_unknown_fields_come_with_every_third_id() -> None:
    simulator = make(unknown_fields=("string", "number", "bool", "object"))
    names = {"campaign_comment": str, "hop_count": int, "is_test": bool, "route": dict}
    for row in records_in(simulator):
        if row["sms_hub_sms_id"] % 3:
            assert not names.keys() & row.keys()
        else:
            assert {name: type(row[name]) for name in names} == names


@pytest.mark.parametrize("body", ["data", "sms"])
@pytest.mark.parametrize("names", ["object", "list", "before", "second", "second_newline"])
@pytest.mark.parametrize("pretty", [False, True])
def test_names_stand_where_they_should(body: str, names: str, pretty: bool) -> None:
    simulator = make(body=body, names=names, pretty=pretty)
    documents = documents_in(simulator.answer(QUERY).body)
    expected = {str(r["sms_hub_mccmnc_id"]): r["sms_hub_mccmnc_name"] for r in truth_of(simulator)}
    if names.startswith("second"):
        assert documents[1] == expected
        return
    (document,) = documents
    keys = list(document)
    assert (keys.index("names") < keys.index(body)) == (names == "before")
    found = document["names"]
    if names == "list":
        found = {str(i["sms_hub_mccmnc_id"]): i["sms_hub_mccmnc_name"] for i in found}
    assert found == expected


def test_a_bare_array_has_its_names_in_a_second_document() -> None:
    body = make().answer(QUERY).body
    records, names = documents_in(body)
    assert isinstance(records, list)
    assert isinstance(names, dict)
    assert b"}]{" in body
    assert b"}]\n{" in make(names="second_newline").answer(QUERY).body


def test_without_get_names_there_are_none() -> None:
    query = Query(START, END, get_names=False)
    assert len(documents_in(make().answer(query).body)) == 1
    assert "names" not in documents_in(make(body="sms").answer(query).body)[0]


@pytest.mark.parametrize(
    ("body", "expected"),
    [("array", []), ("data", {"data": []}), ("sms", {"status": "ok", "count": 0, "sms": []})],
)
def test_no_traffic_is_a_well_formed_answer(body: str, expected: object) -> None:
    query = Query(datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC), False)
    assert json.loads(make(body=body).answer(query).body) == expected


def test_texts_hold_what_breaks_careless_readers() -> None:
    texts = "\n".join(row["message_body"] for row in records_in(make()))
    for trap in ('},{"', "\\u0041", '"', "🎉", "Ваш", "\t", "</script>"):
        assert trap in texts


def test_gzip_only_for_those_who_accept_it() -> None:
    config = SimulatorConfig(messages_per_day=1_000, now=NOW, gzip=True)
    path = "/main-getData.php?ip_auth_key=simulator-key&time_beg=2026-01-05T00:00:00"
    with serve(config) as simulator:
        url = simulator.url + path + "&time_end=2026-01-05T11:59:59"
        with requests.get(url, headers={"Accept-Encoding": "gzip"}, stream=True, timeout=5) as raw:
            assert raw.headers["Content-Encoding"] == "gzip"
            zipped = raw.raw.read(decode_content=False)
        plain = requests.get(url, headers={"Accept-Encoding": "identity"}, timeout=5)
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(zipped) == plain.content
