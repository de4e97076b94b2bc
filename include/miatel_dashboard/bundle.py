"""One classic script made of the page's ES modules, for the page that is a single file.

A browser imports no module into a page that was opened from disk. So the modules are put behind
each other, each in a function of its own that returns what the module exports, imported ones first.
This knows the few forms of import and export that the page uses and refuses every other one.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping

_IMPORT = re.compile(
    r"^import (?:(?:\* as (?P<namespace>\w+)|\{(?P<names>\s*\w+(?:,\s*\w+)*,?\s*)\}) from )?"
    r'"(?P<path>\.{1,2}/[^"]+)";$',
    re.MULTILINE,
)
_EXPORT = re.compile(
    r"^export (?=(?:const|function|async function) (?P<name>[\w$]+))", re.MULTILINE
)
_ANYTHING_ELSE = re.compile(r"^\s*(?:import|export)\b.*|\bimport\s*[(.].*", re.MULTILINE)


class BundleError(ValueError):
    """A module uses what the bundle cannot express: write it as the other modules do."""


def bundle(modules: Mapping[str, str], entries: Iterable[str]) -> str:
    """Join modules into one script that does what the browser does with the modules.

    Args:
        modules: the text of each module by its path, such as `js/main.js`.
        entries: paths of the modules that the page itself names, in its order.

    Returns:
        The script; it defines no global name.

    Raises:
        BundleError: a module is missing, imports itself by others, or imports or exports in a form
            that is not known here.
    """
    written: dict[str, str] = {}
    for path in entries:
        _write(path, modules, written, ())
    return '(() => {\n"use strict";\n' + "".join(written.values()) + "})();\n"


def _write(
    path: str, modules: Mapping[str, str], written: dict[str, str], importers: tuple[str, ...]
) -> None:
    """Add a module behind those that it imports, unless it is there."""
    if path in written:
        return
    if path in importers:
        raise BundleError(f"{' imports '.join([*importers, path])}: a circle has no first module")
    if path not in modules:
        raise BundleError(f"there is no module {path}, which {importers[-1:]} imports")
    text = modules[path]
    for match in _IMPORT.finditer(text):
        _write(_resolve(path, match["path"]), modules, written, (*importers, path))
    exports = [match["name"] for match in _EXPORT.finditer(text)]
    body = _EXPORT.sub("", _IMPORT.sub(lambda match: _bind(path, match), text))
    if other := _ANYTHING_ELSE.search(body):
        raise BundleError(f"{path} has a form that is not known here: {other[0].strip()}")
    written[path] = (
        f"const {_variable(path)} = (() => {{\n{body}return {{ {', '.join(exports)} }};\n}})();\n"
    )


def _bind(path: str, match: re.Match[str]) -> str:
    """The statement that gives a module the names that it imports."""
    module = _variable(_resolve(path, match["path"]))
    if match["namespace"]:
        return f"const {match['namespace']} = {module};"
    return f"const {{{match['names']}}} = {module};" if match["names"] else ""


def _resolve(path: str, imported: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), imported))


def _variable(path: str) -> str:
    return "$" + re.sub(r"\W", "$", path.removesuffix(".js"))
