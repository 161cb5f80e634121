"""Sessions of browsers: tokens in cookies that no script can read, for pages of the studio itself alone.

A page sends X-Film-Session: cookie with what it asks. Another site's page can't: for a header of its own the
browser asks first, and the answer is no. The Origin is looked at besides, and cookies are SameSite=Strict.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from filmstudio.auth.v1 import auth_pb2
from filmstudio.options.v1 import options_pb2
from filmstudio.servers import is_loopback
from studio_gateway.http.exchange import Exchange
from studio_gateway.http.headers import Headers
from studio_gateway.http.refusals import bad_fields
from studio_gateway.http.routes import Route
from studio_platform.errors import FieldViolation, PermissionDenied, Unauthenticated

SESSION_HEADER = "x-film-session"
IN_COOKIES = "cookie"
ACCESS, REFRESH = "film_access", "film_refresh"
SAFE_VERBS = frozenset({"GET", "HEAD"})
OWN_PAGES = frozenset({"", "same-origin", "none"})
"""Sec-Fetch-Site of what the studio's own pages, the address bar and programs ask."""

NO_TOKEN = "none"  # noqa: S105 - ends no session
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,4096}")


@dataclass(frozen=True, slots=True)
class Jar:
    """How the cookies of one host are written: only on this machine, without TLS, may they go in clear."""

    is_loopback: bool

    def name(self, plain: str) -> str:
        """With the prefix by which browsers hold a cookie to its host, where they can."""
        return plain if self.is_loopback else f"__Host-{plain}"

    def set(self, plain: str, value: str, seconds: int) -> str:
        """The header that keeps a value for so long; for 0 seconds it removes it."""
        secure = "" if self.is_loopback else "; Secure"
        return f"{self.name(plain)}={value}; Path=/; Max-Age={seconds}; HttpOnly{secure}; SameSite=Strict"


class BrowserSessions:
    """Lets cookies stand for tokens; whoever sends neither a cookie nor SESSION_HEADER is not looked at."""

    def __init__(self, public_base_url: str, now: Callable[[], datetime]) -> None:
        self._public_base_url = public_base_url
        self._now = now

    def open(self, exchange: Exchange, route: Route) -> BrowserCall | None:
        """Sign a request by its cookie; what is to be done with its answer, if it asked for cookies.

        Raises InvalidInput for a token in both places, PermissionDenied for an unsafe request that no page of
        the studio made, Unauthenticated for two cookies of one name.
        """
        headers = exchange.headers
        if not headers.has("cookie") and not headers.has(SESSION_HEADER):
            return None
        policy = route.method.GetOptions().Extensions[options_pb2.method_policy]
        jar = Jar(_is_loopback(headers.one("host")))
        is_asked = _is_asked(headers)
        if headers.has("authorization"):
            if is_asked:
                text = "can't go with an authorization header: a session is in one or the other"
                raise bad_fields([FieldViolation(SESSION_HEADER, text)])
            return None
        if not is_asked and policy.access == options_pb2.ACCESS_PUBLIC:
            return None
        access = _value(headers, jar.name(ACCESS))
        if exchange.verb not in SAFE_VERBS:
            if access or is_asked:
                self._require_own_page(headers, is_asked=is_asked)
        elif headers.first("sec-fetch-site") not in OWN_PAGES:
            return None
        if access and policy.access == options_pb2.ACCESS_USER:
            headers.put("authorization", f"Bearer {access}")
        if not is_asked or not policy.session:
            return None
        return BrowserCall(jar, policy.session, _value(headers, jar.name(REFRESH)), self._now)

    def _require_own_page(self, headers: Headers, *, is_asked: bool) -> None:
        origin = headers.one("origin")
        if not is_asked:
            raise PermissionDenied(
                "SESSION_HEADER_MISSING",
                f"A change by a cookie's session needs the header {SESSION_HEADER}: {IN_COOKIES}.",
            )
        if headers.first("sec-fetch-site") not in OWN_PAGES or origin not in self._origins(headers):
            raise PermissionDenied(
                "ORIGIN_FOREIGN", "A session in cookies is for the studio's own pages.", f"origin {origin!r}"
            )

    def _origins(self, headers: Headers) -> set[str]:
        host = headers.one("host")
        schemes = ("http", "https") if _is_loopback(host) else ("https",)
        own = {f"{scheme}://{host}" for scheme in schemes} if host else set()
        return own | ({self._public_base_url} if self._public_base_url else set())


@dataclass(frozen=True, slots=True)
class BrowserCall:
    """A call that begins, renews or ends a session whose tokens are cookies."""

    jar: Jar
    session: options_pb2.Session.ValueType
    refresh_token: str
    now: Callable[[], datetime]

    def fill(self, request: Message) -> None:
        """Give the request the refresh token that scripts can't. Raises Unauthenticated without one."""
        if not isinstance(request, auth_pb2.RefreshRequest | auth_pb2.LogoutRequest):
            return
        if isinstance(request, auth_pb2.RefreshRequest) and not self.refresh_token:
            raise Unauthenticated("SESSION_OVER", "Your session is over. Sign in again.", "no refresh cookie")
        request.refresh_token = self.refresh_token or NO_TOKEN

    def take(self, answer: Any) -> list[str]:
        """The cookies of an answer, out of which the tokens are taken; when they end is left in it."""
        if self.session == options_pb2.SESSION_END:
            return self.cleared()
        tokens = answer.tokens
        cookies = [
            self.jar.set(ACCESS, tokens.access_token, self._seconds(tokens.access_expire_time)),
            self.jar.set(REFRESH, tokens.refresh_token, self._seconds(tokens.refresh_expire_time)),
        ]
        tokens.access_token, tokens.refresh_token = "", ""
        return cookies

    def refused(self) -> list[str]:
        """The cookies of a refusal: a session that could not be renewed is over."""
        return self.cleared() if self.session == options_pb2.SESSION_ROTATE else []

    def cleared(self) -> list[str]:
        """What removes both cookies."""
        return [self.jar.set(name, "", 0) for name in (ACCESS, REFRESH)]

    def _seconds(self, end: Timestamp) -> int:
        return max(1, int(end.seconds) - int(self.now().timestamp()))


def _is_asked(headers: Headers) -> bool:
    asked = headers.one(SESSION_HEADER)
    if asked not in ("", IN_COOKIES):
        raise bad_fields([FieldViolation(SESSION_HEADER, f"must be {IN_COOKIES}")])
    return bool(asked)


def _value(headers: Headers, name: str) -> str:
    """A cookie's value, empty for none or no token. Raises Unauthenticated for two of one name."""
    pairs = (pair.strip().partition("=") for pair in headers.one("cookie").split(";"))
    values = [value for found, _, value in pairs if found == name]
    if len(values) > 1:
        # Whose is whose can't be told: another page of the host may have set one.
        raise Unauthenticated("SESSION_AMBIGUOUS", "Your session is over. Sign in again.", "two cookies")
    return values[0] if values and _TOKEN.fullmatch(values[0]) else ""


def _is_loopback(host: str) -> bool:
    return is_loopback(host.rpartition(":")[0] if re.search(r":\d{1,5}$", host) else host)
