"""Finds texts for readers in code: they belong into the catalogue of the page."""

import ast
import re
from pathlib import Path

DASHBOARD = Path("include/miatel_dashboard").resolve()
STYLES = "".join(path.read_text() for path in (DASHBOARD / "page/css").glob("*.css"))
CLASSES = set(re.findall(r"\.([a-z][\w-]*)", STYLES)) | {"more-rows", "figure", "what", "about"}

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)
    |(?P<pattern>/(?![*/\ ])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*)""",
    re.VERBOSE | re.DOTALL,
)
_WORDS = re.compile(r"[A-Za-z]{2,}[,.:;]?\s+[A-Za-z]{2,}")
_CAPITAL = re.compile(r"[A-Z][a-z]+[.!?]?$")
_NO_TEXTS = {
    "use strict", "Escape", "Accept", "4px, transparent 4px 6px", "2px, transparent 2px 4px",
    "box-shadow: 0 4px 18px rgb(10 20 35 / 20%)", "(prefers-color-scheme: dark)",
    "private, no-cache",
}  # fmt: skip
_SQL = re.compile(
    r"\n|\b(select|from|create|set|drop|sum|any_value|date|null|getvariable|allow|script-src)\b"
)
_FOR_PROGRAMMERS = {"ValueError", "TypeError", "BundleError"}


def _is_text(literal):
    if literal in _NO_TEXTS or set(literal.split()) <= CLASSES:
        return False
    return bool(_WORDS.search(literal) or _CAPITAL.match(literal))


def texts_in_javascript(code):
    """The literals of a script that look like what people read."""
    found = []
    for token in _TOKEN.finditer(code):
        if literal := token["text"]:
            shown = re.sub(r"\$\{[^}]*\}", " ", literal[1:-1])
            inner = re.findall(r'"([^"]*)"', literal[1:-1]) if literal[0] == "`" else []
            found += [one for one in (shown.strip(), *inner) if _is_text(one)]
    return found


def texts_in_python(code):
    """The same for a module of Python: no docstrings, SQL, or errors that a programmer makes."""
    tree = ast.parse(code)
    passed = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))
        if isinstance(node, ast.Raise) and _raised(node) in _FOR_PROGRAMMERS:
            passed |= {id(inner) for inner in ast.walk(node)}
    literals = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed
    ]
    return [one for one in literals if not _is_technical(one) and _WORDS.search(one)]


def _is_technical(literal):
    """SQL, names of columns or CSS classes, headers and markup: none begins like a sentence."""
    if _SQL.search(literal) or literal in _NO_TEXTS or set(literal.split()) <= CLASSES:
        return True
    return bool(re.search(r"[_=;<(]", literal)) and not re.match(r"\s*[A-Z][a-z]", literal)


def _raised(node):
    called = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return getattr(called, "id", None)
