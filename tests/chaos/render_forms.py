"""An answer's text in the forms that are no array of objects, as it can be spoiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .records import Draft, Pairs

FORMS = ("map", "map_data", "rows", "columns_rows", "columns", "statements", "variable", "lines")
Members = list[tuple[str, str]]


def render_map(records: list[Pairs], objects: list[str]) -> str:
    """Records by their ids; one that has none, or that of another one, by a key of its own."""
    if not records:
        return "[]"
    keys: list[str] = []
    for number, record in enumerate(records):
        own = dict(record).get("sms_hub_sms_id", "").strip('"')
        is_free = own.isdecimal() and own.isascii() and own not in keys
        keys.append(own if is_free else f"r{number}-1")
    members = (f'"{key}":{text}' for key, text in zip(keys, objects, strict=True))
    return "{" + ",".join(members) + "}"


def header_of(records: list[Pairs], otherwise: list[str]) -> list[str]:
    """All fields of the records, one that a record has twice twice."""
    header: list[str] = []
    for record in records:
        names = [name for name, _ in record]
        for name in names:
            missing = names.count(name) - header.count(name)
            header += [name] * missing
    return header or otherwise


def rows_of(records: list[Pairs], header: list[str]) -> list[list[str]]:
    """The values of each record, null where it lacks the field."""
    rows = []
    for record in records:
        left = list(record)
        row = []
        for name in header:
            place = next((at for at, pair in enumerate(left) if pair[0] == name), None)
            row.append("null" if place is None else left.pop(place)[1])
        rows.append(row)
    return rows


def members_of(draft: Draft, array: str, objects: list[str], header: list[str]) -> Members:
    """The members of an object that hold the records, for the forms that are one."""
    shape, rows = draft.style.shape, rows_of(draft.records, header)
    if shape == "columns":
        columns = zip(*rows, strict=True) if rows else [()] * len(header)
        names = [draft.style.call(name) for name in header]
        return [(n, "[" + ",".join(c) + "]") for n, c in zip(names, columns, strict=True)]
    if shape == "columns_rows":
        return [("columns", _names(draft, header)), ("rows", "[" + ",".join(_lists(rows)) + "]")]
    text = render_map(draft.records, objects)
    if shape == "map" and text != "[]":
        pairs = text[1:-1]
        return [("", pairs)]
    return [("data", text)] if shape.startswith("map") else [("data", array)]


def render_rows(draft: Draft, header: list[str]) -> str:
    """A header and rows."""
    rows = rows_of(draft.records, header)
    return "[" + ",".join([_names(draft, header), *_lists(rows)]) + "]"


def _names(draft: Draft, header: list[str]) -> str:
    return "[" + ",".join(f'"{draft.style.call(name)}"' for name in header) + "]"


def _lists(rows: list[list[str]]) -> list[str]:
    return ["[" + ",".join(row) + "]" for row in rows]


def render_statements(array: str, names: str | None, *, is_variable: bool) -> str:
    """Statements of a script."""
    if is_variable:
        return f"var data = {array};" + (f"\nvar names = {names};" if names else "")
    return f"$D_={array};" + (f"$N_={names};" if names else "")


def render_lines(objects: list[str], names: str | None) -> str:
    """One record a line, geo names on another line."""
    flat = [text.replace("\n", " ") for text in objects]
    return "\n".join([*(flat or ["[]"]), *([names] if names else [])])
