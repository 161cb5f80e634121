"""Sessions in cookies: what a browser keeps, what scripts never see, and what other sites can't do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from typing import Any

import grpc
import httpx2
import pytest

from studio_platform.ids import new_id
from tests.integration.gateway.rig import JOB, PASSWORD, Gateway, JobsRig

REGISTER, LOGIN = "/api/v1/auth/register", "/api/v1/auth/login"
REFRESH, LOGOUT = "/api/v1/auth/refresh", "/api/v1/auth/logout"
ME, PASSWORD_OF = "/api/v1/auth/me", "/api/v1/auth/password"
ASKED = {"x-film-session": "cookie"}
CHANGE = {"currentPassword": PASSWORD, "newPassword": PASSWORD + "2"}


@pytest.fixture
async def web(gateway: Gateway, channel: grpc.aio.Channel) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser at a page of the studio: its cookies are kept, its Origin is the studio's."""
    del channel
    origin = f"http://{gateway.http_address}"
    async with httpx2.AsyncClient(base_url=origin, timeout=30, headers={"origin": origin}) as client:
        yield client


async def register(web: httpx2.AsyncClient, headers: dict[str, str] | None = None) -> httpx2.Response:
    body = {"email": f"ada-{new_id()}@example.org", "password": PASSWORD}
    return await web.post(REGISTER, json=body, headers=ASKED | (headers or {}))


@pytest.fixture
async def ada(web: httpx2.AsyncClient) -> httpx2.AsyncClient:
    """The browser, signed in."""
    assert (await register(web)).status_code == 200
    return web


@pytest.fixture(scope="module")
def kept() -> dict[str, str]:
    """The cookies of one session for all tests here that end nothing: each sign-in costs a hash."""
    return {}


@pytest.fixture
async def reader(web: httpx2.AsyncClient, kept: dict[str, str]) -> httpx2.AsyncClient:
    """The browser with that session."""
    if not kept:
        await register(web)
        kept |= dict(web.cookies)
    web.cookies = httpx2.Cookies(kept)
    return web


def cookies_of(answer: httpx2.Response) -> SimpleCookie:
    """What a browser is told to keep."""
    jar = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        jar.load(line)
    return jar


def reason_of(answer: httpx2.Response) -> str:
    return str(answer.json()["error"]["details"][0]["reason"])


async def test_tokens_are_cookies_that_scripts_see_nothing_of_but_their_ends(web: httpx2.AsyncClient) -> None:
    answer = await register(web)

    tokens, jar = answer.json()["tokens"], cookies_of(answer)
    assert (tokens["accessToken"], tokens["refreshToken"]) == ("", "")
    assert tokens["accessExpireTime"] < tokens["refreshExpireTime"]
    assert set(jar) == {"film_access", "film_refresh"}
    for cookie in jar.values():
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
        assert (cookie["secure"], cookie["domain"]) == ("", "")
        assert cookie.value not in answer.text


async def test_beyond_this_machine_cookies_are_secure_and_held_to_their_host(
    web: httpx2.AsyncClient,
) -> None:
    answer = await register(web, {"host": "film.example.org", "origin": "https://film.example.org"})

    jar = cookies_of(answer)
    assert set(jar) == {"__Host-film_access", "__Host-film_refresh"}
    assert all(cookie["secure"] for cookie in jar.values())


async def test_without_being_asked_for_there_are_no_cookies(web: httpx2.AsyncClient) -> None:
    body = {"email": f"ada-{new_id()}@example.org", "password": PASSWORD}

    answer = await web.post(REGISTER, json=body)

    assert "set-cookie" not in answer.headers
    assert answer.json()["tokens"]["refreshToken"]


async def test_a_cookie_reads_and_with_the_header_writes(ada: httpx2.AsyncClient) -> None:
    seen = await ada.get(ME)
    changed = await ada.post(PASSWORD_OF, json=CHANGE, headers=ASKED)

    assert (seen.status_code, changed.status_code) == (200, 200)


async def test_events_are_streamed_to_who_has_a_cookie(reader: httpx2.AsyncClient, gateway: Gateway) -> None:
    async with JobsRig(gateway), asyncio.timeout(30):
        headers = {"accept": "text/event-stream", "sec-fetch-site": "same-origin"}
        async with reader.stream("GET", f"/api/v1/{JOB}/events?sinceSequence=4", headers=headers) as stream:
            lines = stream.aiter_lines()
            first = await anext(lines)

    assert (stream.status_code, first) == (200, "id: 5")


async def test_a_refresh_replaces_both_cookies_and_needs_no_token_in_its_body(
    ada: httpx2.AsyncClient,
) -> None:
    before = dict(ada.cookies)

    answer = await ada.post(REFRESH, json={}, headers=ASKED)

    assert answer.status_code == 200
    assert answer.json()["tokens"]["refreshToken"] == ""
    assert before["film_refresh"] != ada.cookies["film_refresh"]
    assert (await ada.get(ME)).status_code == 200


async def test_two_tabs_that_refresh_at_once_both_stay_signed_in(ada: httpx2.AsyncClient) -> None:
    spent = {"cookie": f"film_refresh={ada.cookies['film_refresh']}"}

    tabs = await asyncio.gather(*(ada.post(REFRESH, json={}, headers=ASKED | spent) for _ in range(2)))

    assert [tab.status_code for tab in tabs] == [200, 200]
    first, second = (cookies_of(tab)["film_refresh"].value for tab in tabs)
    assert first == second
    assert (await ada.post(REFRESH, json={}, headers=ASKED)).status_code == 200
    assert (await ada.get(ME)).status_code == 200


