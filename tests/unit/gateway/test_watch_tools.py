"""What the watch page has beside its player."""

from __future__ import annotations

import re

from filmstudio.shares.v1 import shares_pb2
from studio_gateway.http.watch_page import Place, document, headers_of_page, page_of_film
from studio_gateway.http.watch_tools import SCRIPT_HASH, tools_of

TRACK = """WEBVTT

00:00.000 --> 00:02.000
thumbnails.jpg#xywh=0,0,160,90

01:02:03.500 --> 01:02:05.500
thumbnails.jpg#xywh=160,90,160,90
"""


def film(**told: object) -> shares_pb2.OpenShareResponse:
    return shares_pb2.OpenShareResponse(
        title="Ferry",
        film_url="https://store.example/film.mp4?a=1&b=2",
        film_type="video/mp4",
        length_ms=4_000_000,
        **told,  # type: ignore[arg-type]
    )


def chapters(*starts_ms: int) -> list[shares_pb2.WatchChapter]:
    return [shares_pb2.WatchChapter(title='INT. "HALL" <1>', start_ms=start_ms) for start_ms in starts_ms]


def test_the_sheet_of_thumbnails_is_told_by_its_places() -> None:
    html = tools_of(film(thumbnails=TRACK, thumbnails_url="https://store.example/sheet.jpg?a=1&b=2"))

    assert 'data-cues="0,0,0,160,90;3723500,160,90,160,90"' in html
    assert 'data-sheet="https://store.example/sheet.jpg?a=1&amp;b=2"' in html


def test_scenes_are_links_into_the_film_and_their_names_are_no_markup() -> None:
    html = tools_of(film(chapters=chapters(0, 3_723_500)))

    assert re.findall(r'href="([^"]+)"', html) == [
        "https://store.example/film.mp4?a=1&amp;b=2#t=0",
        "https://store.example/film.mp4?a=1&amp;b=2#t=3723.5",
    ]
    assert "<time>1:02:03</time>" in html
    assert "<b>INT. &quot;HALL&quot; &lt;1&gt;</b>" in html


def test_a_film_of_one_scene_without_captions_and_thumbnails_needs_no_script() -> None:
    assert tools_of(film(chapters=chapters(0), thumbnails="not a track")) == ""


def test_the_policy_takes_the_pages_own_script_alone_and_none_where_the_player_is_embedded() -> None:
    shared = film(subtitles="WEBVTT\n", chapters=chapters(0, 5))
    place = Place("https://film.example", "x" * 43)

    own = headers_of_page(shared)["content-security-policy"]
    embedded = headers_of_page(shared, is_embedded=True)["content-security-policy"]
    embedded_page = document(*page_of_film(place, shared, is_embedded=True))

    assert f"script-src 'sha256-{SCRIPT_HASH}';" in own
    assert "script" not in embedded
    assert b"<script" not in embedded_page
