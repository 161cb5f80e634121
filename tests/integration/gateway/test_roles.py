"""Every method that a client can call, walked by each role and by a stranger: at the gateway, and inside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.rpc import error_details_pb2  # type: ignore[import-untyped]  # has no stubs
from grpc_status import rpc_status  # type: ignore[import-untyped]  # has no stubs

from filmstudio.auth.v1 import members_pb2, members_pb2_grpc
from filmstudio.options.v1 import options_pb2
from studio_gateway.__main__ import JOBS_SERVICES, SERVICES
from studio_platform.identity import (
    INTERNAL_TOKEN,
    Identity,
    InternalTokenVerifier,
    SigningKey,
    StaticKeys,
    TokenSigner,
)
from studio_platform.ids import new_id
from studio_platform.policies import MethodPolicies, method_path
from studio_platform.roles import ROLES
from studio_platform.server import StudioServer, standard_layers
from studio_platform.settings import ServerSettings
from studio_platform.telemetry import Metrics
from tests.integration.gateway.rig import bearer, registered

LEAST_BY_HAND = {
    "": """
        AdminService/ClaimAdmin AdminService/InviteUser AdminService/ListUsers AdminService/SetUserRole
        ApiKeysService/ListApiKeys ApiKeysService/RevokeApiKey
        AuthService/ChangePassword AuthService/DeleteAccount AuthService/GetMe AuthService/LogoutEverywhere
        InvitationsService/AcceptInvitation
        MembersService/CreateWorkspace MembersService/ListWorkspaces
        QuotasService/SetQuota
    """,
    "viewer": """
        ApiKeysService/CreateApiKey
        CastingService/ListCastMembers CastingService/ListLocations
        EditsService/ListEdits
        JobsService/GetCutList JobsService/GetDownloadUrl JobsService/GetJob JobsService/ListJobs
        JobsService/ListTasks JobsService/PlanRender JobsService/WatchJob
        LibraryService/GetLibraryEntry LibraryService/ListLibraryEntries LibraryService/ListLibraryUses
        LibraryService/ListLibraryVersions
        MembersService/ListMembers MembersService/RemoveMember
        PoolsService/ListPools QuotasService/GetQuota
        ProjectsService/GetProject ProjectsService/ListProjects
        ReviewsService/ListApprovals ReviewsService/ListComments
        ScreenplayService/ConvertScreenplay ScreenplayService/DiffScreenplayRevisions
        ScreenplayService/ExportScreenplay ScreenplayService/GetScreenplayRevision
        ScreenplayService/ListScreenplayRevisions ScreenplayService/ParseScreenplay
        ScriptHelpService/GetTemplate ScriptHelpService/ListTemplates
        SharesService/ListShares
        ShotsService/CompareTakes ShotsService/GetShot ShotsService/ListShots ShotsService/ListTakes
        TimelineService/GetTimeline
        WebhooksService/GetWebhook WebhooksService/ListWebhookDeliveries WebhooksService/ListWebhooks
        TransfersService/ExportMedia
        TranslationsService/ListTranslationLanguages TranslationsService/ListTranslations
    """,
    "reviewer": """
        ReviewsService/ApproveShot ReviewsService/CreateComment ReviewsService/DeleteComment
        ReviewsService/RequestChanges ReviewsService/ResolveComment
    """,
    "editor": """
        CastingService/UpdateCastMember CastingService/UpdateLocation
        EditsService/RedoEdit EditsService/RestoreEdits EditsService/UndoEdit
        JobsService/CancelJob JobsService/CreateJob JobsService/RetryJob
        LibraryService/AddLibraryVersion LibraryService/BringLibraryFile LibraryService/CreateLibraryEntry
        LibraryService/DeleteLibraryEntry LibraryService/DropLibraryUse LibraryService/UseLibraryVersion
        PoolsService/CheckPool
        ProjectsService/CreateProject ProjectsService/DeleteProject ProjectsService/UpdateProject
        ScreenplayService/ImportScreenplay
        ScriptHelpService/DescribeCast ScriptHelpService/SuggestShotPrompts ScriptHelpService/WriteScreenplay
        SharesService/CreateShare SharesService/RevokeShare
        ShotsService/ChooseTake ShotsService/RetakeShot ShotsService/UpdateShot
        TimelineService/LockTimelineShot TimelineService/MoveTimelineShot TimelineService/ReplaceMedia
        TimelineService/RestoreMedia TimelineService/UnlockTimelineShot
        TimelineService/UpdateTimelineScene TimelineService/UpdateTimelineShot TimelineService/UpdateTitles
        WebhooksService/CreateWebhook WebhooksService/DeleteWebhook WebhooksService/ReplayWebhookDelivery
        WebhooksService/RotateWebhookSecret WebhooksService/UpdateWebhook
        TransfersService/AdoptMedia TransfersService/UploadMedia
        TranslationsService/FillTranslations TranslationsService/ImportTranslations
        UploadsService/CompleteUpload UploadsService/CreateUpload UploadsService/GetUpload
    """,
    "owner": """
        InvitationsService/CreateInvitation InvitationsService/ListInvitations
        InvitationsService/RevokeInvitation
        MembersService/AddMember MembersService/UpdateMember
    """,
}
"""The least role that may call each method; "" whoever is signed in. Add a new method here, by hand."""

LEAST = {name: role for role, names in LEAST_BY_HAND.items() for name in names.split()}
CALL_SECONDS = 20
ENDS_THE_SESSION = "AuthService/LogoutEverywhere"
DENIED = "ROLE_TOO_LOW"
STRANGER = "WORKSPACE_NOT_FOUND"

Metadata = tuple[tuple[str, str], ...]


def paths(services: Any) -> dict[str, str]:
    """The methods that need a signed-in user, as "Service/Method", with their paths."""
    policies = MethodPolicies(services)
    methods = [method for service in services for method in service.methods]
    return {
        f"{method.containing_service.name}/{method.name}": method_path(method)
        for method in methods
        if (policy := policies.policy(method_path(method))) and policy.access == options_pb2.ACCESS_USER
    }


async def refusal(channel: grpc.aio.Channel, path: str, metadata: Metadata) -> str:
    """The reason for which a call without a word is refused; empty when it is answered."""
    is_stream = path.endswith("/WatchJob")
    method: Any = channel.unary_stream(path) if is_stream else channel.unary_unary(path)
    call = method(b"", metadata=metadata, timeout=CALL_SECONDS)
    try:
        if is_stream:
            async for _ in call:
                break
        else:
            await call
    except grpc.aio.AioRpcError as error:
        info = error_details_pb2.ErrorInfo()
        for detail in rpc_status.from_call(error).details:
            if detail.Unpack(info):
                return str(info.reason)
        return error.code().name
    return ""


async def walked(
    channel: grpc.aio.Channel, methods: dict[str, str], metadata: Metadata, reason: str
) -> set[str]:
    """The methods that are refused for that reason; what ends the session is called last."""
    order = sorted(methods, key=lambda name: name == ENDS_THE_SESSION)
    return {name for name in order if await refusal(channel, methods[name], metadata) == reason}


def too_much_for(role: str, methods: dict[str, str]) -> set[str]:
    """The methods that need more than a role."""
    return {name for name in methods if LEAST[name] and ROLES.index(LEAST[name]) > ROLES.index(role)}


def test_every_method_has_its_least_role_written_here() -> None:
    assert sorted(LEAST) == sorted(paths(SERVICES))


async def workspace_of(channel: grpc.aio.Channel) -> tuple[str, Metadata]:
    """A new workspace, and its owner's metadata."""
    signed = bearer((await registered(channel)).tokens.access_token)
    wanted = members_pb2.CreateWorkspaceRequest(workspace=members_pb2.Workspace(display_name="Crew"))
    made = await members_pb2_grpc.MembersServiceStub(channel).CreateWorkspace(wanted, metadata=signed)
    return made.name, (*signed, ("x-film-workspace", made.name))


