"""Every method that names something, called by a stranger with the names of another's things."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import uuid4

import grpc
import pytest
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message_factory import GetMessageClass

from studio_gateway.__main__ import SERVICES
from studio_platform.testing.details import details_of
from tests.e2e.conftest import Studio
from tests.e2e.visitors import CALL_TIMEOUT_SECONDS, SCRIPT, SMALL, Visitor, visitor

METHODS = {f"{service.name}/{method.name}": method for service in SERVICES for method in service.methods}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SCREENPLAY = {"content": "SU5ULiBST09NIC0gREFZCgpBIGxhbXAuCg=="}
EMPTY = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
DOCUMENT = {"mediaType": "application/json", "sizeBytes": 2, "sha256": EMPTY, "content": "e30="}
TARGET = {"target": {"music": "1"}}
SUBJECT = {"project": "{project}", "subject": "{project}"}
CREDIT = {"credit": {"creator": "Ada", "source": "own", "licence": "CC0-1.0"}}

# Requests by method, with the owner's things by their keys in braces. A new method belongs here, or below.
NAMING: Mapping[str, dict[str, Any]] = {
    "MembersService/UpdateMember": {"member": {"name": "{member}", "role": "MEMBER_ROLE_VIEWER"}},
    "MembersService/RemoveMember": {"name": "{member}"},
    "ApiKeysService/RevokeApiKey": {"name": "{key}"},
    "InvitationsService/RevokeInvitation": {"name": "{invitation}"},
    "ProjectsService/GetProject": {"name": "{project}"},
    "ProjectsService/UpdateProject": {"project": {"name": "{project}", "displayName": "Mine"}},
    "ProjectsService/DeleteProject": {"name": "{project}"},
    "ScreenplayService/ImportScreenplay": {"project": "{project}", **SCREENPLAY},
    "ScreenplayService/GetScreenplayRevision": {"name": "{revision}"},
    "ScreenplayService/ListScreenplayRevisions": {"project": "{project}"},
    "ScreenplayService/ExportScreenplay": {"name": "{revision}"},
    "ScreenplayService/DiffScreenplayRevisions": {"base": "{revision}", "target": "{revision}"},
    "CastingService/ListCastMembers": {"project": "{project}"},
    "CastingService/UpdateCastMember": {"castMember": {"name": "{cast_member}", "look": "a hat"}},
    "CastingService/ListLocations": {"project": "{project}"},
    "CastingService/UpdateLocation": {"location": {"name": "{location}", "look": "bare"}},
    "TimelineService/GetTimeline": {"project": "{project}"},
    "TimelineService/UpdateTimelineShot": {"shot": {"name": "{line_shot}"}, "updateMask": "edit.holdMs"},
    "TimelineService/MoveTimelineShot": {"name": "{line_shot}"},
    "TimelineService/LockTimelineShot": {"name": "{line_shot}"},
    "TimelineService/UnlockTimelineShot": {"name": "{line_shot}"},
    "TimelineService/UpdateTimelineScene": {"scene": {"name": "{line_scene}"}, "updateMask": "edit.music"},
    "TimelineService/ReplaceMedia": {"project": "{project}", **TARGET, **CREDIT, "content": "AA=="},
    "TimelineService/RestoreMedia": {"project": "{project}", **TARGET},
    "TimelineService/UpdateTitles": {"titles": {"name": "{project}/timeline/titles"}, "updateMask": "title"},
    "TransfersService/ExportMedia": {"project": "{project}"},
    "TransfersService/UploadMedia": {"project": "{project}", **DOCUMENT},
    "TransfersService/AdoptMedia": {"project": "{project}"},
    "TranslationsService/FillTranslations": {"project": "{project}", "language": "de"},
    "TranslationsService/ImportTranslations": {
        "project": "{project}",
        "language": "de",
        "texts": [{"id": "film/title", "sourceText": "A Room", "text": "Ein Zimmer"}],
    },
    "TranslationsService/ListTranslationLanguages": {"project": "{project}"},
    "TranslationsService/ListTranslations": {"project": "{project}", "language": "de"},
    "UploadsService/CompleteUpload": {"name": "{upload}"},
    "UploadsService/GetUpload": {"name": "{upload}"},
    "EditsService/ListEdits": {"project": "{project}"},
    "EditsService/UndoEdit": {"project": "{project}"},
    "EditsService/RedoEdit": {"project": "{project}"},
    "EditsService/RestoreEdits": {"project": "{project}", "edit": "{project}/edits/1"},
    "ShotsService/ListShots": {"project": "{project}"},
    "ShotsService/GetShot": {"name": "{shot}"},
    "ShotsService/UpdateShot": {"shot": {"name": "{shot}"}, "updateMask": "settings.seed"},
    "ShotsService/RetakeShot": {"name": "{shot}"},
    "ShotsService/ListTakes": {"shot": "{shot}"},
    "ShotsService/CompareTakes": {"shot": "{shot}", "first": 1, "second": 2},
    "ShotsService/ChooseTake": {"name": "{shot}/takes/1"},
    "ReviewsService/CreateComment": {"project": "{project}", "comment": {"text": "Mine."}},
    "ReviewsService/ListComments": {"project": "{project}"},
    "ReviewsService/ResolveComment": {"name": "{comment}"},
    "ReviewsService/DeleteComment": {"name": "{comment}"},
    "ReviewsService/ApproveShot": {"name": "{approval}", "job": "{job}"},
    "ReviewsService/RequestChanges": {"name": "{approval}", "note": "No."},
    "ReviewsService/ListApprovals": {"project": "{project}"},
    "LibraryService/GetLibraryEntry": {"name": "{entry}"},
    "LibraryService/AddLibraryVersion": {"name": "{entry}", "content": {"look": {"look": "chalk"}}},
    "LibraryService/ListLibraryVersions": {"entry": "{entry}"},
    "LibraryService/DeleteLibraryEntry": {"name": "{entry}"},
    "LibraryService/UseLibraryVersion": {**SUBJECT, "version": "{entry}/versions/1"},
    "LibraryService/DropLibraryUse": {**SUBJECT, "kind": "look"},
    "LibraryService/ListLibraryUses": {"project": "{project}"},
    "JobsService/CreateJob": {"project": "{project}"},
    "JobsService/PlanRender": {"project": "{project}"},
    "JobsService/GetJob": {"name": "{job}"},
    "JobsService/ListTasks": {"job": "{job}"},
    "JobsService/CancelJob": {"name": "{job}"},
    "JobsService/RetryJob": {"name": "{job}"},
    "JobsService/WatchJob": {"name": "{job}"},
    "JobsService/GetDownloadUrl": {"name": "{job}"},
    "JobsService/GetCutList": {"name": "{job}"},
    "WebhooksService/GetWebhook": {"name": "{webhook}"},
    "WebhooksService/UpdateWebhook": {"webhook": {"name": "{webhook}", "disabled": True}},
    "WebhooksService/RotateWebhookSecret": {"name": "{webhook}"},
    "WebhooksService/DeleteWebhook": {"name": "{webhook}"},
    "WebhooksService/ListWebhookDeliveries": {"webhook": "{webhook}"},
    "WebhooksService/ReplayWebhookDelivery": {"name": "{webhook}/deliveries/{uuid}"},
    "SharesService/CreateShare": {"job": "{job}"},
    "SharesService/RevokeShare": {"name": "{share}"},
}
# They tell what is the caller's own, whatever else there is.
LISTING: Mapping[str, dict[str, Any]] = {
    "AuthService/GetMe": {},
    "MembersService/ListWorkspaces": {},
    "MembersService/ListMembers": {},
    "ApiKeysService/ListApiKeys": {},
    "InvitationsService/ListInvitations": {},
    "ProjectsService/ListProjects": {},
    "LibraryService/ListLibraryEntries": {},
    "JobsService/ListJobs": {"project": "{project}"},
    "WebhooksService/ListWebhooks": {},
    "SharesService/ListShares": {},
}
# They name nothing that anybody owns: what is sent along, what all share, or what only administrators see.
NAMELESS: Mapping[str, tuple[str, ...]] = {
    "AdminService": (
        "ClaimAdmin",
        "InviteUser",
        "ListUsers",
        "SetUserRole",
    ),
    "ApiKeysService": ("CreateApiKey",),
    "AuthService": (
        "ChangePassword",
        "DeleteAccount",
        "Login",
        "Logout",
        "LogoutEverywhere",
        "Refresh",
        "Register",
    ),
    "KeysService": ("GetJwks",),
    "InvitationsService": (
        "AcceptInvitation",
        "CreateInvitation",
    ),
    "LibraryService": (
        "BringLibraryFile",
        "CreateLibraryEntry",
    ),
    "MembersService": (
        "AddMember",
        "CreateWorkspace",
    ),
    "PoolsService": (
        "CheckPool",
        "ListPools",
    ),
    "QuotasService": (
        "GetQuota",
        "SetQuota",
    ),
    "ProjectsService": ("CreateProject",),
    "ScreenplayService": (
        "ConvertScreenplay",
        "ParseScreenplay",
    ),
    "ScriptHelpService": (
        "DescribeCast",
        "GetTemplate",
        "ListTemplates",
        "SuggestShotPrompts",
        "WriteScreenplay",
    ),
    "UploadsService": ("CreateUpload",),
    "WebhooksService": ("CreateWebhook",),
}


UPLOAD = {
    "kind": "UPLOAD_KIND_SCREENPLAY",
    "sizeBytes": 3,
    "mediaType": "text/plain",
    "sha256": "0" * 64,
}


class Asking:
    """Calls methods by their descriptors, signed as a visitor."""

    def __init__(self, somebody: Visitor) -> None:
        self._somebody = somebody

    async def __call__(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        """The answer, or a stream's first. Raises grpc.aio.AioRpcError."""
        method = METHODS[name]
        message = ParseDict(request, GetMessageClass(method.input_type)())
        call = self._call(method)(message, metadata=await self._somebody.client.session.metadata())
        answer = await (call.read() if method.server_streaming else call)
        return MessageToDict(answer)

    def _call(self, method: MethodDescriptor) -> Any:
        channel = self._somebody.channel
        kind = channel.unary_stream if method.server_streaming else channel.unary_unary
        made: Any = kind(
            f"/{method.containing_service.full_name}/{method.name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=GetMessageClass(method.output_type).FromString,
        )
        return lambda message, metadata: made(message, metadata=metadata, timeout=CALL_TIMEOUT_SECONDS)

    async def refused(self, name: str, request: dict[str, Any]) -> tuple[str, str]:
        """Code and reason; the answer itself in place of a reason if there is one."""
        try:
            return "OK", str(await self(name, request))
        except grpc.aio.AioRpcError as error:
            return error.code().name, str(details_of(error)["ErrorInfo"].reason)


