"""The provider as Airflow finds it: through the installed entry point, not through plugins/."""

import sys
from dataclasses import fields
from importlib.metadata import entry_points

import pytest
from airflow import plugins_manager
from airflow.providers_manager import ProvidersManager

from miatel import AnswerForm
from miatel.api.http_settings import HTTP_SETTINGS


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


def test_the_form_shows_address_and_key_and_no_other_field_of_airflows(providers):
    form = dict(providers.field_behaviours)["miatel"]
    assert set(form["hidden_fields"]) == {"schema", "login", "port", "extra"}
    assert form["relabeling"] == {
        "host": "Statistics API address (with scheme and port)",
        "password": "Secret key (ip_auth_key)",
    }
    assert form["placeholders"]["host"] == "https://sms-hub2.miatel.ru"


SETTINGS = {
    "field_names": "object",
    "records_at": "string",
    "no_traffic": "array",
    "not_counts": "array",
    "proxy": "string",
    "ca_bundle": "string",
    "allow_plain_http": "boolean",
}


def test_the_form_shows_each_setting_of_the_extra_with_what_it_means(providers):
    widgets = {
        name.removeprefix("extra__miatel__"): widget
        for name, widget in providers.connection_form_widgets.items()
        if name.startswith("extra__miatel__")
    }
    assert set(widgets) == set(SETTINGS)
    for name, kind in SETTINGS.items():
        assert widgets[name].field_name == name, "stored in the extra under its plain name"
        assert widgets[name].field["schema"]["type"] == [kind, "null"]
        assert widgets[name].field["schema"]["title"]
        assert len(widgets[name].field["description"]) > 40
    assert [name for name, widget in widgets.items() if widget.is_sensitive] == ["proxy"]


def test_the_hook_reads_the_settings_that_the_form_shows(providers):
    answer_form = {field.name for field in fields(AnswerForm)}
    assert answer_form | HTTP_SETTINGS == set(SETTINGS)


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
