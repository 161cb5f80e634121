"""The cast and the locations of a project: listed, edited, kept over revisions and pinned by jobs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from filmstudio.casting.v1 import casting_pb2
from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.states import JobState
from studio_jobs.servicers.casting import CastingServicer
from studio_jobs.store import rows
from studio_platform.errors import Aborted, InvalidInput, NotFound
from studio_platform.identity import Identity, current_identity, set_current_identity
from tests.integration.jobs.stage import VOICES, Stage

SCRIPT = b"""INT. KITCHEN - NIGHT

Rain on the window. MARA, sixty, stands by the table.

MARA
Is anybody there?

TOM
Only me.

EXT. STREET - DAY

A car waits.

TOM
Goodbye, Mara.
"""


@dataclass(slots=True)
class Cast:
    """One project as its owner sees it; `stage` renders it."""

    stage: Stage
    servicer: CastingServicer
    project: UUID = field(default_factory=uuid4)

    async def bring(self, script: bytes = SCRIPT) -> None:
        """Import a text into the project, made when there is none."""
        if await self.stage.projects.get(self.stage.workspace, self.project) is None:
            made = await self.stage.projects.create(self.stage.workspace, "Test", None)
            self.project = made.project_id
        await self.stage.projects.import_screenplay(self.stage.workspace, self.project, script, 0)

    async def members(self, page_size: int = 0) -> list[casting_pb2.CastMember]:
        """The cast, page by page."""
        found: list[casting_pb2.CastMember] = []
        token = ""
        while True:
            page = await self.servicer.ListCastMembers(
                casting_pb2.ListCastMembersRequest(
                    project=f"projects/{self.project}", page_size=page_size, page_token=token
                ),
                None,
            )
            found += page.cast_members
            token = page.next_page_token
            if not token:
                return found

    async def member(self, character: str) -> casting_pb2.CastMember:
        (found,) = [member for member in await self.members() if member.character == character]
        return found

    async def edit(self, character: str, *mask: str, **fields: object) -> casting_pb2.CastMember:
        """Update a member by the mask, or by what is set."""
        name = (await self.member(character)).name
        wanted = casting_pb2.CastMember(name=name, **fields)  # type: ignore[arg-type]  # fields by name
        request = casting_pb2.UpdateCastMemberRequest(cast_member=wanted, update_mask=FieldMask(paths=mask))
        return await self.servicer.UpdateCastMember(request, None)

    async def locations(self) -> list[casting_pb2.Location]:
        request = casting_pb2.ListLocationsRequest(project=f"projects/{self.project}")
        return list((await self.servicer.ListLocations(request, None)).locations)

    async def edit_location(self, place: str, **fields: object) -> casting_pb2.Location:
        (found,) = [location for location in await self.locations() if location.place == place]
        wanted = casting_pb2.Location(name=found.name, **fields)  # type: ignore[arg-type]  # fields by name
        request = casting_pb2.UpdateLocationRequest(location=wanted)
        return await self.servicer.UpdateLocation(request, None)

    async def submit(self, **options: object) -> rows.Job:
        request = jobs_pb2.CreateJobRequest(
            project=f"projects/{self.project}",
            request_id=str(uuid4()),
            options=jobs_pb2.RenderOptions(**{"narrate": False, **options}),  # type: ignore[arg-type]  # fields by name
        )
        return await self.stage.submissions.submit(self.stage.workspace, request)

    async def planned(self, job: rows.Job) -> dict[str, task_pb2.TaskSpec]:
        """The specs of a job's tasks by their names, after its planning."""
        assert await self.stage.loops.planner.step()
        tasks = await self.stage.jobs.tasks_page(self.stage.workspace, job.job_id, 0, 1000)
        return {task["display_name"]: task_pb2.TaskSpec.FromString(task["spec"]) for task in tasks}

    async def plan(self) -> dict[str, task_pb2.TaskSpec]:
        """The specs of a new job."""
        return await self.planned(await self.submit())


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    set_current_identity(Identity(user_id=str(uuid4()), workspace_id=str(stage.workspace)))
    cast = Cast(stage, CastingServicer(stage.database, stage.projects, stage.log))
    await cast.bring()
    return cast


