"""Where the records stand in a body, and where the geo names and error messages do."""

from __future__ import annotations

import json
from dataclasses import replace

from miatel_simulator.config import SimulatorConfig
from miatel_simulator.http.claims import Claim, claim_members

Names = dict[int, str]
"""Geo names by the vendor's network number."""


def compose_body(
    config: SimulatorConfig, records: bytes, claimed: Claim, names: Names | None
) -> bytes:
    """Put records, and geo names if there are any to send, into the body's form.

    Args:
        config: ``body``, ``names`` and ``pretty``.
        records: What ``render_records`` gave.
        claimed: How many records it holds, and what it says of how many there are.
        names: Geo names to send; None when they weren't asked for.
    """
    form = config.body
    if form == "statements":
        return _statements({"D": records} | _named("N", names, config))
    if form == "lines":
        return b"\n".join([records, *_named("N", names, config).values()])
    if form in ("array", "header_rows") or (form == "map" and not claimed.rows):
        return records if names is None else records + _second_document(config, names)
    if form == "sms":
        members = [b'"status":"ok"', *claim_members(config, claimed), b'"sms":' + records]
    elif form in ("data", "map_data"):
        members = [*claim_members(config, claimed), b'"data":' + records]
    else:  # they are members of an object themselves
        members = [records.strip()[1:-1].strip() if form == "map" else records]
    if names is not None and not config.names.startswith("second"):
        position = 0 if config.names == "before" else len(members)
        members.insert(position, b'"names":' + _dump_names(config, names))
    opening, separator, closing = (b"{\n", b",\n", b"\n}") if config.pretty else (b"{", b",", b"}")
    document = opening + separator.join(members) + closing
    if names is not None and config.names.startswith("second"):
        return document + _second_document(config, names)
    return document


def compose_error(config: SimulatorConfig, reason: str, *, with_records: bool) -> bytes:
    """Write an error in the form of the answers.

    Args:
        config: ``body``.
        reason: What is wrong.
        with_records: Whether an empty array stands where the records would.
    """
    error = json.dumps(reason).encode()
    if config.body == "statements":
        return _statements({"error": error} | ({"D": b"[]"} if with_records else {}))
    empty: dict[str, object] = {"data": []}
    if config.body == "columns_rows":
        empty = {"columns": ["sms_hub_sms_id", "sms_hub_sms_time"], "rows": []}
    return json.dumps({"error": reason} | (empty if with_records else {})).encode()


def _statements(values: dict[str, bytes]) -> bytes:
    return b"\n".join(b"$%s_=%s;" % (name.encode(), value) for name, value in values.items())


def _named(name: str, names: Names | None, config: SimulatorConfig) -> dict[str, bytes]:
    """Geo names under a name, if there are any to send; on one line."""
    if names is None:
        return {}
    return {name: _dump(replace(config, pretty=False), _as_object(names))}


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
