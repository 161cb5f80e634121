"""Models fetched from a hub that speaks the real HTTP, on a real socket."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from studio_models.__main__ import main
from studio_models.inventory import differences, read

COMMIT = "a" * 40
FILES = {
    "model_index.json": b"{}",
    "unet/weights.safetensors": b"weights of a model",
    "whole.safetensors": b"the same once more",
}


class Hub(ThreadingHTTPServer):
    """One model, under a licence, that may send other bytes than it lists."""

    licence = "mit"
    lies = False
    address = ""


class Answers(BaseHTTPRequestHandler):
    """What huggingface_hub asks for."""

    server: Hub

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_message(self, format: str, *arguments: object) -> None:
        """Not to the terminal."""

    def _answer(self, *, with_body: bool) -> None:
        path = self.path.partition("?")[0]
        if path.startswith("/api/models/some/model/tree"):
            self._send(json.dumps(_tree()).encode(), with_body=with_body)
        elif path.startswith("/api/models/some/model"):
            self._send(json.dumps(self._info()).encode(), with_body=with_body)
        elif (name := path.partition(f"/resolve/{COMMIT}/")[2]) in FILES:
            content = FILES[name]
            sent = content[::-1] if self.server.lies and name.endswith("safetensors") else content
            self._send(sent, with_body=with_body)
        else:
            self.send_error(404)

    def _info(self) -> dict[str, object]:
        siblings = [
            {"rfilename": name, "size": len(data), "blobId": "b", "lfs": _lfs(data)}
            for name, data in FILES.items()
        ]
        return {
            "id": "some/model",
            "sha": COMMIT,
            "siblings": siblings,
            "cardData": {"license": self.server.licence},
        }

    def _send(self, body: bytes, *, with_body: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if with_body:
            self.wfile.write(body)


def _tree() -> list[dict[str, object]]:
    return [
        {
            "type": "file",
            "path": name,
            "size": len(data),
            "oid": "b",
            "lfs": {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130},
        }
        for name, data in FILES.items()
    ]


def _lfs(data: bytes) -> dict[str, object]:
    return {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}


@pytest.fixture
def hub() -> Iterator[Hub]:
    server = Hub(("127.0.0.1", 0), Answers)
    server.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def fetched(hub: Hub, folder: Path, *more: str) -> int:
    return main(["fetch", "some/model", str(folder), "--endpoint", hub.address, *more])


def test_a_model_comes_with_its_inventory_and_without_its_doubles(hub: Hub, tmp_path: Path) -> None:
    assert fetched(hub, tmp_path / "model") == 0

    inventory = read(tmp_path / "model")
    assert (inventory.name, inventory.revision, inventory.licence) == ("some/model", COMMIT, "mit")
    assert sorted(inventory.files) == ["model_index.json", "unet/weights.safetensors"]
    assert differences(tmp_path / "model") == []


def test_a_non_commercial_model_is_fetched_only_once_its_licence_was_accepted(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.licence = "cc-by-nc-4.0"

    assert fetched(hub, tmp_path / "model") == 1
    assert not (tmp_path / "model").exists()
    assert "--accept-licence" in capsys.readouterr().err
    assert fetched(hub, tmp_path / "model", "--accept-licence") == 0
    assert "not for commercial use" in capsys.readouterr().out


def test_files_that_are_not_those_that_the_hub_lists_are_refused(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hub.lies = True
    assert fetched(hub, tmp_path / "model") == 1
    assert "weights.safetensors" in capsys.readouterr().err


def test_a_model_that_there_is_not_is_one_line(
    hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fetch", "no/model", str(tmp_path / "m"), "--endpoint", hub.address]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
