"""What an answer holds when it is parsed whole and strictly, without any fast path."""

from __future__ import annotations

import pyarrow as pa

from miatel.parsing.answer_form import AS_FOUND, AnswerForm
from miatel.parsing.documents import load_exactly
from miatel.parsing.envelope import open_envelope
from miatel.parsing.exact_records import records_to_table
from miatel.parsing.field_names import FieldNames
from miatel.parsing.unix_times import with_iso_times
from miatel.windows import Window


def read_whole(body: bytes, form: AnswerForm = AS_FOUND, window: Window | None = None) -> pa.Table:
    """The table of the answer's records, value by value.

    Raises:
        MiatelError: it is no answer.
    """
    records = open_envelope(load_exactly(body, ""), "", form).records
    renamed = FieldNames(form.field_names).rename(records, "")
    times = {
        name: [record.get(name) for record in renamed] for name in ("sms_hub_sms_time", "dlr_time")
    }
    for name, values in with_iso_times(times, window, "").items():
        renamed = [{**record, name: value} for record, value in zip(renamed, values, strict=True)]
    return records_to_table(renamed, "")
