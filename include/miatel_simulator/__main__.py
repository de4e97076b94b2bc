"""``python -m miatel_simulator``."""

import sys

from miatel_simulator.cli import main

sys.exit(main())
