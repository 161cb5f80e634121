"""Comments stay with what they are about, and approvals remember what was approved."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from filmstudio.reviews.v1 import reviews_pb2
from studio_jobs.breakdowns import Breakdowns
from studio_jobs.owner import current_author
from studio_jobs.servicers.reviews import ReviewsServicer
from studio_jobs.store import rows
from studio_jobs.store.approvals import Approvals
from studio_jobs.store.approving import Approving
from studio_jobs.store.boards import Boards
from studio_jobs.store.comments import Comments
from studio_jobs.store.shot_renders import ShotRenders
from studio_platform.clock import SystemClock
from studio_platform.errors import FailedPrecondition, InvalidInput, NotFound, PermissionDenied, StudioError
from studio_platform.identity import Identity, set_current_identity
from tests.integration.jobs.stage import SCRIPT, Stage

LINE = 8
"""Where SCRIPT says "Is anybody there?"."""

WORDS = b"Is anybody there?"
DONE = reviews_pb2.DECISION_APPROVED
CHANGES = reviews_pb2.DECISION_CHANGES_REQUESTED


@dataclass(slots=True)
class Review:
    """A project that was rendered once; whoever signed in last calls."""

    stage: Stage
    servicer: ReviewsServicer
    job: rows.Job
    shots: list[str]

    @property
    def project(self) -> str:
        return f"projects/{self.job.project_id}"

    def sign_in(self, role: str = "reviewer", workspace: UUID | None = None) -> str:
        """Somebody else calls from now on; their name."""
        user = str(uuid4())
        there = str(workspace or self.stage.workspace)
        set_current_identity(Identity(user, there, roles=frozenset({role})))
        return f"users/{user}"

    async def render(self, script: bytes = SCRIPT) -> rows.Job:
        """Import a text and make its film."""
        return await self.stage.run_to_end(await self.stage.submit(script, self.job.project_id))

    async def say(self, text: str = "Darker.", **place: object) -> reviews_pb2.Comment:
        """A new comment."""
        comment = reviews_pb2.Comment(text=text, **place)  # type: ignore[arg-type]  # fields by name
        request = reviews_pb2.CreateCommentRequest(project=self.project, comment=comment)
        return await self.servicer.CreateComment(request, None)

    async def listed(self, **asked: object) -> list[reviews_pb2.Comment]:
        """All comments that are asked for, page by page."""
        found: list[reviews_pb2.Comment] = []
        token = ""
        while True:
            request = reviews_pb2.ListCommentsRequest(
                project=self.project,
                page_token=token,
                **asked,  # type: ignore[arg-type]  # fields by name
            )
            page = await self.servicer.ListComments(request, None)
            found += page.comments
            token = page.next_page_token
            if not token:
                return found

    async def resolve(self, comment: reviews_pb2.Comment, *, reopen: bool = False) -> reviews_pb2.Comment:
        """Resolve or open again."""
        request = reviews_pb2.ResolveCommentRequest(name=comment.name, reopen=reopen)
        return await self.servicer.ResolveComment(request, None)

    async def delete(self, comment: reviews_pb2.Comment) -> None:
        """Delete a comment."""
        await self.servicer.DeleteComment(reviews_pb2.DeleteCommentRequest(name=comment.name), None)

    async def approve(self, shot: str, job: rows.Job | None = None) -> reviews_pb2.Approval:
        """Approve a shot, as one job made it or the newest."""
        request = reviews_pb2.ApproveShotRequest(
            name=f"{self.project}/approvals/{shot}", job=f"jobs/{job.job_id}" if job else ""
        )
        return await self.servicer.ApproveShot(request, None)

    async def request_changes(self, shot: str, note: str = "Too long.") -> reviews_pb2.Approval:
        """Ask for changes."""
        request = reviews_pb2.RequestChangesRequest(name=f"{self.project}/approvals/{shot}", note=note)
        return await self.servicer.RequestChanges(request, None)

    async def undo(self) -> None:
        """Take the last edit back."""
        await self.stage.log.undo(self.stage.workspace, self.job.project_id, current_author())

    async def decisions(self, page_size: int = 0) -> list[reviews_pb2.Approval]:
        """All decisions, page by page."""
        found: list[reviews_pb2.Approval] = []
        token = ""
        while True:
            request = reviews_pb2.ListApprovalsRequest(
                project=self.project, page_size=page_size, page_token=token
            )
            page = await self.servicer.ListApprovals(request, None)
            found += page.approvals
            token = page.next_page_token
            if not token:
                return found


async def shots_of(stage: Stage, job: rows.Job) -> list[str]:
    """The shots that a job made, in the film's order."""
    tasks = await stage.jobs.tasks_page(job.workspace_id, job.job_id, 0, 1000)
    return list(dict.fromkeys(task["shot_id"] for task in tasks if task["shot_id"]))


