"""Run the demo, over twenty days instead of a hundred and twenty, and look at what it leaves."""

import hashlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass

import duckdb
import psutil
from project import PROJECT

END = "2026-01-21"
SCRIPT = PROJECT / "scripts" / "demo.py"


@dataclass(frozen=True)
class StoppedDemo:
    """What a demo that was stopped had started, and what it said."""

    returncode: int
    tree: list[psutil.Process]
    output: str


def listen_to_ctrl_c():
    """As a program does that a person starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start_demo(directory):
    """Start it among settings of a user's own, which must not matter: they lead nowhere."""
    strange = {
        "HOME": str(directory),
        "MIATEL_LAKE": "/nowhere",
        "AIRFLOW_HOME": "/nowhere",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "sqlite:////nowhere",
        "AIRFLOW_CONN_MIATEL_DEFAULT": "miatel://nowhere",
    }
    return subprocess.Popen(
        [sys.executable, "-u", SCRIPT, "--directory", directory, "--end", END],
        env={**os.environ, **strange},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A shell that runs the tests in the background has them ignore Ctrl-C, and so would this.
        preexec_fn=listen_to_ctrl_c,  # noqa: PLW1509  no other thread runs here
    )


def run_demo(directory):
    """Run it to its end; gives its output."""
    process = start_demo(directory)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    return output


def stop_demo_while_it_lands(directory, number):
    """Send it the signal after the first line of the extraction itself."""
    process = start_demo(directory)
    output = []
    for line in process.stdout:
        output.append(line)
        if "DAG miatel_history" in output[-2:][0]:
            break
    tree = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    output.append(process.communicate(timeout=60)[0])
    return StoppedDemo(process.returncode, tree, "".join(output))


def fingerprints(directory):
    """The bytes of the raw files, and the values of the published tables but the time of build."""
    lake = directory / "data/lake"
    raw = {
        str(path.relative_to(lake)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (lake / "raw").rglob("*.parquet")
    }
    query = """
        select count(*), sum(hash(mart)::hugeint)
        from (
            select columns(c -> c not in ('built_at', 'build_id')) from read_parquet('{}')
        ) as mart
    """
    marts = {
        str(path.relative_to(lake)): duckdb.sql(query.format(path)).fetchone()
        for path in (lake / "marts").rglob("*.parquet")
        if "_versions" not in path.parts
    }
    return raw, marts
