"""Numbers that their owners wanted forgotten: a list of keyed hashes, and rows cleared of them.

Landing honours the list, so that a number stays erased when the vendor sends it again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from miatel.errors import ErasedNumbersError
from miatel.identity.deduplication import rekey_rows
from miatel.lake.lake import Lake
from miatel.lake.lake_file import LakeFile
from miatel.lake.rewriting import Change
from miatel.phone_numbers import LEAST_DIGITS, digit_groups, plain_number
from miatel.privacy.recipient_key import RecipientKey
from miatel.sources import MDR, PersonalColumns, Source

ERASED_FILE = "erased/numbers.json"
MOST_DIGITS = 20
"""Digits of a number that can be erased, at most."""
ALL_LENGTHS = frozenset(range(LEAST_DIGITS, MOST_DIGITS + 1))

_MAY_HOLD = rf"(?s)\p{{Nd}}(?:\P{{Nd}}*?\p{{Nd}}){{{LEAST_DIGITS - 1}}}"
"""Quick for the engine to find, and true of every text that holds a number."""
_ESCAPE = r"\\u[0-9a-fA-F]{4}"


@dataclass(frozen=True)
class ErasedNumbers:
    """The erased numbers of a lake.

    Args:
        key: under which `marks` were made.
        marks: of each number, see `RecipientKey.erased_mark`.
        lengths: how many digits they have, which spares trying all others; a list of version 0.1.0
            does not say it.
    """

    key: RecipientKey
    marks: frozenset[str]
    lengths: frozenset[int] = ALL_LENGTHS

    def holds(self, text: str) -> bool:
        """Whether an erased number stands in a text, however it is spelled; yes when in doubt.

        Whatever is no digit may stand between its digits, and any Unicode digit is one.
        """
        return any(
            self.key.erased_mark(number) in self.marks for number in _numbers_in(text, self.lengths)
        )

    def clear(
        self, table: pa.Table, personal: PersonalColumns = MDR.personal
    ) -> tuple[pa.Table, int]:
        """Rows without the erased numbers.

        A row to or from such a number loses the number and its texts; a text that names one goes
        too, as does each field of a JSON object that does. Ids that contain one are replaced by a
        hash, so that what belongs together stays together. No row goes: counts stay right.

        Args:
            table: rows of a source.
            personal: the source's columns of personal data.

        Returns:
            The rows, and how many of them were changed.
        """
        no_row = pa.array([False] * table.num_rows)
        found = {name: self._find(table[name]) for name in (*personal.numbers, *personal.texts)}
        of_person = reduce(pc.or_, (found[name] for name in personal.numbers), no_row)
        for name in personal.texts:
            is_there = pc.is_valid(table[name].combine_chunks())
            found[name] = pc.and_(pc.or_(of_person, found[name]), is_there)
        for name in (*personal.numbers, *personal.texts):
            table = _replace(table, name, found[name], lambda _: None)
        for name in personal.ids:
            found[name] = self._find(table[name])
            table = _replace(table, name, found[name], self.key.erased_token)
        for name in personal.json_objects:
            found[name] = self._find_in_object(table[name])
            table = _replace(table, name, found[name], self._clear_object)
        changed = reduce(pc.or_, found.values(), no_row)
        return table, int(pc.sum(changed).as_py() or 0)

    def clearing_of(self, source: Source) -> Change:
        """What clears rows of a source, their keys computed anew where one was cleared."""

        def change(table: pa.Table) -> pa.Table:
            cleared, changed = self.clear(table, source.personal)
            return rekey_rows(cleared) if changed and source.is_keyed else cleared

        return change

    def _find(self, column: pa.ChunkedArray) -> pa.Array:
        """For each value whether it holds an erased number."""
        holding = [text for text in _candidates(column, _MAY_HOLD) if self.holds(text)]
        return pc.is_in(column, value_set=pa.array(holding, pa.string())).combine_chunks()

    def _find_in_object(self, column: pa.ChunkedArray) -> pa.Array:
        """For each JSON object whether one of its fields holds an erased number."""
        texts = _candidates(column, f"{_MAY_HOLD}|{_ESCAPE}")
        holding = [text for text in texts if self._clear_object(text) != text]
        return pc.is_in(column, value_set=pa.array(holding, pa.string())).combine_chunks()

    def _clear_object(self, text: str) -> str | None:
        """The fields without an erased number; the same text where none holds one."""
        values: dict[str, Any] = json.loads(text)
        kept = {
            name: value
            for name, value in values.items()
            if not self.holds(" ".join(_texts_of({name: value})))
        }
        if len(kept) == len(values):
            return text
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":")) if kept else None


def read_erased_numbers(lake: Lake, key: RecipientKey | None) -> ErasedNumbers | None:
    """The lake's list, or None when no number was ever erased.

    Args:
        lake: local or on an object store.
        key: under which erased numbers are known; needed only where numbers were erased.

    Raises:
        ErasedNumbersError: there is a list, but not the key that it was made with.
        LakeError: it cannot be read.
    """
    return _read(lake.file(ERASED_FILE), lake.root, key)


def _read(file: LakeFile, root: str, key: RecipientKey | None) -> ErasedNumbers | None:
    text = file.read_text()
    if text is None:
        return None
    content = json.loads(text)
    if key is None or key.version != content["key_version"]:
        raise ErasedNumbersError(
            f"the lake {root} has a list of erased numbers ({ERASED_FILE}), made with another "
            "key than MIATEL_RECIPIENT_KEY holds here. Without it they would be landed again, so "
            "nothing is. Set the key that it was made with; docs/privacy.md says how to change it."
        )
    lengths = frozenset(content.get("lengths", ALL_LENGTHS))
    return ErasedNumbers(key, frozenset(content["marks"]), lengths)


def clearing_of(lake: Lake, key: RecipientKey | None) -> Change | None:
    """What clears arriving records of erased numbers; None when no number was ever erased.

    Raises:
        ErasedNumbersError: there is a list, but not the key that it was made with.
        LakeError: it cannot be read.
    """
    erased = read_erased_numbers(lake, key)
    return erased.clearing_of(MDR) if erased else None


def add_erased_number(lake: Lake, key: RecipientKey, number: str) -> ErasedNumbers:
    """Put a number on the lake's list.

    Raises:
        ErasedNumbersError: the list was made with another key.
        ValueError: it is no number that can be recognised among other values.
    """
    plain = check_number(number)
    return lake.update(ERASED_FILE, lambda file: _add(file, lake.root, key, plain))


def _add(file: LakeFile, root: str, key: RecipientKey, plain: str) -> ErasedNumbers:
    before = _read(file, root, key)
    marks = (before.marks if before else frozenset()) | {key.erased_mark(plain)}
    lengths = (before.lengths if before else frozenset()) | {len(plain)}
    content = {"key_version": key.version, "marks": sorted(marks), "lengths": sorted(lengths)}
    with file.writing() as scratch:
        scratch.write_text(json.dumps(content, indent=1))
    return ErasedNumbers(key, marks, lengths)


def check_number(number: str) -> str:
    """The plain form of a number that can be erased.

    Raises:
        ValueError: it is no number that can be recognised among other values.
    """
    plain = plain_number(number)
    is_number = LEAST_DIGITS <= len(plain) <= MOST_DIGITS and plain.isdecimal()
    if not is_number or any(letter.isalpha() for letter in number):
        raise ValueError(
            f"a number has {LEAST_DIGITS} to {MOST_DIGITS} digits and no letters beside them"
        )
    return plain


def _candidates(column: pa.ChunkedArray, pattern: str) -> list[str]:
    """The different values of a column that match a pattern."""
    matches = pc.fill_null(pc.match_substring_regex(column, pattern), False)
    found: list[str] = column.filter(matches).unique().to_pylist()
    return found


def _texts_of(value: Any) -> Iterator[str]:
    """The names and values in a JSON value as texts, without the escapes of its spelling."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts_of(inner)
    elif value is not None:
        yield str(value)


def _numbers_in(text: str, lengths: frozenset[int]) -> Iterator[str]:
    """Every number of these lengths that may be meant: neighbouring groups of digits, joined."""
    groups = digit_groups(text)
    digits = "".join(groups)
    ends = list(accumulate(map(len, groups)))
    bounds = set(ends)
    for start in (0, *ends[:-1]):
        prefix = 2 if digits.startswith("00", start) else 0
        for length in lengths:
            if start + length in bounds:
                yield digits[start : start + length]
            if prefix and start + prefix + length in bounds:
                yield digits[start : start + prefix + length]


def _replace(
    table: pa.Table, name: str, mask: pa.Array, new: Callable[[str], str | None]
) -> pa.Table:
    """The table with `new` of the values of a column where the mask is true."""
    if not pc.any(mask).as_py():
        return table
    position = table.schema.get_field_index(name)
    values = [new(text) if text else None for text in table[name].filter(mask).to_pylist()]
    column = pc.replace_with_mask(table[name].combine_chunks(), mask, pa.array(values, pa.string()))
    return table.set_column(position, table.schema.field(position), column)
