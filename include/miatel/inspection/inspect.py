"""One request, looked at closely: everything that the person who connects an account must know."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from miatel.answers import Answer
from miatel.api.statistics import Look, MiatelClient
from miatel.errors import MiatelError
from miatel.inspection.facts import RecordFacts, count_facts
from miatel.inspection.fields import FieldFacts, describe_fields, name_time_forms
from miatel.inspection.reading import Reading, missing_fields, read_closely
from miatel.inspection.settings import as_extra, find_settings, guess_names
from miatel.limits import TIME_FIELD
from miatel.parsing.answer_form import AnswerForm
from miatel.parsing.field_names import FieldNames
from miatel.redaction.masking import mask_name
from miatel.windows import Window


@dataclass
class Inspection:
    """The findings of one request.

    Attributes:
        look: the result of the request.
        form: the settings with which it was read.
        reading: how it was read; None where it was refused before.
        settings: further settings with which it can be read; None where there are none.
        facts: counts of its records; None where it cannot be read.
        fields: its fields, where records were found.
        time_forms: how its times are written, with how often.
        missing: documented fields that no record has.
        guesses: unknown fields that may be documented ones.
    """

    look: Look
    form: AnswerForm
    reading: Reading | None = None
    settings: AnswerForm | None = None
    facts: RecordFacts | None = None
    fields: list[FieldFacts] = field(default_factory=list)
    time_forms: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    guesses: dict[str, str] = field(default_factory=dict)

    @property
    def error(self) -> MiatelError | None:
        """Why the answer cannot be landed as it is; None where it can."""
        if isinstance(self.look.outcome, MiatelError):
            return self.look.outcome
        return self.reading.error if self.reading else None

    def extra(self) -> dict[str, Any]:
        """The settings to put into the connection's extra; empty where none are needed."""
        return as_extra(self.settings) if self.settings else {}

    def in_one_line(self) -> str:
        """The finding as one sentence."""
        if self.error is not None:
            text = f"{type(self.error).__name__}: {self.error}"
            if self.extra():
                text += f" It can be read with this extra: {json.dumps(self.extra())}"
            return text
        if self.facts is None or self.reading is None or self.facts.records == 0:
            return f"The API accepts the key, and says that {self.look.window} had no traffic."
        return (
            f"The API accepts the key; {self.look.window} holds {self.facts.records:,} records, "
            f"read as {self.reading.form}."
        )


def inspect(client: MiatelClient, window: Window) -> Inspection:
    """Ask once, land nothing, and look closely at the answer.

    Args:
        client: of the account, with its settings.
        window: short, so that the answer is small.

    Raises:
        LockTimeoutError, LockUnusableError: the request could not be sent.
    """
    look = client.look(window)
    found = Inspection(look, client.form)
    if not isinstance(look.outcome, Answer):
        return found
    with client.redacted_errors():
        found.reading = read_closely(look.outcome, client.form)
        if found.reading.error is not None:
            found.reading.error.args = (client.redact(str(found.reading.error)),)
            found.settings = find_settings(look.outcome, client.form)
            if found.settings is not None:
                error = found.reading.error
                found.reading = read_closely(look.outcome, found.settings)
                found.reading.error = error
        _find_facts(found)
    return found


def _find_facts(found: Inspection) -> None:
    reading, form = found.reading, found.settings or found.form
    if reading is None:
        return
    names = FieldNames(form.field_names)
    found.fields = describe_fields(reading.raw, names.documented)
    times = (v for r in reading.raw for n, v in r.items() if names.documented(n) == TIME_FIELD)
    found.time_forms = name_time_forms(times)
    if reading.records is not None:
        found.facts = count_facts(reading.records.table)
        found.missing = missing_fields(reading)
        found.guesses = guess_names(reading, form)


