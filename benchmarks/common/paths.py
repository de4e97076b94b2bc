"""Where the benchmarks find and leave things."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "benchmarks.md"
IMAGES = ROOT / "docs" / "images" / "benchmarks"
PEERS_VENV = ROOT / ".venv-bench"
PEERS_PYTHON = PEERS_VENV / "bin" / "python"