@pytest.mark.parametrize("role", ROLES)
async def test_the_gateway_lets_each_role_call_what_it_may_and_nothing_else(
    channel: grpc.aio.Channel, role: str
) -> None:
    name, owner = await workspace_of(channel)
    member = await registered(channel)
    number = members_pb2.MemberRole.Value(f"MEMBER_ROLE_{role.upper()}")
    request = members_pb2.AddMemberRequest(email=member.user.email, role=number)
    await members_pb2_grpc.MembersServiceStub(channel).AddMember(request, metadata=owner)

    metadata = (*bearer(member.tokens.access_token), ("x-film-workspace", name))
    methods = paths(SERVICES)
    denied = await walked(channel, methods, metadata, DENIED)

    assert denied == too_much_for(role, methods)


async def test_a_stranger_finds_no_workspace_whatever_is_called(channel: grpc.aio.Channel) -> None:
    name, _ = await workspace_of(channel)
    stranger = await registered(channel)

    metadata = (*bearer(stranger.tokens.access_token), ("x-film-workspace", name))
    methods = paths(SERVICES)
    lost = await walked(channel, methods, metadata, STRANGER)

    assert lost == {name for name in methods if LEAST[name]}


class Answering(grpc.GenericRpcHandler):
    """Answers every method with an empty message."""

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """As grpc's."""

        async def one(_request: bytes, _context: Any) -> bytes:
            return b""

        async def stream(_request: bytes, _context: Any) -> AsyncIterator[bytes]:
            yield b""

        if handler_call_details.method.endswith("/WatchJob"):
            return grpc.unary_stream_rpc_method_handler(stream)
        return grpc.unary_unary_rpc_method_handler(one)


