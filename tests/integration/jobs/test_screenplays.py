"""Revisions, exports and differences of screenplays, and what an editor is told, on real Postgres."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

import pytest

from filmstudio.projects.v1 import projects_pb2
from filmstudio.screenplay.v1 import screenplay_pb2
from studio_jobs.servicers.projects import ProjectsServicer
from studio_jobs.servicers.screenplays import ScreenplayServicer
from studio_platform.errors import Aborted, InvalidInput, NotFound
from studio_platform.identity import Identity, set_current_identity
from studio_platform.interceptors.validation import check
from tests.integration.jobs.cutting_room import sources_of
from tests.integration.jobs.stage import SCRIPT, Stage

CHANGED = SCRIPT.replace(b"A car waits.", b"Two cars wait.")


@dataclass(frozen=True, slots=True)
class Desk:
    """A writer's calls in one workspace, each checked as the server's layers check it."""

    projects: ProjectsServicer
    screenplays: ScreenplayServicer

    async def project(self) -> projects_pb2.Project:
        request = projects_pb2.CreateProjectRequest(project=projects_pb2.Project(display_name="Rain"))
        return await self.projects.CreateProject(request, None)

    async def imported(
        self, project: str, content: bytes = SCRIPT, **options: str | int
    ) -> screenplay_pb2.ScreenplayRevision:
        request = screenplay_pb2.ImportScreenplayRequest(project=project, content=content, **options)  # type: ignore[arg-type]
        check(request)
        return await self.screenplays.ImportScreenplay(request, None)

    async def parsed(
        self, content: bytes = SCRIPT, language: str = ""
    ) -> screenplay_pb2.ParseScreenplayResponse:
        request = screenplay_pb2.ParseScreenplayRequest(content=content, language=language)
        check(request)
        return await self.screenplays.ParseScreenplay(request, None)

    async def exported(
        self,
        name: str,
        form: screenplay_pb2.ScreenplayFormat.ValueType = screenplay_pb2.SCREENPLAY_FORMAT_UNSPECIFIED,
    ) -> screenplay_pb2.ExportScreenplayResponse:
        request = screenplay_pb2.ExportScreenplayRequest(name=name, format=form)
        check(request)
        return await self.screenplays.ExportScreenplay(request, None)

    async def difference(self, base: str, target: str) -> screenplay_pb2.DiffScreenplayRevisionsResponse:
        request = screenplay_pb2.DiffScreenplayRevisionsRequest(base=base, target=target)
        check(request)
        return await self.screenplays.DiffScreenplayRevisions(request, None)

    async def page(
        self, project: str, size: int = 0, token: str = ""
    ) -> screenplay_pb2.ListScreenplayRevisionsResponse:
        request = screenplay_pb2.ListScreenplayRevisionsRequest(
            project=project, page_size=size, page_token=token
        )
        check(request)
        return await self.screenplays.ListScreenplayRevisions(request, None)


@pytest.fixture
def desk(stage: Stage) -> Desk:
    become_another()
    return Desk(ProjectsServicer(stage.projects), ScreenplayServicer(stage.projects, sources_of(stage)))


def become_another() -> None:
    """The calls that follow come from a member of a new workspace."""
    set_current_identity(Identity(user_id=str(uuid4()), workspace_id=str(uuid4())))


async def test_an_editor_is_told_scenes_shots_speech_and_lengths(desk: Desk) -> None:
    found = await desk.parsed()

    kitchen, street = found.scenes
    speech = kitchen.shots[1]
    assert (kitchen.location, kitchen.time_of_day, kitchen.place) == ("KITCHEN", "NIGHT", "INT")
    assert (street.location, street.time_of_day, street.place) == ("STREET", "DAY", "EXT")
    assert list(kitchen.characters) == ["MARA", "TOM"] == list(found.characters)
    assert (speech.speaker, speech.lines[0].text, speech.move) == ("MARA", "Is anybody there?", speech.move)
    assert speech.move
    assert speech.prompt
    assert speech.lines[0].line_first == 8
    assert found.estimated_ms == sum(scene.estimated_ms for scene in found.scenes) > 0
    assert (found.word_count, found.page_eighths) == (25, 3)
    assert found.format == screenplay_pb2.SCREENPLAY_FORMAT_FOUNTAIN


async def test_prose_is_told_as_what_it_is(desk: Desk) -> None:
    found = await desk.parsed(b"The rain fell on the town all night.")

    assert found.format == screenplay_pb2.SCREENPLAY_FORMAT_MARKDOWN
    assert [remark.code for remark in found.diagnostics] == ["READ_AS_PROSE"]


async def test_the_language_asked_for_goes_before_that_of_the_title_page(desk: Desk) -> None:
    named = SCRIPT.replace(b"Title:", b"Language: de\nTitle:")

    assert (await desk.parsed(named)).language == "de"
    assert (await desk.parsed(named, "pt-BR")).language == "pt-BR"
    with pytest.raises(InvalidInput, match="language"):
        await desk.parsed(named, "klingon please")


async def test_a_language_that_no_voice_speaks_is_remarked_once(desk: Desk) -> None:
    named = SCRIPT.replace(b"Title:", b"Language: de\nTitle:")

    for content, language in ((SCRIPT, "fr"), (named, ""), (named, "fr")):
        codes = [remark.code for remark in (await desk.parsed(content, language)).diagnostics]
        assert codes == ["LANGUAGE_WITHOUT_VOICE"]


async def test_a_remark_has_its_columns_and_code(desk: Desk) -> None:
    (remark,) = (await desk.parsed(SCRIPT + b"\nThe end. [[but\n")).diagnostics

    assert (remark.line, remark.column, remark.code) == (17, 10, "NOTE_UNCLOSED")


async def test_a_text_that_is_no_screenplay_is_refused_with_its_cure(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as refused:
        await desk.parsed(b"a topic")

    assert refused.value.reason == "SCREENPLAY_TOPIC_ONLY"
    assert refused.value.metadata["suggestion"]


async def test_an_import_onto_a_project_that_changed_meanwhile_is_aborted(desk: Desk) -> None:
    project = await desk.project()
    first = await desk.imported(project.name, etag=project.etag)

    with pytest.raises(Aborted):
        await desk.imported(project.name, CHANGED, etag=project.etag)

    assert [entry.name for entry in (await desk.page(project.name)).revisions] == [first.name]


async def test_revisions_are_listed_the_newest_first_without_their_texts(desk: Desk) -> None:
    project = await desk.project()
    texts = [SCRIPT + b"\nNumber %d.\n" % number for number in range(5)]
    made = [await desk.imported(project.name, text) for text in texts]

    first = await desk.page(project.name, 3)
    second = await desk.page(project.name, 3, first.next_page_token)

    listed = [*first.revisions, *second.revisions]
    assert [entry.name for entry in listed] == [revision.name for revision in reversed(made)]
    assert [entry.size_bytes for entry in listed] == [len(text) for text in reversed(texts)]
    assert not any(entry.content for entry in listed)
    assert second.next_page_token == ""


async def test_an_export_in_the_imports_format_has_its_bytes(desk: Desk) -> None:
    project = await desk.project()
    crlf = b"\xef\xbb\xbf" + SCRIPT.replace(b"\n", b"\r\n")
    revision = await desk.imported(project.name, crlf)

    asked = [
        await desk.exported(revision.name, form)
        for form in (
            screenplay_pb2.SCREENPLAY_FORMAT_UNSPECIFIED,
            screenplay_pb2.SCREENPLAY_FORMAT_FOUNTAIN,
        )
    ]

    assert [(export.content, export.verbatim) for export in asked] == [(crlf, True)] * 2
    assert asked[0].filename == "Two Rooms.fountain"


@pytest.mark.parametrize("form", ["FDX", "JSON"])
async def test_an_export_in_another_format_is_the_same_screenplay(desk: Desk, form: str) -> None:
    project = await desk.project()
    revision = await desk.imported(project.name)
    wanted = screenplay_pb2.ScreenplayFormat.Value(f"SCREENPLAY_FORMAT_{form}")

    export = await desk.exported(revision.name, wanted)

    assert (export.format, export.verbatim) == (wanted, False)
    assert export.filename == f"Two Rooms.{form.lower()}"
    assert b"Is anybody there?" in export.content


async def test_final_draft_comes_in_and_goes_out_as_it_came(desk: Desk) -> None:
    project = await desk.project()
    original = await desk.imported(project.name)
    fdx = (await desk.exported(original.name, screenplay_pb2.SCREENPLAY_FORMAT_FDX)).content

    revision = await desk.imported(project.name, fdx)
    back = await desk.exported(revision.name)
    fountain = await desk.exported(revision.name, screenplay_pb2.SCREENPLAY_FORMAT_FOUNTAIN)
    found = await desk.difference(original.name, revision.name)

    assert (back.content, back.format) == (fdx, screenplay_pb2.SCREENPLAY_FORMAT_FDX)
    assert b"INT. KITCHEN - NIGHT" in fountain.content
    kinds = {screenplay_pb2.SceneChangeKind.Name(change.kind) for change in found.changes}
    assert kinds == {"SCENE_CHANGE_KIND_UNCHANGED"}


async def test_a_format_that_is_only_read_is_not_written(desk: Desk) -> None:
    revision = await desk.imported((await desk.project()).name)

    with pytest.raises(InvalidInput) as refused:
        await desk.exported(revision.name, screenplay_pb2.SCREENPLAY_FORMAT_PLAIN_TEXT)

    assert refused.value.violations[0].field == "format"


async def test_a_title_that_is_no_file_name_makes_one(desk: Desk) -> None:
    project = await desk.project()
    revision = await desk.imported(
        project.name, SCRIPT.replace(b"Two Rooms", b"../../etc/ \x5c:*?\xe8\xa1\x97")
    )

    assert (await desk.exported(revision.name)).filename == "etc 街.fountain"


async def test_the_difference_of_two_revisions_is_told_by_scene(desk: Desk) -> None:
    project = await desk.project()
    base, target = [await desk.imported(project.name, text) for text in (SCRIPT, CHANGED)]

    found = await desk.difference(base.name, target.name)

    kinds = [screenplay_pb2.SceneChangeKind.Name(change.kind) for change in found.changes]
    assert kinds == ["SCENE_CHANGE_KIND_UNCHANGED", "SCENE_CHANGE_KIND_CHANGED"]
    (lines,) = found.changes[1].line_changes
    assert (lines.base_line_first, lines.target_line_first) == (15, 15)
    assert found.changes[1].target.heading == "EXT. STREET - DAY"


async def test_revisions_of_two_projects_are_not_compared(desk: Desk) -> None:
    one, other = [await desk.imported((await desk.project()).name) for _ in range(2)]

    with pytest.raises(InvalidInput) as refused:
        await desk.difference(one.name, other.name)

    assert refused.value.violations[0].field == "target"


async def test_another_workspaces_revisions_do_not_exist(desk: Desk) -> None:
    project = await desk.project()
    revision = await desk.imported(project.name)
    become_another()

    for call in (
        desk.page(project.name),
        desk.exported(revision.name),
        desk.difference(revision.name, revision.name),
        desk.imported(project.name),
    ):
        with pytest.raises(NotFound):
            await call
