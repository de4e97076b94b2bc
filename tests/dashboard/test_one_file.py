"""The page as one file, opened from disk: no server, no network; and on a phone."""

from datetime import UTC, datetime

import duckdb
import pytest

from miatel_dashboard.report import write_report
from tests.support.published_marts import Size, add_second_account, write_published_marts

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
CHARTS = 7
IS_IN_SIGHT = """(name => {
    const title = document.querySelector(`#${name} h2`).getBoundingClientRect();
    return title.top >= 0 && title.bottom <= innerHeight;
})"""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def file(lake, tmp_path_factory):
    target = tmp_path_factory.mktemp("file") / "delivery.html"
    write_report(str(lake), target, NOW)
    return target.as_uri()


@pytest.fixture
def offline(look):
    look.context.set_offline(True)
    return look


def messages(frame):
    return frame.locator(".tile .figure").first.inner_text()


def sent(lake, where):
    path = lake / "marts" / "delivery_daily.parquet"
    (count,) = duckdb.sql(f"select sum(message_count) from '{path}' where {where}").fetchone()
    return f"{count:,}"


def test_it_opens_without_server_or_network_and_shows_what_sql_says(offline, file, lake):
    page = offline.open(file)
    assert page.locator("canvas").count() == CHARTS
    assert messages(page) == sent(lake, "mdr_date >= '2026-04-01'")
    assert offline.requests == [file]


def test_its_filters_change_the_figures_and_stand_in_its_address(offline, file, lake):
    page = offline.open(file)
    page.click("text=90 days")
    page.click('[data-filter="country"] summary')
    page.locator('[data-filter="country"] li', has_text="Poland").click()
    expected = sent(lake, "mdr_date > date '2026-04-30' - 90 and country_name = 'Poland'")
    assert messages(page) == expected
    address = offline.page.url
    assert address.endswith("#days=90&country=Poland")
    offline.page.goto("about:blank")
    assert messages(offline.open(address)) == expected


def test_the_back_button_takes_back_what_was_chosen(offline, file, lake):
    page = offline.open(file)
    usual = messages(page)
    page.click("text=90 days")
    page.click('[data-filter="country"] summary')
    page.locator('[data-filter="country"] li', has_text="Poland").click()
    assert messages(page) == sent(
        lake, "mdr_date > date '2026-04-30' - 90 and country_name = 'Poland'"
    )
    page.evaluate("history.back()")
    page.wait_for_function("!location.hash.includes('Poland')")
    page.wait_for_selector('[data-filter="country"]:not(.chosen)')
    assert messages(page) == sent(lake, "mdr_date > date '2026-04-30' - 90")
    page.evaluate("history.back()")
    page.wait_for_selector('#page[data-period="2026-04-01_2026-04-30"]')
    assert messages(page) == usual


def test_a_link_to_a_view_keeps_the_filters_and_opens_there(offline, file, lake):
    page = offline.open(file + "#days=90&country=Poland")
    expected = messages(page)
    page.click("#trust h2 a")
    address = offline.page.url
    assert address.endswith("#days=90&country=Poland&view=trust")
    offline.page.goto("about:blank")
    page = offline.open(address)
    assert messages(page) == expected
    page.wait_for_function(f"{IS_IN_SIGHT}('trust')")
    offline.page.goto("about:blank")
    page = offline.open(file)
    assert not page.evaluate(f"{IS_IN_SIGHT}('trust')")


def test_it_offers_no_filter_whose_data_is_not_inside_and_says_so(offline, file):
    page = offline.open(file)
    shown = page.locator("[data-filter]").evaluate_all("all => all.map(one => one.dataset.filter)")
    assert shown == ["country"]
    assert "For other dates, networks, senders and accounts open SMS in Airflow" in page.inner_text(
        "#foot"
    )


def test_on_a_phone_nothing_is_wider_than_the_screen(browsing, file):
    with browsing.visit(**PHONE) as phone:
        page = phone.open(file)
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        for panel in page.locator(".panel, .tile, .answer").all():
            box = panel.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390
        sizes = page.locator("main p, main td, main li").evaluate_all(
            "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
        )
        assert min(sizes) >= 12
        page.click('[data-filter="country"] summary')
        menu = page.locator('[data-filter="country"] .menu').bounding_box()
        assert menu["x"] >= 0
        assert menu["x"] + menu["width"] <= 390
        assert phone.complaints == []


def test_dark_is_dark_and_text_stays_legible_in_both(browsing, file):
    for scheme in ("light", "dark"):
        with browsing.visit(color_scheme=scheme) as visit:
            page = visit.open(file)
            for name in ("text", "muted", "good", "warn", "bad", "accent"):
                assert contrast(page, name, "surface") >= 4.5, (scheme, name)
            assert visit.complaints == []


def contrast(page, name, ground):
    """WCAG's ratio of two colours of the theme."""
    style = "getComputedStyle(document.documentElement)"
    values = [
        page.evaluate(f"{style}.getPropertyValue('--{one}').trim()") for one in (name, ground)
    ]
    light, dark = sorted((luminance(value) for value in values), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_country_keeps_its_colour_whatever_is_filtered(offline, file):
    swatch = """
        [...document.querySelectorAll('#delivery .legend li')]
            .find(entry => entry.innerText.startsWith('Poland')).firstChild.style.background
    """
    page = offline.open(file)
    before = page.evaluate(swatch)
    page.click('[data-filter="country"] summary')
    page.locator('[data-filter="country"] li', has_text="Poland").click()
    assert page.locator("#delivery .legend li").count() == 2
    assert page.evaluate(swatch) == before


def test_without_tables_it_says_what_to_run(offline, tmp_path):
    target = tmp_path / "empty.html"
    write_report(str(tmp_path / "nothing"), target, NOW)
    page = offline.open(target.as_uri())
    assert "Run the DAG miatel_transform" in page.inner_text("#notice")
    assert page.locator(".panel:visible").count() == 0


@pytest.mark.usefixtures("few_views")
def test_of_two_accounts_each_gap_finding_and_price_says_whose_it_is(offline, file, tmp_path):
    one = offline.open(file)
    assert one.locator("#gaps th").all_inner_texts()[-1] == "Why it stays"
    assert "source" not in one.locator("#watch").inner_text()
    write_published_marts(tmp_path / "marts", Size(60))
    add_second_account(tmp_path / "marts")
    write_report(str(tmp_path), tmp_path / "both.html", NOW)
    both = offline.open((tmp_path / "both.html").as_uri())
    assert both.locator("#gaps th").all_inner_texts()[-1] == "Source"
    assert set(both.locator("#gaps td:last-child").all_inner_texts()) == {"miatel", "retail"}
    found = both.locator("#watch").inner_text()
    assert "source miatel" in found
    assert "source retail" in found
    both.locator("#cost").get_by_text("EUR", exact=True).click()
    assert "main of retail" in both.locator("#cost").inner_text()