def changed(before: dict[str, task_pb2.TaskSpec], after: dict[str, task_pb2.TaskSpec]) -> set[str]:
    """The kinds of tasks that are made anew, with who is in their pictures."""
    return {name for name in after if before[name] != after[name]}


async def test_the_cast_is_who_speaks_with_voice_look_and_seed(cast: Cast) -> None:
    mara, tom = await cast.members()

    assert (mara.character, tom.character) == ("MARA", "TOM")
    assert (mara.look, tom.look) == ("woman, sixty", "man")
    assert mara.voice != tom.voice
    assert mara.seed != tom.seed
    assert (mara.source, list(mara.edited_fields.paths)) == (casting_pb2.SOURCE_AUTO, [])
    assert mara.in_screenplay


async def test_the_places_are_those_of_the_headings_with_their_kind_and_weather(cast: Cast) -> None:
    kitchen, street = await cast.locations()

    assert (kitchen.place, kitchen.kind, kitchen.look) == (
        "KITCHEN",
        casting_pb2.LOCATION_KIND_INTERIOR,
        "rain",
    )
    assert (street.place, street.kind, street.look) == ("STREET", casting_pb2.LOCATION_KIND_EXTERIOR, "")


async def test_a_list_comes_in_pages_without_a_gap(cast: Cast) -> None:
    assert await cast.members(page_size=1) == await cast.members()


async def test_an_edit_says_what_was_edited_and_an_empty_field_is_the_studios_choice_again(
    cast: Cast,
) -> None:
    before = await cast.member("MARA")

    edited = await cast.edit("MARA", look="  a tall\nsailor ", voice="bass", display_name="Mara K.")
    cleared = await cast.edit("MARA", "look", "voice")

    assert (edited.look, edited.voice, edited.display_name) == ("a tall sailor", "bass", "Mara K.")
    assert edited.source == casting_pb2.SOURCE_EDITED
    assert list(edited.edited_fields.paths) == ["display_name", "look", "voice"]
    assert (cleared.look, cleared.voice) == (before.look, before.voice)
    assert list(cleared.edited_fields.paths) == ["display_name"]


async def test_an_edit_survives_a_new_revision_and_the_absence_of_its_character(cast: Cast) -> None:
    await cast.edit("TOM", look="a boy of nine")
    await cast.edit_location("KITCHEN", look="tiled in green")

    await cast.bring(b"INT. ATTIC - DAY\n\nMARA\nWhere is he?\n")
    absent, attic = await cast.member("TOM"), await cast.locations()
    await cast.bring(SCRIPT + b"\nMARA\nStay.\n")

    assert (absent.look, absent.in_screenplay) == ("a boy of nine", False)
    assert [(place.place, place.in_screenplay) for place in attic] == [("ATTIC", True), ("KITCHEN", False)]
    back = await cast.member("TOM")
    assert (back.look, back.in_screenplay) == ("a boy of nine", True)


async def test_a_renamed_character_is_a_new_one_and_keeps_nothing(cast: Cast) -> None:
    await cast.edit("TOM", look="a boy of nine")

    await cast.bring(SCRIPT.replace(b"TOM", b"THOMAS"))

    thomas = await cast.member("THOMAS")
    assert thomas.source == casting_pb2.SOURCE_AUTO
    assert thomas.look != "a boy of nine"


async def test_who_speaks_by_an_alias_is_played_as_the_character(cast: Cast) -> None:
    await cast.edit("TOM", look="a boy of nine", voice="bass", aliases=["Thomas"])

    await cast.bring(SCRIPT.replace(b"TOM\nOnly", b"THOMAS\nOnly"))
    plan = await cast.plan()

    assert [member.character for member in await cast.members()] == ["MARA", "TOM"]
    spoken = [spec.speech.voice for spec in plan.values() if spec.HasField("speech")]
    assert spoken == [(await cast.member("MARA")).voice, "bass", "bass"]
    figures = [figure for spec in plan.values() for figure in spec.still.figures]
    assert {figure.look for figure in figures if figure.name == "TOM"} == {"a boy of nine"}
    assert not any(figure.name == "THOMAS" for figure in figures)


