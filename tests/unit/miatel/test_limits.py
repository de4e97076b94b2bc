"""The vendor's code tables, as the warehouse's seeds hold them, and the library agree."""

from __future__ import annotations

import csv
from pathlib import Path

from miatel.limits import DOCUMENTED_FAILURE_CODES, FINAL_DLR_CODES

SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"


def column(seed: str, name: str) -> list[str]:
    with (SEEDS / f"{seed}.csv").open(newline="", encoding="utf-8") as file:
        return [row[name] for row in csv.DictReader(file)]


def test_every_documented_response_code_but_success_means_never_sent() -> None:
    codes = {int(code) for code in column("response_codes", "code")}
    assert len(codes) == 119
    assert codes - {0} == DOCUMENTED_FAILURE_CODES


def test_every_documented_state_but_enroute_and_accepted_is_final() -> None:
    codes = {int(code) for code in column("delivery_statuses", "dlr_code")}
    assert codes == set(range(1, 9))
    assert codes - {1, 6} == set(FINAL_DLR_CODES)
