"""A shared film, as who has its link meets it: with HTTP alone."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
import urllib3

from studio_gateway.throttle import FREE_ATTEMPTS
from tests.e2e.conftest import Studio
from tests.e2e.test_library import film

SCRIPT = 'Title: Shared & "Seen" <b>\n\nINT. HALL - DAY\n\nMARA waits.\n\nMARA\nIs anybody there?\n'

pytestmark = pytest.mark.timeout(600)


@dataclass(frozen=True, slots=True)
class Shared:
    """A film that is shared twice: to all, and to who knows the password."""

    studio: Studio
    open: dict[str, Any]
    locked: dict[str, Any]


def get(url: str, method: str = "GET", **asked: Any) -> urllib3.BaseHTTPResponse:
    return urllib3.request(method, url, redirect=False, timeout=30, retries=False, **asked)


def guess(url: str, password: str) -> urllib3.BaseHTTPResponse:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    return get(url, "POST", body=urlencode({"password": password}), headers=form)


def shut_out(url: str) -> bool:
    """Whether after a guess that is refused for the wait the password is, too.

    On a slow machine the wait, which starts with a second and doubles, may be over before the next guess.
    """
    refused = guess(url, "wrong again")
    is_told_when = refused.status == 429 and int(refused.headers["Retry-After"]) >= 1
    return is_told_when and guess(url, "sesame").status == 429


@pytest.fixture(scope="module")
def shared(studio: Studio) -> Shared:
    script = studio.home / "shared.fountain"
    script.write_text(SCRIPT)
    job = studio.render(script, "shared.mp4").job
    (open_to_all,) = film(studio, "share", "add", job, "--days", "7")
    asked = ("share", "add", job, "--title", "Hush", "--password", "--json")
    with_password = studio.film(*asked, typed="sesame\n")
    assert with_password.returncode == 0, with_password.stderr
    return Shared(studio, open_to_all, json.loads(with_password.stdout))


def test_a_link_shows_the_film_with_its_poster_and_captions(shared: Shared) -> None:
    page = get(shared.open["url"])
    text = page.data.decode()
    poster, source = map(html.unescape, re.findall(r'(?:source src|poster)="([^"]+)"', text))

    played = get(source, headers={"Range": "bytes=4-7"})
    pictured = get(poster)

    assert (page.status, played.status, played.data) == (200, 206, b"ftyp")
    assert pictured.data[:2] == b"\xff\xd8"
    assert "Shared &amp; &quot;Seen&quot; &lt;b&gt;" in text
    assert 'src="data:text/vtt;base64,V0VCVlRU' in text
    assert text.count("<script>") == 1
    assert re.search(r'data-cues="0,0,0,\d+,\d+', text)
    origin = source.split("/film/")[0]
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert f"media-src {origin} data:; img-src {origin};" in policy
    assert re.search(r"; script-src 'sha256-[\w+/=]+'; ", policy)
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_link_previews_learn_the_title_the_poster_and_how_to_embed_it(shared: Shared) -> None:
    url = shared.open["url"]
    text = get(url).data.decode()
    embed = get(f"{url}/embed")

    assert f'<meta property="og:video" content="{url}/film.mp4">' in text
    assert f'<meta property="og:image" content="{url}/poster.jpg">' in text
    assert get(f"{url}/poster.jpg").headers["Location"].startswith("http://127.0.0.1")
    assert f'type="application/json+oembed" href="{url}/oembed.json"' in text
    assert f"{url}/embed" in get(f"{url}/oembed.json").json()["html"]
    assert "frame-ancestors *" in embed.headers["Content-Security-Policy"]
    assert "script" not in embed.headers["Content-Security-Policy"] + embed.data.decode()


def test_views_are_counted_and_looks_of_programs_are_not(shared: Shared) -> None:
    before = {it["name"]: int(it.get("viewCount", 0)) for it in film(shared.studio, "share", "list")}

    get(shared.open["url"])
    get(shared.open["url"], "HEAD")
    get(f"{shared.open['url']}/oembed.json")

    after = {it["name"]: int(it.get("viewCount", 0)) for it in film(shared.studio, "share", "list")}
    assert after[shared.open["name"]] == before[shared.open["name"]] + 1
    assert all("url" not in it for it in film(shared.studio, "share", "list"))


def test_a_film_with_a_password_tells_nothing_without_it_and_slows_who_guesses(shared: Shared) -> None:
    url = shared.locked["url"]
    asking = get(url)
    parts = [get(f"{url}/{part}").status for part in ("oembed.json", "embed")]
    shown = guess(url, "sesame")

    guesses = [guess(url, f"wrong {number}") for number in range(FREE_ATTEMPTS)]

    assert (asking.status, "Hush" in asking.data.decode(), "og:" in asking.data.decode()) == (
        200,
        False,
        False,
    )
    assert parts == [403, 403]
    assert get(f"{url}/film.mp4").status == 403
    assert (shown.status, "Hush" in shown.data.decode(), "og:" in shown.data.decode()) == (200, True, False)
    assert [each.status for each in guesses] == [403] * FREE_ATTEMPTS
    assert any(shut_out(url) for _ in range(20))


def test_what_is_no_link_is_a_page_that_says_so(shared: Shared) -> None:
    base = shared.open["url"].rpartition("/")[0]

    answers = {path: get(f"{base}/{path}") for path in ("x" * 43, "..%2f", "a/b", "%00", "x" * 42 + "é")}

    assert {path: answer.status for path, answer in answers.items()} == dict.fromkeys(answers, 404)
    assert all("This link shows nothing" in answer.data.decode() for answer in answers.values())
    assert get(shared.open["url"], "DELETE").status == 405
    assert guess(shared.locked["url"], "x" * 5_000).status == 413


def test_a_link_that_is_revoked_shows_nothing(shared: Shared) -> None:
    (share,) = film(shared.studio, "share", "add", shared.open["job"])
    assert get(share["url"]).status == 200

    film(shared.studio, "share", "revoke", share["name"])

    assert get(share["url"]).status == 404
