"""The demo, smaller: stopped in the middle, started again, and once more for nothing new."""

import json
import re
import time
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import psutil
import pyarrow.dataset as ds
import pytest
from demo import NOW
from demo_runs import END, fingerprints, run_demo, start_demo
from processes import Processes
from project import simulated_environment
from simulated import FIRST_DAY, start_simulator


@pytest.fixture(scope="module")
def platform(directory):
    """The same traffic as the demo's, from a simulator of the test's own."""
    environment = simulated_environment(directory / "home", directory / "data")
    log = directory / "truth.log"
    with Processes() as processes:
        yield start_simulator(processes, environment, log, f"--now={NOW}")


def page_data(directory):
    """The page's text, and the JSON inside it."""
    page = (directory / "reports/delivery.html").read_text()
    (inside,) = re.findall(r'type="application/json" id="inside">(.*?)</script>', page)
    return inside, json.loads(inside)


def test_stopping_ends_every_process(stopped):
    assert stopped.tree, "it had started something"
    assert stopped.returncode != 0
    assert "Stopped" in stopped.output
    time.sleep(0.5)
    alive = [p for p in stopped.tree if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    assert alive == []


def test_it_says_what_it_does_and_where_the_tables_are(finished, directory):
    for text in (
        "MIATEL_LAKE left alone",
        "Start the simulated platform",
        "Prepare Airflow",
        "DAG miatel_history",
        "DAG miatel_transform",
        "Compare with what the platform holds",
        str(directory / "data/bi.duckdb"),
        str(directory / "reports/delivery.html"),
    ):
        assert text in finished


def test_the_page_shows_every_message_and_no_number_of_a_person(finished, directory):
    inside, data = page_data(directory)
    shown = data["views"]["all|"]["overview"]["current"]["message_count"]
    days = duckdb.read_parquet(str(directory / "data/lake/marts/delivery_daily.parquet"))
    assert (shown,) == days.aggregate("sum(message_count)::bigint").fetchone()

    raw = ds.dataset(directory / "data/lake/raw/mdr", partitioning="hive")
    numbers = set(raw.to_table(columns=["dst_num"])["dst_num"].to_pylist())
    assert len(numbers) > 1000, "there are numbers that could be found"
    assert numbers.isdisjoint(re.findall(r"[0-9]{6,}", inside))


def test_the_watch_list_names_the_incident_and_nothing_else(finished, directory):
    """Of those planted, one lies within the three weeks that this demo lands."""
    _, data = page_data(directory)
    findings = data["views"]["all|"]["watch"]["rows"]
    assert [
        (row["watch_type"], row["since_at"], row["network_name"], row["account_name"])
        for row in findings
    ] == [("sequential_numbers", "2026-01-19T02:00:00Z", "India - Airtel", "orbit_taxi")]


@pytest.mark.parametrize("country", ["", "India"])
@pytest.mark.parametrize("days", ["7", "all"])
def test_the_figures_at_the_top_are_what_messages_and_segments_say(
    finished, directory, days, country
):
    """Counted from the facts, which the page never reads: this period's and the one's before."""
    _, data = page_data(directory)
    shown = data["views"][f"{days}|{country}"]
    period, overview = shown["period"], shown["overview"]
    here = "n.country_name = $country" if country else "$country = ''"
    with duckdb.connect(str(directory / "data/bi.duckdb"), read_only=True) as connection:

        def ask(select, table, date, since, until, more="true"):
            return connection.execute(
                f"select {select} from {table} left join dim_networks as n using (mccmnc) where"
                f" {date} >= $since::date and {date} < $until::date and {here} and {more}",
                {"since": since, "until": until, "country": country},
            ).fetchone()

        end = str(date.fromisoformat(period["last"]) + timedelta(days=1))
        parts = {
            "current": (period["first"], end),
            "previous": (period["previous_first"], period["first"]),
        }
        for part, bounds in parts.items():
            outcomes = ", ".join(
                f"count(*) filter (outcome = '{outcome}')"
                for outcome in ("delivered", "failed", "pending")
            )
            counted = ask(f"count(*), {outcomes}", "fct_messages", "message_date", *bounds)
            segments = ask("count(*)", "fct_mdr", "mdr_date", *bounds)
            names = ("message", "delivered_message", "failed_message", "pending_message", "segment")
            figures = tuple(overview[part].get(f"{name}_count", 0) for name in names)
            assert figures == counted + segments, part
            costs = {row["currency"]: row for row in overview["costs"]}
            for currency, row in costs.items():
                (cost,) = ask(
                    "sum(price)", "fct_mdr", "mdr_date", *bounds, f"currency='{currency}'"
                )
                figure = row["cost" if part == "current" else "previous_cost"]
                assert (figure and Decimal(figure)) == cost, (part, currency)
        (p95,) = ask(
            "quantile_disc(epoch(receipt_at) - epoch(received_at), 0.95)",
            "fct_mdr", "mdr_date", period["first"], end, "outcome = 'delivered'",
        )  # fmt: skip
    low, high = shown["latency_overview"]["p95_between"]
    assert low <= p95 <= high
    assert low <= shown["latency_overview"]["p95_seconds"] <= high


def test_every_layer_holds_what_the_platform_holds(finished, directory, platform):
    truth = platform.read(f"truth?start={FIRST_DAY}&end={END}")
    lake = directory / "data/lake"
    raw = ds.dataset(lake / "raw/mdr", partitioning="hive").to_table(
        columns=["sms_hub_switch_id", "sms_hub_sms_id"]
    )
    ids = platform.read(f"ids?start={FIRST_DAY}&end={END}")
    assert ids["fields"] == ["sms_hub_switch_id", "sms_hub_sms_id"]
    assert sorted(zip(*raw.to_pydict().values(), strict=True)) == sorted(map(tuple, ids["ids"]))
    assert truth["total"] == raw.num_rows
    assert raw.num_rows > 100_000, "so that no single answer could hold it"

    measures = {"fct_mdr/*": "count(*)", "delivery_daily": "sum(segment_count)::bigint"}
    for table, measure in measures.items():
        days = duckdb.read_parquet(str(lake / f"marts/{table}.parquet"))
        found = dict(days.aggregate(f"mdr_date::text, {measure}").fetchall())
        assert found == {day: count for day, count in truth["days"].items() if count}


def test_a_percentile_of_any_rows_is_that_of_the_monthly_tables(finished, directory):
    """The function of the published file and the models compute it from the same counts."""
    agreeing = """
        with asked as (
            select
                cast(date_trunc('month', mdr_date) as date) as month_date,
                mccmnc,
                latency_percentile({share}, daily) as seconds
            from latency_by_sender_daily as daily
            group by all
        )
        select count(*), count(asked.seconds)
        from latency_by_network_monthly as monthly
        left join asked using (month_date, mccmnc)
        where
            (asked.seconds is null) = (monthly.p{percent}_seconds is null)
            and coalesce(abs(asked.seconds - monthly.p{percent}_seconds) < 1e-6, true)
    """
    with duckdb.connect(str(directory / "data/bi.duckdb"), read_only=True) as connection:
        rows = connection.execute("select count(*) from latency_by_network_monthly").fetchone()[0]
        for percent in (50, 90, 95, 99):
            sql = agreeing.format(share=percent / 100, percent=percent)
            equal, known = connection.execute(sql).fetchone()
            assert equal == rows
            assert known > 10
        mean, true = connection.execute("""
            select avg(p95_seconds), (select max(p95_seconds) from latency_monthly)
            from latency_daily
        """).fetchone()
    assert mean > 1.5 * true, "why percentiles are not averaged"


def test_a_second_run_asks_for_nothing_and_changes_nothing(finished, directory):
    before = fingerprints(directory)
    output = run_demo(directory)
    assert " 0 requests" in output
    assert fingerprints(directory) == before


def test_data_of_the_users_own_is_never_mixed_with_simulated_data(tmp_path):
    (tmp_path / "data/lake/raw").mkdir(parents=True)
    process = start_demo(tmp_path)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "did not come from the simulator" in output
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["lake"]
