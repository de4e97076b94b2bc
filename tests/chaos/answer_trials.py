"""Land one case after the other, in a child: whatever happens, it is reported."""

from __future__ import annotations

import io
import logging
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import miatel.parsing.fast.by_pieces
from miatel import Extraction, MiatelClient, RetryPolicy, add_origin, open_lake
from miatel.lake.origin import ORIGINS_FILE
from tests.support.children import Raised

from .answer_cases import make_case
from .records import KEY

_NOW = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Trial:
    """What became of a case: landed when nothing was raised; `log` is all that was logged."""

    number: int
    raised: Raised | None
    log: str


def try_cases(url: str, seed: int, numbers: range, directory: Path) -> list[Trial]:
    """Land each case into a lake of its own below the directory.

    The number under way stands in the file `at`, should the process die.
    """
    log = io.StringIO()
    logging.basicConfig(stream=log, level=logging.DEBUG, force=True)
    client = MiatelClient(
        url, KEY, clock=lambda: _NOW, retry=RetryPolicy(attempts=1), lock_dir=directory / "locks"
    )
    # One list of origins for all lakes: the fingerprint of a key is slow to compute.
    add_origin(open_lake(directory / "first"), client.account, _NOW)
    trials = []
    for number in numbers:
        (directory / "at").write_text(str(number))
        raised = _try(client, seed, number, directory / str(number))
        trials.append(Trial(number, raised, log.getvalue()))
        log.seek(0)
        log.truncate()
    return trials


def _try(client: MiatelClient, seed: int, number: int, lake: Path) -> Raised | None:
    case = make_case(seed, number)
    miatel.parsing.fast.by_pieces.PIECE_BYTES = case.piece_bytes
    lake.mkdir()
    shutil.copy(lake.with_name("first") / ORIGINS_FILE, lake)
    extraction = Extraction(client, open_lake(lake), run_id="chaos", clock=lambda: _NOW)
    try:
        extraction.land_range(case.start, case.end)
    except Exception as error:  # noqa: BLE001  which kind is what the trial is about
        return Raised.of(error)
    return None
