"""What the page shows is what SQL says of the published files, for any filters."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

from miatel_dashboard.marts import TABLES, open_marts
from miatel_dashboard.page_data import status, view
from miatel_dashboard.panels.delivery import MOST_LINES
from miatel_dashboard.panels.doubts import SHOWN_OTHERWISE
from miatel_dashboard.published import PublishedTables
from miatel_dashboard.selection import parse_filters
from miatel_dashboard.source import Source
from tests.support.published_marts import BLOCKED_FROM, END, GAP_ON

PROJECT = Path(__file__).resolve().parents[3]
LAST_30 = END - timedelta(days=29)
SELECTIONS = {
    "days=30": ({}, f"mdr_date >= '{LAST_30}'"),
    "one country": (
        {"country": ["Nigeria"]},
        f"mdr_date >= '{LAST_30}' and country_name = 'Nigeria'",
    ),
    "two countries": (
        {"country": ["Nigeria", "Côte d'Ivoire"], "days": ["all"]},
        "country_name in ('Nigeria', 'Côte d''Ivoire')",
    ),
    "network and account": (
        {"network": ["621030"], "account": ["main"], "days": ["all"]},
        "mccmnc = '621030' and account_name = 'main'",
    ),
    "sender of records without one": ({"sender": ["(none)"], "days": ["all"]}, "sender = '(none)'"),
    "dates": (
        {"from": ["2026-03-01"], "to": ["2026-03-10"], "sender": ["<i>Bank&Co</i>"]},
        "mdr_date between '2026-03-01' and '2026-03-10' and sender = '<i>Bank&Co</i>'",
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=SELECTIONS.values(), ids=SELECTIONS.keys())
def shown_and_where(request, lake):
    """A selection's view, computed once for all tests that look at it, and the selection as SQL."""
    query, where = request.param
    with open_marts(PublishedTables(str(lake), TABLES).files()) as marts:
        return view(marts, parse_filters(query)), where


@pytest.fixture
def ask(lake):
    def ask(table, select, where, group=""):
        path = lake / "marts" / f"{table}.parquet"
        return duckdb.sql(f"select {select} from '{path}' where {where} {group}").fetchall()

    return ask


def test_figures_and_rates_are_sums_over_sums(shown_and_where, ask):
    shown, where = shown_and_where
    (expected,) = ask(
        "delivery_daily",
        "sum(message_count), sum(delivered_message_count) / sum(message_count),"
        " sum(mature_delivered_message_count) / sum(mature_message_count)",
        where,
    )
    now = shown["overview"]["current"]
    found = (now["message_count"], now["delivery_rate"], now["mature_delivery_rate"])
    assert found == pytest.approx(expected)


def test_money_is_exact_and_each_currency_by_itself(shown_and_where, ask):
    shown, where = shown_and_where
    expected = dict(ask("delivery_daily", "currency, sum(cost)", where, "group by 1"))
    found = {row["currency"]: row["cost"] for row in shown["overview"]["costs"]}
    assert found == expected
    assert all(isinstance(cost, Decimal) for cost in found.values())


def test_tables_points_and_cells_add_up_to_the_whole(shown_and_where):
    shown, _ = shown_and_where
    whole = shown["overview"]["current"]["message_count"]
    parts = {
        "networks": shown["networks"]["rows"],
        "senders": shown["senders"]["rows"],
        "points": shown["delivery"]["points"],
        "cells": shown["week"],
    }
    found = {name: sum(row["message_count"] for row in rows) for name, rows in parts.items()}
    assert found == dict.fromkeys(parts, whole)


def test_the_network_table_is_what_sql_says(shown_and_where, ask):
    shown, where = shown_and_where
    expected = ask(
        "delivery_daily",
        "mccmnc, sum(message_count), sum(failed_message_count)", where, "group by 1",
    )  # fmt: skip
    rows = shown["networks"]["rows"]
    found = [(row["mccmnc"], row["message_count"], row["failed_message_count"]) for row in rows]
    assert sorted(found) == sorted(expected)


def test_failure_reasons_are_what_sql_says(shown_and_where, ask):
    shown, where = shown_and_where
    expected = ask(
        "failure_reasons_daily", "code_type, code, sum(segment_count)", where,
        "group by 1, 2 having sum(segment_count) > 0",
    )  # fmt: skip
    rows = shown["failures"]["reasons"]
    found = [(row["code_type"], row["code"], row["segment_count"]) for row in rows]
    assert sorted(found) == sorted(expected)
    over_time = sum(sum(line["counts"]) for line in shown["failures"]["lines"])
    assert over_time == sum(count for *_, count in expected)


def test_the_period_before_has_the_same_length(marts, ask):
    shown = view(marts, parse_filters({"days": ["7"]}))
    before = f"mdr_date between '{END - timedelta(days=13)}' and '{END - timedelta(days=7)}'"
    (expected,) = ask("delivery_daily", "sum(message_count)", before)
    assert shown["overview"]["previous"]["message_count"] == expected[0]
    assert shown["period"]["is_previous_landed"] is True
    assert view(marts, parse_filters({"days": ["all"]}))["period"]["is_previous_landed"] is False


