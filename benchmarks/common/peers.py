"""The venv of the reader's peers: pinned, and apart from the project's own."""

from __future__ import annotations

import subprocess

from benchmarks.common.paths import PEERS_PYTHON, PEERS_VENV, ROOT

_REQUIREMENTS = ROOT / "benchmarks" / "requirements.txt"
_NO_NEWER_THAN = "2026-11-24"  # what the peers need resolves the same on every day
_STAMP = PEERS_VENV / ".installed"


def ensure_peers() -> None:
    """Make `.venv-bench` from its requirements, unless it is there already.

    Raises:
        subprocess.CalledProcessError: uv could not install; its own message is on the console.
    """
    wanted = f"{_NO_NEWER_THAN}\n{_REQUIREMENTS.read_text()}"
    if _STAMP.exists() and _STAMP.read_text() == wanted:
        return
    print(f"installing the peers into {PEERS_VENV.name}", flush=True)
    uv = ROOT / ".venv" / "bin" / "uv"
    python = ROOT / ".venv" / "bin" / "python"
    subprocess.run(
        [uv, "venv", "--quiet", "--clear", "--python", python, PEERS_VENV], cwd=ROOT, check=True
    )
    install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", PEERS_PYTHON]
    pinned = ["--exclude-newer", _NO_NEWER_THAN, "-r", _REQUIREMENTS]
    subprocess.run([*install, *pinned], cwd=ROOT, check=True)
    _STAMP.write_text(wanted)
