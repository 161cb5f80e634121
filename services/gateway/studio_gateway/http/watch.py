"""The watch page of a shared film: made here, whole without a script, and known to link previews."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

import grpc
from starlette.types import ASGIApp, Receive, Scope, Send

from filmstudio.shares.v1 import shares_pb2
from studio_gateway.http.bodies import read_whole
from studio_gateway.http.exchange import Exchange
from studio_gateway.http.refusals import Refusal
from studio_gateway.http.watch_page import (
    Place,
    document,
    headers_of_page,
    oembed,
    page_of_fault,
    page_of_film,
    page_of_password,
)
from studio_gateway.limits.visitors import Visitors
from studio_gateway.throttle import Throttle
from studio_platform.errors import ResourceExhausted

OPEN_SECONDS_MAX = 20.0
FORM_BYTES_MAX = 4 * 1024
PASSWORD_CHARACTERS_MAX = 256
PREFIX = "/watch/"
SHOWING = ("", "embed")
"""Parts that show the film, which counts as a view."""

_PATH = re.compile(
    r"/watch/(?P<token>[A-Za-z0-9_-]{43})(?:/(?P<part>film\.mp4|poster\.jpg|oembed\.json|embed))?"
)
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:]{2,45}\](:[0-9]{1,5})?")

OpenShare = Callable[..., Awaitable[shares_pb2.OpenShareResponse]]


class Fault(Exception):
    """A page that says what is wrong, with its HTTP status."""

    def __init__(self, status: int, text: str, retry_after_seconds: int = 0) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.retry_after_seconds = retry_after_seconds


class WatchPages:
    """Answers below /watch/, and leaves other paths to `rest`."""

    def __init__(
        self,
        rest: ASGIApp,
        open_share: OpenShare,
        throttle: Throttle,
        visitors: Visitors,
        base_url: str,
    ) -> None:
        self._rest = rest
        self._open_share = open_share
        self._throttle = throttle
        self._visitors = visitors
        self._base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if not scope["path"].startswith(PREFIX):
            await self._rest(scope, receive, send)
            return
        exchange = Exchange(scope, receive, send)
        try:
            await self._answer(exchange)
        except Fault as fault:
            extra = {"retry-after": str(fault.retry_after_seconds)} if fault.retry_after_seconds else {}
            body = document(*page_of_fault(fault.text))
            await exchange.answer(fault.status, body, {**headers_of_page(), **extra})
        except Refusal as refusal:
            await exchange.fail(refusal)

    async def _answer(self, exchange: Exchange) -> None:
        match = _PATH.fullmatch(exchange.path)
        await self._admit(exchange)
        if match is None:
            raise await self._unknown(exchange)
        token, part = match["token"], match["part"] or ""
        verbs = ("GET", "HEAD") if part else ("GET", "HEAD", "POST")
        if exchange.verb not in verbs:
            raise Fault(405, "This page is only looked at.")
        place = Place(self._origin(exchange), token)
        password = await self._password(exchange, token) if exchange.verb == "POST" else ""
        opened = await self._opened(
            exchange, token, password, counted=exchange.verb != "HEAD" and part in SHOWING
        )
        if password:
            self._throttle.signed_in(self._guesser(exchange, token))
        await self._show(exchange, place, part, opened)

    async def _show(
        self, exchange: Exchange, place: Place, part: str, opened: shares_pb2.OpenShareResponse
    ) -> None:
        if opened.password_needed and part:
            raise Fault(403, "This film needs a password; open its page.")
        if opened.password_needed:
            await exchange.answer(200, document(*page_of_password(place)), headers_of_page())
        elif part in ("film.mp4", "poster.jpg"):
            url = opened.film_url if part == "film.mp4" else opened.poster_url
            if not url:
                raise Fault(404, "There is nothing here.")
            await exchange.answer(302, b"", {"location": url, "content-type": "text/plain"})
        elif part == "oembed.json":
            await exchange.answer(200, oembed(place, opened), {"access-control-allow-origin": "*"})
        else:
            is_embedded = part == "embed"
            body = document(*page_of_film(place, opened, is_embedded=is_embedded))
            await exchange.answer(200, body, headers_of_page(opened, is_embedded=is_embedded))

    async def _opened(
        self, exchange: Exchange, token: str, password: str, *, counted: bool
    ) -> shares_pb2.OpenShareResponse:
        request = shares_pb2.OpenShareRequest(token=token, password=password, counted=counted)
        try:
            return await self._open_share(request, timeout=OPEN_SECONDS_MAX)
        except grpc.aio.AioRpcError as error:
            raise await self._fault_of(error.code(), exchange) from error

    async def _fault_of(self, code: grpc.StatusCode, exchange: Exchange) -> Fault:
        if code in (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.FAILED_PRECONDITION):
            return await self._unknown(exchange)
        if code is grpc.StatusCode.PERMISSION_DENIED:
            return Fault(403, "This is not the password. Go back and try again.")
        if code is grpc.StatusCode.RESOURCE_EXHAUSTED:
            return Fault(429, "Too many people are coming in; try again shortly.", 1)
        return Fault(503, "The studio can't show the film now; try again shortly.", 5)

    async def _unknown(self, exchange: Exchange) -> Fault:
        """The answer to a link that shows nothing; who tries many is told to wait."""
        try:
            await self._visitors.admit_guess(self._address(exchange))
        except ResourceExhausted as error:
            return _too_many(error)
        return Fault(404, "This link shows nothing: it has ended, or never was.")

    async def _password(self, exchange: Exchange, token: str) -> str:
        """What was filled in. Raises Fault for nothing, and for one who guesses too fast."""
        body = await read_whole(exchange.receive, exchange.headers, FORM_BYTES_MAX)
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=4)
        password = fields.get("password", [""])[0]
        if not 0 < len(password) <= PASSWORD_CHARACTERS_MAX:
            raise Fault(403, "This is not the password. Go back and try again.")
        try:
            await self._visitors.admit_guess(self._address(exchange))
            self._throttle.begin_sign_in(self._guesser(exchange, token))
        except ResourceExhausted as error:
            raise _too_many(error) from error
        return password

    async def _admit(self, exchange: Exchange) -> None:
        """Raises Fault for an address that asks too often."""
        try:
            await self._visitors.admit(self._address(exchange))
        except ResourceExhausted as error:
            raise _too_many(error) from error

    def _address(self, exchange: Exchange) -> str:
        header = self._visitors.header
        return self._visitors.address(exchange.peer, {header: exchange.headers.joined(header)})

    def _guesser(self, exchange: Exchange, token: str) -> str:
        """Guesses are counted for each film and address, so that nobody locks out other viewers."""
        return f"{token} {self._address(exchange)}"

    def _origin(self, exchange: Exchange) -> str:
        """What stands before the path in links to this page."""
        host = exchange.headers.first("host")
        return self._base_url or (f"http://{host}" if _HOST.fullmatch(host) else "")


def _too_many(error: ResourceExhausted) -> Fault:
    seconds = max(1, round(error.retry_after_seconds or 1))
    return Fault(429, f"Too many attempts; try again in {seconds} s.", seconds)
