"""Pools that are missing are made when the scheduler starts: else tasks stay scheduled for ever."""

import json
import subprocess
import sys

import pytest
from project import simulated_environment

SCRIPT = """
import json, logging
from airflow.cli.cli_parser import get_parser
from airflow.jobs.job import Job
from airflow.models.pool import Pool
from airflow.utils.session import create_session

def airflow(*arguments):
    parsed = get_parser().parse_args(arguments)
    parsed.func(parsed)

def pools():
    with create_session() as session:
        return {p.pool: [p.slots, p.include_deferred] for p in Pool.get_pools(session=session)}

seen = []
Job()  # before there is any table: reported, and no reason not to start
airflow("db", "migrate")
seen.append(pools())
Job()  # what a scheduler makes first
seen.append(pools())
airflow("pools", "set", "miatel_api", "3", "by hand")
airflow("pools", "delete", "warehouse")
Job()
seen.append(pools())
print("POOLS", json.dumps(seen))
"""


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    home = tmp_path_factory.mktemp("pools")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=simulated_environment(home / "home", home / "data"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def seen(done):
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("POOLS ")]
    return json.loads(line.removeprefix("POOLS "))


def test_a_new_database_has_none_of_them(seen):
    assert set(seen[0]) == {"default_pool"}


def test_what_is_missing_is_made_with_one_slot_that_deferred_tasks_keep(seen):
    wanted = ("miatel_api", "warehouse")
    assert {name: seen[1][name] for name in wanted} == {name: [1, True] for name in wanted}


def test_a_pool_that_is_there_stays_as_it_is_and_is_reported(seen, done):
    assert seen[2]["miatel_api"] == [3, False]
    assert seen[2]["warehouse"] == [1, True]
    output = done.stdout + done.stderr
    assert "the pool miatel_api has 3 slots (deferred not included); it should have 1" in output
    assert "the pool warehouse was missing: made with 1 slot" in output


def test_a_database_that_cannot_be_looked_at_is_reported_with_what_to_do(done):
    output = done.stdout + done.stderr
    assert "If tasks stay scheduled: airflow pools set" in output
