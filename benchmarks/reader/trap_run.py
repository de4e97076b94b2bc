"""One approach over every trap: what it wrote, or why it refused, as a line of JSON."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.reader.approaches import MAKERS


def main() -> None:
    """Run the approach that the command line names; each trap has a directory of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("approach", choices=MAKERS)
    parser.add_argument("traps", type=Path, help="directory of the bodies, <trap>.json")
    parser.add_argument("out", type=Path, help="existing empty directory")
    options = parser.parse_args()

    run = MAKERS[options.approach]()
    refusals: dict[str, str] = {}
    for file in sorted(options.traps.glob("*.json")):
        out = options.out / file.stem
        out.mkdir()
        try:
            run(file.read_bytes(), file, out)
        except Exception as error:  # noqa: BLE001  any refusal is a result, told by its name
            refusals[file.stem] = type(error).__name__
    print(json.dumps(refusals))


if __name__ == "__main__":
    main()
