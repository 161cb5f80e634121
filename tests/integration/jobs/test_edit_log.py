"""The log of a project's edits: appended without gaps, undone, redone, restored, pinned by jobs."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import asyncpg
import pytest

from studio_jobs.edits.documents import Edit, EditAction
from studio_jobs.edits.kinds import DocumentKind, Kinds
from studio_jobs.store.edit_log import EditLog
from studio_platform.clock import SystemClock
from studio_platform.database import Database
from studio_platform.errors import Aborted, FailedPrecondition, FieldViolation, InvalidInput, NotFound
from tests.integration.jobs.stage import Stage, failure

AUTHOR = UUID(int=5)


class _Notes(DocumentKind):
    """Text in capitals is none of its documents."""

    name = "note"

    def check(self, subject: str, content: bytes) -> None:
        if content.isupper():
            raise InvalidInput("NOTE_LOUD", "too loud", violations=(FieldViolation(subject, "be calm"),))


@dataclass(slots=True)
class Book:
    """The log of one project."""

    stage: Stage
    log: EditLog
    project: UUID = field(default_factory=uuid4)

    async def open(self) -> Book:
        made = await self.stage.projects.create(self.stage.workspace, "Test", None)
        self.project = made.project_id
        return self

    async def write(self, subject: str, content: bytes, sequence: int = 0) -> Edit | None:
        return await self.write_all({subject: content}, sequence)

    async def write_all(self, notes: dict[str, bytes], sequence: int = 0) -> Edit | None:
        """All in one edit."""
        async with self.log.editing(self.stage.workspace, self.project, AUTHOR) as editing:
            for subject, content in notes.items():
                await editing.write("note", subject, content, f"{subject}: {content.decode()}", sequence)
        return editing.appended

    async def undo(self, newest: int = 0) -> Edit:
        return await self.log.undo(self.stage.workspace, self.project, AUTHOR, newest)

    async def redo(self) -> Edit:
        return await self.log.redo(self.stage.workspace, self.project, AUTHOR)

    async def restore(self, sequence: int) -> Edit:
        return await self.log.restore(self.stage.workspace, self.project, AUTHOR, sequence)

    async def notes(self, *at: int) -> dict[str, bytes]:
        found = await self.log.documents(self.stage.workspace, self.project, *at)
        return {subject: document.content for subject, document in found.of_kind("note").items()}

    async def history(self) -> list[Edit]:
        return list(await self.log.page(self.stage.workspace, self.project, 0, 1000))


@pytest.fixture
async def book(stage: Stage, database: Database) -> Book:
    return await Book(stage, EditLog(database, Kinds([_Notes()]), SystemClock())).open()


async def test_an_edit_says_who_when_and_what(book: Book) -> None:
    await book.write("a", b"one")
    written = await book.write("a", b"two")

    newest, first = await book.history()

    assert (first.sequence, newest.sequence) == (1, 2)
    assert (newest.author, newest.summary, newest.action) == (AUTHOR, "a: two", EditAction.EDIT)
    assert newest.created_at >= first.created_at
    assert newest.subjects == (("note", "a"),)
    assert written == newest


async def test_the_history_tells_the_first_subjects_of_an_edit_of_many_and_how_many_there_are(
    book: Book,
) -> None:
    written = await book.write_all({f"s{number:03}": b"text" for number in range(60)})

    (edit,) = await book.history()

    assert (edit.subject_count, edit.subjects[-1], len(edit.subjects)) == (60, ("note", "s049"), 50)
    assert written == edit


async def test_writers_at_once_get_numbers_without_gaps_and_lose_nothing(book: Book) -> None:
    await asyncio.gather(*(book.write(f"s{number}", b"text") for number in range(40)))

    assert [edit.sequence for edit in reversed(await book.history())] == list(range(1, 41))
    assert len(await book.notes()) == 40


async def test_of_two_writers_who_read_the_same_state_one_is_told_that_it_changed(book: Book) -> None:
    edit = await book.write("a", b"one")
    assert edit is not None

    outcomes = await asyncio.gather(
        *(book.write("a", text, edit.sequence) for text in (b"x", b"y")), return_exceptions=True
    )

    assert [outcome.reason for outcome in outcomes if isinstance(outcome, Aborted)] == ["ETAG_MISMATCH"]
    assert len(await book.history()) == 2


async def test_a_refused_document_leaves_no_gap_and_undoes_what_was_written_with_it(book: Book) -> None:
    with pytest.raises(InvalidInput):
        await book.write_all({"a": b"fine", "b": b"LOUD"})

    after = await book.write("c", b"one")

    assert after is not None
    assert after.sequence == 1
    assert await book.notes() == {"c": b"one"}


async def test_an_edit_that_changes_nothing_is_not_kept(book: Book) -> None:
    await book.write("a", b"one")

    assert await book.write("a", b"one") is None
    assert len(await book.history()) == 1


async def test_undo_and_redo_walk_back_and_forth_over_all_subjects(book: Book) -> None:
    await book.write("a", b"one")
    await book.write("b", b"two")
    await book.write("a", b"three")

    seen = []
    for step in (book.undo, book.undo, book.undo, book.redo, book.redo, book.redo):
        await step()
        seen.append(await book.notes())

    assert seen == [
        {"a": b"one", "b": b"two"},
        {"a": b"one"},
        {},
        {"a": b"one"},
        {"a": b"one", "b": b"two"},
        {"a": b"three", "b": b"two"},
    ]
    assert [edit.target for edit in reversed(await book.history())] == [0, 0, 0, 3, 2, 1, 6, 5, 4]


async def test_an_undone_undo_can_be_undone_again(book: Book) -> None:
    await book.write("a", b"one")
    await book.write("a", b"two")
    await book.undo()
    await book.redo()

    again = await book.undo()

    assert (again.action, again.summary) == (EditAction.UNDO, "a: two")
    assert await book.notes() == {"a": b"one"}
    await book.redo()
    assert await book.notes() == {"a": b"two"}


async def test_a_new_edit_ends_what_could_be_redone_and_undo_goes_on_below_it(book: Book) -> None:
    await book.write("a", b"one")
    await book.write("a", b"two")
    await book.undo()
    await book.write("b", b"new")

    with pytest.raises(FailedPrecondition, match="nothing to redo"):
        await book.redo()
    await book.undo()
    assert await book.notes() == {"a": b"one"}
    await book.undo()
    assert await book.notes() == {}


async def test_undo_past_the_beginning_is_refused_with_clear_text(book: Book) -> None:
    with pytest.raises(FailedPrecondition, match="nothing of this project was edited"):
        await book.undo()
    await book.write("a", b"one")
    await book.undo()

    with pytest.raises(FailedPrecondition, match="as it was before its first edit") as refused:
        await book.undo()

    assert refused.value.reason == "NOTHING_TO_UNDO"
    assert len(await book.history()) == 2


async def test_undo_is_refused_when_somebody_edited_meanwhile(book: Book) -> None:
    await book.write("a", b"one")
    await book.write("a", b"two")

    with pytest.raises(Aborted, match="newest edit is 2, not 1"):
        await book.undo(newest=1)

    assert await book.notes() == {"a": b"two"}


async def test_restore_is_one_edit_that_can_be_undone(book: Book) -> None:
    await book.write("a", b"one")
    await book.write("b", b"two")
    await book.write("a", b"")
    await book.write("c", b"four")

    restored = await book.restore(2)
    at_two = await book.notes()
    await book.undo()

    assert (restored.action, restored.target, restored.sequence) == (EditAction.RESTORE, 2, 5)
    assert at_two == {"a": b"one", "b": b"two"}
    assert await book.notes() == {"b": b"two", "c": b"four"}
    await book.restore(0)
    assert await book.notes() == {}


async def test_restore_to_what_is_or_never_was_is_refused(book: Book) -> None:
    await book.write("a", b"one")

    for sequence, reason in ((1, "NOTHING_TO_RESTORE"), (2, "EDIT_UNKNOWN")):
        with pytest.raises(FailedPrecondition) as refused:
            await book.restore(sequence)
        assert refused.value.reason == reason


@dataclass(slots=True)
class Model:
    """What the log should do, as a list of all states, and two stacks of states."""

    states: list[dict[str, bytes]] = field(default_factory=lambda: [{}])
    undo: list[dict[str, bytes]] = field(default_factory=list)
    redo: list[dict[str, bytes]] = field(default_factory=list)

    @property
    def now(self) -> dict[str, bytes]:
        return self.states[-1]

    def edit(self, state: dict[str, bytes]) -> None:
        """Come to another state, after which nothing can be redone."""
        self.undo.append(self.now)
        self.redo.clear()
        self.states.append(state)

    def walk(self, stack: list[dict[str, bytes]], other: list[dict[str, bytes]]) -> None:
        """Come to the state on top of a stack; the present one goes on the other."""
        other.append(self.now)
        self.states.append(stack.pop())


async def step(book: Book, model: Model, dice: random.Random) -> None:
    """One random call on the log, and on the model what it should come to."""
    match dice.choice(("write", "write", "write", "undo", "undo", "redo", "restore")):
        case "undo" if model.undo:
            await book.undo()
            model.walk(model.undo, model.redo)
        case "redo" if model.redo:
            await book.redo()
            model.walk(model.redo, model.undo)
        case "restore":
            sequence = dice.randrange(len(model.states))
            if model.states[sequence] != model.now:
                await book.restore(sequence)
                model.edit(model.states[sequence])
        case _:
            notes = {
                dice.choice("abc"): dice.choice((b"", b"one", b"two")) for _ in range(dice.choice((1, 2)))
            }
            state = {name: text for name, text in {**model.now, **notes}.items() if text}
            if state != model.now:
                await book.write_all(notes)
                model.edit(state)


@pytest.mark.parametrize("seed", range(3))
async def test_after_any_walk_the_log_is_where_a_plain_model_of_it_is(book: Book, seed: int) -> None:
    dice, model = random.Random(seed), Model()  # noqa: S311 -- a repeatable walk

    for _ in range(60):
        await step(book, model, dice)
        assert await book.notes() == model.now

    assert [await book.notes(sequence) for sequence in range(len(model.states))] == model.states
    assert [edit.sequence for edit in reversed(await book.history())] == list(range(1, len(model.states)))


async def test_a_document_that_is_too_long_is_refused(book: Book) -> None:
    with pytest.raises(InvalidInput, match="at most 65536 bytes"):
        await book.write("a", b"x" * 65_537)

    assert not await book.history()


async def test_documents_are_read_as_of_any_edit(book: Book) -> None:
    await book.write("a", b"one")
    await book.write("b", b"two")
    await book.write("a", b"")
    await book.undo()

    states = [await book.notes(sequence) for sequence in range(5)]

    both = {"a": b"one", "b": b"two"}
    assert states == [{}, {"a": b"one"}, both, {"b": b"two"}, both]


async def test_no_statement_changes_an_edit_until_its_project_is_deleted(
    book: Book, database: Database
) -> None:
    await book.write("a", b"one")

    for statement in (
        "update edits set summary = 'x'",
        "delete from edits",
        "update edit_changes set after = 'x'",
        "delete from edit_changes",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await database.execute(statement)
    await book.stage.projects.delete(book.stage.workspace, book.project, 0)

    assert await database.fetchval("select count(*) from edit_changes") == 0
    with pytest.raises(NotFound):
        await book.write("a", b"two")


async def test_another_workspace_sees_and_writes_nothing(book: Book) -> None:
    await book.write("a", b"one")

    assert not (await book.log.documents(uuid4(), book.project)).found
    assert not await book.log.page(uuid4(), book.project, 0, 10)
    with pytest.raises(NotFound):
        await book.log.undo(uuid4(), book.project, AUTHOR)


async def test_a_job_and_its_retry_pin_the_edits_that_it_was_created_with(book: Book) -> None:
    stage = book.stage
    await book.write("a", b"one")
    job = await stage.submit(project=book.project)
    await book.write("a", b"two")
    await stage.run_to_end(job, verdict=lambda order: failure(order, permanent=True))

    retried = await stage.submissions.retry(await stage.job(job), None)

    assert (job.edit_sequence, retried.edit_sequence) == (1, 1)
    assert (await stage.submit(project=book.project)).edit_sequence == 2
