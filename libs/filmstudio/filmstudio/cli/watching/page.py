"""The local page of a watch: served on this machine alone, at a path that nobody guesses."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from importlib import resources
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from filmstudio.cli.watching.board import Board

LOOPBACK = "127.0.0.1"
TOKEN_BYTES = 24
CONNECTIONS_MAX = 64
END_MAX_SECONDS = 2.0
FILES: Mapping[str, tuple[str, str]] = {
    "": ("player.html", "text/html; charset=utf-8"),
    "player.js": ("player.js", "text/javascript; charset=utf-8"),
    "player.css": ("player.css", "text/css; charset=utf-8"),
}
MEDIA_TYPES: Mapping[str, str] = {
    ".m4a": "audio/mp4",
    ".pdf": "application/pdf",
    ".html": "text/html; charset=utf-8",
}
"""Of what is no film."""

# A storyboard in HTML shows its own pictures, runs nothing and is of no origin.
FILM_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; media-src 'self'; sandbox"
HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; media-src 'self'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}


@asynccontextmanager
async def served(board: Board, film: Path) -> AsyncIterator[str]:
    """Serve the page of a board and a film; its address. Raises OSError without a free port."""
    listener = socket.create_server((LOOPBACK, 0))
    address = f"{LOOPBACK}:{listener.getsockname()[1]}"
    token = secrets.token_urlsafe(TOKEN_BYTES)
    server = _Server(
        uvicorn.Config(
            page_app(board, film, token),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=CONNECTIONS_MAX,
            timeout_graceful_shutdown=int(END_MAX_SECONDS),
        )
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="page")
    try:
        yield f"http://{address}/{token}/"
    finally:
        board.close()
        server.should_exit = True
        await serving


def page_app(board: Board, film: Path, token: str) -> ASGIApp:
    """The application; every path but those below the token is unknown."""
    page = _Page(board, film)
    routes = [
        Route("/events", page.events),
        Route("/films/{number:int}", page.film),
        Route("/{name:path}", page.file),
    ]
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=[LOOPBACK], www_redirect=False)
    # Another site's page must not reach it by a name that leads here.
    return Starlette(routes=[Mount(f"/{token}", routes=routes)], middleware=[hosts, Middleware(_Headers)])


class _Server(uvicorn.Server):
    """Leaves the process's signals to the command."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield


class _Page:
    def __init__(self, board: Board, film: Path) -> None:
        self._board = board
        self._film = film

    async def file(self, request: Request) -> Response:
        name, media_type = FILES.get(request.path_params["name"], ("", ""))
        if not name:
            raise HTTPException(404)
        content = resources.files(__package__).joinpath("player_page", name).read_bytes()
        return Response(content, media_type=media_type)

    async def film(self, request: Request) -> Response:
        """The film of a number; an older one's is gone, for its file was replaced."""
        if request.path_params["number"] != self._board.film_number:
            raise HTTPException(410)
        media_type = MEDIA_TYPES.get(self._film.suffix.lower(), "video/mp4")
        answer = FileResponse(self._film, media_type=media_type)
        answer.headers["content-security-policy"] = FILM_POLICY
        return answer

    async def events(self, request: Request) -> Response:
        del request
        return StreamingResponse(self._lines(), media_type="text/event-stream")

    async def _lines(self) -> AsyncIterator[bytes]:
        async for state in self._board.states():
            yield f"data: {json.dumps(state)}\n\n".encode()


class _Headers:
    """Adds those of HEADERS that an answer has not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = {name.decode() for name, _ in message["headers"]}
                added = [
                    (name.encode(), value.encode()) for name, value in HEADERS.items() if name not in told
                ]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        await self._app(scope, receive, sent)
