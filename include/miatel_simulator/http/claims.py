"""What an answer says of how many records there are: rightly, wrongly or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from miatel_simulator.config import LYING_COUNT, SimulatorConfig


@dataclass(frozen=True)
class Claim:
    """What an answer says of how much there is.

    Attributes:
        rows: How many records it holds.
        count: The number of records that it claims; None to claim none.
        has_more: Whether the cap left records out, and the answer knows it.
    """

    rows: int
    count: int | None
    has_more: bool


def make_claim(config: SimulatorConfig, rows: int, total: int) -> Claim:
    """Make the claim of an answer with some rows of all that its period has."""
    count = {"sent": rows, "all": total, "lying": LYING_COUNT}.get(config.count)
    return Claim(rows, count, has_more=total > config.cap)


def claim_headers(config: SimulatorConfig, claimed: Claim) -> dict[str, str]:
    """Give the headers that carry a claim; none unless the configuration says so."""
    if config.says_more != "headers":
        return {}
    headers = {} if claimed.count is None else {"X-Total-Count": str(claimed.count)}
    return headers | (
        {"Link": '</main-getData.php?page=2>; rel="next"'} if claimed.has_more else {}
    )


def claim_members(config: SimulatorConfig, claimed: Claim) -> list[bytes]:
    """Give the fields that carry a claim; an object with ``data`` counts only when told to."""
    members = []
    if claimed.count is not None and (config.body == "sms" or config.count != "sent"):
        members.append(b'"%s":%d' % (b"count" if config.body == "sms" else b"total", claimed.count))
    if config.says_more == "flag":
        members.append(b'"has_more":true' if claimed.has_more else b'"has_more":false')
    if config.says_more == "link":
        members.append(b'"next":"?page=2"' if claimed.has_more else b'"next":null')
    return members
