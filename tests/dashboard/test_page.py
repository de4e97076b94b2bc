"""The page in a real Chromium, framed by Airflow: what it shows, and what its filters change."""

import csv
import io
from datetime import timedelta

import duckdb
import pytest

from tests.support.published_marts import END

LAST_30 = END - timedelta(days=29)
CHARTS = 7


@pytest.fixture(scope="module")
def visit(browsing, server):
    """Logged in once for all tests of this file."""
    with browsing.visit(accept_downloads=True) as visit:
        visit.page.goto(server.framed)
        visit.page.wait_for_url("**/auth/login**")
        visit.log_in(server, "viewer")
        visit.page.wait_for_url("**/plugin/sms**")
        visit.drawn()
        yield visit
        assert visit.complaints == []


@pytest.fixture
def frame(visit, server):
    """The page as it stands in Airflow, with its usual filters.

    Airflow's own page, 7 MB of scripts, stays where it is there; the one in its frame is new.
    """
    if not visit.page.url.startswith(server.framed):
        return visit.open(server.framed)
    visit.drawn().goto(server.page)
    return visit.drawn()


def sql(lake, table, select, where="true"):
    path = lake / "marts" / f"{table}.parquet"
    return duckdb.sql(f"select {select} from '{path}' where {where}").fetchone()


def figure(frame, title):
    tile = frame.locator(".tile", has=frame.locator("h2", has_text=title)).first
    return tile.locator(".figure").inner_text()


def pick(frame, name, *labels):
    """Choose in a filter's menu, and wait for the page."""
    frame.click(f'[data-filter="{name}"] summary')
    for label in labels:
        frame.locator(f'[data-filter="{name}"] li', has_text=label).first.click()
        frame.wait_for_selector('#page[aria-busy="false"]')


def test_it_is_drawn_without_an_error_or_a_request_to_another_host(frame, visit):
    assert frame.locator("canvas").count() == CHARTS
    assert frame.locator(".missing").count() == 0
    assert visit.complaints == []


def test_each_chart_has_a_title_and_says_what_its_numbers_mean(frame):
    for panel in frame.locator(".panel").all():
        assert panel.locator("h2").inner_text()
        assert len(panel.locator(".note").first.inner_text()) > 30


def test_the_five_questions_are_answered_in_words(frame):
    where, why, since, cost, trust = frame.locator(".answer .say").all_inner_texts()
    assert where.startswith("Nigeria: ")
    assert why == "Direction is blocked"
    assert since == "3 Mar 2026"
    assert "EUR" in cost
    assert "USD" in cost
    assert trust == "With care: 1 gap, 6 h not landed"


def test_figures_are_what_sql_says(frame, lake):
    count, rate = sql(
        lake,
        "delivery_daily",
        "sum(message_count), sum(mature_delivered_message_count) / sum(mature_message_count)",
        f"mdr_date >= '{LAST_30}'",
    )
    assert figure(frame, "Messages") == f"{count:,}"
    assert figure(frame, "Delivered, mature") == f"{rate * 100:.1f} %"


@pytest.mark.parametrize(
    ("filters", "where"),
    [
        ({"country": ["Côte d'Ivoire"]}, "country_name = 'Côte d''Ivoire'"),
        ({"country": ["Nigeria", "Poland"]}, "country_name in ('Nigeria', 'Poland')"),
        (
            {"network": ["India Jio"], "account": ["main"]},
            "mccmnc = '405840' and account_name = 'main'",
        ),
        ({"sender": ["<i>Bank&Co</i>"]}, "sender = '<i>Bank&Co</i>'"),
        ({"sender": ["(none)"]}, "sender = '(none)'"),
    ],
)  # fmt: skip
def test_a_filter_changes_the_figures_to_what_sql_says(frame, visit, lake, filters, where):
    for name, labels in filters.items():
        pick(frame, name, *labels)
    (count,) = sql(
        lake, "delivery_daily", "sum(message_count)", f"{where} and mdr_date >= '{LAST_30}'"
    )
    assert figure(frame, "Messages") == f"{count:,}"
    assert all(f"{name}=" in visit.page.url for name in filters), "it stands in Airflow's address"


