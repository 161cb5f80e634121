"""Migrations only add, so that pods of the release before go on beside the new ones, and after them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.chart.release import ROOT

MIGRATIONS = sorted((ROOT / "services").glob("*/*/migrations/*.sql"))
# The second half of a change that an earlier release began: it says which, and why nothing needs the old.
MARK = re.compile(r"^-- contract: \d+\.\d+\.\d+ .{20,}$", re.MULTILINE)
COMMENT = re.compile(r"--[^\n]*")
CREATED = re.compile(r"\bcreate (?:temporary )?table (?:if not exists )?(\w+)")
ALTERED = re.compile(r"\balter table (?:if exists )?(?:only )?(\w+)")
DROPPED = re.compile(r"\bdrop constraint (?:if exists )?(\w+)")
COLUMN = re.compile(r"\badd column (?:if not exists )?(\w+)")
ADDED = re.compile(r"\badd constraint (\w+)")
TAKES_AWAY: tuple[tuple[str, str], ...] = (
    (r"\bdrop (table|column|type|schema|function|view|default)\b", "takes away what older pods use"),
    (r"\brename (to|column|constraint)?\b", "takes away a name that older pods use"),
    (r"\btruncate\b", "takes away rows"),
    (r"\balter column \w+ (set data )?type\b", "changes what older pods read"),
    (r"\bset not null\b", "refuses what older pods write"),
    (
        r"\badd column (?!.*\bdefault\b).*\bnot null\b",
        "refuses rows of older pods, which don't know the column",
    ),
)


def faults_of(text: str) -> list[str]:
    """What a migration does to pods of the release before."""
    if MARK.search(text):
        return []
    up = COMMENT.sub("", text.partition("-- migrate:down")[0]).lower()
    return [fault for statement in up.split(";") for fault in _faults(" ".join(statement.split()), up)]


def _faults(statement: str, whole: str) -> list[str]:
    table = ALTERED.search(statement)
    if table is None or table[1] in CREATED.findall(whole):
        # What is made anew in the same migration is known to no pod yet.
        return [
            why
            for pattern, why in TAKES_AWAY[:3]
            if re.search(pattern, statement) and "on commit" not in statement
        ]
    parts = re.split(r",(?![^(]*\))", statement)
    found = [why for part in parts for pattern, why in TAKES_AWAY if re.search(pattern, part)]
    dropped, columns = set(DROPPED.findall(whole)), COLUMN.findall(whole)
    for part in parts:
        added = ADDED.search(part)
        # Another form of a constraint takes its name; one on a new column finds that column's default alone.
        if added and added[1] not in dropped and not any(re.search(rf"\b{name}\b", part) for name in columns):
            found.append(f"{added[1]} may refuse what older pods write")
    return found


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_a_migration_only_adds(path: Path) -> None:
    assert faults_of(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("drop table jobs", "takes away"),
        ("alter table jobs drop column title", "takes away"),
        ("alter table jobs rename column title to name", "a name"),
        ("alter table jobs rename to films", "a name"),
        ("truncate jobs", "rows"),
        ("alter table jobs alter column title type int", "changes"),
        ("alter table jobs alter column title set not null", "refuses"),
        ("alter table jobs add column a text, add column b text not null", "refuses rows"),
        ("alter table jobs add constraint short check (length(title) < 9)", "short may refuse"),
    ],
)
def test_one_that_takes_away_is_a_fault(statement: str, said: str) -> None:
    (fault,) = faults_of(f"-- migrate:up\n{statement};\n\n-- migrate:down\ndrop table anything;\n")
    assert said in fault


@pytest.mark.parametrize(
    "statement",
    [
        "create table films (id int); alter table films add column a int not null",
        "alter table j drop constraint few; alter table j add constraint few check (kind in ('a', 'b'))",
        "alter table jobs add column a text not null default ''",
        "-- contract: 0.3.0 nothing has read the title since 0.2.0\nalter table jobs drop column title",
        "alter table jobs add column a int, add constraint few check (a is null or id is not null)",
        "drop index jobs_unfinished",
    ],
)
def test_one_that_only_adds_or_says_why_is_none(statement: str) -> None:
    assert faults_of(f"-- migrate:up\n{statement};\n\n-- migrate:down\n") == []
