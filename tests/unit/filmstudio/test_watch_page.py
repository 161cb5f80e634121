"""The page of a watch: what it serves, to whom, and the states that it tells."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx2
import pytest

from filmstudio.cli.checking import Checked
from filmstudio.cli.job_view import JobView
from filmstudio.cli.plan_view import PlanSeen
from filmstudio.cli.watching.board import Board, Phase
from filmstudio.cli.watching.page import served
from filmstudio.screenplay.v1 import screenplay_pb2
from tests.unit.filmstudio.updates import event

FILM = bytes(range(256)) * 64
PLAN = PlanSeen(
    "Ferry: 16 shots", [["scene 1 shot 7", "25", "speech", "2.9 s", "", "script"]], ["", "gone: x"], []
)


@pytest.fixture
def board() -> Board:
    return Board("The Last Ferry", "ferry.fountain")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "ferry.mp4"
    path.write_bytes(FILM)
    return path


@pytest.fixture
async def page(board: Board, film: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with served(board, film) as address, httpx2.AsyncClient(base_url=address, timeout=20) as client:
        yield client


async def state_of(board: Board) -> dict[str, Any]:
    async with aclosing(board.states()) as states:
        return await anext(states)


async def test_page_holds_no_script_of_its_own_and_loads_from_nowhere_else(page: httpx2.AsyncClient) -> None:
    answer = await page.get("")

    assert answer.status_code == 200
    assert '<script src="player.js"></script>' in answer.text
    assert answer.text.count("<script") == 1
    assert " style=" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("name", ["player.js", "player.css"])
async def test_page_has_its_files(page: httpx2.AsyncClient, name: str) -> None:
    assert (await page.get(name)).status_code == 200


async def test_page_is_on_this_machine_alone_at_a_path_that_nobody_guesses(page: httpx2.AsyncClient) -> None:
    assert page.base_url.host == "127.0.0.1"
    assert len(page.base_url.path.strip("/")) >= 32

    root = str(page.base_url.join("/"))
    names = ("", "player.js", "events", "films/0")
    unknown = [await page.get(f"{root}{name}") for name in names] + [await page.get("nothing.html")]
    elsewhere = await page.get("", headers={"host": "film.example.org"})

    assert {answer.status_code for answer in unknown} == {404}
    assert elsewhere.status_code == 400


async def test_film_is_served_in_parts_and_an_older_one_is_gone(
    board: Board, page: httpx2.AsyncClient
) -> None:
    board.shows(is_new=True, note="")
    board.shows(is_new=True, note="")

    part = await page.get("films/2", headers={"range": "bytes=256-511"})
    old = await page.get("films/1")

    assert (part.status_code, part.content) == (206, FILM[256:512])
    assert part.headers["content-type"] == "video/mp4"
    assert old.status_code == 410


async def test_page_is_told_each_state_and_its_end(board: Board, page: httpx2.AsyncClient) -> None:
    told: list[dict[str, Any]] = []
    async with page.stream("GET", "events") as answer:
        async for line in answer.aiter_lines():
            if not line:
                continue
            told.append(json.loads(line.removeprefix("data: ")))
            if len(told) == 1:
                board.plans(PLAN)
            elif len(told) == 2:
                board.close()

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert [state["phase"] for state in told] == ["looking", "rendering"]
    assert told[1]["plan"]["rows"] == PLAN.rows
    assert told[1]["plan"]["others"] == ["gone: x"]


async def test_slow_page_gets_the_newest_state_only(board: Board) -> None:
    async with aclosing(board.states()) as states:
        await anext(states)
        board.plans(PLAN)
        board.keeps(Phase.FAILED, "no ink")
        following = await asyncio.wait_for(anext(states), 20)

    assert (following["phase"], following["note"]) == ("failed", "no ink")


async def test_new_text_takes_away_what_was_said_of_the_last_but_not_the_film(board: Board) -> None:
    board.shows(is_new=True, note="")
    board.plans(PLAN)
    board.keeps(Phase.FAILED, "no ink")

    board.looks()

    state = await state_of(board)
    assert (state["phase"], state["note"], state["plan"], state["film"]) == ("looking", "", None, 1)


async def test_remarks_come_with_their_lines_and_no_control_characters(board: Board) -> None:
    remark = screenplay_pb2.Diagnostic(
        line=2,
        column=1,
        severity=screenplay_pb2.SEVERITY_WARNING,
        text="a\x1b[31m name",
        suggestion="mend it",
    )
    found = screenplay_pb2.ParseScreenplayResponse(diagnostics=[remark])

    board.remarks(Checked("ferry.fountain", b"INT. PIER\nTOM:\n", found=found))

    (told,) = (await state_of(board))["remarks"]
    assert told == {
        "severity": "warning",
        "line": 2,
        "column": 1,
        "text": "a\N{REPLACEMENT CHARACTER}[31m name",
        "suggestion": "mend it",
        "source": "TOM:",
    }


async def test_progress_has_the_stages_counters(board: Board) -> None:
    view = JobView("The Last Ferry")
    view.apply(event("GENERATING_VIDEO", counts=[(4, 4), (1, 4), (0, 2), (0, 1)]))

    board.progresses(view)

    progress = (await state_of(board))["progress"]
    assert progress["words"] == "generating video"
    assert [(stage["name"], stage["done"], stage["total"]) for stage in progress["stages"]] == [
        ("stills", 4, 4),
        ("clips", 1, 4),
        ("sound", 0, 2),
        ("cut", 0, 1),
    ]


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("board.pdf", "application/pdf"), ("board.html", "text/html; charset=utf-8"), ("read.m4a", "audio/mp4")],
)
async def test_what_is_no_film_has_its_own_type_and_runs_nothing(
    tmp_path: Path, name: str, media_type: str
) -> None:
    path = tmp_path / name
    path.write_bytes(b"made")
    board = Board("The Last Ferry", "ferry.fountain", path.suffix)
    told = await state_of(board)
    board.shows(is_new=True, note="")

    async with served(board, path) as address, httpx2.AsyncClient(base_url=address, timeout=20) as client:
        answer = await client.get("films/1")

    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-security-policy"].endswith("sandbox")
    assert answer.headers["cache-control"] == "no-store"
    assert told["suffix"] == path.suffix
