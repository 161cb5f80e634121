"""The web studio's files: which answer which path, how long they are kept, what the page may load."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from studio_gateway.http.branding import Branding
from studio_gateway.http.exchange import Exchange
from studio_gateway.http.held_files import read_files
from studio_gateway.http.studio_files import StudioFiles

ROUTES = Path(__file__).resolve().parents[3] / "web" / "src" / "app" / "Studio.tsx"
SCRIPT = "/assets/index-3f2a.js"
PNG = b"\x89PNG\r\n\x1a\n0000"


async def api(scope: Scope, receive: Receive, send: Send) -> None:
    """What is behind the studio's files."""
    await Exchange(scope, receive, send).answer(404, b'"the API"')


def studio_addresses() -> list[str]:
    """What the studio's own script takes for a page, with a project and its board."""
    routes = re.findall(r'<Route path="([^"]+)"', ROUTES.read_text())
    return sorted({route.replace(":project", "7").replace(":page?", "board") for route in routes})


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A folder as a build leaves it."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Studio</title>")
    script = tmp_path / SCRIPT[1:]
    script.write_text("let studio;")
    script.with_name(script.name + ".gz").write_bytes(gzip.compress(b"let studio;"))
    return tmp_path


def client(folder: Path, branding: Branding | None = None, *media: str) -> httpx2.AsyncClient:
    app = StudioFiles(api, read_files(folder), branding or Branding(), media)
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://studio")


async def told(folder: Path, path: str, headers: Mapping[str, str] | None = None) -> httpx2.Response:
    async with client(folder) as studio:
        return await studio.get(path, headers=headers)


@pytest.mark.parametrize("path", studio_addresses())
async def test_each_of_the_studios_addresses_is_its_page_which_is_not_kept(built: Path, path: str) -> None:
    page = await told(built, path)

    assert page.text.startswith("<!doctype html>")
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/api/v1/projects", "/assets/%2e%2e/index.html", "/assets/none.js", "/x"])
async def test_every_other_path_is_the_apis(built: Path, path: str) -> None:
    assert (await told(built, path)).text == '"the API"'


async def test_without_a_build_every_path_is_the_apis(tmp_path: Path) -> None:
    assert (await told(tmp_path / "none", "/")).text == '"the API"'


async def test_the_page_loads_scripts_and_styles_of_its_own_and_films_of_their_store(built: Path) -> None:
    async with client(built, None, "https://media.example.org") as studio:
        policy = (await studio.get("/")).headers["content-security-policy"]

    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert "unsafe" not in policy
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["default-src"] == rules["frame-ancestors"] == "'none'"
    assert "https://media.example.org" in rules["media-src"].split()


@pytest.mark.parametrize(
    ("accepted", "encoding"), [("gzip, br", "gzip"), ("identity", None), ("gzip;q=0", None)]
)
async def test_a_file_comes_compressed_where_that_is_taken_and_is_kept_for_good(
    built: Path, accepted: str, encoding: str | None
) -> None:
    script = await told(built, SCRIPT, {"accept-encoding": accepted})

    assert script.text == "let studio;"
    assert script.headers.get("content-encoding") == encoding
    assert "immutable" in script.headers["cache-control"]


async def test_files_are_only_read(built: Path) -> None:
    async with client(built) as studio:
        posted = await studio.post("/")
        head = await studio.head("/")

    assert posted.status_code == 405
    assert (head.content, head.status_code) == (b"", 200)


async def test_an_instance_has_a_name_an_accent_and_a_logo(built: Path, tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(PNG)
    async with client(built, Branding("Northlight", "#3366ff", str(logo))) as studio:
        brand = (await studio.get("/branding.json")).json()
        shown = await studio.get(brand["logo"])

    assert brand == {"name": "Northlight", "accent": "#3366ff", "logo": "/branding-logo"}
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")


@pytest.mark.parametrize(("name", "content"), [("logo.gif", b"GIF89a"), ("logo.png", b"<svg/>")])
def test_a_logo_that_is_none_stops_the_start(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(ValueError, match="FILM_BRAND_LOGO_FILE"):
        Branding(logo_file=str(tmp_path / name)).files()


def test_what_is_told_of_an_instance_is_json() -> None:
    told = Branding('"</script>').files()["/branding.json"].forms[""]

    assert json.loads(told)["name"] == '"</script>'
