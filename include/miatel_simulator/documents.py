"""Where the records stand in a body, and where the geo names and error messages do."""

from __future__ import annotations

import json
from dataclasses import dataclass

from miatel_simulator.config import LYING_COUNT, SimulatorConfig

Names = dict[int, str]
"""Geo names by the vendor's network number."""


@dataclass(frozen=True)
class Claim:
    """What an answer says of how much there is.

    Attributes:
        count: The number of records that it claims; None to claim none.
        has_more: Whether the cap left records out, and the answer knows it.
    """

    count: int | None
    has_more: bool


def claim(config: SimulatorConfig, rows: int, total: int) -> Claim:
    """Make the claim of an answer with some rows of all that its period has."""
    count = {"sent": rows, "all": total, "lying": LYING_COUNT}.get(config.count)
    return Claim(count, has_more=total > config.cap)


def claim_headers(config: SimulatorConfig, claimed: Claim) -> dict[str, str]:
    """Give the headers that carry a claim; none unless the configuration says so."""
    if config.says_more != "headers":
        return {}
    headers = {} if claimed.count is None else {"X-Total-Count": str(claimed.count)}
    return headers | (
        {"Link": '</main-getData.php?page=2>; rel="next"'} if claimed.has_more else {}
    )


def compose_body(
    config: SimulatorConfig, records: bytes, claimed: Claim, names: Names | None
) -> bytes:
    """Put records, and geo names if there are any to send, into one or two documents.

    Args:
        config: ``body``, ``names`` and ``pretty``.
        records: A JSON array.
        claimed: What it says of how much there is.
        names: Geo names to send; None when they weren't asked for.
    """
    if config.body == "array":
        return records if names is None else records + _second_document(config, names)
    if config.body == "data":
        members = [*_claim_members(config, claimed), b'"data":' + records]
    else:
        members = [b'"status":"ok"', *_claim_members(config, claimed), b'"sms":' + records]
    if names is not None and not config.names.startswith("second"):
        place = 0 if config.names == "before" else len(members)
        members.insert(place, b'"names":' + _dump_names(config, names))
    opening, separator, closing = (b"{\n", b",\n", b"\n}") if config.pretty else (b"{", b",", b"}")
    document = opening + separator.join(members) + closing
    if names is not None and config.names.startswith("second"):
        return document + _second_document(config, names)
    return document


def _claim_members(config: SimulatorConfig, claimed: Claim) -> list[bytes]:
    """Give the fields that carry a claim; an object with ``data`` counts only when told to."""
    members = []
    if claimed.count is not None and (config.body == "sms" or config.count != "sent"):
        members.append(b'"%s":%d' % (b"count" if config.body == "sms" else b"total", claimed.count))
    if config.says_more == "flag":
        members.append(b'"has_more":true' if claimed.has_more else b'"has_more":false')
    if config.says_more == "link":
        members.append(b'"next":"?page=2"' if claimed.has_more else b'"next":null')
    return members


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
