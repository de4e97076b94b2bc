"""The page *SMS* in Airflow's navigation.

Every process of Airflow imports this file, tasks included: so nothing heavy is imported until the
first request of the page.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from airflow.plugins_manager import AirflowPlugin

from miatel_dashboard.texts import text

if TYPE_CHECKING:
    from fastapi import FastAPI

PREFIX = "/delivery-dashboard"


@cache
def _application() -> FastAPI:
    from delivery_dashboard.application import create_application
    from miatel import Settings

    return create_application(Settings.from_environment().lake)


async def serve(scope: Any, receive: Any, send: Any) -> None:
    """The application as ASGI, made at its first request."""
    await _application()(scope, receive, send)


class DeliveryDashboardPlugin(AirflowPlugin):
    """Mounts the page's application and puts the page into the navigation.

    The paths are relative to Airflow's own `<base href>`: so they hold under any base URL.
    """

    name = "delivery_dashboard"
    fastapi_apps = [  # noqa: RUF012  as Airflow declares it
        {"app": serve, "url_prefix": PREFIX, "name": text("airflow.application")}
    ]
    external_views = [  # noqa: RUF012
        {
            "name": text("airflow.menu"),
            "href": f"{PREFIX.removeprefix('/')}/",
            "icon": f"{PREFIX.removeprefix('/')}/assets/icon.svg",
            "icon_dark_mode": f"{PREFIX.removeprefix('/')}/assets/icon_dark.svg",
            "destination": "nav",
            "url_route": "sms",
            "nav_top_level": True,
        }
    ]