def test_it_says_where_why_and_since_when(marts):
    answers = view(marts, parse_filters({}))["answers"]
    assert answers["worst"][0]["name"] == "Nigeria"
    assert (answers["reason"]["code_type"], answers["reason"]["code"]) == ("response", "5036")
    assert answers["fall"]["since_date"] == BLOCKED_FROM, "which lies before the period shown"


def test_the_place_that_loses_most_is_drawn_even_if_it_is_small(lake, tmp_path):
    """A reader who reads of a country finds its line."""
    daily = tmp_path / "marts/delivery_daily.parquet"
    daily.parent.mkdir()
    lost = "if(country_name = 'Brazil', 0, mature_delivered_message_count)"
    duckdb.sql(f"""
        select * replace ({lost} as mature_delivered_message_count)
        from '{lake}/marts/delivery_daily.parquet'
        where country_name <> 'Nigeria'
    """).write_parquet(str(daily))
    with open_marts(PublishedTables(str(tmp_path), TABLES).files()) as changed:
        shown = view(changed, parse_filters({}))
    drawn = [line["name"] for line in shown["delivery"]["by_country"]]
    assert shown["answers"]["worst"][0]["name"] == "Brazil"
    assert len(drawn) == MOST_LINES + 1
    assert drawn[-1] == "Brazil"


def test_price_changes_are_those_of_the_period_and_the_filters(marts):
    def changed(**query):
        return [row["network_name"] for row in view(marts, parse_filters(query))["prices"]["rows"]]

    assert changed() == ["Germany Telekom"]
    assert changed(days=["all"]) == ["Germany Telekom", "Poland Plus"]
    assert changed(days=["all"], country=["Poland"]) == ["Poland Plus"]
    assert changed(days=["all"], account=["main"]) == ["Germany Telekom"]
    assert changed(country=["Poland"]) == []


def test_the_p95_is_told_with_the_bounds_between_which_it_lies(shown_and_where):
    latency = shown_and_where[0]["latency_overview"]
    low, high = latency["p95_between"]
    assert low <= latency["p95_seconds"] <= high


def test_within_a_country_its_networks_are_compared_and_within_a_network_its_senders(marts):
    country = view(marts, parse_filters({"country": ["Nigeria"]}))["answers"]
    assert (country["dimension"], country["worst"][0]["name"]) == ("network", "621030")
    assert country["fall"]["since_date"] == BLOCKED_FROM
    network = view(marts, parse_filters({"network": ["621030"]}))["answers"]
    assert network["dimension"] == "sender"


def test_coverage_shows_every_day_and_the_gap(marts):
    coverage = status(marts)["coverage"]
    assert len(coverage["mdr_date"]) == 80
    gaps = [
        day
        for day, whole in zip(*[coverage[n] for n in ("mdr_date", "is_complete")], strict=True)
        if not whole
    ]
    assert gaps == [GAP_ON]


def test_colours_keep_their_order_when_more_days_land(lake, marts, tmp_path):
    (tmp_path / "marts").mkdir()
    for path in (lake / "marts").glob("*.parquet"):
        few = duckdb.read_parquet(str(path))
        if "mdr_date" in few.columns:
            few = few.filter(f"mdr_date < '{END - timedelta(days=40)}'")
        few.write_parquet(str(tmp_path / "marts" / path.name))
    early = orjson_of(Source(str(tmp_path)).status())["choices"]["colour_order"]
    assert status(marts)["choices"]["colour_order"] == early


def orjson_of(content):
    import orjson

    return orjson.loads(content)


@pytest.mark.parametrize(
    "value", ["'; drop table delivery_daily; --", "\\", "%", "Nigeria'", "$country", "\x00"]
)
def test_a_filter_is_a_value_whatever_stands_in_it(marts, value):
    shown = view(marts, parse_filters({"country": [value], "sender": [value]}))
    assert shown["overview"]["current"] == {}
    assert view(marts, parse_filters({}))["overview"]["current"]["message_count"] > 0


def test_no_selection_leaves_a_part_out_or_fails(marts):
    names = set(view(marts, parse_filters({})))
    for query in ({"country": ["Nowhere"]}, {"from": ["2020-01-01"], "to": ["2020-01-02"]}):
        assert set(view(marts, parse_filters(query))) == names


def test_a_missing_table_empties_its_panel_and_says_what_to_run(lake_without):
    source = Source(str(lake_without("watch_list", "latency_by_sender_daily", "unknown_codes")))
    shown, facts = orjson_of(source.view({})), orjson_of(source.status())
    for part in (shown["watch"], shown["latency"], facts["unknown_codes"]):
        assert "is not published yet. Run the DAG miatel_transform" in part["missing"]
    assert shown["overview"]["current"]["message_count"] > 0
    assert "latency_by_sender_daily" in shown["networks"]["missing"][0]