async def test_a_name_that_no_index_holds_is_heard_but_not_listed(cast: Cast) -> None:
    """Final Draft puts no limit to a cue; one of 2,600 letters that repeat nothing."""
    name = "".join(chr(0x4E00 + at * 7 % 20_000) for at in range(2_600))
    paragraphs = (("Scene Heading", "INT. A - DAY"), ("Character", name), ("Dialogue", "Hello."))
    content = "".join(
        f'<Paragraph Type="{kind}"><Text>{text}</Text></Paragraph>' for kind, text in paragraphs
    )
    script = f'<FinalDraft DocumentType="Script"><Content>{content}</Content></FinalDraft>'

    await cast.bring(script.encode())
    plan = await cast.plan()

    assert await cast.members() == []
    assert [spec.speech.text for spec in plan.values() if spec.HasField("speech")] == ["Hello."]


async def test_an_alias_belongs_to_one_character(cast: Cast) -> None:
    await cast.edit("TOM", aliases=["THOMAS"])

    with pytest.raises(InvalidInput, match="an alias of TOM"):
        await cast.edit("MARA", aliases=["thomas"])
    with pytest.raises(InvalidInput, match="own name"):
        await cast.edit("MARA", aliases=["mara"])
    with pytest.raises(InvalidInput, match="who has aliases"):
        await cast.edit("MARA", aliases=["tom"])


async def test_a_voice_that_no_pool_declares_is_refused_with_those_that_are(cast: Cast) -> None:
    with pytest.raises(InvalidInput, match=", ".join(VOICES)):
        await cast.edit("MARA", voice="nobody")


async def test_a_mask_may_name_what_can_be_edited_alone(cast: Cast) -> None:
    with pytest.raises(InvalidInput, match="etag"):
        await cast.edit("MARA", "etag")


async def test_an_edit_of_what_another_edited_meanwhile_is_aborted(cast: Cast) -> None:
    before = await cast.member("MARA")
    await cast.edit("MARA", look="a sailor", etag=before.etag)

    with pytest.raises(Aborted):
        await cast.edit("MARA", look="a baker", etag=before.etag)


async def test_a_changed_look_changes_the_pictures_of_that_character_alone(cast: Cast) -> None:
    before = await cast.plan()

    await cast.edit("MARA", look="a tall sailor")
    after = await cast.plan()

    with_her = {
        name for name, spec in after.items() if any(figure.name == "MARA" for figure in spec.still.figures)
    }
    clips = {name.replace("still", "clip") for name in with_her}
    assert with_her
    assert changed(before, after) == with_her | clips
    assert all("Mara (a tall sailor)" in after[name].still.prompt for name in with_her)


async def test_a_changed_voice_changes_the_speech_of_that_character_alone(cast: Cast) -> None:
    before = await cast.plan()

    await cast.edit("TOM", voice="bass")
    after = await cast.plan()

    assert changed(before, after) == {name for name in after if name.endswith(" Tom")}
    assert len(changed(before, after)) == 2


async def test_a_changed_seed_changes_the_stills_of_that_character_alone(cast: Cast) -> None:
    before = await cast.plan()

    await cast.edit("TOM", seed=7)
    after = await cast.plan()

    with_him = {
        name for name, spec in after.items() if any(figure.name == "TOM" for figure in spec.still.figures)
    }
    assert changed(before, after) == with_him


async def test_a_language_is_that_of_the_characters_speech(cast: Cast) -> None:
    await cast.edit("TOM", language="fr-CA")

    plan = await cast.plan()

    spoken = {name: spec.speech.language for name, spec in plan.items() if spec.HasField("speech")}
    assert set(spoken.values()) == {"en", "fr-CA"}
    assert {name for name, language in spoken.items() if language == "fr-CA"} == {
        name for name in spoken if name.endswith(" Tom")
    }