def test_a_period_changes_the_figures_to_what_sql_says(frame, lake):
    frame.click("text=7 days")
    frame.wait_for_selector('#page[data-period="2026-04-24_2026-04-30"]')
    (count,) = sql(lake, "delivery_daily", "sum(message_count)", "mdr_date >= '2026-04-24'")
    assert figure(frame, "Messages") == f"{count:,}"
    frame.fill('input[aria-label="First day"]', "2026-03-01")
    frame.wait_for_selector('#page[data-period="2026-03-01_2026-04-30"]')
    (count,) = sql(lake, "delivery_daily", "sum(message_count)", "mdr_date >= '2026-03-01'")
    assert figure(frame, "Messages") == f"{count:,}"


def test_a_view_can_be_sent_to_a_colleague(frame, visit, browsing, server):
    pick(frame, "country", "Germany")
    frame.click('#delivery button:has-text("By network")')
    with browsing.visit() as colleague:
        colleague.page.goto(visit.page.url)
        colleague.page.wait_for_url("**/auth/login**")
        colleague.log_in(server, "admin")
        colleague.page.wait_for_url("**/plugin/sms**")
        theirs = colleague.drawn()
        for place in (".tile .figure", "#delivery .legend"):
            assert theirs.locator(place).all_inner_texts() == frame.locator(place).all_inner_texts()
        assert theirs.locator('[data-filter="country"] summary').inner_text() == "Country: Germany"
        assert colleague.complaints == []


def test_the_back_button_leads_to_what_was_seen_before(frame, visit):
    usual = figure(frame, "Messages")
    pick(frame, "country", "Germany")
    frame.click('#delivery button:has-text("By network")')
    frame.wait_for_selector('#delivery button[aria-pressed="true"]:has-text("By network")')
    assert figure(frame, "Messages") != usual
    assert "country=Germany&by=network" in visit.page.url
    frame.evaluate("history.back()")
    frame.wait_for_selector('#delivery button[aria-pressed="true"]:has-text("By country")')
    assert "country=Germany" in visit.page.url
    assert "by=network" not in visit.page.url
    frame.evaluate("history.back()")
    frame.wait_for_selector('[data-filter="country"]:not(.chosen)')
    assert figure(frame, "Messages") == usual
    assert "country=" not in visit.page.url


def test_a_view_has_a_link_that_opens_the_page_there(frame, visit):
    pick(frame, "country", "Germany")
    frame.click("#trust-mark")
    address = visit.page.url
    assert "country=Germany&view=trust" in address
    again = visit.open(address)
    assert again.locator('[data-filter="country"] summary').inner_text() == "Country: Germany"
    again.wait_for_function(
        "document.querySelector('#trust h2').getBoundingClientRect().top < innerHeight"
    )


@pytest.mark.parametrize("table", ["networks", "senders"])
def test_the_csv_is_what_sql_says(frame, visit, lake, table):
    with visit.page.expect_download() as download:
        frame.click(f"#{table} >> text=Save CSV")
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    key = "mccmnc" if table == "networks" else "sender"
    path = lake / "marts" / "delivery_daily.parquet"
    expected = duckdb.sql(f"""
        select
            {key},
            sum(message_count)::varchar,
            sum(failed_message_count)::varchar,
            round(sum(mature_delivered_message_count) / sum(mature_message_count), 9),
            sum(cost) filter (where currency = 'EUR'),
            sum(cost) filter (where currency = 'USD')
        from '{path}' where mdr_date >= '{LAST_30}' group by 1
    """).fetchall()  # fmt: skip
    name = "mccmnc" if table == "networks" else "sender"
    found = [
        (
            row[name], row["message_count"], row["failed_message_count"],
            round(float(row["mature_delivery_rate"]), 9),
            *(type(expected[0][4])(row[c]) if row[c] else None for c in ("cost_EUR", "cost_USD")),
        )
        for row in rows
    ]  # fmt: skip
    assert sorted(found, key=str) == sorted(expected, key=str)


def test_a_heading_sorts_its_table(frame):
    names = frame.locator("#networks tbody tr td:nth-child(4)")
    frame.click("#networks thead >> text=Failed")
    failed = [
        int(text.replace(",", ""))
        for text in frame.locator("#networks tbody td:nth-child(6)").all_inner_texts()
    ]
    assert failed == sorted(failed, reverse=True)
    frame.click("#networks thead >> text=Messages")
    frame.click("#networks thead >> text=Messages")
    counts = [int(text.replace(",", "")) for text in names.all_inner_texts()]
    assert counts == sorted(counts)


def test_names_that_look_like_html_are_text(frame):
    frame.click("#networks >> text=Show all")
    assert frame.locator("#networks td", has_text='<b>Orange</b> & "Co"').count() == 1
    assert frame.locator("#networks td b").count() == 0
    assert frame.locator("#watch .about", has_text="sender <i>Bank&Co</i>").count() == 1
    assert frame.locator("#watch i").count() == 0


