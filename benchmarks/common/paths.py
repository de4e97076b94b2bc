"""Where the benchmarks find and leave things."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "data" / "benchmarks"
"""Figures of the last run of each part, one JSON file each; not part of the repository."""

DOCUMENT = ROOT / "docs" / "benchmarks.md"
IMAGES = ROOT / "docs" / "images"
PEERS_VENV = ROOT / ".venv-bench"
PEERS_PYTHON = PEERS_VENV / "bin" / "python"
