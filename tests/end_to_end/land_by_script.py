"""What a person may write with the library alone: land ten days, again and again.

Arguments: the API's address, the lake, how often. The key comes from standard input.
"""

import sys
from datetime import UTC, datetime

from miatel import Extraction, MiatelClient, open_lake, parse_time


def clock():
    return datetime.now(UTC)


def main():
    address, lake, times = sys.argv[1:]
    client = MiatelClient(address, sys.stdin.read(), clock=clock)
    extraction = Extraction(client, open_lake(lake), run_id="script", clock=clock)
    for _ in range(int(times)):
        extraction.land_range(parse_time("2026-01-01"), parse_time("2026-01-11"), reload=True)


if __name__ == "__main__":
    main()
