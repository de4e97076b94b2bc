"""Where the records stand in a body, and where the geo names and error messages do."""

from __future__ import annotations

import json

from miatel_simulator.config import SimulatorConfig

Names = dict[int, str]
"""Geo names by the vendor's network number."""


def compose_body(config: SimulatorConfig, records: bytes, rows: int, names: Names | None) -> bytes:
    """Put records, and geo names if there are any to send, into one or two documents.

    Args:
        config: ``body``, ``names`` and ``pretty``.
        records: A JSON array.
        rows: How many records it holds.
        names: Geo names to send; None when they weren't asked for.
    """
    if config.body == "array":
        return records if names is None else records + _second_document(config, names)
    if config.body == "data":
        members = [b'"data":' + records]
    else:
        members = [b'"status":"ok"', b'"count":%d' % rows, b'"sms":' + records]
    if names is not None and not config.names.startswith("second"):
        place = 0 if config.names == "before" else len(members)
        members.insert(place, b'"names":' + _dump_names(config, names))
    opening, separator, closing = (b"{\n", b",\n", b"\n}") if config.pretty else (b"{", b",", b"}")
    document = opening + separator.join(members) + closing
    if names is not None and config.names.startswith("second"):
        return document + _second_document(config, names)
    return document


def _second_document(config: SimulatorConfig, names: Names) -> bytes:
    between = b"\n" if config.names == "second_newline" else b""
    return between + _dump(config, _as_object(names))


def _dump_names(config: SimulatorConfig, names: Names) -> bytes:
    if config.names != "list":
        return _dump(config, _as_object(names))
    rows = [{"sms_hub_mccmnc_id": key, "sms_hub_mccmnc_name": name} for key, name in names.items()]
    return _dump(config, rows)


def _as_object(names: Names) -> dict[str, str]:
    return {str(key): name for key, name in names.items()}


def _dump(config: SimulatorConfig, value: object) -> bytes:
    text = json.dumps(
        value,
        ensure_ascii=config.escapes == "php",
        indent=4 if config.pretty else None,
        separators=None if config.pretty else (",", ":"),
    )
    return (text.replace("/", "\\/") if config.escapes == "php" else text).encode()
