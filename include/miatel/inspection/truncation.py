"""Which records a truncated answer holds: the first, the last, those of some nodes, or a sample.

Found with at most three requests: the longest window that is at the cap, and a short one at each of
its ends, whose records are then looked for in the first answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from miatel.identity.record_key import plain_keys
from miatel.limits import MAX_RECORDS
from miatel.windows import Window

Held = Literal["nothing is truncated", "first", "last", "by node", "some", "unclear"]
NODE = "sms_hub_switch_id"
_ENDS = 50
"""A short window is this part of the truncated one: its answer should hold few records."""

Ask = Callable[[Window], pa.Table]
"""Asks once for a window; gives its records, columns of `ANSWER_SCHEMA`."""


@dataclass(frozen=True)
class Truncation:
    """What was found.

    Attributes:
        window: the long window.
        records: how many its answer holds.
        held: which records these are.
        begin: of the records in a short window at its begin, how many the answer holds; None where
            that was not asked for.
        end: the same for its end.
        asked: requests that were sent.
    """

    window: Window
    records: int
    held: Held
    begin: Share | None
    end: Share | None
    asked: int

    def sentence(self) -> str:
        """The finding in words."""
        if self.held == "nothing is truncated":
            return (
                f"{self.window} holds {self.records:,} records, fewer than the cap: no answer was "
                "truncated, so nothing can be said of one that is"
            )
        meaning = {
            "first": "the first by time",
            "last": "the last by time",
            "by node": "all of some nodes, and none or a part of another",
            "some": "some from everywhere",
            "unclear": "not clear: both ends hold too few records, or all of them are there",
        }
        return f"{self.window} is at the cap; its {self.records:,} records are {meaning[self.held]}"


@dataclass(frozen=True)
class Share:
    """How many of a short window's records a truncated answer holds.

    Attributes:
        records: in the short window.
        found: of these, in the truncated answer.
        nodes: (found, records) by node, where nodes are known.
    """

    records: int
    found: int
    nodes: dict[int, tuple[int, int]]

    @property
    def is_by_node(self) -> bool:
        """Whether each node's records are all there or not at all, and not the same for each."""
        complete = {found == records for found, records in self.nodes.values()}
        is_clear = all(found in (0, records) for found, records in self.nodes.values())
        return is_clear and len(complete) > 1


def find_truncation(ask: Ask, window: Window, cap: int = MAX_RECORDS) -> Truncation:
    """Find out which records a truncated answer holds.

    Args:
        ask: sends one request.
        window: as long as allowed, with more records than the cap if there is such a window.
        cap: records at which an answer is truncated.

    Returns:
        The finding, after one request where the window is below the cap, else after three.

    Raises:
        MiatelError: what `ask` raises.
    """
    answer = ask(window)
    if answer.num_rows < cap:
        return Truncation(window, answer.num_rows, "nothing is truncated", None, None, 1)
    length = timedelta(seconds=max(1, window.seconds // _ENDS))
    begin = _share(ask(Window(window.start, window.start + length)), answer)
    end = _share(ask(Window(window.end - length, window.end)), answer)
    return Truncation(window, answer.num_rows, _judge(begin, end), begin, end, 3)


def _share(short: pa.Table, answer: pa.Table) -> Share:
    is_found = pc.is_in(plain_keys(short), value_set=plain_keys(answer).combine_chunks())
    counts = pa.table({"node": short[NODE], "found": is_found, "one": pa.repeat(1, len(is_found))})
    by_node = counts.group_by("node").aggregate([("found", "sum"), ("one", "sum")]).to_pylist()
    nodes = {
        row["node"]: (int(row["found_sum"] or 0), int(row["one_sum"]))
        for row in by_node
        if row["node"] is not None
    }
    return Share(short.num_rows, int(pc.sum(is_found).as_py() or 0), nodes)


def _judge(begin: Share, end: Share) -> Held:
    if begin.is_by_node or end.is_by_node:
        return "by node"
    parts = [share.found / share.records if share.records else None for share in (begin, end)]
    if None in parts:
        return "unclear"
    if parts == [1, 0]:
        return "first"
    if parts == [0, 1]:
        return "last"
    return "unclear" if parts in ([1, 1], [0, 0]) else "some"