@pytest.fixture
async def review(stage: Stage) -> Review:
    clock = SystemClock()
    job = await stage.run_to_end(await stage.submit())
    boards, approvals = Boards(stage.database, Breakdowns(stage.database)), Approvals(stage.database)
    approving = Approving(boards, ShotRenders(stage.database), stage.log, approvals)
    comments = Comments(stage.database, clock)
    servicer = ReviewsServicer(stage.projects, boards, comments, approvals, approving)
    found = Review(stage, servicer, job, await shots_of(stage, job))
    found.sign_in()
    return found


def at(line: int, revision: int = 0) -> reviews_pb2.ScriptLine:
    return reviews_pb2.ScriptLine(revision=revision, line=line)


async def refusal(call: Awaitable[object]) -> StudioError:
    with pytest.raises(StudioError) as caught:
        await call
    return caught.value


async def test_comments_on_a_moment_a_shot_and_a_line_are_listed_in_their_order(review: Review) -> None:
    moment = reviews_pb2.FilmTime(job=f"jobs/{review.job.job_id}", at_ms=700)
    author = review.sign_in()

    said = [
        await review.say("Louder.", film_time=moment),
        await review.say("Darker.", shot=review.shots[0]),
        await review.say("Shorter.", script_line=at(LINE)),
    ]

    assert await review.listed(page_size=2) == said
    assert [each.text for each in said] == ["Louder.", "Darker.", "Shorter."]
    assert {each.author for each in said} == {author}
    assert said[0].film_time == moment
    assert said[1].shot == review.shots[0]
    assert said[2].script_line.text == WORDS.decode()
    assert (said[2].script_line.revision, said[2].script_line.current_line) == (1, LINE)


async def test_comments_are_found_by_shot_by_job_and_by_whether_they_are_resolved(review: Review) -> None:
    moment = reviews_pb2.FilmTime(job=f"jobs/{review.job.job_id}", at_ms=0)
    film, shot, line = (
        await review.say(film_time=moment),
        await review.say(shot=review.shots[1]),
        await review.say(script_line=at(LINE)),
    )
    done = await review.resolve(line)

    assert await review.listed(shot=review.shots[1]) == [shot]
    assert await review.listed(shot=review.shots[0]) == []
    assert await review.listed(job=f"jobs/{review.job.job_id}") == [film]
    assert await review.listed(resolved=True) == [done]
    assert await review.listed(resolved=False) == [film, shot]


async def test_the_same_request_makes_one_comment(review: Review) -> None:
    wanted = reviews_pb2.Comment(text="Darker.", shot=review.shots[0])
    request = reviews_pb2.CreateCommentRequest(
        project=review.project, comment=wanted, request_id=str(uuid4())
    )

    made = [await review.servicer.CreateComment(request, None) for _ in range(2)]

    assert made[0] == made[1]
    assert await review.listed() == made[:1]


async def test_answers_come_with_their_comment_and_go_with_it(review: Review) -> None:
    comment = await review.say(shot=review.shots[0])
    other = review.sign_in()
    first, second = (
        await review.say("Why?", parent=comment.name),
        await review.say("See?", parent=comment.name),
    )

    [listed] = await review.listed()
    review.sign_in("owner")
    await review.delete(comment)

    assert list(listed.replies) == [first, second]
    assert {reply.author for reply in listed.replies} == {other}
    assert await review.listed() == []


