"""Which days and places a URL means."""

from datetime import date

import pytest

from miatel_dashboard.errors import BadFilterError
from miatel_dashboard.selection import parse_filters, resolve

FIRST, LAST = date(2026, 1, 1), date(2026, 4, 30)


def chosen(**query):
    return resolve(parse_filters(query), FIRST, LAST)


def test_a_preset_ends_with_the_last_landed_day():
    selection = chosen(days=["30"])
    assert (selection.first, selection.last) == (date(2026, 4, 1), LAST)
    assert chosen() == selection, "thirty days unless said otherwise"


def test_the_period_before_is_as_long_and_ends_the_day_before():
    selection = chosen(**{"from": ["2026-03-01"], "to": ["2026-03-10"]})
    assert selection.day_count == 10
    assert selection.previous_first == date(2026, 2, 19)


def test_all_days_are_those_that_are_landed():
    selection = chosen(days=["all"])
    assert (selection.first, selection.last) == (FIRST, LAST)


@pytest.mark.parametrize(
    ("days", "bucket"), [(7, "day"), (120, "day"), (200, "week"), (730, "week"), (900, "month")]
)
def test_a_line_has_at_most_130_points(days, bucket):
    first = date.fromordinal(LAST.toordinal() - days + 1)
    selection = chosen(**{"from": [str(first)], "to": [str(LAST)]})
    assert selection.bucket == bucket


def test_the_order_of_a_choice_does_not_matter():
    assert parse_filters({"country": ["B", "A"]}) == parse_filters({"country": ["A", "B", "A"]})


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"days": ["31"]}, "can be 7, 30, 90, 365 or all"),
        ({"from": ["2026-01-01"]}, "both its first day"),
        ({"from": ["1.1.2026"], "to": ["2026-01-02"]}, "2026-01-31"),
        ({"from": ["2026-01-03"], "to": ["2026-01-02"]}, "before it begins"),
        ({"from": ["0001-01-01"], "to": ["2026-01-02"]}, "must lie from"),
        ({"recipient": ["4915"]}, "no filter recipient"),
    ],
)
def test_filters_that_make_no_sense_are_refused_with_what_to_write(query, said):
    with pytest.raises(BadFilterError, match=said):
        parse_filters(query)
