"""Airflow's API server alone, under a path as behind a proxy, with the page's plugin in it."""

import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass

import requests
from processes import Processes
from project import BIN, PROJECT, simulated_environment
from server import HOST, free_port

PATH = "/team/airflow"
USERS = {"admin": "admin", "viewer": "viewer", "nobody": ""}
"""The role of each user; one without any may log in and see nothing."""


@dataclass(frozen=True)
class PageServer:
    """A running API server.

    Attributes:
        address: scheme, host, port and path.
        log: where its output goes.
    """

    address: str
    log: object
    home: object

    @property
    def page(self):
        """The page itself, not framed."""
        return f"{self.address}/delivery-dashboard/"

    @property
    def framed(self):
        """The page in Airflow's navigation."""
        return f"{self.address}/plugin/sms"

    def password(self, user):
        """What Airflow made up for the user at its start."""
        return requests.compat.json.loads((self.home / "passwords.json").read_text())[user]

    def session(self, user=None):
        """A session as a program has it: logged in by its token."""
        session = requests.Session()
        session.trust_env = False
        if user:
            login = {"username": user, "password": self.password(user)}
            token = session.post(f"{self.address}/auth/token", json=login, timeout=60).json()
            session.headers["Authorization"] = f"Bearer {token['access_token']}"
        return session


@contextmanager
def page_server(home, lake):
    """Run it on the published marts of a lake."""
    home.mkdir()
    port = free_port()
    address = f"http://{HOST}:{port}{PATH}"
    log = home / "api-server.log"
    environment = {
        **simulated_environment(home, lake.parent),
        "MIATEL_LAKE": str(lake),
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple"
        ".simple_auth_manager.SimpleAuthManager",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(home / "passwords.json"),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(
            f"{user}:{role}" for user, role in USERS.items()
        ),
    }
    subprocess.run(
        [BIN / "airflow", "db", "migrate"],
        env=environment, cwd=PROJECT, check=True, capture_output=True,
    )  # fmt: skip
    with Processes() as processes, log.open("w") as output:
        process = processes.start(
            [BIN / "airflow", "api-server", "--workers", "1"],
            environment=environment, directory=PROJECT, output=output,
        )  # fmt: skip
        server = PageServer(address, log, home)
        deadline = time.monotonic() + 120
        while not _answers(address):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.5)
        yield server


def _answers(address):
    try:
        with requests.Session() as session:
            session.trust_env = False
            return session.get(f"{address}/api/v2/version", timeout=5).ok
    except requests.RequestException:
        return False