async def belongings(ada: Visitor) -> dict[str, str]:
    """One of each thing, by the keys of NAMING."""
    ask = Asking(ada)
    project = (await ada.client.project_called("A Room")).name
    revision = (await ada.client.import_screenplay(project, SCRIPT)).name
    job = await ada.ended(await ada.client.create_job(project, revision, SMALL))
    shots = (await ask("ShotsService/ListShots", {"project": project}))["shots"]
    line = await ask("TimelineService/GetTimeline", {"project": project})
    named = {"project": project}
    cast = await ask("CastingService/ListCastMembers", named)
    places = await ask("CastingService/ListLocations", named)
    look = {"displayName": "Ink", "content": {"look": {"look": "ink"}}}
    comment = {"comment": {"text": "Good.", "shot": shots[0]["name"].rpartition("/")[2]}}
    made = {
        "entry": await ask("LibraryService/CreateLibraryEntry", {"entry": look}),
        "webhook": await ask("WebhooksService/CreateWebhook", {"webhook": {"url": "http://127.0.0.1:9/"}}),
        "share": await ask("SharesService/CreateShare", {"job": job.job.name}),
        "comment": await ask("ReviewsService/CreateComment", {**named, **comment}),
        "key": (await ask("ApiKeysService/CreateApiKey", {"apiKey": {"displayName": "k"}}))["apiKey"],
        "invitation": (await invited(ask))["invitation"],
        "upload": await ask("UploadsService/CreateUpload", UPLOAD),
    }
    names = {key: str(thing["name"]) for key, thing in made.items()}
    return {
        **named,
        **names,
        "revision": revision,
        "job": job.job.name,
        "shot": shots[0]["name"],
        "approval": f"{project}/approvals/{shots[0]['name'].rpartition('/')[2]}",
        "cast_member": cast["castMembers"][0]["name"],
        "location": places["locations"][0]["name"],
        "line_scene": line["scenes"][0]["name"],
        "line_shot": line["scenes"][0]["shots"][0]["name"],
        "member": (await ask("AuthService/GetMe", {}))["name"].replace("users/", "members/"),
        "uuid": str(uuid4()),
    }


