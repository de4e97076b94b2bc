"""The peers' venv: pinned, hashed, and apart from the project's own."""

from __future__ import annotations

import subprocess

from benchmarks.common.paths import PEERS_PYTHON, PEERS_VENV, ROOT

_LOCK = ROOT / "benchmarks" / "requirements.txt"
_STAMP = PEERS_VENV / ".installed"


def ensure_peers() -> None:
    """Make `.venv-bench` from its lock, unless it is there already.

    Raises:
        subprocess.CalledProcessError: uv could not install; its own message is on the console.
    """
    lock = _LOCK.read_text()
    if _STAMP.exists() and _STAMP.read_text() == lock:
        return
    print(f"installing the peers into {PEERS_VENV.name}", flush=True)
    uv = ROOT / ".venv" / "bin" / "uv"
    python = ROOT / ".venv" / "bin" / "python"
    subprocess.run(
        [uv, "venv", "--quiet", "--clear", "--python", python, PEERS_VENV], cwd=ROOT, check=True
    )
    install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", PEERS_PYTHON]
    subprocess.run([*install, "--require-hashes", "-r", _LOCK], cwd=ROOT, check=True)
    _STAMP.write_text(lock)