def test_a_missing_column_is_named(lake_without):
    source = Source(str(lake_without(delivery_daily=["mature_message_count"])))
    shown = orjson_of(source.view({}))
    assert "delivery_daily lacks mature_message_count" in shown["missing"]


def test_without_any_table_it_says_what_to_run(tmp_path):
    source = Source(str(tmp_path))
    assert "Run the DAG miatel_transform" in orjson_of(source.view({}))["missing"]
    assert all("missing" in part for part in orjson_of(source.status()).values())


def test_without_any_message_it_says_what_to_land(lake, tmp_path):
    (tmp_path / "marts").mkdir()
    for path in (lake / "marts").glob("*.parquet"):
        duckdb.read_parquet(str(path)).limit(0).write_parquet(str(tmp_path / "marts" / path.name))
    source = Source(str(tmp_path))
    assert "Run the DAG miatel_history" in orjson_of(source.view({}))["missing"]
    assert orjson_of(source.status())["freshness"] == {"last_landed_at": None}


def test_what_cannot_be_read_or_filled_is_counted(lake):
    facts = orjson_of(Source(str(lake)).status())
    places = "sum(unpriced_segment_count) from '{}/marts/delivery_daily.parquet'"
    (unpriced,) = duckdb.sql(f"select {places.format(lake)}").fetchone()
    assert unpriced > 0
    assert facts["unpriced"] == {
        "segment_count": unpriced,
        "recent_segment_count": unpriced,
        "last_date": "2026-04-25",
    }
    assert facts["implausible_receipts"]["implausible_count"] > 0
    assert facts["implausible_receipts"]["last_date"] == "2026-04-25"
    # the lookback is that of what was found of late; what was found long ago is only counted
    assert facts["late_records"] == {
        "record_count": 12,
        "recent_record_count": 5,
        "most_hours": 130.5,
        "suggested_lookback_hours": 144,
    }
    assert facts["gaps"]["row_count"] == 1
    assert facts["gaps"]["rows"][0]["gap_reason"] == "the vendor answers <b>half</b> a body"
    assert {name: count for name, count in facts["identity"].items() if name != "record_count"} == {
        "records_without_id_count": 3,
        "shared_sms_id_count": 2,
        "shared_message_id_count": 40,
    }


def test_what_tests_of_the_tables_warn_of_is_told_once(lake):
    with open_marts(PublishedTables(str(lake), TABLES).files()) as marts:
        rows = status(marts)["warnings"]["rows"]
    assert rows == [
        {"test_name": "new", "row_count": 3},
        {"test_name": "warn_empty_days", "row_count": 2},
    ], "a gap has a table of its own"


def test_each_test_that_may_warn_is_shown_and_the_runbook_says_what_to_do():
    project = PROJECT / "dbt_project"
    warning = {
        path.stem
        for path in project.glob("tests/**/*.sql")
        if "severity='warn'" in path.read_text()
    }
    named = {path.stem for path in project.glob("tests/**/*.sql") if path.stem[:5] == "warn_"}
    assert warning == named, "a name says what a test does"
    generic = [
        test["name"]
        for path in project.glob("models/**/_models.yml")
        for model in yaml.load(path.read_bytes(), yaml.CSafeLoader)["models"]
        for holder in (model, *model.get("columns", ()))
        for entry in holder.get("data_tests", ())
        if isinstance(entry, dict)
        for test in entry.values()
        if test.get("config", {}).get("severity") == "warn"
    ]
    assert generic == ["no_message_begins_after_a_retired_day"]
    texts = json.loads((PROJECT / "include/miatel_dashboard/page/texts/en.json").read_bytes())
    runbook = (PROJECT / "docs/runbook.md").read_text()
    for name in (*warning, *generic):
        assert (f"warnings.{name}" in texts) != (name in SHOWN_OTHERWISE), name
        assert f"`{name}`" in runbook, name


def test_marts_that_version_0_1_0_published_are_shown_as_far_as_they_go(lake_without):
    source = Source(
        str(
            lake_without(
                "late_records",
                "record_identity_daily",
                "build_warnings",
                delivery_daily=["unpriced_segment_count"],
                latency_by_sender_daily=["implausible_receipt_count"],
                extract_coverage=["gap_reason", "gap_failed_at"],
            )
        )
    )
    facts, shown = orjson_of(source.status()), orjson_of(source.view({}))
    assert facts["unpriced"]["segment_count"] is None
    assert facts["implausible_receipts"]["implausible_count"] is None
    assert facts["gaps"]["rows"][0]["gap_reason"] is None
    for name in ("late_records", "identity", "warnings"):
        assert "is not published yet. Run the DAG miatel_transform" in facts[name]["missing"]
    parts = {name: part for name, part in shown.items() if isinstance(part, dict)}
    assert not [name for name, part in parts.items() if part.get("missing")]
