"""Asks dbt's test server for a run: a module of the tests, and, as a script, dbt's command.

The script stands beside the server's socket, and so imports nothing but the standard library.
"""

import json
import os
import socket
import sys
from pathlib import Path

SOCKET = "socket"
STREAMS = 3


def ask(server: str, request: dict, streams: list[int]) -> int:
    """Exit code of one run of dbt.

    Args:
        server: the server's socket.
        request: `arguments`, `environment`, `directory` and `umask` of the run.
        streams: its standard input, output and error.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
        asked.connect(server)
        socket.send_fds(asked, [b"\0"], streams)
        asked.sendall(json.dumps(request).encode())
        asked.shutdown(socket.SHUT_WR)
        return int(asked.recv(16))


def receive(asked: socket.socket) -> tuple[dict, list[int]]:
    """What `ask` sent: the request and the streams."""
    _, streams, _, _ = socket.recv_fds(asked, 1, STREAMS)
    with asked.makefile("rb") as sent:
        return json.loads(sent.read()), streams


if __name__ == "__main__":
    mask = os.umask(0o077)
    code = ask(
        str(Path(sys.argv[0]).with_name(SOCKET)),
        {
            "arguments": sys.argv[1:],
            "environment": dict(os.environ),
            "directory": str(Path.cwd()),
            "umask": mask,
        },
        [0, 1, 2],
    )
    sys.exit(code)
