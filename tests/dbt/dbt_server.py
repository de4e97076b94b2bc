"""dbt runs in children of one process that has parsed the project: three seconds less for each.

It listens at a socket, forks for each request of `dbt_client`, and answers with the child's exit
code; it ends when its input does. What dbt parsed serves every lake, so long as its connection is
called the same: each run stands in a directory of its own with WAREHOUSE in it.
"""

from __future__ import annotations

import gc
import marshal
import os
import select
import shutil
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from types import CodeType
from typing import Any

from . import dbt_client
from .dbt_client import SOCKET, ask, receive

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "dbt_project"
OF_PROJECT = ("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT))
WAREHOUSE = "warehouse.duckdb"
PARSED = "partial_parse.msgpack"
WITH_ARTIFACTS = {"DBT_LOG_LEVEL_FILE": "info", "DBT_WRITE_JSON": "true"}
"""For tests that read what dbt writes about a run; this is a fifth of its time."""
WITHOUT_ARTIFACTS = {"DBT_LOG_LEVEL_FILE": "none", "DBT_WRITE_JSON": "false"}
HANDED_ON = ("PATH", "HOME", "TMP", "LANG", "LC_", "TZ", "PYTHON", "AWS_", "DBT_", "MIATEL_")
"""How variables begin that a run gets: dbt looks through all of them for each line that it logs."""
_TEMPLATES = "templates"


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
    templates = _CompiledTemplates(Path(parsed, _TEMPLATES))
    # A child lives for seconds and shares this heap: looking through it for cycles again and again,
    # which also copies its pages, is a tenth of a run.
    gc.freeze()
    gc.disable()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(Path(parsed, SOCKET)))
        listener.listen()
        sys.stdout.write("parsed\n")
        sys.stdout.flush()
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            with connection:
                request, streams = receive(connection)
                run = partial(_run, request, streams, parsed, templates)
                connection.sendall(str(_exit_code_of(run)).encode())
            for stream in streams:
                os.close(stream)
            templates.remember()


class _CompiledTemplates:
    """Jinja templates as Python code, for all children what one of them compiled: half a second."""

    def __init__(self, left: Path) -> None:
        """Have every environment of Jinja's look here first; children leave theirs in a file."""
        from jinja2 import Environment

        self._left = left
        self._known: dict[tuple[str, str], CodeType] = {}
        self._new: dict[tuple[str, str], CodeType] = {}
        compile_anew = Environment.compile

        def compiled(environment: Environment, source: Any, *rest: Any, **options: Any) -> Any:
            if rest or options or not isinstance(source, str):
                return compile_anew(environment, source, *rest, **options)
            key = type(environment).__name__, source
            if key not in self._known:
                self._known[key] = self._new[key] = compile_anew(environment, source)
            return self._known[key]

        Environment.compile = compiled  # type: ignore[method-assign]

    def leave(self) -> None:
        """In a child: what it compiled, for those after it."""
        if self._new:
            self._left.write_bytes(marshal.dumps(self._new))

    def remember(self) -> None:
        """What the last child left, if it came to its end."""
        if self._left.exists():
            self._known |= marshal.loads(self._left.read_bytes())
            self._left.unlink()


def _word_no_debug_events() -> None:
    """Have dbt word only events that someone sees when it writes no log: a tenth of a run."""
    from dbt_common.events.base_types import EventLevel
    from dbt_common.events.event_manager import EventManager

    fire = EventManager.fire_event

    def fire_seen(
        manager: EventManager, e: Any, level: Any = None, *rest: Any, **more: Any
    ) -> None:
        if (level or e.level_tag()) != EventLevel.DEBUG:
            fire(manager, e, level, *rest, **more)

    EventManager.fire_event = fire_seen  # type: ignore[method-assign]


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
        except BaseException:  # noqa: BLE001  the exit code says it
            traceback.print_exc()
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


def _run(
    request: dict[str, Any], streams: list[int], parsed: str, templates: _CompiledTemplates
) -> None:
    """Become one run of dbt, which ends the process."""
    from dbt.cli.main import cli

    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.umask(request["umask"])
    environment = request["environment"]
    os.environ.clear()
    os.environ.update({n: v for n, v in environment.items() if n.startswith(HANDED_ON)})
    os.chdir(request["directory"])
    warehouse = Path(environment["MIATEL_WAREHOUSE"])
    if warehouse.name == WAREHOUSE:
        os.chdir(warehouse.parent)
        os.environ["MIATEL_WAREHOUSE"] = WAREHOUSE
    if environment.get("DBT_LOG_LEVEL_FILE") == "none":
        _word_no_debug_events()
    target = Path(_option("--target-path", request["arguments"]) or environment["DBT_TARGET_PATH"])
    if not (target / PARSED).exists():
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(parsed, PARSED), target)
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
    templates.leave()
    os._exit(code)


def _option(name: str, arguments: list[str]) -> str | None:
    return arguments[arguments.index(name) + 1] if name in arguments else None


def run_dbt(
    arguments: list[str], directory: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """One run of dbt on the project, as its command line does it, called in `directory`."""
    mask = os.umask(0)
    os.umask(mask)
    request = {
        "arguments": [*arguments, *OF_PROJECT],
        "environment": environment,
        "directory": str(directory),
        "umask": mask,
    }
    with (
        Path(os.devnull).open() as none,
        TemporaryFile("w+") as stdout,
        TemporaryFile("w+") as stderr,
    ):
        streams = [file.fileno() for file in (none, stdout, stderr)]
        code = ask(str(_served() / SOCKET), request, streams)
        said = []
        for file in (stdout, stderr):
            file.seek(0)
            said.append(file.read())
    return subprocess.CompletedProcess(["dbt", *arguments], code, *said)


def dbt_command() -> dict[str, str]:
    """The setting by which the project's own commands run dbt in a child of the server."""
    return {"MIATEL_DBT": str(_served() / "dbt")}


def parsed_manifest() -> Path:
    """All that dbt knows of the project, as a file."""
    return _served() / "manifest.json"


_parsed = TemporaryDirectory()


def _served() -> Path:
    """The directory of the server, which runs as long as this process."""
    _server()
    return Path(_parsed.name)


@cache
def _server() -> subprocess.Popen[bytes]:
    command = Path(_parsed.name, "dbt")
    command.write_text(f"#!{sys.executable} -IS\n{Path(dbt_client.__file__).read_text()}")
    command.chmod(0o755)
    server = subprocess.Popen(
        [sys.executable, "-m", __name__, _parsed.name],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    assert server.stdout.readline() == b"parsed\n"
    return server


if __name__ == "__main__":
    serve(sys.argv[1])
