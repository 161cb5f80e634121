"""The description of the API for programs (/openapi.json) and for people (/docs), all from here."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from studio_gateway.http.exchange import Exchange
from studio_gateway.http.verbs import settled_by_verb

OPENAPI_FILE = "openapi.json"
ASSETS: Mapping[str, str] = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}
"""The files of Swagger UI that the page uses, with their media types."""

PAGE_HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-frame-options": "DENY",
    "cache-control": "no-cache",
}
PAGE = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Film Studio API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
START = b"""SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
"""


class Pages:
    """Answers for the paths that it knows, and leaves the others to `rest`."""

    def __init__(self, rest: ASGIApp) -> None:
        """Raises FileNotFoundError if Swagger UI's files are not installed."""
        self._rest = rest
        self._folder = _assets_folder()
        description = resources.files("studio_gateway.http").joinpath(OPENAPI_FILE).read_bytes()
        self._texts = {
            "/openapi.json": (description, "application/json"),
            "/docs": (PAGE, "text/html"),
            "/docs/start.js": (START, "text/javascript"),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if (response := self._response(scope["path"])) is None:
            await self._rest(scope, receive, send)
            return
        exchange = Exchange(scope, receive, send)
        if not await settled_by_verb(exchange):
            await response(scope, receive, send)

    def _response(self, path: str) -> Response | None:
        if (text := self._texts.get(path)) is not None:
            content, media_type = text
            return Response(content, media_type=media_type, headers=dict(PAGE_HEADERS))
        folder, _, name = path.rpartition("/")
        if folder != "/docs" or name not in ASSETS:
            return None
        return FileResponse(self._folder / name, media_type=ASSETS[name], headers=dict(PAGE_HEADERS))


def _assets_folder() -> Path:
    """Where Swagger UI lies; the package that carries it is not imported, for it imports a web framework."""
    spec = importlib.util.find_spec("flask_swagger_ui")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("flask-swagger-ui, which carries the files of /docs, is not installed")
    return Path(spec.submodule_search_locations[0]) / "dist"
