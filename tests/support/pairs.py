"""Few cases in which every two values of every two options meet."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import combinations, product

_TRIED = 60


def pairwise(options: Mapping[str, Sequence[str]], seed: int = 1) -> list[dict[str, str]]:
    """Choices of one value of each option, such that each pair of values stands in one of them.

    Args:
        options: option → its values.
        seed: decides which of the many selections it is.
    """
    chance = random.Random(seed)
    missing = {
        ((one, a), (other, b))
        for one, other in combinations(options, 2)
        for a, b in product(options[one], options[other])
    }
    cases = []
    while missing:
        wanted = dict(min(missing))
        tried = [
            {name: wanted.get(name) or chance.choice(values) for name, values in options.items()}
            for _ in range(_TRIED)
        ]
        best = max(tried, key=lambda case: len(missing & set(combinations(case.items(), 2))))
        missing -= set(combinations(best.items(), 2))
        cases.append(best)
    return cases
