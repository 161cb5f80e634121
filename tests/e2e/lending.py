"""A caller of the library and its templates, who outlives that the gateway is away."""

from __future__ import annotations

from uuid import uuid4

import grpc
import pytest

from filmstudio.casting.v1 import casting_pb2, casting_pb2_grpc
from filmstudio.library.v1 import library_pb2, library_pb2_grpc
from filmstudio.scripthelp.v1 import scripthelp_pb2, scripthelp_pb2_grpc
from tests.e2e.errands import OWN_WORK, TONE, patiently, twice
from tests.e2e.visitors import Visitor


async def borrow(somebody: Visitor, project: str) -> None:
    """A character kept in the library, changed, used by a project and removed; templates looked at."""
    stub = library_pb2_grpc.LibraryServiceStub
    content = library_pb2.LibraryContent(character=library_pb2.LibraryCharacter(look="a red coat"))
    entry = library_pb2.LibraryEntry(display_name="Old Mara", content=content)
    create = library_pb2.CreateLibraryEntryRequest(entry=entry, request_id=str(uuid4()))
    kept = await patiently(somebody, stub, "CreateLibraryEntry", create)
    changed = library_pb2.LibraryContent(character=library_pb2.LibraryCharacter(look="a grey coat"))
    add = library_pb2.AddLibraryVersionRequest(name=kept.name, content=changed)
    added = await patiently(somebody, stub, "AddLibraryVersion", add)
    listed = await patiently(somebody, stub, "ListLibraryEntries", library_pb2.ListLibraryEntriesRequest())
    versions = library_pb2.ListLibraryVersionsRequest(entry=kept.name)
    assert (await patiently(somebody, stub, "ListLibraryVersions", versions)).versions
    cast = await patiently(
        somebody,
        casting_pb2_grpc.CastingServiceStub,
        "ListCastMembers",
        casting_pb2.ListCastMembersRequest(project=project),
    )
    use = library_pb2.UseLibraryVersionRequest(
        project=project, version=f"{kept.name}/versions/1", subject=cast.cast_members[0].name
    )
    await patiently(somebody, stub, "UseLibraryVersion", use)
    asked = library_pb2.ListLibraryUsesRequest(project=project)
    uses = (await patiently(somebody, stub, "ListLibraryUses", asked)).uses
    await score(somebody, project)
    with pytest.raises(grpc.aio.AioRpcError) as gone:
        await remove_and_look(somebody, kept.name)
    assert (added.name, [it.name for it in listed.entries]) == (kept.name, [kept.name])
    assert [it.version for it in uses] == [use.version]
    assert gone.value.code() is grpc.StatusCode.NOT_FOUND
    await look_at_templates(somebody)


async def score(somebody: Visitor, project: str) -> None:
    """A piece of music brought into the library, used by a film, and used no more."""
    stub = library_pb2_grpc.LibraryServiceStub
    bring = library_pb2.BringLibraryFileRequest(
        kind=library_pb2.LIBRARY_FILE_KIND_MUSIC,
        content=TONE,
        credit=OWN_WORK,
    )
    file = await patiently(somebody, stub, "BringLibraryFile", bring)
    content = library_pb2.LibraryContent(music=library_pb2.LibraryMusic(file=file))
    entry = library_pb2.LibraryEntry(display_name="Silence", content=content)
    create = library_pb2.CreateLibraryEntryRequest(entry=entry, request_id=str(uuid4()))
    kept = await patiently(somebody, stub, "CreateLibraryEntry", create)
    use = library_pb2.UseLibraryVersionRequest(project=project, version=kept.latest_version, subject=project)
    assert (await patiently(somebody, stub, "UseLibraryVersion", use)).kind == "music"
    drop = library_pb2.DropLibraryUseRequest(project=project, subject=project, kind="music")
    with pytest.raises(grpc.aio.AioRpcError) as gone:
        await twice(somebody, stub, "DropLibraryUse", drop)
    assert gone.value.code() is grpc.StatusCode.NOT_FOUND


async def remove_and_look(somebody: Visitor, name: str) -> None:
    """An entry looked at, and removed twice: the second time it is gone."""
    stub = library_pb2_grpc.LibraryServiceStub
    await patiently(somebody, stub, "GetLibraryEntry", library_pb2.GetLibraryEntryRequest(name=name))
    for _ in range(2):
        request = library_pb2.DeleteLibraryEntryRequest(name=name)
        await patiently(somebody, stub, "DeleteLibraryEntry", request)


async def look_at_templates(somebody: Visitor) -> None:
    """The templates, and the first of them whole."""
    stub = scripthelp_pb2_grpc.ScriptHelpServiceStub
    listed = await patiently(somebody, stub, "ListTemplates", scripthelp_pb2.ListTemplatesRequest())
    request = scripthelp_pb2.GetTemplateRequest(name=listed.templates[0].name)
    assert await patiently(somebody, stub, "GetTemplate", request)
