"""Records as JSON text, in every spelling that the API reference leaves open.

Vectorised: each field becomes a column of ``"name":value`` texts, the columns are joined into a
column of objects, and that column's data buffer is the array's text.
"""

from __future__ import annotations

import json
import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from miatel_simulator.config import FIELDS, SimulatorConfig
from miatel_simulator.hashing import UInt64s, draw_below, draw_unit
from miatel_simulator.history.columns import concat

IDENTITY_FIELDS = (
    "sms_hub_sms_id",
    "sms_hub_switch_id",
    "sms_hub_sms_time",
    "message_id",
    "segment_num",
)
"""Fields that are never missing by chance."""

TABLES = ("header_rows", "columns_rows", "columns")
"""Bodies in which records have no names of fields of their own."""

_SLICE_ROWS = 200_000  # a text column holds at most 2 GB
_KEY_ORDERS = 16
_PLAIN_TEXT = ("dst_num", "segment_id", "message_id", "remote_ip")
_REPEATED_TEXT = ("sms_hub_mccmnc_name", "src_num", "username", "sms_hub_currency_name")
_EXTRA_TEXTS = {
    "string": ('"campaign_comment": "autumn ', '"'),
    "number": ('"hop_count": ', ""),
    "bool": ('"is_test": ', ""),
    "object": ('"route": {"via": [{"node": ', '}], "note": null}'),
}
_NULL_TIMES = {"null": "null", "empty": '""', "zero": '"0000-00-00 00:00:00"', "absent": None}


def drop_missing(config: SimulatorConfig, table: pa.Table) -> pa.Table:
    """Make null what the answer won't hold: fields dropped always, and by chance."""
    for position, name in enumerate(FIELDS):
        if name in config.drop_fields:
            gone = pa.nulls(len(table), table.schema.types[position])
        elif config.missing_fields and name not in IDENTITY_FIELDS:
            present = pa.array(~_is_missing(config, name, _row_keys(table)))
            gone = pc.if_else(present, table[name], pa.scalar(None, table.schema.types[position]))
        else:
            continue
        table = table.set_column(position, table.schema.field(position), gone)
    return table


def render_records(config: SimulatorConfig, table: pa.Table) -> bytes:
    """Render records as JSON, in the form that the configuration names.

    That is an array of objects, an object of them by id, objects one a line, an array of rows, or
    the members of an object with one list a column.

    Args:
        config: The form and the spelling.
        table: Records with the simulator's ``SCHEMA``, before ``drop_missing``.
    """
    if config.body in TABLES:
        return _render_table(config, table)
    outer, inner = ("\n    ", "\n        ") if config.pretty else ("", "")
    opening, closing, between = "[", "\n]" if config.pretty else "]", ","
    if config.body == "lines":
        outer = inner = opening = closing = ""
        between = "\n"
    if not len(table):
        return b"[]"
    is_map = config.body.startswith("map")
    if is_map:
        opening, closing = "{", closing.replace("]", "}")
    parts = []
    for offset in range(0, len(table), _SLICE_ROWS):
        part = table.slice(offset, _SLICE_ROWS).combine_chunks()
        objects = _render_objects(config, part, inner)
        start = concat(outer, _map_keys(part), "{") if is_map else outer + "{"
        lines = concat(start, inner, objects, outer + "}" + between)
        parts.append(_text_of(lines))
    return opening.encode() + b"".join(parts)[:-1] + closing.encode()


def name_field(config: SimulatorConfig, name: str) -> str:
    """Call a field as ``field_style`` says."""
    if config.field_style == "documented":
        return name
    short = name.removeprefix("sms_hub_")
    if config.field_style == "camel":
        return re.sub("_(.)", lambda found: found[1].upper(), short)
    return short.upper() if config.field_style == "upper" else short


def _map_keys(table: pa.Table) -> pa.Array:
    """Give each record a key of its own: ids repeat from node to node."""
    node, number = (
        table[name].chunk(0).cast(pa.string()) for name in ("sms_hub_switch_id", "sms_hub_sms_id")
    )
    return concat('"', node, "-", number, '":')


def _render_table(config: SimulatorConfig, table: pa.Table) -> bytes:
    """Render rows after their header, or lists with their names; what is missing is null."""
    names = [name for name in FIELDS if name not in config.drop_fields]
    table = table.combine_chunks()
    columns = [_render_values(config, name, table).fill_null("null") for name in names]
    names = [name_field(config, name) for name in names]
    for kind in config.unknown_fields:
        text = _spell_extra(kind, table)
        key = text.drop_null()[0].as_py().partition(":")[0] if text.null_count < len(text) else ""
        if key:
            names.append(json.loads(key))
            columns.append(pc.utf8_slice_codeunits(text, len(key) + 1).fill_null("null"))
    if config.body == "columns":
        lists = [
            json.dumps(name).encode() + b":[" + _text_of(concat(column, ","))[:-1] + b"]"
            for name, column in zip(names, columns, strict=True)
        ]
        return b",".join(lists)
    header = json.dumps(names, separators=(",", ":")).encode()
    rows = b""
    if len(table):
        rows = _text_of(concat("[", _join(columns, ","), "],"))[:-1]
    if config.body == "header_rows":
        return b"[" + header + (b"," + rows if rows else b"") + b"]"
    return b'"columns":' + header + b',"rows":[' + rows + b"]"


