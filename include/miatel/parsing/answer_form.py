"""What the owner of an account says of the form of its answers, where reading cannot know it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, NoReturn

from miatel.errors import MiatelError, SettingError
from miatel.json_text import json_text
from miatel.limits import TIME_FIELD
from miatel.mdr_names import MDR_NAMES
from miatel.parsing.exact_json import load_documents

_LONGEST_CONFIRMED = 1 << 16  # a body that means "no traffic" is short
_RESEMBLES_RECORD = 3
_POINTER = re.compile(r"(/([^~/]|~[01])*)*")
_EXAMPLES = {
    "field_names": '{"time": "sms_hub_sms_time"}, name in the answer to documented name',
    "records_at": '"/result/sms", a JSON Pointer to the records',
    "no_traffic": '[{"data": false}, "no data"], a list of complete answers',
    "not_counts": '["total"], a list of names of fields or headers',
}


@dataclass(frozen=True)
class AnswerForm:
    """Settings of the connection's extra; without any of them every likely form is read.

    Args:
        field_names: name of a field in the answer → the documented name it stands for.
        records_at: JSON Pointer to the records; None to find them.
        no_traffic: complete answers, as parsed or as text, that mean "no traffic" beside an empty
            array.
        not_counts: names of fields and headers that look like a count of records, or like a sign
            that there are more, and are none.
    """

    field_names: Mapping[str, str] = field(default_factory=dict)
    records_at: str | None = None
    no_traffic: tuple[Any, ...] = ()
    not_counts: frozenset[str] = frozenset()

    @classmethod
    def from_extra(cls, extra: Mapping[str, Any], further_names: Iterable[str] = ()) -> AnswerForm:
        """The form that a connection's extra describes.

        Args:
            extra: the connection's extra; a setting that is null or blank is not set, and one that
                is a text may hold JSON, as a form's field does.
            further_names: names of settings that are not about the form of an answer.

        Returns:
            The form; `AS_FOUND` where the extra holds none of its settings.

        Raises:
            SettingError: a setting is not right, or a name is nearly that of one: correct the
                connection's extra.
        """
        _check_names(extra, {*_EXAMPLES, *further_names})
        pointer = extra.get("records_at")
        if pointer is not None and not (isinstance(pointer, str) and _POINTER.fullmatch(pointer)):
            _refuse("records_at", "is no JSON Pointer: each of its parts begins with a slash")
        return cls(
            field_names=_field_names(_parsed(extra, "field_names", dict)),
            records_at=pointer,
            no_traffic=_no_traffic(_parsed(extra, "no_traffic", list)),
            not_counts=_not_counts(_parsed(extra, "not_counts", list)),
        )

    def confirms_no_traffic(self, body: bytes) -> bool:
        """Whether a whole body is one that the owner has confirmed to mean "no traffic".

        Args:
            body: content-encoding undone.
        """
        if not self.no_traffic or len(body) > _LONGEST_CONFIRMED:
            return False
        text = body.removeprefix(b"\xef\xbb\xbf").strip()
        if any(isinstance(form, str) and form.strip().encode() == text for form in self.no_traffic):
            return True
        try:
            documents = load_documents(body, "")
        except MiatelError:
            return False
        # As text, since Python holds that false equals 0.
        confirmed = {json_text(form) for form in self.no_traffic}
        return len(documents) == 1 and json_text(documents[0]) in confirmed


AS_FOUND = AnswerForm()
"""Nothing said: the form is found out from the answer."""


def _check_names(extra: Mapping[str, Any], known: set[str]) -> None:
    """A misspelt setting would be one that is silently not honoured."""
    plain = {_plain(name): name for name in known}
    for name in extra:
        meant = get_close_matches(_plain(str(name)), plain, n=1, cutoff=0.75)
        if name not in known and meant:
            raise SettingError(
                f"the connection's extra has no setting named like {plain[meant[0]]} but written "
                f"otherwise; its settings are {', '.join(sorted(known))}: correct the name"
            )


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _parsed(extra: Mapping[str, Any], name: str, kind: type) -> Any:
    value = extra.get(name)
    if isinstance(value, str) and value.strip():
        try:
            value = json.loads(value)
        except ValueError:
            _refuse(name, "is a text that is not JSON")
    if value is None or (isinstance(value, str) and not value.strip()):
        return kind()
    if not isinstance(value, kind):
        _refuse(name, "is not an object" if kind is dict else "is not a list")
    return value


def _field_names(names: dict[str, Any]) -> dict[str, str]:
    for theirs, ours in names.items():
        if not theirs.strip() or ours not in MDR_NAMES:
            _refuse(
                "field_names",
                "maps to something that is no documented field; those are " + ", ".join(MDR_NAMES),
            )
    if len(set(names.values())) < len(names):
        twice = next(ours for ours in names.values() if list(names.values()).count(ours) > 1)
        _refuse("field_names", f"maps two fields to {twice}")
    return names


def _no_traffic(forms: list[Any]) -> tuple[Any, ...]:
    for form in forms:
        if _holds_record(form):
            _refuse("no_traffic", "has a form with a record in it, which is no 'no traffic'")
        if isinstance(form, str) and not form.strip():
            _refuse("no_traffic", "has an empty text; an empty body may mean a refused key")
    # Read as an answer is, so that 0.10 is the same number here and there.
    return tuple(load_documents(json.dumps(form).encode(), "no_traffic")[0] for form in forms)


def _holds_record(value: Any) -> bool:
    if isinstance(value, dict):
        known = set(MDR_NAMES) & value.keys()
        is_record = TIME_FIELD in known or len(known) >= _RESEMBLES_RECORD
        return is_record or any(map(_holds_record, value.values()))
    return isinstance(value, list) and any(map(_holds_record, value))


def _not_counts(names: list[Any]) -> frozenset[str]:
    if not all(isinstance(name, str) and name.strip() for name in names):
        _refuse("not_counts", "has something that is no name")
    return frozenset(name.strip() for name in names)


def _refuse(name: str, what: str) -> NoReturn:
    raise SettingError(
        f"the setting {name} in the connection's extra {what}. A right one is {_EXAMPLES[name]}."
    )
