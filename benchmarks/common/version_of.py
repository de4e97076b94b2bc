"""The installed version of a package, as a line of JSON."""

import json
import sys
from importlib.metadata import version

if __name__ == "__main__":
    print(json.dumps({"version": version(sys.argv[1])}))
