"""Pieces of a record array, read by Arrow against a schema that allows nothing else."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pyarrow as pa
from pyarrow import json as arrow_json

from miatel.errors import AnswerNotUnderstoodError
from miatel.limits import TIME_FIELD
from miatel.memory import BUFFERS
from miatel.parsing.exact_json import load_documents
from miatel.parsing.fast.layout import Layout
from miatel.parsing.fast.numbered_values import ValueNumberer
from miatel.parsing.fast.spelling import Spelling
from miatel.parsing.field_names import FieldNames
from miatel.parsing.record_sequences import columns_of
from miatel.parsing.record_table import columns_to_table
from miatel.parsing.unix_times import arrow_unit_of
from miatel.windows import Window

_MOST_LESSONS = (
    4  # pieces that may teach: an answer that keeps changing its spelling is read slowly
)


class PieceReader:
    """Reads pieces of one answer; learns its spelling from those that Arrow refuses.

    Args:
        layout: where the answer's records stand.
        asked: what was asked, for the messages.
        fields: what the names of fields stand for.
        window: what was asked for, by which times that are numbers are understood.
    """

    def __init__(
        self, layout: Layout, asked: str, fields: FieldNames, window: Window | None
    ) -> None:
        self.layout = layout
        self.asked = asked
        self.fields = fields
        called = {fields.documented(name): name for name in layout.first}
        self.called = {name: own for name, own in called.items() if name is not None}
        self.time = self.called[TIME_FIELD]
        unit = arrow_unit_of(layout.first[self.time], window)
        self.spelling = Spelling.documented(self.called, unit)
        self.numberer = ValueNumberer(fields)
        self.lessons = 0

    def read(self, piece: memoryview) -> pa.Table:
        """The records of a piece, columns `MDR_FIELDS` and `extra`.

        Raises:
            AnswerNotUnderstoodError, BrokenAnswerError: only parsing all of the body shows it.
        """
        spelling = self.spelling
        try:
            return self._read_fast(piece, spelling)
        except pa.ArrowInvalid:
            records = self._parse(piece)
        if self.spelling is spelling and self.lessons < _MOST_LESSONS:
            self.lessons += 1
            self.spelling = spelling.with_names(self.called).learn(records)
        if self.spelling is not spelling:
            try:
                return self._read_fast(piece, self.spelling)
            except pa.ArrowInvalid:  # not all can be learned
                pass
        if self.spelling.time_unit is not None:
            raise AnswerNotUnderstoodError(f"{self.asked}: not all times are numbers: read at once")
        return columns_to_table(columns_of(records, self.fields, self.asked), self.asked)

    def _read_fast(self, piece: memoryview, spelling: Spelling) -> pa.Table:
        lines, numbered = self.numberer.number(piece, spelling.numbered)
        count = self.layout.break_lines(lines)
        table = arrow_json.read_json(
            pa.BufferReader(lines),
            read_options=arrow_json.ReadOptions(use_threads=False, block_size=len(lines) + 1),
            parse_options=arrow_json.ParseOptions(
                explicit_schema=spelling.schema, unexpected_field_behavior="error"
            ),
            memory_pool=BUFFERS,
        )
        table.validate(full=True)
        if table.num_rows != count:
            raise pa.ArrowInvalid("not one whole record between two separators")
        landed = spelling.land(table, lines, numbered)
        if landed[TIME_FIELD].null_count:
            raise pa.ArrowInvalid("a record without a time")
        return landed

    def _parse(self, piece: memoryview) -> list[dict[str, Any]]:
        records, *others = load_documents(b"[" + piece + b"]", self.asked)
        if others:
            raise AnswerNotUnderstoodError(f"{self.asked}: records end before their array does")
        if not all(isinstance(r, dict) and self.time in r for r in records):
            raise AnswerNotUnderstoodError(f"{self.asked}: a record has no {TIME_FIELD}")
        for name in dict.fromkeys(chain.from_iterable(records)):
            known = self.fields.documented(name)
            if known is not None and self.called.setdefault(known, name) != name:
                raise AnswerNotUnderstoodError(f"{self.asked}: a field has two names: read at once")
        return list(records)
