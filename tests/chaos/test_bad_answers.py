"""Whatever the vendor sends is landed in full or refused with its reason, and nothing leaks."""

import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.children import run

from .answer_cases import make_case
from .answer_judge import judge
from .answer_trials import try_cases
from .case_server import serve_cases

CASES = 1_000
CASES_IN_FULL = 10_000
BATCH = 150

pytestmark = pytest.mark.timeout(7200)


def try_and_judge(url, seed, numbers, directory):
    """Land a batch of cases in a child that may die; what became of each, and what is wrong."""
    directory.mkdir()
    outcome = run(try_cases, url, seed, numbers, directory)
    if outcome.killed_by is not None:
        at = int((directory / "at").read_text())
        return Counter(), [f"{make_case(seed, at)}: signal {outcome.killed_by} killed the process"]
    verdicts, wrong = Counter(), []
    for trial in outcome.result():
        case = make_case(seed, trial.number)
        try:
            verdicts[judge(case, trial, directory / str(trial.number))] += 1
        except AssertionError as error:
            wrong.append(str(error))
    shutil.rmtree(directory)
    return verdicts, wrong


def test_every_answer_is_landed_in_full_or_refused(is_full, seed, tmp_path, note, progress):
    cases = CASES_IN_FULL if is_full else CASES
    batches = [range(at, min(at + BATCH, cases)) for at in range(0, cases, BATCH)]
    verdicts, wrong = Counter(), []
    with serve_cases(seed) as url, ThreadPoolExecutor(2) as pool:
        tried = pool.map(
            lambda batch: try_and_judge(url, seed, batch, tmp_path / str(batch.start)), batches
        )
        for counts, flaws in tried:
            verdicts += counts
            wrong += flaws
            progress(verdicts.total(), cases, "answers judged")
    note(f"bad answers: {verdicts.total()} bodies tried, {verdicts['landed']} landed in full")
    for name, count in sorted(verdicts.items()):
        if name != "landed":
            note(f"  {count:6d} refused: {name}")
    assert not wrong, f"{len(wrong)} of {cases} cases\n" + "\n".join(wrong[:20])
    assert verdicts.total() == cases