async def test_an_answer_is_not_answered_and_has_no_place(review: Review) -> None:
    comment = await review.say(shot=review.shots[0])
    answer = await review.say(parent=comment.name)

    deeper = await refusal(review.say(parent=answer.name))
    placed = await refusal(review.say(parent=comment.name, shot=review.shots[0]))
    nowhere = await refusal(review.say())

    assert isinstance(deeper, NotFound)
    assert isinstance(placed, InvalidInput)
    assert isinstance(nowhere, InvalidInput)


async def test_a_line_is_followed_through_edits_until_it_says_something_else(review: Review) -> None:
    await review.say(script_line=at(LINE))
    moved = SCRIPT.replace(b"INT. KITCHEN", b"INT. CELLAR - DAY\n\nDust.\n\nINT. KITCHEN")
    await review.render(moved)
    [later] = await review.listed()
    await review.render(moved.replace(WORDS, b"Who is there, in the dark?"))
    [gone] = await review.listed()

    assert moved.splitlines()[later.script_line.current_line - 1] == WORDS
    assert later.script_line.current_line == LINE + 4
    assert (gone.script_line.line, gone.script_line.text) == (LINE, WORDS.decode())
    assert gone.script_line.current_line == 0


async def test_a_resolved_comment_keeps_who_resolved_it_first_until_it_is_opened_again(
    review: Review,
) -> None:
    comment = await review.say(shot=review.shots[0])
    first = review.sign_in()
    resolved = await review.resolve(comment)
    review.sign_in()

    again = await review.resolve(comment)
    opened = await review.resolve(comment, reopen=True)

    assert resolved.resolver == first
    assert again == resolved
    assert opened == comment


async def test_a_comment_is_deleted_by_its_author_and_by_owners_alone(review: Review) -> None:
    mine, other = await review.say(shot=review.shots[0]), await review.say(shot=review.shots[0])
    await review.delete(mine)
    review.sign_in("editor")
    refused = await refusal(review.delete(other))
    review.sign_in("owner")
    await review.delete(other)

    assert isinstance(refused, PermissionDenied)
    assert isinstance(await refusal(review.delete(other)), NotFound)
    assert await review.listed() == []


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ({"shot": "no-such-shot"}, NotFound),
        ({"film_time": reviews_pb2.FilmTime(job=f"jobs/{uuid4()}", at_ms=1)}, NotFound),
        ({"script_line": reviews_pb2.ScriptLine(revision=7, line=1)}, NotFound),
        ({"script_line": reviews_pb2.ScriptLine(line=10_000)}, InvalidInput),
    ],
)
async def test_a_place_that_there_is_not_is_refused(
    review: Review, place: dict[str, object], error: type[StudioError]
) -> None:
    said = review.say(**place)  # type: ignore[arg-type]  # fields by name

    assert isinstance(await refusal(said), error)
    assert await review.listed() == []


async def test_a_moment_after_the_films_end_is_refused(review: Review) -> None:
    end_ms = review.job.film_length_ms
    name = f"jobs/{review.job.job_id}"

    refused = await refusal(review.say(film_time=reviews_pb2.FilmTime(job=name, at_ms=end_ms + 1)))
    last = await review.say(film_time=reviews_pb2.FilmTime(job=name, at_ms=end_ms))

    assert end_ms > 0
    assert isinstance(refused, InvalidInput)
    assert last.film_time.at_ms == end_ms


async def test_another_workspace_sees_and_does_nothing(review: Review) -> None:
    comment = await review.say(shot=review.shots[0])
    review.sign_in("owner", uuid4())

    refused = [
        await refusal(review.listed()),
        await refusal(review.say(shot=review.shots[0])),
        await refusal(review.resolve(comment)),
        await refusal(review.delete(comment)),
        await refusal(review.approve(review.shots[0])),
        await refusal(review.request_changes(review.shots[0])),
        await refusal(review.decisions()),
    ]

    assert {type(error) for error in refused} == {NotFound}


