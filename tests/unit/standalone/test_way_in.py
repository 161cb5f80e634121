"""film open opens the studio's page where there is one, and says where the studio is where there is none."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator

import pytest

from studio_standalone.way_in import open_studio


@pytest.fixture
def page() -> Iterator[str]:
    """The address of something that serves pages."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that a browser was asked for; none is started in a test."""
    pages: list[str] = []

    def note(page: str) -> bool:
        pages.append(page)
        return True

    monkeypatch.setattr("webbrowser.open", note)
    return pages


def test_page_is_opened_where_there_is_a_screen(
    page: str, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")

    assert open_studio(page) == f"Opened http://{page}/docs"
    assert opened == [f"http://{page}/docs"]


def test_page_is_named_where_there_is_no_screen(
    page: str, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("sys.platform", "linux")

    assert open_studio(page) == f"The studio is at http://{page}/docs"
    assert opened == []


def test_studio_that_does_not_answer_is_named(opened: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(5)
        address = f"127.0.0.1:{silent.getsockname()[1]}"

        said = open_studio(address)

    assert said == f"The studio does not answer HTTP at {address}; see film logs gateway."
    assert opened == []
