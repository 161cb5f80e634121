"""The library of a workspace: versions that stay, and projects that use them by their log of edits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from filmstudio.casting.v1 import casting_pb2
from filmstudio.edits.v1 import edits_pb2
from filmstudio.library.v1 import library_pb2
from studio_jobs.servicers.casting import CastingServicer
from studio_jobs.servicers.edits import EditsServicer
from studio_jobs.servicers.library import LibraryServicer
from studio_jobs.sql import SQL
from studio_platform.errors import Aborted, AlreadyExists, InvalidInput, NotFound
from studio_platform.identity import Identity, set_current_identity
from tests.integration.jobs.cutting_room import library_servicer
from tests.integration.jobs.stage import SCRIPT, Stage

CARDIGAN = library_pb2.LibraryContent(character=library_pb2.LibraryCharacter(look="a blue  cardigan", seed=7))
COAT = library_pb2.LibraryContent(character=library_pb2.LibraryCharacter(look="a red coat", seed=7))
PLANKS = library_pb2.LibraryContent(look=library_pb2.LibraryLook(look="black planks"))


@dataclass(frozen=True, slots=True)
class Shelf:
    """The servicers that a director's library is made of."""

    stage: Stage
    library: LibraryServicer
    casting: CastingServicer
    edits: EditsServicer
    project: str

    async def add(
        self, name: str, content: library_pb2.LibraryContent, request_id: str = ""
    ) -> library_pb2.LibraryEntry:
        entry = library_pb2.LibraryEntry(display_name=name, content=content)
        request = library_pb2.CreateLibraryEntryRequest(entry=entry, request_id=request_id)
        return await self.library.CreateLibraryEntry(request, None)

    async def version(
        self, name: str, content: library_pb2.LibraryContent, latest: int = 0
    ) -> library_pb2.LibraryEntry:
        request = library_pb2.AddLibraryVersionRequest(name=name, content=content, latest=latest)
        return await self.library.AddLibraryVersion(request, None)

    async def member(self) -> casting_pb2.CastMember:
        request = casting_pb2.ListCastMembersRequest(project=self.project)
        return (await self.casting.ListCastMembers(request, None)).cast_members[0]

    async def place(self) -> casting_pb2.Location:
        request = casting_pb2.ListLocationsRequest(project=self.project)
        return (await self.casting.ListLocations(request, None)).locations[0]

    async def use(self, version: str, subject: str) -> library_pb2.LibraryUse:
        request = library_pb2.UseLibraryVersionRequest(project=self.project, version=version, subject=subject)
        return await self.library.UseLibraryVersion(request, None)

    async def uses(self) -> list[library_pb2.LibraryUse]:
        request = library_pb2.ListLibraryUsesRequest(project=self.project)
        return list((await self.library.ListLibraryUses(request, None)).uses)

    async def entries(self, page_size: int = 0) -> list[str]:
        """Every entry's name, page by page."""
        names: list[str] = []
        request = library_pb2.ListLibraryEntriesRequest(page_size=page_size)
        while True:
            page = await self.library.ListLibraryEntries(request, None)
            names += [entry.display_name for entry in page.entries]
            if not page.next_page_token:
                return names
            request.page_token = page.next_page_token


def called_by(workspace: UUID) -> None:
    set_current_identity(Identity(str(uuid4()), str(workspace)))


@pytest.fixture
async def shelf(stage: Stage) -> Shelf:
    called_by(stage.workspace)
    project = await stage.projects.create(stage.workspace, "Two Rooms", None)
    await stage.projects.import_screenplay(stage.workspace, project.project_id, SCRIPT, 0)
    return Shelf(
        stage,
        library_servicer(stage),
        CastingServicer(stage.database, stage.projects, stage.log),
        EditsServicer(stage.projects, stage.log),
        f"projects/{project.project_id}",
    )


async def test_entries_are_listed_by_name_on_pages_with_their_newest_contents(shelf: Shelf) -> None:
    for name in ("Tom", "Iris", "Pier"):
        await shelf.add(name, CARDIGAN)

    assert await shelf.entries() == await shelf.entries(page_size=2) == ["Iris", "Pier", "Tom"]


async def test_version_is_added_and_the_old_one_stays(shelf: Shelf) -> None:
    iris = await shelf.add("Iris", CARDIGAN)

    newer = await shelf.version(iris.name, COAT)
    same = await shelf.version(iris.name, COAT)
    request = library_pb2.ListLibraryVersionsRequest(entry=iris.name)
    listed = (await shelf.library.ListLibraryVersions(request, None)).versions

    assert (iris.latest_version, newer.latest_version) == (
        f"{iris.name}/versions/1",
        f"{iris.name}/versions/2",
    )
    assert same == newer
    assert [version.content.character.look for version in listed] == ["a red coat", "a blue cardigan"]


async def test_database_refuses_to_change_a_version(shelf: Shelf) -> None:
    await shelf.add("Iris", CARDIGAN)

    with pytest.raises(asyncpg.RaiseError, match="never changes"):
        await shelf.stage.database.execute("update library_versions set content = 'x'")


async def test_repeated_request_makes_one_entry(shelf: Shelf) -> None:
    request_id = str(uuid4())

    first, second = (
        await shelf.add("Iris", CARDIGAN, request_id),
        await shelf.add("Iris", CARDIGAN, request_id),
    )

    assert first == second
    assert await shelf.entries() == ["Iris"]


