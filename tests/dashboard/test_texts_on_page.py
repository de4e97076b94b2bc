"""What a reader sees comes from the catalogue or from the data, and from nowhere else.

The catalogue is spelled in other letters; a text that still comes in usual ones stands in code.
"""

import re
import shutil
from datetime import UTC, datetime

import duckdb
import pytest

from miatel_dashboard import page_files, texts, views
from miatel_dashboard.marts import COLUMNS
from miatel_dashboard.page_files import PAGE
from miatel_dashboard.report import write_report
from miatel_dashboard.views import View

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
KEEP_WHAT_IS_DRAWN = """
    globalThis.drawn = [];
    const draw = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        drawn.push(String(text));
        return draw.call(this, text, ...rest);
    };
"""
SHOWN = """() => {
    const texts = [document.title, ...drawn];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement.closest("script, style, noscript");
        if (!parent) texts.push(walker.currentNode.data);
    }
    for (const element of document.querySelectorAll("*")) {
        for (const name of ["aria-label", "placeholder", "title", "alt"]) {
            if (element.hasAttribute(name)) texts.push(element.getAttribute(name));
        }
    }
    return texts;
}"""


def foreign(form):
    """Full-width letters; what stands for values stays."""
    parts = re.split(r"(\{\w+\})", form)
    return "".join(
        part if part.startswith("{") else re.sub("[!-z]", lambda c: chr(ord(c[0]) + 0xFEE0), part)
        for part in parts
    )


def spell_in_other_letters(patch):
    spelled = {
        key: foreign(entry) if isinstance(entry, str) else {n: foreign(f) for n, f in entry.items()}
        for key, entry in texts.catalogue().items()
    }
    # in Japanese the names of months are numbers
    spelled |= {"page.locale": "ja-JP", "page.language": "ja"}
    patch.setattr(texts, "catalogue", lambda: spelled)


def write_page(lake, folder):
    """The address of the page of a lake, written as one file."""
    target = folder / "delivery.html"
    write_report(str(lake), target, NOW)
    return target.as_uri()


@pytest.fixture
def foreign_catalogue(monkeypatch):
    spell_in_other_letters(monkeypatch)


@pytest.fixture(scope="module")
def foreign_page(lake, tmp_path_factory):
    """The page in other letters, written once for all that is looked at in it."""
    with pytest.MonkeyPatch.context() as patch:
        spell_in_other_letters(patch)
        return write_page(lake, tmp_path_factory.mktemp("foreign"))


@pytest.fixture
def own_page(monkeypatch, tmp_path):
    """A copy of the page's files that a test may change."""
    folder = tmp_path / "page"
    shutil.copytree(PAGE, folder)
    monkeypatch.setattr(page_files, "PAGE", folder)
    return folder


@pytest.fixture
def names(lake):
    """The published tables' names, columns and texts, the longest first."""
    found = {*COLUMNS, *(column for columns in COLUMNS.values() for column in columns)}
    for path in (lake / "marts").glob("*.parquet"):
        table = duckdb.read_parquet(str(path))
        for column, kind in zip(table.columns, table.types, strict=True):
            if kind == "VARCHAR":
                found |= {value for (value,) in table.select(f'"{column}"').fetchall() if value}
    return sorted(found, key=len, reverse=True)


@pytest.fixture
def texts_in_code(look, names):
    """Opens a page, and tells what is neither in the catalogue nor in the data."""

    def find(address):
        look.context.add_init_script(KEEP_WHAT_IS_DRAWN)
        page = look.open(address)
        for chart in page.locator(".chart").all():
            chart.scroll_into_view_if_needed()
            box = chart.bounding_box()
            chart.hover(position={"x": box["width"] / 2, "y": 70})
        left = []
        for shown in page.evaluate(SHOWN):
            text = shown
            for name in names:
                text = text.replace(name, "")
            if re.search("[A-Za-z]{2,}", text):
                left.append(shown)
        return left

    return find


OPTIONS = [
    "",
    "#days=7&by=network&cells=rate&currency=USD",
    "#country=Nigeria&days=all",
    "#days=31",
]


@pytest.mark.parametrize("options", OPTIONS)
def test_every_text_comes_from_the_catalogue_or_the_data(foreign_page, texts_in_code, options):
    assert texts_in_code(foreign_page + options) == []


def test_so_does_what_is_said_without_tables(foreign_catalogue, texts_in_code, tmp_path):
    assert texts_in_code(write_page(tmp_path / "nothing", tmp_path)) == []


@pytest.mark.usefixtures("foreign_catalogue", "few_views")
def test_a_text_that_stands_in_code_is_found(texts_in_code, own_page, lake, tmp_path):
    script = own_page / "js/views/messages.js"
    script.write_text(script.read_text().replace("t(`outcome.${outcome}`)", "outcome"))
    assert {"delivered", "failed", "pending"} <= set(texts_in_code(write_page(lake, tmp_path)))


@pytest.mark.usefixtures("few_views")
def test_a_view_is_one_entry_and_its_script(look, lake, own_page, monkeypatch, tmp_path):
    def busiest_day(marts):
        marts.need("delivery_daily")
        return marts.row("select max_by(mdr_date, message_count) as day from delivery_daily")

    view = View("busiest", "panel full", (busiest_day,))
    monkeypatch.setattr(views, "VIEWS", (*views.VIEWS, view))
    monkeypatch.setitem(texts.catalogue(), "busiest.title", "Busiest day")
    (own_page / view.script).write_text("""
import * as Panel from "../panel.js";
import { note } from "../dom.js";
import { register } from "../registry.js";
import { t } from "../texts.js";

register("busiest", ({ data }) =>
  Panel.draw("busiest", { title: t("busiest.title") }, note(data.busiest_day.day)),
);
""")
    page = look.open(write_page(lake, tmp_path) + "#days=90&view=busiest")
    assert page.inner_text("#busiest h2") == "Busiest day"
    day = page.inner_text("#busiest .note")
    (expected,) = duckdb.sql(
        f"select max_by(mdr_date, message_count)::varchar"
        f" from '{lake}/marts/delivery_daily.parquet'"
    ).fetchone()
    assert day == expected
    assert page.locator("#busiest h2").evaluate(
        "title => { const box = title.getBoundingClientRect();"
        " return box.top >= 0 && box.bottom <= innerHeight; }"
    )
