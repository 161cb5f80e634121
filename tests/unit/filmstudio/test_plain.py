"""Texts of others reach the terminal as text and nothing else."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from filmstudio.cli.job_view import JobView
from filmstudio.cli.outcomes import failure_text
from filmstudio.cli.plain import plain
from filmstudio.cli.screen import picture
from filmstudio.cli.tables import Column, print_table
from filmstudio.jobs.v1 import jobs_pb2
from tests.unit.filmstudio.updates import JOB, change, event

HOSTILE = "[/b]\x1b[31mred\x07 [link=x]\r\nnext"
HARMLESS = "[/b]\ufffd[31mred\ufffd [link=x] next"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HOSTILE, HARMLESS),
        ("Café ” 夜", "Café ” 夜"),
        ("a\tb\n", "a b"),
        ("two  blanks", "two  blanks"),
        ("", ""),
    ],
)
def test_text_is_one_line_of_what_can_be_printed(text: str, said: str) -> None:
    assert plain(text) == said


def test_title_in_a_table_is_text() -> None:
    stream = io.StringIO()

    print_table([Column("PROJECT", yields=True)], [[HOSTILE]], Console(width=80, file=stream))

    assert stream.getvalue().splitlines()[1].rstrip() == HARMLESS


def test_title_and_names_in_the_picture_are_text() -> None:
    view = JobView(HOSTILE)
    running = change(1, "RUNNING")
    running.display_name = HOSTILE
    view.apply(event("GENERATING_IMAGES", tasks=[running]))
    stream = io.StringIO()

    Console(width=100, file=stream, force_terminal=True, color_system=None).print(picture(view, 100, 8))

    assert stream.getvalue().count(HARMLESS) == 2
    assert "\x1b" not in stream.getvalue()


def test_failure_is_text() -> None:
    said = failure_text(JOB, jobs_pb2.Failure(message=HOSTILE))

    assert said.splitlines()[1] == f"  {HARMLESS}"
