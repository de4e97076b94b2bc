"""One case: an answer from right to ruined, decided by a seed and a number alone."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from . import spoil_bytes, spoil_http, spoil_records
from .records import Draft, make_draft, render
from .spoil_http import Wire

_FIRST = datetime(2024, 1, 1, tzinfo=UTC)
_APART = timedelta(hours=5)
_KINDS = {"right": 8, "kept": 24, "refusable": 22, "around": 14, "torn": 22, "carried": 10}
_PIECE_BYTES = (300, 3_000, 1 << 20)


@dataclass(frozen=True)
class Case:
    """What the server sends for a window, and what may become of it.

    Attributes:
        must_land: nothing in it allows a refusal.
        piece_bytes: how large the reader's pieces are, so that small bodies have several.
        applied: what was done to a right answer.
        canaries: numbers and words that may not show up in any text.
    """

    number: int
    start: datetime
    end: datetime
    wire: Wire
    must_land: bool
    piece_bytes: int
    applied: tuple[str, ...]
    canaries: tuple[str, ...]

    def __str__(self) -> str:
        return f"case {self.number} ({', '.join(self.applied) or 'right'})"


def start_of(number: int) -> datetime:
    """Cases are five hours apart and two hours long: some cross midnight, and none another."""
    return _FIRST + _APART * number


def number_at(moment: datetime) -> int:
    """The case whose window, or a part of it, starts at a moment."""
    return int((moment - _FIRST) / _APART)


@lru_cache(maxsize=4096)
def make_case(seed: int, number: int) -> Case:
    """The case of a number; the same for the same seed."""
    chance = random.Random(f"{seed} {number}")
    start = start_of(number)
    draft = make_draft(chance, start, start + timedelta(hours=2))
    kind = chance.choices(list(_KINDS), list(_KINDS.values()))[0]
    body = _torn(draft, kind, _text(draft, kind))
    carrier = chance.choice(spoil_http.KEPT)
    if kind == "carried" or (kind != "right" and chance.random() < 0.02):
        carrier = chance.choice(spoil_http.REFUSABLE)
        draft.must_land = False
    draft.applied.append(carrier.__name__)
    return Case(
        number=number,
        start=start,
        end=draft.end,
        wire=carrier(chance, body),
        must_land=draft.must_land,
        piece_bytes=chance.choice(_PIECE_BYTES),
        applied=tuple(draft.applied),
        canaries=tuple(draft.canaries),
    )


def _text(draft: Draft, kind: str) -> str:
    """The answer's text, its records and what is around them spoiled."""
    chance = draft.chance
    if draft.records and kind in ("kept", "refusable"):
        for spoil in chance.sample(spoil_records.KEPT, chance.choice([0, 1, 2])):
            _apply(draft, spoil)
    if draft.records and kind == "kept":
        _apply(draft, chance.choice(spoil_records.KEPT))
    if draft.records and kind == "refusable":
        _apply(draft, chance.choice(spoil_records.REFUSABLE))
        draft.must_land = False
    if draft.style.is_unix and draft.applied:
        draft.must_land = False  # one receipt that is no number, and the times are not read
    if kind != "around":
        return render(draft)
    around = chance.choice(spoil_bytes.AROUND)
    draft.must_land = False
    draft.applied.append(around.__name__)
    return around(draft)


def _apply(draft: Draft, spoil: spoil_records.Spoiler) -> None:
    spoil(draft)
    draft.applied.append(spoil.__name__)


def _torn(draft: Draft, kind: str, text: str) -> bytes:
    """The answer's bytes, perhaps torn."""
    chance = draft.chance
    body = text.encode("utf-8", "surrogatepass")
    if kind == "right" and chance.random() < 0.2:
        draft.applied.append("byte order mark")
        return b"\xef\xbb\xbf" + body
    if kind == "torn":
        draft.must_land = False
        for tear in chance.sample(spoil_bytes.TORN, chance.choice([1, 1, 1, 2])):
            body = tear(chance, body)
            draft.applied.append(tear.__name__)
    return body
