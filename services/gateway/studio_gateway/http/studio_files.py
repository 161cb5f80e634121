"""The web studio's pages and files, as `make web` built them, under their addresses and headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.types import ASGIApp, Receive, Scope, Send

from studio_gateway.http.branding import Branding
from studio_gateway.http.exchange import Exchange
from studio_gateway.http.held_files import HeldFile
from studio_gateway.http.verbs import settled_by_verb

INDEX = "/index.html"
PAGES = ("/", "/sign-in", "/register", "/library", "/team", "/account")
"""The studio's own addresses, which its script reads; whatever is under PAGES_UNDER is one, too."""

PAGES_UNDER = ("/projects/",)
ASSET_HEADERS = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}


def page_headers(media_origins: Sequence[str]) -> dict[str, str]:
    """Of the page: scripts and styles from here alone, films and stills from their store, too.

    Blobs are files that somebody chose and that the page shows before they are sent.
    """
    media = " ".join(("'self'", *media_origins))
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        f"img-src {media} data: blob:; media-src {media} data: blob:; connect-src {media} blob:; "
        "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "content-security-policy": policy,
        "x-frame-options": "DENY",
        "cache-control": "no-store",
        "vary": "accept-encoding",
    }


class StudioFiles:
    """Answers for the studio's pages and their files, and leaves all other paths to `rest`."""

    def __init__(
        self,
        rest: ASGIApp,
        files: Mapping[str, HeldFile],
        branding: Branding,
        media_origins: Sequence[str] = (),
    ) -> None:
        self._rest = rest
        self._files = {**files, **branding.files()} if files else {}
        self._page_headers = page_headers(media_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        path = scope["path"]
        is_page = path in PAGES or path.startswith(PAGES_UNDER)
        file = self._files.get(INDEX if is_page else path)
        if file is None:
            await self._rest(scope, receive, send)
            return
        exchange = Exchange(scope, receive, send)
        if not await settled_by_verb(exchange):
            await self._answer(exchange, file, path)

    async def _answer(self, exchange: Exchange, file: HeldFile, path: str) -> None:
        encoding, body = file.form(exchange.headers.joined("accept-encoding"))
        kept = ASSET_HEADERS if path.startswith("/assets/") else self._page_headers
        headers = {"content-type": file.media_type, "content-length": str(len(body)), **kept}
        if encoding:
            headers["content-encoding"] = encoding
        await exchange.answer(200, b"" if exchange.verb == "HEAD" else body, headers)