async def test_a_session_that_is_over_is_taken_out_of_the_browser(ada: httpx2.AsyncClient) -> None:
    stolen = dict(ada.cookies)
    await ada.post(LOGOUT, json={}, headers=ASKED)
    cookie = "; ".join(f"{name}={value}" for name, value in stolen.items())

    answer = await ada.post(REFRESH, json={}, headers=ASKED | {"cookie": cookie})

    assert (answer.status_code, reason_of(answer)) == (401, "SESSION_OVER")
    assert {cookie["max-age"] for cookie in cookies_of(answer).values()} == {"0"}


@pytest.mark.parametrize("path", [LOGOUT, "/api/v1/auth/logoutEverywhere"])
async def test_a_logout_ends_the_session_and_clears_its_cookies(ada: httpx2.AsyncClient, path: str) -> None:
    refresh = ada.cookies["film_refresh"]

    answer = await ada.post(path, json={}, headers=ASKED)

    assert answer.status_code == 200
    assert dict(ada.cookies) == {}
    spent = await ada.post(REFRESH, json={"refreshToken": refresh})
    assert (spent.status_code, reason_of(spent)) == (401, "SESSION_OVER")


async def test_a_browser_without_cookies_may_log_out_and_can_not_refresh(web: httpx2.AsyncClient) -> None:
    left = await web.post(LOGOUT, json={}, headers=ASKED)
    renewed = await web.post(REFRESH, json={}, headers=ASKED)

    assert left.status_code == 200
    assert (renewed.status_code, reason_of(renewed)) == (401, "SESSION_OVER")


ATTACKS: dict[str, tuple[dict[str, str], int, str]] = {
    # A form of another site, were its cookie sent: no header of ours.
    "a form of another site": ({"origin": "https://evil.example"}, 403, "SESSION_HEADER_MISSING"),
    "a page of ours without the header": ({}, 403, "SESSION_HEADER_MISSING"),
    "another site with the header": (ASKED | {"origin": "https://evil.example"}, 403, "ORIGIN_FOREIGN"),
    "another port of the machine": (ASKED | {"origin": "http://127.0.0.1:1"}, 403, "ORIGIN_FOREIGN"),
    "a sandboxed frame": (ASKED | {"origin": "null"}, 403, "ORIGIN_FOREIGN"),
    "no origin at all": (ASKED | {"origin": ""}, 403, "ORIGIN_FOREIGN"),
    "an origin like ours": (ASKED | {"origin": "http://127.0.0.1.evil.example"}, 403, "ORIGIN_FOREIGN"),
    "a site that shares the domain": (ASKED | {"sec-fetch-site": "same-site"}, 403, "ORIGIN_FOREIGN"),
    "a host of the attacker's that leads here": (
        ASKED | {"host": "evil.example", "origin": "http://evil.example"},
        403,
        "ORIGIN_FOREIGN",
    ),
    "cookie and bearer, asked for": (ASKED | {"authorization": "Bearer x.y.z"}, 400, "INVALID_REQUEST"),
    "cookie and a bad bearer": ({"authorization": "Bearer x.y.z"}, 401, "TOKEN_INVALID"),
    "a header of another value": ({"x-film-session": "yes"}, 400, "INVALID_REQUEST"),
}


async def test_a_change_by_a_cookie_is_for_the_studios_own_pages(ada: httpx2.AsyncClient) -> None:
    cookie = {"cookie": "; ".join(f"{name}={value}" for name, value in dict(ada.cookies).items())}

    answers = {
        name: await ada.post(PASSWORD_OF, json=CHANGE, headers=headers | cookie)
        for name, (headers, _, _) in ATTACKS.items()
    }
    unchanged = await ada.post(PASSWORD_OF, json=CHANGE, headers=ASKED)

    for name, (_, status, reason) in ATTACKS.items():
        assert (answers[name].status_code, reason_of(answers[name])) == (status, reason), name
    assert unchanged.status_code == 200


async def test_another_site_can_not_sign_a_browser_in_as_somebody_else(web: httpx2.AsyncClient) -> None:
    answer = await register(web, {"origin": "https://evil.example"})

    assert (answer.status_code, reason_of(answer)) == (403, "ORIGIN_FOREIGN")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_cookie_says_nothing_to_what_another_site_asks(reader: httpx2.AsyncClient, site: str) -> None:
    answer = await reader.get(ME, headers={"sec-fetch-site": site})

    assert answer.status_code == 401


async def test_two_cookies_of_one_name_are_nobodys(reader: httpx2.AsyncClient) -> None:
    token = reader.cookies["film_access"]

    answer = await reader.get(ME, headers={"cookie": f"film_access={token}; film_access=other"})

    assert (answer.status_code, reason_of(answer)) == (401, "SESSION_AMBIGUOUS")


async def test_a_refresh_token_is_no_access_token_and_cookies_of_this_machine_count_only_here(
    reader: httpx2.AsyncClient,
) -> None:
    swapped = await reader.get(ME, headers={"cookie": f"film_access={reader.cookies['film_refresh']}"})
    elsewhere: Any = await reader.get(ME, headers={"host": "film.example.org"})

    assert (swapped.status_code, elsewhere.status_code) == (401, 401)


async def test_another_origin_is_not_let_in_by_cors_with_cookies(reader: httpx2.AsyncClient) -> None:
    headers = {"origin": "https://evil.example", "access-control-request-method": "POST"}

    answer = await reader.options(PASSWORD_OF, headers=headers)

    assert "access-control-allow-origin" not in answer.headers
    assert "access-control-allow-credentials" not in answer.headers