async def test_an_approval_remembers_the_job_and_the_files_that_were_looked_at(review: Review) -> None:
    author = review.sign_in()
    tasks = await review.stage.jobs.tasks_page(review.stage.workspace, review.job.job_id, 0, 1000)
    files = {task["content_key"].hex() for task in tasks if task["shot_id"] == review.shots[0]}

    approved = await review.approve(review.shots[0])

    assert (approved.decision, approved.author, approved.outdated) == (DONE, author, False)
    assert approved.job == f"jobs/{review.job.job_id}"
    assert {work.content_key for work in approved.work} == files
    assert {"still", "clip"} <= {work.kind for work in approved.work}
    assert await review.decisions() == [approved]


async def test_an_approved_shot_is_kept_by_every_render_until_changes_are_asked_for(review: Review) -> None:
    for shot in review.shots:
        await review.approve(shot)
    changed = SCRIPT.replace(WORDS, b"Is nobody there?")
    review.stage.executed.clear()
    await review.render(changed)
    kept = await review.decisions(page_size=2)
    made_while_locked = len(review.stage.executed)
    spoken = review.shots[1]
    asked = await review.request_changes(spoken, "As the script says.")
    await review.render(changed)
    after = {each.shot: each for each in await review.decisions()}

    assert made_while_locked == 0
    assert all(each.locked and not each.outdated for each in kept)
    assert not asked.locked
    assert (after[spoken].decision, after[spoken].outdated) == (CHANGES, True)
    assert len(review.stage.executed) > 0
    assert all(after[shot].locked and not after[shot].outdated for shot in review.shots if shot != spoken)


async def test_an_approval_whose_shot_was_unlocked_is_outdated_once_it_is_made_of_something_else(
    review: Review,
) -> None:
    spoken = review.shots[1]
    await review.approve(spoken)
    await review.undo()
    unlocked = await review.decisions()
    await review.render(SCRIPT.replace(WORDS, b"Is nobody there?"))
    [remade] = await review.decisions()

    assert [(each.locked, each.outdated) for each in unlocked] == [(False, False)]
    assert (remade.decision, remade.locked, remade.outdated) == (DONE, False, True)


async def test_a_shot_is_approved_and_locked_as_an_older_job_made_it(review: Review) -> None:
    spoken = review.shots[1]
    newer = await review.render(SCRIPT.replace(WORDS, b"Is nobody there?"))

    approved = await review.approve(spoken, review.job)
    again = await review.approve(spoken)
    other = await refusal(review.approve(spoken, newer))
    await review.render(SCRIPT.replace(WORDS, b"Is nobody there?"))
    [after] = await review.decisions()

    assert approved.job == again.job == f"jobs/{review.job.job_id}"
    assert approved.outdated
    assert (type(other), other.reason) == (FailedPrecondition, "SHOT_LOCKED")
    assert not after.outdated


async def test_asking_for_changes_takes_an_approval_back(review: Review) -> None:
    await review.approve(review.shots[0])
    await review.request_changes(review.shots[0], "Too long.")

    [decided] = await review.decisions()

    assert (decided.decision, decided.note, decided.locked) == (CHANGES, "Too long.", False)
    assert decided.work


async def test_a_shot_that_no_job_made_is_not_approved_but_may_be_asked_for(review: Review) -> None:
    fresh = await review.stage.projects.create(review.stage.workspace, "Fresh", None)
    job = await review.stage.submit(SCRIPT, fresh.project_id)
    unmade = Review(review.stage, review.servicer, job, review.shots)
    board = await Boards(review.stage.database, Breakdowns(review.stage.database)).of(
        review.stage.workspace, fresh.project_id
    )
    shot = board.breakdown.scenes[0].shots[0].shot_id

    refused = await refusal(unmade.approve(shot))
    asked = await unmade.request_changes(shot)

    assert isinstance(refused, FailedPrecondition)
    assert (asked.job, list(asked.work)) == ("", [])


async def test_what_was_said_goes_with_the_project(review: Review) -> None:
    comment = await review.say(shot=review.shots[0])
    await review.say(parent=comment.name)
    await review.approve(review.shots[0])

    await review.stage.projects.delete(review.stage.workspace, review.job.project_id, 0)

    for table in ("comments", "approvals"):
        assert await review.stage.database.fetchval(f"select count(*) from {table}") == 0  # noqa: S608 - a test's
