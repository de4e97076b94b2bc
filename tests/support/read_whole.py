"""What an answer holds when it is parsed whole and strictly, without any fast path."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from miatel import AnswerForm, AnswerNotUnderstoodError, Window
from miatel.limits import TIME_FIELD
from miatel.parsing.answer_form import AS_FOUND
from miatel.parsing.envelope import open_envelope
from miatel.parsing.exact_json import load_exactly
from miatel.parsing.exact_values import extra_text, fit
from miatel.parsing.field_names import FieldNames
from miatel.parsing.record_ids import MAP_KEY, fill_id, keep_key, repeats_key
from miatel.parsing.unix_times import with_iso_times
from miatel.schema import ANSWER_SCHEMA, MDR_FIELDS

ID_FIELD, SWITCH_FIELD, MESSAGE_ID_FIELD = "sms_hub_sms_id", "sms_hub_switch_id", "message_id"


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


def records_to_table(records: list[dict[str, Any]], asked: str) -> pa.Table:
    """Parsed MDRs as a table of the landed types.

    Args:
        records: as parsed, each with a `sms_hub_sms_time`.
        asked: what was asked, for the message.

    Returns:
        Columns `MDR_FIELDS`, then `extra`; one row per record, in their order.

    Raises:
        AnswerNotUnderstoodError: a record's `sms_hub_sms_time` is not a time.
    """
    columns: dict[str, list[Any]] = {name: [] for name in ANSWER_SCHEMA.names}
    for record in records:
        leftover = {
            name: value
            for name, value in record.items()
            if name not in MDR_FIELDS and name is not MAP_KEY and value is not None
        }
        for name in MDR_FIELDS:
            fitted, misfit = fit(name, record.get(name))
            columns[name].append(fitted)
            if misfit is not None:
                leftover[name] = misfit
        if MAP_KEY in record:
            _place_key(record, columns, leftover, asked)
        if columns[TIME_FIELD][-1] is None:
            raise AnswerNotUnderstoodError(
                f"{asked}: a record's {TIME_FIELD} is no time, so it belongs to no day"
            )
        columns["extra"].append(extra_text(leftover))
    return pa.table(
        [pa.array(columns[field.name], field.type) for field in ANSWER_SCHEMA],
        schema=ANSWER_SCHEMA,
    )


def _place_key(
    record: dict[str, Any], columns: dict[str, list[Any]], leftover: dict[str, Any], asked: str
) -> None:
    """A record's key in a map: the id that it lacks, or in `extra` unless the record says it."""
    key, ids = record[MAP_KEY], columns[ID_FIELD]
    ids[-1] = fill_id(key, ids[-1], has_own=record.get(ID_FIELD) is not None)
    switch_id, message_id = columns[SWITCH_FIELD][-1], columns[MESSAGE_ID_FIELD][-1]
    if not repeats_key(key, ids[-1], switch_id, message_id):
        keep_key(key, leftover, asked)
