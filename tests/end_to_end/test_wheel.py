"""The wheel, in an empty folder: five lines of a DAG file land, build and publish."""

import json
import subprocess
from datetime import UTC, datetime

import duckdb
import pyarrow.dataset as ds
import pytest
from installed_wheel import build_wheel, install, share_compiled

from miatel_simulator import SimulatorConfig, serve

KEY = "key-of-an-account"
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC)

DAG_FILE = '''\
"""The messages of our account."""

from miatel_provider.airflow_dags import make_dags

make_dags(home="{home}", retries=0, warehouse_retries=0)
'''

# Airflow's commands one after the other, in one process: importing it takes longer than they do.
COMMANDS = """
import json, sys
from airflow.configuration import write_default_airflow_configuration_if_needed
write_default_airflow_configuration_if_needed()
from airflow.cli.cli_parser import get_parser
for arguments in json.loads(sys.argv[1]):
    parsed = get_parser().parse_args(arguments)
    parsed.func(parsed)
"""


@pytest.fixture(scope="module")
def platform():
    config = SimulatorConfig(
        start=START,
        now=datetime(2026, 1, 9, tzinfo=UTC),
        messages_per_day=300,
        ip_auth_key=KEY,
        date="host",
    )
    with serve(config) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def environments(tmp_path_factory):
    """Airflow's and dbt's."""
    directory = tmp_path_factory.mktemp("wheel")
    wheel = build_wheel(directory)
    made = [install(wheel, extra, directory / extra) for extra in ("airflow", "warehouse")]
    for environment in made:
        environment.make_read_only()
    return made


@pytest.fixture(scope="module")
def folder(environments, platform, tmp_path_factory):
    """A folder that held nothing but a DAG file, after both DAGs have run."""
    airflow, dbt = environments
    folder = tmp_path_factory.mktemp("empty")
    (folder / "dags").mkdir()
    (folder / "dags/messages.py").write_text(DAG_FILE.format(home=folder / "miatel"))
    before = [environment.contents() for environment in environments]
    compiled = airflow.root.parent / "pycache"
    share_compiled(environments, compiled)
    connection = {"conn_type": "miatel", "host": platform.url, "password": KEY}
    period = json.dumps({"start": "2026-01-01", "end": "2026-01-03"})
    commands = [
        ["db", "migrate"],
        ["dags", "test", "miatel_history", "2026-01-03", "-c", period],
        ["dags", "test", "miatel_transform", "2026-01-03"],
    ]
    done = subprocess.run(
        [airflow.python, "-P", "-c", COMMANDS, json.dumps(commands)],
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder),
            "PYTHONPYCACHEPREFIX": str(compiled),
            "AIRFLOW_HOME": str(folder / "airflow"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(folder / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW_CONN_MIATEL_DEFAULT": json.dumps(connection),
            "MIATEL_RECIPIENT_KEY": "key-of-simulated-recipients",
            "MIATEL_DBT": str(dbt.root / "bin" / "dbt"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    after = [environment.contents() for environment in environments]
    assert after == before, "nothing is written where the package is installed"
    return folder


def test_airflow_and_dbt_need_not_share_an_environment(environments):
    airflow, dbt = environments
    assert (airflow.knows("airflow"), airflow.knows("dbt.cli")) == (True, False)
    assert (dbt.knows("airflow"), dbt.knows("dbt.cli")) == (False, True)
    assert airflow.knows("miatel_provider")
    assert dbt.knows("miatel_warehouse.dbt_plugin")


def test_every_message_is_landed_and_published(folder, platform):
    truth = sorted(platform.truth(START, END)["sms_hub_sms_id"].to_pylist())
    raw = ds.dataset(folder / "miatel/data/lake/raw/mdr", partitioning="hive")
    assert sorted(raw.to_table(columns=["sms_hub_sms_id"])[0].to_pylist()) == truth
    with duckdb.connect(str(folder / "miatel/data/bi.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from fct_mdr").fetchone() == (len(truth),)
    assert len(truth) > 100


def test_the_page_is_written(folder):
    assert "</html>" in (folder / "miatel/reports/delivery.html").read_text()


def test_all_that_is_written_lies_where_it_was_asked_for(folder):
    assert {path.name for path in folder.iterdir()} == {"dags", "airflow", "miatel"}
    written = folder / "miatel/data/warehouse.duckdb.dbt"
    assert (written / "target/manifest.json").is_file()
    assert (written / "target/partial_parse.msgpack").is_file()
    assert (written / "logs/dbt.log").is_file()
