"""An answer's bytes to a typed Arrow table with nothing lost: fast where that is sure.

What an answer holds, and whether it is one, is decided by the exact reader alone: it parses the
whole body as strictly as the standard says and fits each value to its column. The fast one gives
the same table or none.
"""

from __future__ import annotations

from miatel.errors import AnswerNotUnderstoodError
from miatel.memory import no_collection
from miatel.parsing.answer_form import AS_FOUND, AnswerForm
from miatel.parsing.envelope import open_envelope
from miatel.parsing.error_objects import looks_like_json, refusal_of_text
from miatel.parsing.exact_json import load_exactly
from miatel.parsing.fast import read_fast
from miatel.parsing.field_names import FieldNames
from miatel.parsing.record_sequences import columns_of
from miatel.parsing.record_table import columns_to_table
from miatel.parsing.records import Records
from miatel.parsing.unix_times import with_iso_times
from miatel.schema import ANSWER_SCHEMA
from miatel.windows import Window


def read_answer(
    body: bytes,
    asked: str = "answer",
    form: AnswerForm = AS_FOUND,
    window: Window | None = None,
) -> Records:
    """Read one answer, whatever its form, completely or not at all.

    Args:
        body: the body as it came, content-encoding undone.
        asked: what was asked, for the messages.
        form: what the account's owner says of the form of its answers.
        window: what was asked for: times that are numbers are read by it. Without it they must lie
            between 2000 and 2100.

    Returns:
        All records and geo names; zero rows only for a well-formed answer without records.

    Raises:
        BrokenAnswerError, ServerBusyError, ErrorAnswerError: ask again.
        KeyRefusedError, BadPeriodError: an error object says so.
        AnswerNotUnderstoodError: a form that we do not know, bad UTF-8, or not strictly JSON.
    """
    if form.confirms_no_traffic(body):
        return Records(ANSWER_SCHEMA.empty_table(), {})
    if not looks_like_json(body):
        raise refusal_of_text(body[:4096].decode("utf-8", "replace"), asked)
    try:
        with no_collection():
            return read_fast(body, asked, form, window) or _read_exactly(body, asked, form, window)
    except RecursionError:
        raise AnswerNotUnderstoodError(f"{asked}: the answer is nested too deeply") from None


def _read_exactly(body: bytes, asked: str, form: AnswerForm, window: Window | None) -> Records:
    contents = open_envelope(load_exactly(body, asked), asked, form)
    columns = columns_of(contents.records, FieldNames(form.field_names), asked)
    table = columns_to_table(with_iso_times(columns, window, asked), asked)
    return Records(table, contents.names, contents.names_left_out)
