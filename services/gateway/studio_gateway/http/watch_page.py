"""The watch page's HTML, its headers, and what link previews read."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from filmstudio.shares.v1 import shares_pb2
from studio_gateway.http.watch_tools import SCRIPT_HASH, tools_of
from studio_gateway.http.watch_tools import STYLE as STYLE_OF_TOOLS

OEMBED_WIDTH_PX, OEMBED_HEIGHT_PX = 960, 540

_STYLE_OF_PAGE = """
:root { color-scheme: dark; }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; background: #101113; color: #e8e6e1;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  display: flex; flex-direction: column; justify-content: center; align-items: center; }
main { width: min(100%, 72rem, calc((100vh - 9rem) * 16 / 9)); min-width: min(100%, 20rem); padding: 1rem; }
main.small { max-width: 26rem; }
video { display: block; width: 100%; max-height: 82vh; background: #000; border-radius: 4px; }
h1 { font-size: 1.35rem; font-weight: 600; line-height: 1.3; margin: 0.9rem 0 0; overflow-wrap: anywhere; }
main.small h1 { margin: 0 0 0.9rem; }
p { margin: 0.25rem 0 0; color: #a9a59c; }
form { display: flex; gap: 0.5rem; flex-wrap: wrap; margin-top: 0.4rem; }
label { display: block; color: #a9a59c; }
input { flex: 1 1 12rem; min-width: 0; font: inherit; padding: 0.6rem 0.75rem; color: inherit;
  background: #1b1d21; border: 1px solid #6b6f78; border-radius: 4px; }
button { font: inherit; font-weight: 600; padding: 0.6rem 1.2rem; color: #101113; background: #e0b25c;
  border: 0; border-radius: 4px; cursor: pointer; }
input:focus-visible, button:focus-visible { outline: 2px solid #fff; outline-offset: 2px; }
body.embed main { width: 100%; max-width: none; padding: 0; }
body.embed video { height: 100vh; max-height: none; border-radius: 0; }
"""
STYLE = _STYLE_OF_PAGE + STYLE_OF_TOOLS
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the page is: an origin such as "https://film.example.org", and the token of its link."""

    origin: str
    token: str

    @property
    def url(self) -> str:
        """The page's address."""
        return f"{self.origin}/watch/{self.token}"


def document(title: str, head: str, body: str) -> bytes:
    """A whole page; `head` and `body` are HTML, the title is text."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>{escape(title)}</title>
{head}<style>{STYLE}</style>
</head>
{body}
</html>
""".encode()


def page_of_film(
    place: Place, film: shares_pb2.OpenShareResponse, *, is_embedded: bool
) -> tuple[str, str, str]:
    """Title, head and body of the film's page; one that is embedded holds the picture alone."""
    poster = f' poster="{escape(film.poster_url)}"' if film.poster_url else ""
    video = (
        f'<video controls playsinline preload="metadata"{poster} aria-label="{escape(film.title)}">\n'
        f'<source src="{escape(film.film_url)}" type="{escape(film.film_type)}">\n{_track(film)}'
        f'<a href="{escape(film.film_url)}">Download the film</a>\n</video>'
    )
    if is_embedded:
        return film.title, "", f'<body class="embed">\n<main>\n{video}\n</main>\n</body>'
    told = f"<h1>{escape(film.title)}</h1>\n<p>{_length(film.length_ms)}</p>\n{tools_of(film)}"
    return film.title, _previews(place, film), f"<body>\n<main>\n{video}\n{told}\n</main>\n</body>"


def page_of_password(place: Place) -> tuple[str, str, str]:
    """Title, head and body of the page that asks for the password; it says nothing of the film."""
    body = f"""<body>
<main class="small">
<h1>This film needs a password</h1>
<form method="post" action="/watch/{place.token}">
<label for="password">Password, from who sent you the link</label>
<input id="password" name="password" type="password" required maxlength="256"
autocomplete="current-password" autofocus>
<button>Watch</button>
</form>
</main>
</body>"""
    return "A film", "", body


def page_of_fault(text: str) -> tuple[str, str, str]:
    """Title, head and body of a page that says what is wrong."""
    return "No film", "", f'<body>\n<main class="small">\n<h1>{escape(text)}</h1>\n</main>\n</body>'


def headers_of_page(
    film: shares_pb2.OpenShareResponse | None = None, *, is_embedded: bool = False
) -> dict[str, str]:
    """Nothing is loaded but the film and its pictures from their store.

    The style within the page is taken and, of a film's own page, its script, each by its digest.
    """
    media = f"{_origin(film.film_url)} data:" if film else "'none'"
    images = _origin(film.poster_url) if film else "'none'"
    script = f"script-src 'sha256-{SCRIPT_HASH}'; " if film and not is_embedded else ""
    framed_by = "*" if is_embedded else "'none'"
    policy = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; {script}media-src {media}; img-src {images}; "
        f"form-action 'self'; base-uri 'none'; frame-ancestors {framed_by}"
    )
    return {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
        "x-robots-tag": "noindex, nofollow",
        **({} if is_embedded else {"x-frame-options": "DENY"}),
    }


def oembed(place: Place, film: shares_pb2.OpenShareResponse) -> bytes:
    """What sites read that show the film within their own pages (oEmbed 1.0)."""
    frame = (
        f'<iframe src="{escape(place.url)}/embed" width="{OEMBED_WIDTH_PX}" height="{OEMBED_HEIGHT_PX}" '
        f'title="{escape(film.title)}" allowfullscreen style="border:0"></iframe>'
    )
    told = {
        "version": "1.0",
        "type": "video",
        "title": film.title,
        "provider_name": "Film Studio",
        "html": frame,
        "width": OEMBED_WIDTH_PX,
        "height": OEMBED_HEIGHT_PX,
    }
    return json.dumps(told, ensure_ascii=False).encode()


def _previews(place: Place, film: shares_pb2.OpenShareResponse) -> str:
    """OpenGraph and oEmbed; of a film with a password nothing is told to those who don't have it."""
    if film.has_password or not place.origin:
        return ""
    properties = {
        "og:type": "video.movie",
        "og:title": film.title,
        "og:url": place.url,
        "og:description": f"A film of {_length(film.length_ms)}.",
        "og:video": f"{place.url}/film.mp4",
        "og:video:type": film.film_type,
        **({"og:image": f"{place.url}/poster.jpg"} if film.poster_url else {}),
    }
    tags = [f'<meta property="{name}" content="{escape(text)}">' for name, text in properties.items()]
    tags.append('<meta name="twitter:card" content="summary_large_image">')
    tags.append(
        f'<link rel="alternate" type="application/json+oembed" href="{escape(place.url)}/oembed.json" '
        f'title="{escape(film.title)}">'
    )
    return "\n".join(tags) + "\n"


def _track(film: shares_pb2.OpenShareResponse) -> str:
    """The captions within the page: from another origin a browser would not take them."""
    if not film.subtitles:
        return ""
    data = base64.b64encode(film.subtitles.encode()).decode()
    return f'<track kind="captions" label="Captions" src="data:text/vtt;base64,{data}" default>\n'


def _length(length_ms: int) -> str:
    """ "1 min 4 s"."""
    minutes, seconds = divmod(round(length_ms / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else "'none'"
