"""What a person may write with the library alone: land ten days, until others have landed theirs.

Arguments: the API's address, the lake, the others' files. The key comes from standard input.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from miatel import Extraction, MiatelClient, open_lake, parse_time

MOST_TIMES = 500


def clock():
    return datetime.now(UTC)


def main():
    address, lake, *others = sys.argv[1:]
    client = MiatelClient(address, sys.stdin.read(), clock=clock)
    extraction = Extraction(client, open_lake(lake), run_id="script", clock=clock)
    for _ in range(MOST_TIMES):
        others_are_done = all(map(Path.exists, map(Path, others)))
        extraction.land_range(parse_time("2026-01-01"), parse_time("2026-01-11"), reload=True)
        if others_are_done:  # and this was one more request, so they were at work in between
            return
    sys.exit("the others landed nothing")


if __name__ == "__main__":
    main()