class Inside:
    """The layers of an inner service, which know the gateway's signature and nothing else of the caller."""

    def __init__(self) -> None:
        self._key = SigningKey("k1", Ed25519PrivateKey.generate())
        verifier = InternalTokenVerifier(StaticKeys({"k1": self._key.private_key.public_key()}))
        layers = standard_layers(MethodPolicies(JOBS_SERVICES), verifier, Metrics("inside"))
        settings = ServerSettings(listen="127.0.0.1:0", drain_grace_seconds=1)
        self.server = StudioServer(settings, layers, JOBS_SERVICES)
        self.server.grpc.add_generic_rpc_handlers((Answering(),))

    def signed(self, *roles: str) -> Metadata:
        """The gateway's word on somebody."""
        scopes = MethodPolicies(JOBS_SERVICES).scopes()
        caller = Identity(str(new_id()), str(new_id()), scopes, frozenset(roles))
        return bearer(TokenSigner(self._key, INTERNAL_TOKEN).sign(caller)[0])


@pytest.fixture
async def inside() -> AsyncIterator[tuple[Inside, grpc.aio.Channel]]:
    rig = Inside()
    await rig.server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{rig.server.port}") as opened:
        yield rig, opened
    await rig.server.drain()


@pytest.mark.parametrize("role", ROLES)
async def test_a_service_asks_for_the_role_once_more(
    inside: tuple[Inside, grpc.aio.Channel], role: str
) -> None:
    rig, opened = inside
    methods = paths(JOBS_SERVICES)

    answered = await walked(opened, methods, rig.signed(role), "")

    assert answered == methods.keys() - too_much_for(role, methods)


async def test_a_service_answers_nobody_without_a_role(inside: tuple[Inside, grpc.aio.Channel]) -> None:
    rig, opened = inside
    methods = paths(JOBS_SERVICES)

    asks_for_a_role = {name for name in methods if LEAST[name]}
    assert await walked(opened, methods, rig.signed(), DENIED) == asks_for_a_role
