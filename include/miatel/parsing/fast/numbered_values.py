"""Values that Arrow's JSON parser cannot read as one type, numbered: it has numbers to read then.

These are objects and lists, and the values of a field that mixes types. Arrow could read an object
as a structure, but then a member that is null and one that is missing look the same. As text
nothing is lost: each distinct value is parsed strictly, once, and means what the exact parser
says it means.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from miatel.errors import MiatelError
from miatel.json_text import LONE_SURROGATE, json_text
from miatel.parsing.exact_json import load_documents
from miatel.parsing.exact_values import fit
from miatel.parsing.field_names import AS_DOCUMENTED, FieldNames

_DEPTH = 8  # a value nested deeper is left to the exact parser
_MOST_REMEMBERED = 1 << 20  # bytes of values of a field
_DIGITS = [b"%d" % digit for digit in range(10)]
_PLAIN = rb'[^"{}\[\]]*+'
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_NUMBER_OR_WORD = rb'[^"{}\[\]\s,:]++'
_NOT_PLAIN = re.compile(rb"\\|\d[.eE]|\d{19}|-0")

Meaning = tuple[Any, str | None]
"""What a field's column holds (None for an unknown field), and the JSON text for `extra`."""


@dataclass
class Numbered:
    """The values of one field in one piece.

    Attributes:
        values: as they came, in the records' order; each is read as the last digit of its place.
        meanings: what each of them means.
    """

    values: list[bytes] = field(default_factory=list)
    meanings: list[Meaning] = field(default_factory=list)

    def check(self, digits: pa.Array) -> None:
        """Refuse a column in which other digits were read than those that stand for values.

        Raises:
            pa.ArrowInvalid: the exact parser decides.
        """
        expected = np.arange(len(self.values)) % 10
        if not np.array_equal(digits.drop_null().to_numpy(), expected):
            raise pa.ArrowInvalid("a number that stands for no value")

    def fitted(self, digits: pa.Array, kind: pa.DataType) -> pa.Array:
        """The column of a known field, for its digits."""
        return _spread(pa.array([fitted for fitted, _ in self.meanings], kind), digits)

    def texts(self, digits: pa.Array) -> pa.Array:
        """The JSON texts for `extra`, for a field's digits."""
        return _spread(pa.array([text for _, text in self.meanings], pa.string()), digits)


def _spread(values: pa.Array, digits: pa.Array) -> pa.Array:
    return pc.replace_with_mask(pa.nulls(len(digits), values.type), digits.is_valid(), values)


class ValueNumberer:
    """Numbers values of one answer; remembers what those mean that repeat from piece to piece.

    Args:
        fields: what the names of fields stand for.
    """

    def __init__(self, fields: FieldNames = AS_DOCUMENTED) -> None:
        self._fields = fields
        self._known: dict[str, dict[bytes, Meaning]] = {}

    def number(
        self, piece: memoryview, names: Collection[str]
    ) -> tuple[bytearray, dict[str, Numbered]]:
        """Records with a digit in the place of each value of some fields but null.

        Args:
            piece: records as they came.
            names: the fields.

        Returns:
            The records, each value overwritten with a digit and blanks, so that what follows it
            stays as wrong as it was; and for each field what its digits stand for.

        Raises:
            pa.ArrowInvalid: a value is not strictly JSON, or cannot be stored as text.
        """
        lines = bytearray(piece)
        if not names:
            return lines, {}
        numbered, at = {name: Numbered() for name in names}, 0
        for start, end, name, value in _find_values(piece, names):
            if start < at:  # it stands inside of a value that is numbered as a whole
                continue
            values = numbered[name].values
            lines[start:end] = _DIGITS[len(values) % 10].ljust(end - start)
            values.append(value)
            at = end
        for name, found in numbered.items():
            found.meanings = self._meanings_of(name, found.values)
        return lines, numbered

    def _meanings_of(self, name: str, values: list[bytes]) -> list[Meaning]:
        known = self._known.get(name, {})
        new = list(set(values) - known.keys())
        known = known | dict(zip(new, _understand(self._fields.documented(name), new), strict=True))
        if sum(map(len, known)) < _MOST_REMEMBERED:
            self._known[name] = known
        return [known[value] for value in values]


def key_patterns(name: str) -> list[bytes]:
    """A regular expression for each usual spelling of a key, up to its value.

    It matches nothing inside of a string: a quote there follows a backslash, and the quote that
    ends a string stands before no colon. It begins with a literal but the quote, of which there are
    many, since that is what `re` looks for fast.
    """
    texts = dict.fromkeys([json.dumps(name), json_text(name)])
    quoted = [re.escape(text.encode()) for text in texts]
    return [key[1:] + rb"(?<=[{,\s]" + key + rb")\s*+:\s*+" for key in quoted]


def _find_values(piece: memoryview, names: Collection[str]) -> list[tuple[int, int, str, bytes]]:
    """Start, end, field and text of each value, in their order."""
    return sorted(
        (match.start(1), match.end(1), name, match[1])
        for name in names
        for pattern in _field_patterns(name)
        for match in pattern.finditer(piece)
    )


def _nested_pattern(depth: int) -> bytes:
    """An object or a list; brackets are matched, what stands between them is not looked at."""
    inner = _STRING if depth == 1 else _STRING + b"|" + _nested_pattern(depth - 1)
    return rb"[{\[]" + _PLAIN + rb"(?:(?:" + inner + rb")" + _PLAIN + rb")*+[}\]]"


@lru_cache(maxsize=256)
def _field_patterns(name: str) -> list[re.Pattern[bytes]]:
    value = b"|".join([_nested_pattern(_DEPTH), _STRING, _NUMBER_OR_WORD])
    return [re.compile(key + rb"(?!null)(" + value + b")") for key in key_patterns(name)]


def _understand(name: str | None, values: list[bytes]) -> Sequence[Meaning]:
    """What the exact parser would make of some values of a field."""
    if not values:
        return []
    if name is None:
        return [(None, text) for text in _write_plain(values) or map(_write, _parse(values))]
    fitted = [fit(name, value) for value in _parse(values)]
    return [(value, None if misfit is None else _write(misfit)) for value, misfit in fitted]


def _parse(values: list[bytes]) -> list[Any]:
    try:
        (documents,) = load_documents(b"[" + b",".join(values) + b"]", "a value")
    except MiatelError as error:
        raise pa.ArrowInvalid(str(error)) from None
    if len(documents) != len(values):
        raise pa.ArrowInvalid("a value that is several")
    return list(documents)


def _write(value: Any) -> str:
    text = json_text(value)
    if LONE_SURROGATE.search(text):
        raise pa.ArrowInvalid("a value with a lone surrogate")
    return text


def _write_plain(values: list[bytes]) -> list[str] | None:
    """Texts at a tenth of the cost, for values in which orjson loses nothing; else None.

    It rounds long and fractional numbers, and keeps the last of two members with one name, which
    takes quotes away: without escapes, all others come out as they went in.
    """
    joined = b",".join(values)
    if _NOT_PLAIN.search(joined):
        return None
    try:
        documents = orjson.loads(b"[" + joined + b"]")
    except orjson.JSONDecodeError:
        return None
    texts = [orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode() for document in documents]
    kept = sum(text.count('"') for text in texts)
    return texts if kept == joined.count(b'"') and len(texts) == len(values) else None