def _render_values(config: SimulatorConfig, name: str, table: pa.Table) -> pa.Array:
    """Spell a field's values; null where a record lacks it."""
    column = table[name]
    values = _spell(config, name, column.chunk(0) if column.num_chunks else column.combine_chunks())
    if config.missing_fields and name not in IDENTITY_FIELDS:
        gone = pa.array(_is_missing(config, name, _row_keys(table)))
        values = pc.if_else(gone, pa.scalar(None, pa.string()), values)
    return values


def _render_objects(config: SimulatorConfig, table: pa.Table, inner: str) -> pa.Array:
    """Give the inside of each record's braces."""
    is_spread = config.pretty and config.body != "lines"
    fields = []
    for name in FIELDS:
        if name not in config.drop_fields:
            key = f'"{name_field(config, name)}":' + " " * is_spread
            fields.append(concat(key, _render_values(config, name, table)))
    fields += [_spell_extra(kind, table) for kind in config.unknown_fields]
    if not config.shuffle_keys:
        return _join(fields, "," + inner)
    orders = draw_below(config.seed, "key order", _row_keys(table), _KEY_ORDERS)
    rows, texts = [], []
    for order in range(_KEY_ORDERS):
        mine = np.flatnonzero(orders == order)
        shuffled = np.random.default_rng([config.seed, order]).permutation(len(fields))
        texts.append(_join([fields[place].take(pa.array(mine)) for place in shuffled], "," + inner))
        rows.append(mine)
    return pa.concat_arrays(texts).take(pa.array(np.argsort(np.concatenate(rows))))


def _spell(config: SimulatorConfig, name: str, column: pa.Array) -> pa.Array:
    """Spell a column's values in JSON; null means that the record lacks the field."""
    null: str | None = "null"
    if name in ("sms_hub_sms_time", "dlr_time"):
        values = _spell_times(config, column)
        if name == "dlr_time":
            null = _NULL_TIMES[config.null_time]
    elif name == "price":
        trimmed = pc.ascii_rtrim(column.cast(pa.string()), characters="0")
        values = pc.ascii_rtrim(trimmed, characters=".")
        values = concat('"', values, '"') if config.numbers_as_strings else values
    elif pa.types.is_integer(column.type):
        values = column.cast(pa.string())
        values = concat('"', values, '"') if config.numbers_as_strings else values
    else:
        values = _spell_text(config, name, column)
    return values if null is None else values.fill_null(null)


def _spell_times(config: SimulatorConfig, column: pa.Array) -> pa.Array:
    if config.time_format.startswith("unix"):
        unit = "ms" if config.time_format == "unix_ms" else "s"
        numbers = column.cast(pa.timestamp(unit, tz="UTC")).cast(pa.int64()).cast(pa.string())
        return concat('"', numbers, '"') if config.numbers_as_strings else numbers
    whole = column.cast(pa.timestamp("us")).cast(pa.timestamp("s")).cast(pa.string())
    if config.time_format != "blank":
        whole = pc.replace_substring(whole, " ", "T")
    return concat('"', whole, 'Z"' if config.time_format == "z" else '"')


def _spell_text(config: SimulatorConfig, name: str, column: pa.Array) -> pa.Array:
    if name in _PLAIN_TEXT:
        return concat('"', column, '"')
    if name in _REPEATED_TEXT or config.escapes == "php":
        coded = column.dictionary_encode()
        spelled = [_quote(config, text) for text in coded.dictionary.to_pylist()]
        return pa.array(spelled, pa.string()).take(coded.indices)
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        column = pc.replace_substring(column, plain, escaped)
    return concat('"', column, '"')


def _quote(config: SimulatorConfig, text: str) -> str:
    if config.escapes == "php":
        return json.dumps(text).replace("/", "\\/")
    return json.dumps(text, ensure_ascii=False)


def _spell_extra(kind: str, table: pa.Table) -> pa.Array:
    """Spell an undocumented field, for records whose id is a multiple of three."""
    ids = table["sms_hub_sms_id"].chunk(0)
    numbers = np.asarray(ids)
    if kind == "bool":
        values = pa.array(numbers % 2 == 0).cast(pa.string())
    else:
        values = pa.array(numbers % 1_000).cast(pa.string())
    before, after = _EXTRA_TEXTS[kind]
    text = concat(before, values, after)
    return pc.if_else(pa.array(numbers % 3 == 0), text, pa.scalar(None, pa.string()))


def _join(fields: list[pa.Array], separator: str) -> pa.Array:
    return pc.binary_join_element_wise(*fields, pa.scalar(separator), null_handling="skip")


def _text_of(column: pa.Array) -> bytes:
    """Give the texts of a column one after the other."""
    offsets = np.frombuffer(column.buffers()[1], dtype=np.int32)
    first, last = offsets[column.offset], offsets[column.offset + len(column)]
    text: bytes = column.buffers()[2][int(first) : int(last)].to_pybytes()
    return text


def _row_keys(table: pa.Table) -> UInt64s:
    """Give each record a key for draws that only its identity decides."""
    ids = table["sms_hub_sms_id"].to_numpy().astype(np.uint64)
    keys: UInt64s = ids * np.uint64(8) + table["sms_hub_switch_id"].to_numpy().astype(np.uint64)
    return keys


def _is_missing(
    config: SimulatorConfig, name: str, keys: UInt64s
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    missing = draw_unit(config.seed, f"missing {name}", keys) < config.missing_fields
    return np.asarray(missing)
