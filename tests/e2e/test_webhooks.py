"""A webhook as its owner meets it: added, told of a film, looked through, sent again, removed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread

import pytest
from standardwebhooks import Webhook

from tests.e2e.conftest import Studio
from tests.e2e.test_library import film

SCRIPT = "Title: Told\n\nINT. HALL - DAY\n\nA door opens.\n"
ARRIVES_SECONDS_MAX = 60

Arrivals = Queue[tuple[dict[str, str], bytes]]

pytestmark = pytest.mark.timeout(600)


@contextmanager
def listening() -> Iterator[tuple[str, Arrivals]]:
    """An address, and what arrives there."""
    arrivals: Arrivals = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            arrivals.put((dict(self.headers), body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = Thread(target=server.serve_forever, daemon=True)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}/film", arrivals
        server.shutdown()


def test_a_webhook_hears_of_a_film_and_hears_it_again(studio: Studio) -> None:
    script = studio.home / "told.fountain"
    script.write_text(SCRIPT)
    with listening() as (url, arrivals):
        (webhook,) = film(studio, "webhook", "add", url, "--event", "completed", "--name", "here")
        rendered = studio.render(script, "told.mp4")
        headers, body = arrivals.get(timeout=ARRIVES_SECONDS_MAX)
        told = Webhook(webhook["secret"]).verify(body, headers)
        (listed,) = film(studio, "webhook", "list")
        (sent,) = film(studio, "webhook", "log", "here")
        film(studio, "webhook", "replay", "here", headers["webhook-id"])
        again, body_again = arrivals.get(timeout=ARRIVES_SECONDS_MAX)
        film(studio, "webhook", "remove", "here")

    assert (told["type"], told["data"]["job"]) == ("job.completed", rendered.job)
    assert (listed["name"], listed.get("secret")) == (webhook["name"], None)
    assert json.loads(sent["body"]) == told
    assert (again["webhook-id"], body_again) == (headers["webhook-id"], body)
    assert film(studio, "webhook", "list") == []


def test_an_address_that_is_none_is_refused_with_the_reason(studio: Studio) -> None:
    ran = studio.film("webhook", "add", "ftp://127.0.0.1/film")

    assert ran.returncode == 2
    assert "must begin with https:// or http://" in ran.stderr