async def test_name_that_is_taken_another_kind_and_an_old_view_are_refused(shelf: Shelf) -> None:
    iris = await shelf.add("Iris", CARDIGAN)
    await shelf.version(iris.name, COAT)

    with pytest.raises(AlreadyExists):
        await shelf.add(" Iris ", PLANKS)
    with pytest.raises(InvalidInput):
        await shelf.version(iris.name, PLANKS)
    with pytest.raises(Aborted):
        await shelf.version(iris.name, CARDIGAN, latest=1)


async def test_character_of_a_project_is_as_the_version_says_and_undo_takes_both_back(shelf: Shelf) -> None:
    iris = await shelf.add("Iris", CARDIGAN)
    before = await shelf.member()

    used = await shelf.use(iris.latest_version, before.name)
    cast = await shelf.member()
    await shelf.edits.UndoEdit(edits_pb2.UndoEditRequest(project=shelf.project), None)

    assert (cast.look, cast.seed, cast.voice) == ("a blue cardigan", 7, before.voice)
    assert (used.subject, used.subject_name, used.entry_name) == (before.name, before.character, "Iris")
    assert (used.version, used.edited) == (used.latest_version, False)
    assert (await shelf.member()).look == before.look
    assert await shelf.uses() == []


async def test_project_keeps_its_version_until_it_is_given_the_newer_one(shelf: Shelf) -> None:
    iris = await shelf.add("Iris", CARDIGAN)
    member = await shelf.member()
    await shelf.use(iris.latest_version, member.name)

    newer = await shelf.version(iris.name, COAT)
    (kept,) = await shelf.uses()
    look = (await shelf.member()).look
    await shelf.use(newer.latest_version, member.name)
    (upgraded,) = await shelf.uses()

    assert (kept.version, kept.latest_version) == (iris.latest_version, newer.latest_version)
    assert look == "a blue cardigan"
    assert upgraded.version == newer.latest_version
    assert (await shelf.member()).look == "a red coat"


async def test_look_is_for_places_and_characters_and_an_edit_since_is_seen(shelf: Shelf) -> None:
    planks = await shelf.add("Planks", PLANKS)
    place, member = await shelf.place(), await shelf.member()
    await shelf.use(planks.latest_version, place.name)
    await shelf.use(planks.latest_version, member.name)

    request = casting_pb2.UpdateLocationRequest(
        location=casting_pb2.Location(name=place.name, look="white planks")
    )
    await shelf.casting.UpdateLocation(request, None)

    assert {use.subject: use.edited for use in await shelf.uses()} == {place.name: True, member.name: False}


async def test_entry_that_is_deleted_leaves_its_films_as_they_are(shelf: Shelf) -> None:
    iris = await shelf.add("Iris", CARDIGAN)
    await shelf.use(iris.latest_version, (await shelf.member()).name)

    await shelf.library.DeleteLibraryEntry(library_pb2.DeleteLibraryEntryRequest(name=iris.name), None)

    (use,) = await shelf.uses()
    assert (use.entry_name, use.latest_version, use.version) == ("", "", iris.latest_version)
    assert (await shelf.member()).look == "a blue cardigan"


async def test_what_does_not_fit_is_refused(shelf: Shelf) -> None:
    iris, planks = await shelf.add("Iris", CARDIGAN), await shelf.add("Planks", PLANKS)
    voice = await shelf.add(
        "Nobody", library_pb2.LibraryContent(voice=library_pb2.LibraryVoice(voice="no such voice"))
    )
    place, member = await shelf.place(), await shelf.member()
    elsewhere = member.name.replace(shelf.project, f"projects/{uuid4()}")

    for version, subject in (
        (iris.latest_version, place.name),
        (voice.latest_version, member.name),
        (planks.latest_version, elsewhere),
    ):
        with pytest.raises(InvalidInput):
            await shelf.use(version, subject)
    with pytest.raises(NotFound):
        await shelf.use(f"{iris.name}/versions/2", member.name)
    with pytest.raises(NotFound):
        await shelf.use(iris.latest_version, f"{shelf.project}/castMembers/{'0' * 16}")
    assert await shelf.uses() == []


async def test_another_workspace_sees_and_changes_nothing(shelf: Shelf) -> None:
    iris = await shelf.add("Iris", CARDIGAN)
    member = await shelf.member()
    called_by(uuid4())

    assert await shelf.entries() == []
    calls: list[tuple[Any, Any]] = [
        (shelf.library.GetLibraryEntry, library_pb2.GetLibraryEntryRequest(name=iris.name)),
        (shelf.library.ListLibraryVersions, library_pb2.ListLibraryVersionsRequest(entry=iris.name)),
        (shelf.library.DeleteLibraryEntry, library_pb2.DeleteLibraryEntryRequest(name=iris.name)),
        (shelf.library.AddLibraryVersion, library_pb2.AddLibraryVersionRequest(name=iris.name, content=COAT)),
        (shelf.library.ListLibraryUses, library_pb2.ListLibraryUsesRequest(project=shelf.project)),
    ]
    for call, request in calls:
        with pytest.raises(NotFound):
            await call(request, None)
    with pytest.raises(NotFound):
        await shelf.use(iris.latest_version, member.name)
    assert await shelf.add("Iris", COAT) != iris


async def test_purge_of_a_workspace_takes_its_library(shelf: Shelf) -> None:
    for name in ("Iris", "Tom"):
        await shelf.add(name, CARDIGAN)

    removed = [
        await shelf.stage.database.fetchval(SQL["remove_library"], shelf.stage.workspace, 1) for _ in range(3)
    ]

    assert removed == [1, 1, 0]
    assert await shelf.entries() == []
