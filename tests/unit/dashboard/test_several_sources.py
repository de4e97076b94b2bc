"""The page over the tables of two accounts: sums of both, or one by the filter of sources."""

import shutil
from datetime import timedelta

import pytest

from miatel_dashboard.marts import TABLES, open_marts
from miatel_dashboard.page_data import status, view
from miatel_dashboard.published import PublishedTables
from miatel_dashboard.selection import parse_filters
from tests.support.published_marts import GAP_ON, add_second_account

FILTERS = {"days": ["all"]}
COUNTS = ("message_count", "delivered_message_count", "failed_message_count", "segment_count")


@pytest.fixture(scope="module")
def both(lake, tmp_path_factory):
    """A lake whose tables hold two accounts."""
    root = tmp_path_factory.mktemp("both")
    shutil.copytree(lake / "marts", root / "marts")
    add_second_account(root / "marts")
    return root


def opened(lake):
    return open_marts(PublishedTables(str(lake), TABLES).files())


def shown(lake, **filters):
    with opened(lake) as marts:
        return view(marts, parse_filters(FILTERS | filters))


def facts(lake):
    with opened(lake) as marts:
        return status(marts)


def test_without_the_filter_every_figure_is_the_sum_of_both(lake, both):
    one, two = shown(lake), shown(both)
    for name in COUNTS:
        assert two["overview"]["current"][name] == 2 * one["overview"]["current"][name] > 0
    costs = {row["currency"]: row["cost"] for row in one["overview"]["costs"]}
    assert {row["currency"]: row["cost"] for row in two["overview"]["costs"]} == {
        currency: 2 * cost for currency, cost in costs.items()
    }
    for part in ("watch", "prices"):
        assert two[part]["row_count"] == 2 * one[part]["row_count"] > 0
        assert {row["source_name"] for row in two[part]["rows"]} == {"miatel", "retail"}


@pytest.mark.parametrize("source", ["miatel", "retail"])
def test_the_filter_shows_one_account_as_if_there_was_no_other(lake, both, source):
    one, chosen = shown(lake), shown(both, source=[source])
    for rows in (
        *(one[name]["rows"] for name in ("watch", "prices")),
        *(chosen[name]["rows"] for name in ("watch", "prices")),
    ):
        for row in rows:
            row["source_name"] = source
    assert chosen == one


def test_what_can_be_chosen_is_told(lake, both):
    names = [choice["name"] for choice in facts(both)["choices"]["source"]]
    assert names == ["miatel", "retail"]
    assert facts(both)["freshness"]["source_count"] == 2
    assert facts(lake)["freshness"]["source_count"] == 1


def test_the_data_reach_as_far_as_those_of_the_account_that_lags_behind(lake, both):
    one, two = facts(lake)["freshness"], facts(both)["freshness"]
    assert one["last_landed_at"] - two["last_landed_at"] == timedelta(days=1)
    assert two["gap_count"] == 2 * one["gap_count"]
    assert two["gap_seconds"] == 2 * one["gap_seconds"]
    assert two["unknown_code_count"] == one["unknown_code_count"], "the same codes"
    assert two["day_count"] == one["day_count"], "of the same days"


def test_a_day_is_complete_only_if_it_is_for_both(lake, both):
    one, two = facts(lake)["coverage"], facts(both)["coverage"]
    assert two["mdr_date"] == one["mdr_date"], "each day once"
    assert two["is_complete"] == one["is_complete"]
    gap = two["mdr_date"].index(GAP_ON)
    assert two["gap_seconds"][gap] == 2 * one["gap_seconds"][gap] > 0
    gaps = facts(both)["gaps"]["rows"]
    assert {row["source_name"] for row in gaps} == {"miatel", "retail"}


def test_undocumented_codes_are_listed_once(lake, both):
    one, two = facts(lake)["unknown_codes"], facts(both)["unknown_codes"]
    assert [row["code"] for row in two["rows"]] == [row["code"] for row in one["rows"]]
    counts = [row["segment_count"] for row in one["rows"]]
    assert [row["segment_count"] for row in two["rows"]] == [2 * count for count in counts]
