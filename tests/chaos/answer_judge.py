"""Whether a case was landed in full or refused for a documented reason, and nothing leaked."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote, quote_plus

import pyarrow.dataset as ds

import miatel.errors

from . import reference
from .answer_cases import Case
from .answer_trials import Trial
from .lake_check import look_at_coverage
from .records import KEY

_DOCUMENTED = frozenset(re.findall(r"\w+Error", miatel.errors.__doc__))
_NO_ANSWER = ("no connection", "no answer in time", "InvalidHeader")
"""What an error says when nothing came that could be kept."""
_GROUPS = {"MiatelError", "RetriableError", "FatalError"}


def judge(case: Case, trial: Trial, lake: Path) -> str:
    """`landed`, or the class of the refusal; anything else fails."""
    quarantined = [path.read_text() for path in sorted(lake.glob("refused/*.json"))]
    raised = trial.raised
    for text in (trial.log, *quarantined, *([raised.text, raised.trace] if raised else [])):
        assert_tells_nothing(case, text)
    if raised is None:
        assert quarantined == [], f"{case}: landed, and quarantined"
        _assert_landed_in_full(case, lake)
        return "landed"
    assert "MiatelError" in raised.classes, f"{case}: {raised.trace}"
    assert raised.name in _DOCUMENTED - _GROUPS, f"{case}: {raised.name} is not documented"
    assert not list(lake.glob("raw/**/*.parquet")), f"{case}: refused, but landed something"
    assert not case.must_land, f"{case}: refused without need: {raised.text}"
    if not any(said in raised.text for said in _NO_ANSWER):
        assert [json.loads(kept)["error"] for kept in quarantined] == [raised.name], str(case)
    return raised.name


def assert_tells_nothing(case: Case, text: str) -> None:
    """Neither the key nor a number nor a message's text stands in what people may read."""
    for form in (KEY, quote(KEY), quote_plus(KEY), quote(KEY, safe="")):
        assert form not in text, f"{case}: the key stands in {text}"
    digits = re.sub(r"\D", "", text)
    for canary in case.canaries:
        found = canary in (digits if canary.isdigit() else text)
        assert not found, f"{case}: {canary} stands in {text}"


def _assert_landed_in_full(case: Case, lake: Path) -> None:
    bounds = (f"{case.start:%Y-%m-%dT%H:%M:%SZ}", f"{case.end:%Y-%m-%dT%H:%M:%SZ}")
    assert look_at_coverage(lake) == [bounds], f"{case}: covers something else"
    rows = ds.dataset(lake / "raw/mdr", format="parquet", exclude_invalid_files=False)
    reference.assert_whole(case, rows.to_table().to_pylist())