async def invited(ask: Asking) -> dict[str, Any]:
    """Somebody asked into the workspace."""
    invitation = {"email": f"{uuid4().hex}@example.org", "role": "MEMBER_ROLE_VIEWER"}
    return await ask("InvitationsService/CreateInvitation", {"invitation": invitation})


def filled(request: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The request with names in place of their keys."""
    text = json.dumps(request)
    for key, name in names.items():
        text = text.replace(f"{{{key}}}", name)
    document: dict[str, Any] = json.loads(text)
    return document


def never_was(names: Mapping[str, str]) -> dict[str, str]:
    """The names of things of which there are none, alike in what belongs to what."""
    made: dict[str, str] = {}
    return {
        key: UUID.sub(lambda found: made.setdefault(found[0], str(uuid4())), name)
        for key, name in names.items()
    }


@pytest.fixture
async def ada(studio: Studio) -> AsyncIterator[Visitor]:
    async with visitor(studio) as somebody:
        yield somebody


def test_every_method_is_walked_or_names_nothing() -> None:
    nameless = [f"{service}/{method}" for service, methods in NAMELESS.items() for method in methods]

    assert sorted([*NAMING, *LISTING, *nameless]) == sorted(METHODS)


async def test_what_another_owns_looks_like_what_never_was_to_every_method(
    studio: Studio, ada: Visitor
) -> None:
    names = await belongings(ada)

    async with visitor(studio) as eve:
        ask = Asking(eve)
        anothers, nobodys = [
            {method: await ask.refused(method, filled(request, these)) for method, request in NAMING.items()}
            for these in (names, never_was(names))
        ]
        told = [str(await ask.refused(method, filled(request, names))) for method, request in LISTING.items()]

    owned = {found[0] for name in names.values() for found in [UUID.search(name)] if found}
    assert {method: code for method, (code, _) in anothers.items() if code != "NOT_FOUND"} == {}
    assert anothers == nobodys
    assert not [answer for answer in told if any(one in answer for one in owned)]
    assert (await ada.client.job(names["job"])).name == names["job"]
