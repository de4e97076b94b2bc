"""Everything a reader sees stands in the catalogue, once, and nothing else stands there."""

import ast
import json
import re
from pathlib import Path

import pytest

from miatel_dashboard.page_files import PAGE
from miatel_dashboard.texts import catalogue, text
from miatel_dashboard.views import VIEWS
from tests.support.reader_texts import texts_in_javascript, texts_in_python

ROOT = PAGE.parents[2]
SCRIPTS = sorted(PAGE.glob("js/**/*.js"))
MODULES = [
    path
    for folder in ("include/miatel_dashboard", "plugins/delivery_dashboard")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.name != "__main__.py"  # what a command says in a terminal
]
KEY = r"[a-z][\w-]*(?:\.[\w-]+)+"


def name_of(path):
    return path.name


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_no_script_holds_a_text(path):
    assert texts_in_javascript(path.read_text()) == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_holds_a_text(path):
    assert texts_in_python(path.read_text()) == []


def test_the_template_holds_no_text():
    template = (PAGE / "index.html").read_text()
    shown = re.sub(r"<[^>]*>|\{\{[\w.]+\}\}", " ", template)
    labels = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"{]+)"', template)
    assert shown.split() == []
    assert labels == []


@pytest.mark.parametrize(
    "planted",
    [
        'note("Nothing was sent in this period.")',
        "note('Nothing was sent')",
        "note(`${count} messages were sent`)",
        'el("h2", {}, "Networks")',
        'say(`${isOld ? "too old" : ""}`)',
    ],
)
def test_a_text_that_is_planted_in_a_script_is_found(planted):
    code = f'// a comment is none\nconst quoted = /[",]/;\n{planted};\n'
    assert len(texts_in_javascript(code)) == 1


@pytest.mark.parametrize(
    "planted",
    [
        'raise BadFilterError("There is no such filter")',
        'shown = {"missing": f"Nothing was landed on {day}"}',
        'HTTPException(404, "no such file")',
    ],
)
def test_a_text_that_is_planted_in_a_module_is_found(planted):
    code = f'"""A docstring is none."""\nsql = "select 1 as one"\n{planted}\n'
    assert len(texts_in_python(code)) == 1


def spelled_keys():
    """Keys as the code spells them: exactly, or with a part that is filled in."""
    exact, patterns = set(re.findall(KEY, (PAGE / "index.html").read_text())), set()
    for path in SCRIPTS:
        code = path.read_text()
        exact |= set(re.findall(rf'"({KEY})"', code))
        patterns |= {
            re.sub(r"\\\$\\\{.*?\\\}", r"[\\w-]+", re.escape(spelled))
            for spelled in re.findall(r"`((?:[\w.-]|\$\{[^`}]*\})+)`", code)
            if "." in spelled and "${" in spelled
        }
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                exact.add(node.value)
    exact |= {f"{view.name}.label" for view in VIEWS if not view.is_panel}
    return exact, patterns


def test_every_key_that_a_script_asks_for_is_there():
    for path in SCRIPTS:
        for key in re.findall(rf'\bt\(\s*"({KEY})"', path.read_text()):
            assert key in catalogue(), path.name


def test_every_text_is_used():
    exact, patterns = spelled_keys()
    unused = [
        key
        for key in catalogue()
        if key not in exact and not any(re.fullmatch(pattern, key) for pattern in patterns)
    ]
    assert unused == []


def test_all_forms_of_a_text_hold_the_same_values():
    for key, entry in catalogue().items():
        if isinstance(entry, dict):
            held = {tuple(sorted(re.findall(r"\{(\w+)\}", form))) for form in entry.values()}
            assert set(entry) == {"one", "other"}, key
            assert len(held) == 1, key
            assert "count" in next(iter(held)), key


def test_no_key_stands_twice():
    pairs = json.loads(
        Path(PAGE / "texts/en.json").read_text(), object_pairs_hook=lambda pairs: pairs
    )
    assert len({key for key, _ in pairs}) == len(pairs)


def test_a_text_has_its_values():
    shown = text("error.columns_missing", table="delivery_daily", columns="cost, price")
    assert shown.startswith("The published table delivery_daily lacks cost, price: an older")
