"""An answer in any form whose JSON documents `orjson` gives without a loss."""

from __future__ import annotations

from miatel.parsing.answer_form import AnswerForm
from miatel.parsing.envelope import open_envelope
from miatel.parsing.fast.quick_columns import quick_columns_to_table
from miatel.parsing.fast.quick_documents import load_quickly
from miatel.parsing.field_names import FieldNames
from miatel.parsing.record_sequences import columns_of
from miatel.parsing.records import Records
from miatel.parsing.unix_times import with_iso_times
from miatel.windows import Window


def read_documents(
    body: bytes, asked: str, form: AnswerForm, window: Window | None
) -> Records | None:
    """Read an answer as the exact reader does, from documents that `orjson` parsed.

    Returns:
        None where something might be lost.

    Raises:
        MiatelError, InexactError: only the exact parser can say what the answer holds.
    """
    documents = load_quickly(body, asked)
    if documents is None:
        return None
    contents = open_envelope(documents, asked, form)
    columns = columns_of(contents.records, FieldNames(form.field_names), asked)
    table = quick_columns_to_table(with_iso_times(columns, window, asked), asked)
    return Records(table, contents.names, contents.names_left_out)
