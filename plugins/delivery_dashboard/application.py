"""The page's application: its files and its data, each route for readers only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool

from delivery_dashboard.access import require_reader, require_reader_or_login
from miatel_dashboard.errors import BadFilterError
from miatel_dashboard.page_files import POLICY, PageFile, read_page
from miatel_dashboard.source import Source
from miatel_dashboard.texts import text

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def create_application(lake: str) -> FastAPI:
    """Make the application.

    Args:
        lake: the root of the lake whose published marts are shown, a path or a URL.
    """
    files = read_page()
    source = Source(lake)
    application = FastAPI(
        title=text("airflow.application"), docs_url=None, redoc_url=None, openapi_url=None
    )

    @application.middleware("http")
    async def add_headers(
        request: Request, proceed: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await proceed(request)
        response.headers.update(HEADERS)
        return response

    @application.get("/", dependencies=[Depends(require_reader_or_login)])
    async def page(request: Request) -> Response:
        return _answer(request, files["index.html"])

    @application.get("/assets/{name:path}", dependencies=[Depends(require_reader)])
    async def asset(request: Request, name: str) -> Response:
        if name not in files:
            raise HTTPException(404, text("error.no_file"))
        return _answer(request, files[name])

    @application.get("/api/status", dependencies=[Depends(require_reader)])
    async def status() -> Response:
        return _json(await run_in_threadpool(source.status))

    @application.get("/api/view", dependencies=[Depends(require_reader)])
    async def view(request: Request) -> Response:
        query = {name: request.query_params.getlist(name) for name in request.query_params}
        try:
            return _json(await run_in_threadpool(source.view, query))
        except BadFilterError as error:
            raise HTTPException(400, str(error)) from None

    return application


def _answer(request: Request, file: PageFile) -> Response:
    """The file, or 304 where the browser has it: it asks each time, so no page is stale."""
    headers = {"ETag": file.etag, "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    return Response(file.content, media_type=file.media_type, headers=headers)


def _json(content: bytes) -> Response:
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})
