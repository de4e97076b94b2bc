"""What Airflow reads, through the entry point `apache_airflow_provider`, to know this provider."""

from __future__ import annotations

from typing import Any


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
                "ui-field-behaviour": {
                    "hidden-fields": ["schema", "login", "port", "extra"],
                    "relabeling": {
                        "host": "Statistics API address (with scheme and port)",
                        "password": "Secret key (ip_auth_key)",
                    },
                    "placeholders": {
                        "host": "https://sms-hub2.miatel.ru",
                        "password": "as issued with your account; it works from whitelisted "
                        "addresses only",
                    },
                },
            }
        ],
    }
