"""Large answers in every form are landed whole; cut, doubled or mixed ones leave nothing behind."""

import pytest

from miatel import AnswerNotUnderstoodError, BrokenAnswerError, RetryPolicy
from miatel_simulator import serve
from tests.support.landed import assert_landed_equals_truth, extraction, utc
from tests.support.rendered import NEW_FORMS, config_of, render_answer
from tests.support.scripted_server import reply, scripted

START, END = utc(2026, 1, 30), utc(2026, 1, 31)
RECORDS, FEW = 20_000, 600
ONCE = RetryPolicy(attempts=1)


def show(form):
    """A form as the name of a case."""
    return "-".join(form.values())


def assert_refused(lake, body):
    """An answer that the connection brought whole is refused, and nothing is landed of it."""
    refusals = pytest.raises((BrokenAnswerError, AnswerNotUnderstoodError))
    with scripted(reply(body)) as (url, _), refusals:
        extraction(url, lake, retry=ONCE).land_range(START, END)
    assert not list(lake.rglob("*.parquet"))


@pytest.mark.parametrize("form", NEW_FORMS, ids=show)
def test_a_large_answer_is_landed_whole(tmp_path, form):
    with serve(config_of(START, END, RECORDS, **form)) as simulator:
        report = extraction(simulator.url, tmp_path).land_range(START, END)
        assert report.requests == 1
        assert assert_landed_equals_truth(tmp_path, simulator, START, END) == RECORDS


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("form", NEW_FORMS, ids=show)
def test_cut_in_the_middle_nothing_is_landed(tmp_path, form, share):
    body = render_answer(START, END, FEW, **form)
    names = 0 if form["body"] != "statements" else body.find(b"$N_")  # nothing but names is lost
    cut = int((names or len(render_answer(START, END, FEW, get_names=False, **form))) * share)
    while form["body"] == "lines" and body[cut - 2 : cut].count(b"}"):
        cut += 1  # in the middle of a line: at its end nobody can know
    assert_refused(tmp_path, body[:cut])


@pytest.mark.parametrize("between", [b"", b"\n"], ids=["together", "apart"])
@pytest.mark.parametrize("form", NEW_FORMS, ids=show)
def test_sent_twice_nothing_is_landed(tmp_path, form, between):
    body = render_answer(START, END, FEW, **form)
    assert_refused(tmp_path, body + between + body)


@pytest.mark.parametrize("form", NEW_FORMS, ids=show)
def test_in_two_forms_nothing_is_landed(tmp_path, form):
    other = {"body": "map" if form["body"] == "array" else "array"}
    first = render_answer(START, END, FEW, get_names=False, **form)
    assert_refused(tmp_path, first + b"\n" + render_answer(START, END, FEW, seed=2, **other))


@pytest.mark.parametrize("body", ["array", "map", "lines", "columns", "statements"])
def test_some_times_as_numbers_and_some_as_texts_nothing_is_landed(tmp_path, body):
    texts = render_answer(START, END, FEW, get_names=False, body=body)
    place = texts.rindex(b'"sms_hub_sms_time":') + len(b'"sms_hub_sms_time":')
    place += texts[place:].index(b'"')  # past the bracket of a column
    spoiled = texts[:place] + b"1769731200" + texts[place + len(b'"2026-01-30T00:00:00Z"') :]
    assert_refused(tmp_path, spoiled)
