"""SQL files are read as named blocks, each with its sentence."""

from __future__ import annotations

import pytest

from studio_platform.database import Queries

TEXT = """-- What this file is.

-- name: add_job
-- Adds a job.
insert into jobs
values ($1);

-- name: get_job
-- The job of an id.
select * from jobs where id = $1;
"""


def test_each_block_is_found_by_its_name() -> None:
    queries = Queries(TEXT)

    assert list(queries) == ["add_job", "get_job"]
    assert queries["add_job"].endswith("values ($1);")
    assert "select" not in queries["add_job"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("-- name: a\n-- A.\nselect 1;\n-- name: a\n-- A.\nselect 1;", "twice"),
        ("-- name: a\nselect 1;", "sentence"),
        ("-- name: a\n-- Only a comment.\n", "no SQL"),
    ],
)
def test_a_bad_file_is_refused(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Queries(text)


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        Queries(TEXT)["nothing"]