def test_a_tooltip_shows_names_as_text(frame, visit):
    pick(frame, "country", "Côte d'Ivoire")
    frame.click('#delivery button:has-text("By network")')
    frame.locator("#delivery .chart").hover(position={"x": 300, "y": 100})
    tip = frame.locator("#delivery .tip")
    tip.wait_for()
    assert '<b>Orange</b> & "Co"' in tip.inner_text()
    assert visit.complaints == []


def test_dark_follows_airflow(frame, visit):
    background = "getComputedStyle(document.body).backgroundColor"
    html = frame.locator("html")
    usual = visit.page.evaluate("document.documentElement.className")
    visit.page.evaluate("document.documentElement.className = 'light'")
    frame.wait_for_function("!document.documentElement.classList.contains('dark')")
    light = frame.evaluate(background)
    visit.page.evaluate("document.documentElement.className = 'dark'")
    frame.wait_for_function("document.documentElement.classList.contains('dark')")
    assert frame.evaluate(background) != light
    assert "dark" in html.get_attribute("class")
    visit.page.evaluate("name => { document.documentElement.className = name; }", usual)


def test_the_gap_is_told_and_the_codes_that_nobody_knows(frame):
    trust = frame.locator("#trust").inner_text()
    assert "1, together 6 h" in trust
    assert "seconds missing" in trust
    assert "response 7777" in trust


def test_what_cannot_be_trusted_is_said_in_sentences(frame):
    said = frame.locator(".doubts li").all_inner_texts()
    prices, times, late, nameless, shared, bulk, unnamed, empty = said
    assert "should have a price and have none that can be read" in prices
    assert "all in the last 30 days. The costs are too low by these." in prices
    assert "a time that cannot be true, the last one of 25 Apr 2026" in times
    assert late.startswith("5 records came to light in the last 30 days")
    assert "up to 5 days late. Set lookback_hours of miatel_extract to 144" in late
    assert nameless.startswith("3 of ")
    assert nameless.endswith("have no id. Each counts as a record of its own.")
    assert shared.startswith("2 records have the node and sms id of another record")
    assert bulk.startswith("40 records have the message id of another record")
    assert unnamed == "The test new warns of 3 rows."
    assert empty.startswith("2 days without a record lie between days with some")
    (gap,) = frame.locator("#gaps tbody tr").all_inner_texts()
    assert "10 Apr 2026, 00:00 GMT" in gap
    assert "the vendor answers <b>half</b> a body, tried 12 Apr 2026, 00:00 GMT" in gap
    shown = frame.locator(".answer .more").all_inner_texts()
    assert any("To be known: " in text and "5 records found late" in text for text in shown)


def test_a_filter_that_makes_no_sense_is_told(visit, server):
    visit.page.goto(server.page + "?days=31")
    visit.page.wait_for_selector("#notice:not([hidden])")
    assert "can be 7, 30, 90, 365 or all" in visit.page.inner_text("#notice")
    visit.complaints.clear()  # the browser itself tells of the answer's status 400


def test_a_finding_says_at_which_hours_and_where(frame):
    drop, rows = frame.locator("#watch li").all_inner_texts()
    assert "network Nigeria MTN" in drop
    assert "27 Apr 2026, 00:00 \N{EN DASH} 28 Apr 2026, 00:00 GMT" in rows
    for place in ("network Kazakhstan Tele2", "sender <i>Bank&Co</i>", "account resale"):
        assert place in rows


def test_the_p95_is_told_with_the_bounds_between_which_it_lies(frame):
    tile = frame.locator(".tile", has_text="Receipt, p95").inner_text()
    assert "later than 45 s, within 60 s" in tile
    assert "correct to" not in frame.locator("#latency .note").inner_text()


def test_prices_that_changed_stand_below_the_cost_in_the_currency_shown(frame):
    frame.click('#cost button:has-text("EUR")')
    assert frame.locator("#cost .prices li").all_inner_texts() == [
        "18 Apr 2026: Germany Telekom, main: 0.0400 \N{RIGHTWARDS ARROW} 0.0500 EUR, +25.0 %"
    ]
    frame.click('#cost button:has-text("USD")')
    assert frame.locator("#cost .prices").count() == 0
    printed = frame.locator("#cost").inner_text()
    assert "No price of a segment changed in USD; 1 did in other currencies." in printed