def describe(found: Inspection) -> Iterator[str]:
    """The finding line by line, for a terminal; nothing of it is personal."""
    yield from _lines_of_exchange(found.look)
    yield from _lines_of_reading(found)
    if found.facts is not None and found.facts.records:
        yield from _lines_of_facts(found.facts, found.time_forms)
    yield from _lines_of_fields(found)
    yield ""
    if found.error is None:
        yield "result        it can be landed as it is"
    elif found.extra():
        yield "result        it can be read with these lines in the connection's extra:"
        yield from (f"              {line}" for line in _json_lines(found.extra()))
        yield "              Confirm them with Miatel: they were found by trying."
    else:
        yield "result        it cannot be landed; see the reason above"
    if found.guesses:
        yield "guess         these fields may be documented ones; put them into field_names if so:"
        yield from (f"              {line}" for line in _json_lines(found.guesses))


def _json_lines(value: dict[str, Any]) -> list[str]:
    return json.dumps(value, indent=2, ensure_ascii=False).splitlines()


def _masked(pointer: str) -> str:
    """A pointer without what may be personal in it: a map's key may be anything."""
    return "/".join(mask_name(step) if step else "" for step in pointer.split("/"))


def _lines_of_exchange(look: Look) -> Iterator[str]:
    yield f"asked for     {look.window}, once"
    yield f"status        {look.status if look.status is not None else 'no answer'}"
    for name in ("content-type", "content-encoding", "date", "server", "retry-after"):
        if name in look.headers:
            yield f"header        {name}: {look.headers[name][:80]}"
    others = sorted(name for name in look.headers if name.startswith(("x-", "link")))
    if others:
        yield f"other headers {', '.join(others)}"
    yield f"size          {len(look.body):,} bytes in {look.seconds:.2f} s, compression undone"


def _lines_of_reading(found: Inspection) -> Iterator[str]:
    if found.error is not None:
        yield f"not read      {type(found.error).__name__}: {found.error}"
    if found.reading is None:
        return
    for candidate in found.reading.candidates:
        where = _masked(candidate.pointer) or "(all of it)"
        yield f"looked at     {where}: {candidate.what}: {candidate.why}"
    if found.reading.form and (found.reading.raw or found.error is None):
        yield f"form          {found.reading.form}"
    if found.reading.records is not None and found.reading.records.names:
        yield f"geo names     {len(found.reading.records.names):,}"


def _lines_of_facts(facts: RecordFacts, time_forms: dict[str, int]) -> Iterator[str]:
    yield f"records       {facts.records:,}, {facts.order}"
    yield f"times         {facts.first:%Y-%m-%dT%H:%M:%SZ} to {facts.last:%Y-%m-%dT%H:%M:%SZ}"
    yield f"time format   {', '.join(f'{name} ({n:,})' for name, n in time_forms.items())}"
    yield (
        f"ids           without node and sms id {facts.without_platform_id:,}, without message id "
        f"{facts.without_message_id:,}, without any {facts.without_any_id:,}; repeats "
        f"{facts.repeats:,}, ids used again {facts.sharing_platform_id:,}"
    )
    yield (
        f"receipts      {facts.with_receipt:,} with a delivery code, {facts.with_final_receipt:,} "
        f"of them final; prices {facts.with_price:,}"
    )
    for kind, codes in (
        ("delivery", facts.unknown_delivery_codes),
        ("response", facts.unknown_response_codes),
    ):
        if codes:
            listed = ", ".join(f"{code} ({n:,})" for code, n in list(codes.items())[:10])
            yield f"unknown codes {kind} codes outside the vendor's table: {listed}"


def _lines_of_fields(found: Inspection) -> Iterator[str]:
    if found.fields:
        yield ""
        yield f"{'field':26} {'read as':26} {'present':>9}  {'type':20} form of an example"
        for one in found.fields:
            kinds = ", ".join(one.types)
            name = one.name if one.documented else mask_name(one.name)
            documented = one.documented or "unknown: kept in extra"
            yield f"{name[:26]:26} {documented:26} {one.present:9,}  {kinds[:20]:20} {one.example}"
    if found.missing:
        yield f"missing       documented, but in no record: {', '.join(found.missing)}"
