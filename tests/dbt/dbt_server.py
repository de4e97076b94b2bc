"""dbt runs in children of one process that has parsed the project: three seconds less for each.

Reads a request a line, `{"arguments", "environment", "directory", "stdout", "stderr"}`, forks, and
answers each with a line: the child's exit code. What dbt parsed serves every lake, so long as its
connection is called the same: each run stands in a directory of its own with WAREHOUSE in it.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PROJECT = Path(__file__).parents[2] / "dbt_project"
OF_PROJECT = ("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT))
WAREHOUSE = "warehouse.duckdb"
PARSED = "partial_parse.msgpack"


def serve(parsed: str) -> None:
    """Answer requests until the input ends; what dbt parses goes to the directory `parsed`."""
    import dbt.adapters.duckdb
    import dbt.cli.main  # noqa: F401

    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # numpy would start a thread that children lack
    for used in ("pandas", "pyarrow.parquet", "sqlparse", "daff", "miatel_warehouse.dbt_plugin"):
        import_module(used)
    threads = _threads()
    # In a child first: parsing starts threads of Rust's, which every later child would lack. Then
    # here, where there is nothing left to parse, so that children find dbt's classes compiled.
    assert _exit_code_of(lambda: _parse(parsed)) == 0
    _parse(parsed)
    assert _threads() == threads, "a child would wait for ever for a thread of this process"
    # A child lives for seconds and shares this heap: looking through it for cycles again and again,
    # which also copies its pages, is a tenth of a run.
    gc.freeze()
    gc.disable()
    sys.stdout.write("parsed\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(f"{_exit_code_of(partial(_run, json.loads(line)))}\n")
        sys.stdout.flush()


def _threads() -> int:
    return len(list(Path("/proc/self/task").iterdir()))


def _exit_code_of(work: Callable[[], None]) -> int:
    """What a child ends with that does this."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _parse(target: str) -> None:
    """Parse the project, which opens no connection."""
    from dbt.cli.main import dbtRunner

    before = dict(os.environ)
    os.environ |= {"DBT_TARGET_PATH": target, "DBT_LOG_PATH": target, "DBT_QUIET": "true"}
    os.environ["MIATEL_WAREHOUSE"] = WAREHOUSE
    outcome = dbtRunner().invoke(["parse", *OF_PROJECT])
    assert outcome.success, outcome.exception
    os.environ.clear()
    os.environ.update(before)


def _run(request: dict[str, Any]) -> None:
    """Become one run of dbt, which ends the process."""
    from dbt.cli.main import cli

    os.chdir(request["directory"])
    os.environ.clear()
    os.environ.update(request["environment"])
    for number, stream in ((0, os.devnull), (1, request["stdout"]), (2, request["stderr"])):
        handle = os.open(stream, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT)
        os.dup2(handle, number)
    try:
        cli.main(args=request["arguments"], prog_name="dbt", standalone_mode=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as error:  # noqa: BLE001  as the interpreter would
        sys.excepthook(type(error), error, error.__traceback__)
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def run_dbt(
    arguments: list[str], directory: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """One run of dbt on the project, as its command line does it, called in `directory`."""
    target = Path(environment["DBT_TARGET_PATH"])
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    if not (target / PARSED).exists():
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(_parsed.name, PARSED), target)
    with TemporaryDirectory() as place:
        files = {name: str(Path(place, name)) for name in ("stdout", "stderr")}
        request = {
            "arguments": [*arguments, *OF_PROJECT],
            "environment": environment,
            "directory": str(directory),
            **files,
        }
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        said = {name: Path(path).read_text("utf-8") for name, path in files.items()}
    return subprocess.CompletedProcess(["dbt", *arguments], code, said["stdout"], said["stderr"])


_parsed = TemporaryDirectory()


@cache
def _server() -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [sys.executable, __file__, _parsed.name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    assert server.stdout.readline() == "parsed\n"
    return server


if __name__ == "__main__":
    serve(sys.argv[1])
