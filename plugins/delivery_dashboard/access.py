"""Who may see the page: Airflow's own login and permissions. A mounted application has neither."""

from __future__ import annotations

from typing import Annotated

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.core_api.security import GetUserDep, get_user
from fastapi import Depends, HTTPException, Request, status
from fastapi.security import HTTPBearer

from miatel_dashboard.texts import text

RESOURCE = "SMS"
"""The name of the view in permissions, such as those of the FAB auth manager."""

_bearer = HTTPBearer(auto_error=False)


def _require_permission(user: BaseUser) -> None:
    manager = get_auth_manager()
    if not manager.is_authorized_custom_view(method="GET", resource_name=RESOURCE, user=user):
        raise HTTPException(status.HTTP_403_FORBIDDEN, text("error.not_allowed"))


async def require_reader(user: GetUserDep) -> None:
    """Let nobody through but users who may see the page.

    Raises:
        HTTPException: 401 without a valid login, 403 without the permission.
    """
    _require_permission(user)


async def require_reader_or_login(request: Request) -> None:
    """The same for the page itself: who is not logged in is sent to Airflow's login and back.

    Raises:
        HTTPException: 307 to the login, or 403.
    """
    try:
        user = await get_user(request, None, await _bearer(request))
    except HTTPException as error:
        if error.status_code != status.HTTP_401_UNAUTHORIZED:
            raise
        login = get_auth_manager().get_url_login(next_url=_path(request))
        raise HTTPException(
            status.HTTP_307_TEMPORARY_REDIRECT, headers={"Location": login}
        ) from None
    _require_permission(user)


Reader = Annotated[None, Depends(require_reader)]
ReaderOrLogin = Annotated[None, Depends(require_reader_or_login)]


def _path(request: Request) -> str:
    """Path and filters as the browser asked: behind a proxy the host here is another one."""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{request.url.path}{query}"
