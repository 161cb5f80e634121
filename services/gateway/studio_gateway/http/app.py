"""The HTTP application: the documents, the transcoder, and what stands around both."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio_gateway.http.pages import Pages

CORS_MAX_AGE_SECONDS = 600
SECURITY_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-site",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "no-store",
}
"""Of every answer that doesn't say otherwise."""


def build_app(transcoder: ASGIApp, cors_origins: Sequence[str] = ()) -> ASGIApp:
    """Everything; browsers of other origins may read answers only if named in `cors_origins`."""
    app: ASGIApp = Pages(transcoder)
    if cors_origins:
        app = CORSMiddleware(
            app,
            allow_origins=list(cors_origins),
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=[
                "authorization",
                "content-type",
                "last-event-id",
                "x-film-workspace",
                "x-request-id",
            ],
            expose_headers=["x-request-id", "retry-after", "ratelimit", "ratelimit-policy"],
            max_age=CORS_MAX_AGE_SECONDS,
        )
    return SecurityHeaders(app)


_SECURITY_HEADERS = [(name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]


class SecurityHeaders:
    """Adds SECURITY_HEADERS where an answer has none of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                added = [pair for pair in _SECURITY_HEADERS if pair[0] not in given]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        await self._app(scope, receive, guarded)
