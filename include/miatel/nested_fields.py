"""Objects and lists in unknown fields: numbered, so that the fast parser has to read numbers only.

Arrow's JSON parser could read them as structures, but then a member that is null and one that is
missing look the same. As text nothing is lost: each distinct value is parsed strictly, and written
as the tolerant parser writes it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import orjson
import pyarrow as pa

from miatel.errors import MiatelError
from miatel.json_text import HALF_CHARACTER, json_text
from miatel.tolerant_json import load_documents

_DEPTH = 8  # a value nested deeper is left to the tolerant parser
_MOST_REMEMBERED = 10_000
_PLAIN = rb'[^"{}\[\]]*+'
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_DEAR = re.compile(rb"\\|\d[.eE]|\d{19}|-0")


@dataclass(frozen=True)
class Numbered:
    """The nested values of one field in one piece.

    Attributes:
        count: how many values were replaced by a number.
        texts: the JSON text for each number.
    """

    count: int
    texts: list[str]

    def restore(self, numbers: pa.Array) -> pa.Array:
        """The texts for the numbers that were read.

        Raises:
            pa.ArrowInvalid: there are others than those that stand for a value.
        """
        if len(numbers) - numbers.null_count != self.count:
            raise pa.ArrowInvalid("a number where there were objects before")
        return pa.array(self.texts, pa.string()).take(numbers)


class NestedValues:
    """Numbers the nested values of one answer; remembers the texts of those that repeat."""

    def __init__(self) -> None:
        self._known: dict[bytes, str] = {}

    def number(
        self, piece: bytes | memoryview, names: Collection[str]
    ) -> tuple[bytearray, dict[str, Numbered]]:
        """Records with a number for each object or list of some fields.

        Args:
            piece: records as they came.
            names: the fields.

        Returns:
            The records, and for each field what its numbers stand for.

        Raises:
            pa.ArrowInvalid: a value is not strictly JSON, or cannot be stored as text.
        """
        records, numbered = bytearray(piece), {}
        for name in sorted(names):
            parts = _field_pattern(name).split(records)  # other, value, other, value, …, other
            values = parts[1::2]
            distinct = list(dict.fromkeys(values))
            key = json.dumps(name).encode()
            fields = {value: b"%b:%d" % (key, place) for place, value in enumerate(distinct)}
            parts[1::2] = [fields[value] for value in values]
            records = bytearray().join(parts)
            numbered[name] = Numbered(len(values), self._texts_of(distinct))
        return records, numbered

    def _texts_of(self, values: list[bytes]) -> list[str]:
        new = [value for value in values if value not in self._known]
        written = dict(zip(new, _write_all(new), strict=True))
        texts = [self._known.get(value) or written[value] for value in values]
        if len(self._known) < _MOST_REMEMBERED:
            self._known |= written
        return texts


def _value_pattern(depth: int) -> bytes:
    """An object or a list; brackets are matched, what stands between them is not looked at."""
    inner = _STRING if depth == 1 else _STRING + b"|" + _value_pattern(depth - 1)
    return rb"[{\[]" + _PLAIN + rb"(?:(?:" + inner + rb")" + _PLAIN + rb")*+[}\]]"


@lru_cache(maxsize=64)
def _field_pattern(name: str) -> re.Pattern[bytes]:
    spellings = {json.dumps(name).encode(), json.dumps(name, ensure_ascii=False).encode()}
    names = b"|".join(re.escape(spelling) for spelling in sorted(spellings))
    if len(spellings) > 1:
        names = b"(?:" + names + b")"
    return re.compile(names + rb"\s*:\s*(" + _value_pattern(_DEPTH) + b")")


def _write_all(values: list[bytes]) -> list[str]:
    """The texts that `json_text` would write for some values."""
    texts = _write_plain(values) or _write_strictly(values)
    if len(texts) != len(values):
        raise pa.ArrowInvalid("a nested value that is several")
    return texts


def _write_strictly(values: list[bytes]) -> list[str]:
    try:
        (documents,) = load_documents(b"[" + b",".join(values) + b"]", "a nested value")
    except MiatelError as error:
        raise pa.ArrowInvalid(str(error)) from None
    texts = [json_text(document) for document in documents]
    if any(map(HALF_CHARACTER.search, texts)):
        raise pa.ArrowInvalid("a nested value with half a character")
    return texts


def _write_plain(values: list[bytes]) -> list[str] | None:
    """The same at a tenth of the cost, for values in which orjson loses nothing; else None.

    It rounds long and fractional numbers, and keeps the last of two members with one name, which
    takes quotes away: without escapes, all others come out as they went in.
    """
    joined = b",".join(values)
    if _DEAR.search(joined):
        return None
    try:
        documents = orjson.loads(b"[" + joined + b"]")
    except orjson.JSONDecodeError:
        return None
    texts = [orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode() for document in documents]
    kept = sum(text.count('"') for text in texts)
    return texts if kept == joined.count(b'"') else None
