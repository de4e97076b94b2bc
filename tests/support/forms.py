"""Records, as JSON texts by field, in every form that an answer may have."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

Texts = dict[str, str]
"""A record: the JSON text of each value under the field's name."""

Render = Callable[[Sequence[Texts]], str]
NAMES = '{"525001":"Singapore - Singtel"}'


def render_object(record: Texts, comma: str = ",") -> str:
    """A record as an object."""
    return "{" + comma.join(f"{json.dumps(name)}:{text}" for name, text in record.items()) + "}"


def render_array(records: Sequence[Texts]) -> str:
    """Records as documented: an array of objects."""
    return "[" + ",".join(map(render_object, records)) + "]"


def render_map(records: Sequence[Texts], keys: Sequence[str] | None = None) -> str:
    """Records by their ids, or by other keys."""
    keys = [record["sms_hub_sms_id"].strip('"') for record in records] if keys is None else keys
    pairs = zip(keys, records, strict=True)
    return "{" + ",".join(f'"{key}":{render_object(record)}' for key, record in pairs) + "}"


def fields_of(records: Sequence[Texts]) -> list[str]:
    """Every field of the records, in order."""
    return list(dict.fromkeys(name for record in records for name in record))


def render_rows(records: Sequence[Texts], fields: Sequence[str]) -> list[str]:
    """The values of each record, null where it lacks the field."""
    return ["[" + ",".join(r.get(name, "null") for name in fields) + "]" for r in records]


def _header_and_rows(records: Sequence[Texts]) -> str:
    fields = fields_of(records)
    return "[" + ",".join([json.dumps(fields), *render_rows(records, fields)]) + "]"


def _columns_and_rows(records: Sequence[Texts]) -> str:
    fields = fields_of(records)
    return f'"columns":{json.dumps(fields)},"rows":[{",".join(render_rows(records, fields))}]'


def _columns(records: Sequence[Texts]) -> str:
    return ",".join(
        f"{json.dumps(name)}:[{','.join(record.get(name, 'null') for record in records)}]"
        for name in fields_of(records)
    )


def _lines(records: Sequence[Texts]) -> str:
    return "\n".join(map(render_object, records))


def _by_node(records: Sequence[Texts]) -> str:
    return f'{{"1":{render_map(records)}}}'


def _node_and_id(records: Sequence[Texts]) -> str:
    return render_map(records, [f"1-{r['sms_hub_sms_id']}".replace('"', "") for r in records])


FORMS: dict[str, Render] = {
    "map": render_map,
    "map, node and id": _node_and_id,
    "map of maps": _by_node,
    "map below a key": lambda records: f'{{"status":"ok","data":{render_map(records)}}}',
    "map deeper": lambda records: f'{{"result":{{"sms":{render_map(records)}}},"took":1}}',
    "map beside names": lambda records: f'{{"names":{NAMES},{render_map(records)[1:]}',
    "map below a key, beside names": lambda r: f'{{"data":{render_map(r)},"names":{NAMES}}}',
    "map, then names": lambda records: render_map(records) + NAMES,
    "header and rows": _header_and_rows,
    "header and rows, then names": lambda records: f"{_header_and_rows(records)}\n{NAMES}",
    "header and rows below a key": lambda records: f'{{"data":{_header_and_rows(records)}}}',
    "columns and rows": lambda records: f"{{{_columns_and_rows(records)}}}",
    "columns and rows, beside names": lambda r: f'{{"names":{NAMES},{_columns_and_rows(r)}}}',
    "columns and rows, deeper": lambda r: f'{{"a":{{"b":{{{_columns_and_rows(r)}}}}}}}',
    "columns": lambda records: f"{{{_columns(records)}}}",
    "columns below a key": lambda records: f'{{"data":{{{_columns(records)}}},"names":{NAMES}}}',
    "statements": lambda records: f"$D_={render_array(records)};$N_={NAMES};",
    "statements on lines": lambda r: f"$N_ = {NAMES};\n$D_ = {render_array(r)};\n",
    "statement of a map": lambda records: f"$D_={render_map(records)};",
    "statement of a table": lambda records: f"$D_={{{_columns_and_rows(records)}}};$N_={NAMES};",
    "variable": lambda records: f"var data = {render_array(records)};",
    "lines": _lines,
    "lines, ended": lambda records: _lines(records) + "\n",
    "lines, names first": lambda records: f"{NAMES}\n{_lines(records)}",
    "lines, names last": lambda records: f"{_lines(records)}\n{NAMES}\n",
    "lines, ended as in Windows": lambda records: _lines(records).replace("\n", "\r\n"),
}
"""Name of a form → how records are written in it."""

NAMED = [name for name in FORMS if "names" in name or "statements" in name] + [
    "columns below a key",
    "statement of a table",
]
"""Forms in which geo names stand beside the records."""


def _camel(name: str) -> str:
    return re.sub("_(.)", lambda found: found[1].upper(), name.removeprefix("sms_hub_"))


STYLES: dict[str, Callable[[str], str]] = {
    "documented": lambda name: name,
    "no prefix": lambda name: name.removeprefix("sms_hub_"),
    "capitals": str.upper,
    "no prefix, capitals": lambda name: name.removeprefix("sms_hub_").upper(),
    "camel case": _camel,
}
"""How the names of documented fields may be spelled."""
