"""The provider as Airflow finds it: through the installed entry point, not through plugins/."""

import sys
from importlib.metadata import entry_points

import pytest
from airflow import plugins_manager
from airflow.providers_manager import ProvidersManager


@pytest.fixture(scope="module")
def providers():
    return ProvidersManager()


def test_the_entry_point_names_the_installed_package():
    (entry,) = (e for e in entry_points(group="apache_airflow_provider") if "miatel" in e.value)
    assert entry.load()()["package-name"] == entry.dist.name


def test_airflow_knows_the_connection_type(providers):
    hook = dict(providers.hooks)["miatel"]
    assert hook.hook_name == "Miatel"
    assert hook.hook_class_name == "miatel_provider.hooks.MiatelHook"
    assert hook.connection_testable


def test_the_form_shows_address_and_key_alone(providers):
    form = dict(providers.field_behaviours)["miatel"]
    assert set(form["hidden_fields"]) == {"schema", "login", "port", "extra"}
    assert form["relabeling"] == {
        "host": "Statistics API address (with scheme and port)",
        "password": "Secret key (ip_auth_key)",
    }
    assert form["placeholders"]["host"] == "https://sms-hub2.miatel.ru"


def test_plugins_folder_loads_nothing_of_the_provider():
    plugins, errors = plugins_manager._get_plugins()
    assert errors == {}
    # The provider's own plugin comes through its entry point.
    assert [
        (p.name, "airflow.plugins" in str(p.source)) for p in plugins if p.name == "miatel"
    ] == [("miatel", True)]
    assert [p.name for p in plugins if "/miatel_provider/" in str(p.source)] == []
    # Airflow would import each file of the package a second time, under its bare name.
    assert "get_provider_info" not in sys.modules
