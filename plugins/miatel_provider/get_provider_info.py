"""What Airflow reads, through the entry point `apache_airflow_provider`, to know this provider."""

from __future__ import annotations

from typing import Any

from miatel.limits import DEFAULT_BASE_URL

# Stored in the connection's extra under these names; the hook refuses what it can't use.
_CONNECTION_FIELDS: dict[str, Any] = {
    "field_names": {
        "label": "Field names",
        "description": "Where the answer names a field in its own way: its name, and the "
        'documented one that it stands for. Example: {"time": "sms_hub_sms_time"}. '
        "Empty: names are found.",
        "schema": {"type": ["object", "null"]},
    },
    "records_at": {
        "label": "Records at",
        "description": "JSON Pointer to the records in the answer, where several places could be "
        "meant. Example: /result/sms. Empty: they are found.",
        "schema": {"type": ["string", "null"]},
    },
    "no_traffic": {
        "label": 'Confirmed forms of "no traffic"',
        "description": "A list of complete answers that Miatel has confirmed to mean that there "
        'were no messages, beside an empty array. Example: [{"data": false, "names": []}].',
        "schema": {"type": ["array", "null"]},
    },
    "not_counts": {
        "label": "Fields that are no counts",
        "description": "A list of names in the answer that look like a count of its records and "
        'are none, such as sums of money or of parts. Example: ["total_cost"].',
        "schema": {"type": ["array", "null"], "items": {"type": "string"}},
    },
    "proxy": {
        "label": "Proxy",
        "description": "HTTP proxy to go through, with user and password if need be. Example: "
        "http://proxy.example:3128. Variables of the environment are not looked at.",
        "schema": {"type": ["string", "null"], "format": "password"},
    },
    "ca_bundle": {
        "label": "Certificate authorities",
        "description": "Absolute path of a file or directory with the certificates to trust, "
        "instead of the usual public ones. Variables of the environment are not looked at.",
        "schema": {"type": ["string", "null"]},
    },
    "allow_plain_http": {
        "label": "Allow plain http",
        "description": "Send the secret key unencrypted to an http:// address that is not this "
        "host. Everyone on the way can read it.",
        "schema": {"type": ["boolean", "null"], "default": False},
    },
}


def get_provider_info() -> dict[str, Any]:
    """The provider's description, in the form of Airflow's `provider.yaml`.

    The form of the connection is declared here, not in the hook: Airflow then draws it without
    importing the hook.
    """
    return {
        "package-name": "miatel-airflow",
        "name": "Miatel",
        "description": "Message detail records of the Miatel platform.",
        "integrations": [
            {
                "integration-name": "Miatel",
                "external-doc-url": "https://docs.miatel.com",
                "tags": ["service"],
            }
        ],
        "hooks": [{"integration-name": "Miatel", "python-modules": ["miatel_provider.hooks"]}],
        "operators": [
            {"integration-name": "Miatel", "python-modules": ["miatel_provider.operators"]}
        ],
        "connection-types": [
            {
                "connection-type": "miatel",
                "hook-name": "Miatel",
                "hook-class-name": "miatel_provider.hooks.MiatelHook",
                "conn-fields": _CONNECTION_FIELDS,
                "ui-field-behaviour": {
                    "hidden-fields": ["schema", "login", "port", "extra"],
                    "relabeling": {
                        "host": "Statistics API address (with scheme and port)",
                        "password": "Secret key (ip_auth_key)",
                    },
                    "placeholders": {
                        "host": DEFAULT_BASE_URL,
                        "password": "as issued with your account; it works from whitelisted "
                        "addresses only",
                    },
                },
            }
        ],
    }