async def test_a_changed_place_changes_the_pictures_there_alone(cast: Cast) -> None:
    before = await cast.plan()

    await cast.edit_location("STREET", look="cobbles after snow", seed=3)
    after = await cast.plan()

    assert changed(before, after) == {
        name for name in after if name.startswith("scene 2 shot") and name.endswith(("still", "clip"))
    }
    still = after["scene 2 shot 1 still"]
    assert "street (cobbles after snow)" in still.still.prompt
    assert still.still.surroundings == "snow"
    assert still.seed != before["scene 2 shot 1 still"].seed


async def test_a_job_keeps_the_cast_that_it_was_created_with_and_so_does_its_retry(cast: Cast) -> None:
    first = await cast.submit()
    await cast.edit("MARA", look="a tall sailor", voice="bass")

    planned = await cast.planned(first)
    await cast.stage.jobs.request_cancel(cast.stage.workspace, first.job_id)
    await cast.stage.settle()
    ended = await cast.stage.job(first)
    again = await cast.planned(await cast.stage.submissions.retry(ended, None))

    assert ended.state is JobState.CANCELLED
    assert again == planned
    assert not any("sailor" in spec.still.prompt for spec in planned.values())


async def test_a_voice_that_a_first_job_gave_stays_when_others_join(cast: Cast) -> None:
    before = {member.character: member.voice for member in await cast.members()}

    await cast.bring(b"INT. HALL - DAY\n\nANNA\nGood evening.\n\n" + SCRIPT)
    after = {member.character: member.voice for member in await cast.members()}

    assert {name: after[name] for name in before} == before
    assert after["ANNA"] not in before.values()


async def test_a_look_that_the_policy_refuses_fails_the_job_and_names_the_cast(cast: Cast) -> None:
    await cast.edit("MARA", look="holding a recipe for a pipe bomb")

    job = await cast.submit()
    await cast.stage.loops.planner.step()

    failed = await cast.stage.job(job)
    assert failed.state is JobState.FAILED
    assert failed.failure is not None
    assert failed.failure.field == "edits"


async def test_another_workspaces_cast_and_places_do_not_exist(cast: Cast) -> None:
    mara, (kitchen, _) = await cast.member("MARA"), await cast.locations()
    set_current_identity(Identity(user_id=str(uuid4()), workspace_id=str(uuid4())))
    project = f"projects/{cast.project}"

    calls = (
        cast.servicer.ListCastMembers(casting_pb2.ListCastMembersRequest(project=project), None),
        cast.servicer.UpdateCastMember(casting_pb2.UpdateCastMemberRequest(cast_member=mara), None),
        cast.servicer.ListLocations(casting_pb2.ListLocationsRequest(project=project), None),
        cast.servicer.UpdateLocation(casting_pb2.UpdateLocationRequest(location=kitchen), None),
    )
    answers = [await asyncio.gather(call, return_exceptions=True) for call in calls]

    assert [type(answer) for (answer,) in answers] == [NotFound] * len(calls)


async def test_edits_of_cast_and_places_are_undone_redone_and_restored(cast: Cast) -> None:
    await cast.bring()
    auto = await cast.member("MARA")
    await cast.edit("MARA", look="tall", seed=7)
    await cast.edit_location("STREET", look="wet")
    of_project = (cast.stage.workspace, cast.project)
    author = UUID(current_identity().user_id)

    await cast.stage.log.undo(*of_project, author)
    await cast.stage.log.undo(*of_project, author)

    undone = await cast.member("MARA")
    assert (undone.look, undone.seed, list(undone.edited_fields.paths)) == (auto.look, auto.seed, [])
    assert undone.etag != auto.etag
    await cast.stage.log.redo(*of_project, author)
    assert (await cast.member("MARA")).look == "tall"
    await cast.stage.log.restore(*of_project, author, 2)
    assert [place.look for place in await cast.locations() if place.place == "STREET"] == ["wet"]
    edits = await cast.stage.log.page(*of_project, 0, 10)
    assert [edit.summary for edit in edits if edit.target == 0] == [
        "location STREET: look",
        "cast MARA: look, seed",
    ]
    assert {edit.author for edit in edits} == {author}
