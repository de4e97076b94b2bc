"""A platform whose answers are shuffled and hold some records twice, once as they were before."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from miatel_simulator import Simulator
from tests.support.answering import answering


@contextmanager
def repeating(simulator: Simulator, share: float) -> Iterator[tuple[str, list[int]]]:
    """Pass a simulator's answers on with some records repeated.

    Args:
        simulator: behind a server of its own; its answers are bare arrays without geo names.
        share: of the records, 0 to 1, that come once more without their receipt.

    Yields:
        The base URL to ask, and how many records each answer repeated.
    """
    chance = random.Random(1)
    repeated: list[int] = []

    def answer(path: str) -> tuple[int, bytes]:
        asked = path.replace("&get_names=1", "")
        answer = requests.get(simulator.url + asked, timeout=60)
        if answer.status_code != 200:
            return answer.status_code, answer.content
        records: list[dict[str, Any]] = answer.json()
        before = [
            record | {"dlr_code": None, "dlr_time": None}
            for record in records
            if chance.random() < share
        ]
        repeated.append(len(before))
        both = [*records, *before]
        chance.shuffle(both)
        return 200, json.dumps(both).encode()

    with answering(answer) as (url, _):
        yield url, repeated
