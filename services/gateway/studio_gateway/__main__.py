"""The gateway's composition root: settings, objects, run."""

from __future__ import annotations

import asyncio
import secrets
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc

from filmstudio.audiogen.v1 import audiogen_pb2
from filmstudio.auth.v1 import (
    admin_pb2,
    admin_pb2_grpc,
    api_keys_pb2,
    api_keys_pb2_grpc,
    auth_pb2,
    auth_pb2_grpc,
    invitations_pb2,
    invitations_pb2_grpc,
    members_pb2,
    members_pb2_grpc,
)
from filmstudio.casting.v1 import casting_pb2
from filmstudio.composer.v1 import composer_pb2
from filmstudio.edits.v1 import edits_pb2
from filmstudio.imagegen.v1 import imagegen_pb2
from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.library.v1 import library_pb2
from filmstudio.pools.v1 import pools_pb2
from filmstudio.projects.v1 import projects_pb2
from filmstudio.quotas.v1 import quotas_pb2
from filmstudio.reviews.v1 import reviews_pb2
from filmstudio.screenplay.v1 import screenplay_pb2
from filmstudio.scripthelp.v1 import scripthelp_pb2
from filmstudio.shares.v1 import shares_pb2, shares_pb2_grpc
from filmstudio.shots.v1 import shots_pb2
from filmstudio.timeline.v1 import timeline_pb2
from filmstudio.transfers.v1 import transfers_pb2
from filmstudio.translations.v1 import translations_pb2
from filmstudio.uploads.v1 import uploads_pb2
from filmstudio.videogen.v1 import videogen_pb2
from filmstudio.webhooks.v1 import webhooks_pb2
from studio_gateway.account import SECRET_BYTES, AccountStore
from studio_gateway.accounts import Accounts, Credentials, normalised
from studio_gateway.admins import Admins
from studio_gateway.admission import Admission
from studio_gateway.api_keys import DERIVATION_SECRET as DERIVATION_OF_KEYS
from studio_gateway.api_keys import ApiKeys
from studio_gateway.bearers import Bearers
from studio_gateway.fault_points import fault_points
from studio_gateway.forwarding import Forwarder
from studio_gateway.grants import Grants
from studio_gateway.housekeeping import remove_expired
from studio_gateway.http.app import build_app
from studio_gateway.http.calls import HandlerTable, LocalCalls
from studio_gateway.http.cookies import BrowserSessions
from studio_gateway.http.held_files import read_files
from studio_gateway.http.routes import routes_of
from studio_gateway.http.server import HttpServer
from studio_gateway.http.studio_files import StudioFiles
from studio_gateway.http.transcoder import Transcoder
from studio_gateway.http.watch import WatchPages
from studio_gateway.invitations import DERIVATION_SECRET as DERIVATION_OF_INVITATIONS
from studio_gateway.invitations import Invitations
from studio_gateway.inward import InwardTokens
from studio_gateway.limits.layers import AddressLimitLayer, UserLimitLayer
from studio_gateway.limits.leases import PostgresLeases
from studio_gateway.limits.limiter import Limiter
from studio_gateway.limits.meters import LimitMeters
from studio_gateway.limits.visitors import Visitors
from studio_gateway.memberships import Memberships
from studio_gateway.postgres_store import PostgresAccountStore
from studio_gateway.removals import Removals, purge_at
from studio_gateway.servicers.admin import AdminServicer
from studio_gateway.servicers.api_keys import ApiKeysServicer
from studio_gateway.servicers.auth import AuthServicer, KeysServicer
from studio_gateway.servicers.invitations import InvitationsServicer
from studio_gateway.servicers.members import MembersServicer
from studio_gateway.sessions import SUCCESSOR_SECRET, Sessions
from studio_gateway.settings import GatewaySettings
from studio_gateway.signing import ensure_signing_key, public_keys, rotate_keys
from studio_gateway.throttle import Throttle
from studio_gateway.workspaces import Workspaces
from studio_platform.channels import open_channel, open_plain_channel
from studio_platform.clock import SystemClock
from studio_platform.database import Database, open_database
from studio_platform.errands import run_errand
from studio_platform.faults import Faults
from studio_platform.identity import (
    ACCESS_TOKEN,
    INTERNAL_TOKEN,
    FetchedKeys,
    Identity,
    IdentityTokenVerifier,
    TokenSigner,
)
from studio_platform.lifecycle import Lifecycle, run
from studio_platform.migrating import migration_errands
from studio_platform.passwords import Passwords, open_passwords
from studio_platform.policies import MethodPolicies
from studio_platform.server import StudioServer, standard_layers
from studio_platform.settings import load

MIGRATIONS = Path(__file__).parent / "migrations"
OWN_SERVICES = (
    auth_pb2.DESCRIPTOR.services_by_name["AuthService"],
    auth_pb2.DESCRIPTOR.services_by_name["KeysService"],
    members_pb2.DESCRIPTOR.services_by_name["MembersService"],
    api_keys_pb2.DESCRIPTOR.services_by_name["ApiKeysService"],
    invitations_pb2.DESCRIPTOR.services_by_name["InvitationsService"],
    admin_pb2.DESCRIPTOR.services_by_name["AdminService"],
)
JOBS_SERVICES = (
    projects_pb2.DESCRIPTOR.services_by_name["ProjectsService"],
    screenplay_pb2.DESCRIPTOR.services_by_name["ScreenplayService"],
    scripthelp_pb2.DESCRIPTOR.services_by_name["ScriptHelpService"],
    casting_pb2.DESCRIPTOR.services_by_name["CastingService"],
    timeline_pb2.DESCRIPTOR.services_by_name["TimelineService"],
    transfers_pb2.DESCRIPTOR.services_by_name["TransfersService"],
    uploads_pb2.DESCRIPTOR.services_by_name["UploadsService"],
    edits_pb2.DESCRIPTOR.services_by_name["EditsService"],
    shots_pb2.DESCRIPTOR.services_by_name["ShotsService"],
    reviews_pb2.DESCRIPTOR.services_by_name["ReviewsService"],
    library_pb2.DESCRIPTOR.services_by_name["LibraryService"],
    translations_pb2.DESCRIPTOR.services_by_name["TranslationsService"],
    jobs_pb2.DESCRIPTOR.services_by_name["JobsService"],
    quotas_pb2.DESCRIPTOR.services_by_name["QuotasService"],
    pools_pb2.DESCRIPTOR.services_by_name["PoolsService"],
    webhooks_pb2.DESCRIPTOR.services_by_name["WebhooksService"],
    shares_pb2.DESCRIPTOR.services_by_name["SharesService"],
)
SERVICES = (*OWN_SERVICES, *JOBS_SERVICES)
# Not forwarded: an operator calls a generator itself, with an access token that carries their scopes.
OPERATOR_SERVICES = (
    imagegen_pb2.DESCRIPTOR.services_by_name["ImagegenService"],
    videogen_pb2.DESCRIPTOR.services_by_name["VideogenService"],
    audiogen_pb2.DESCRIPTOR.services_by_name["AudiogenService"],
    composer_pb2.DESCRIPTOR.services_by_name["ComposerService"],
)


@dataclass(frozen=True, slots=True)
class Signers:
    """What signs for people, and what signs inward."""

    access: TokenSigner
    inward: TokenSigner

    @property
    def all(self) -> tuple[TokenSigner, ...]:
        """Both: they use one key."""
        return self.access, self.inward


@dataclass(frozen=True, slots=True)
class Parts:
    """What the server is made of."""

    store: AccountStore
    signers: Signers
    policies: MethodPolicies
    sessions: Sessions
    accounts: Accounts
    workspaces: Workspaces
    memberships: Memberships
    api_keys: ApiKeys
    bearers: Bearers
    removals: Removals
    invitations: Invitations
    admins: Admins
    grants: Grants
    throttle: Throttle
    jobs: grpc.aio.Channel


def main() -> None:
    """Run the gateway until it is told to stop, or the errand that is asked for."""
    settings = load(GatewaySettings)
    errands = migration_errands(settings, "gateway", MIGRATIONS)
    run_errand("gateway", settings, errands, sys.argv[1:])

    async def start(lifecycle: Lifecycle) -> None:
        database = await lifecycle.enter(open_database(settings, "gateway", lifecycle.metrics.registry))
        store = PostgresAccountStore(database)
        passwords = await lifecycle.enter(open_passwords())
        jobs = open_channel(settings.jobs_address, settings.message_size_max_bytes)
        lifecycle.on_close(jobs.close)
        parts = await build_parts(settings, store, passwords, database, jobs)
        await ensure_local_account(settings, parts.accounts)
        lifecycle.spawn(
            "housekeeping",
            remove_expired((store, parts.api_keys, parts.invitations), SystemClock(), lifecycle.stopping),
        )
        lifecycle.spawn(
            "signing keys", rotate_keys(store, SystemClock(), parts.signers.all, lifecycle.stopping)
        )
        lifecycle.spawn("removals", parts.removals.run(lifecycle.stopping))
        limiter = Limiter(PostgresLeases(database), SystemClock(), LimitMeters(lifecycle.metrics.registry))
        lifecycle.spawn("rate limits", limiter.run(lifecycle.stopping))
        for server in build_servers(lifecycle, settings, parts, limiter):
            await lifecycle.serve(server)

    run("gateway", start, settings)


async def build_parts(
    settings: GatewaySettings,
    store: AccountStore,
    passwords: Passwords,
    database: Database,
    jobs: grpc.aio.Channel,
) -> Parts:
    """Keys, sessions and accounts over a store; `jobs` is the way to the job service."""
    clock = SystemClock()
    key = await ensure_signing_key(store, clock)
    signers = Signers(TokenSigner(key, ACCESS_TOKEN), TokenSigner(key, INTERNAL_TOKEN))
    policies = MethodPolicies(SERVICES)
    local_email = normalised(settings.local_account_email)
    grants = Grants(policies.scopes(), MethodPolicies(OPERATOR_SERVICES).scopes(), local_email)
    sessions = Sessions(
        store,
        signers.access,
        clock,
        successor_key=await _secret(store, SUCCESSOR_SECRET),
        grants=grants,
        refresh_lifetime=timedelta(days=settings.refresh_token_lifetime_days),
    )
    removals = Removals(database, clock, purge_at(jobs, signers.inward))
    throttle = Throttle(clock.monotonic)
    invitations = Invitations(database, clock, await _secret(store, DERIVATION_OF_INVITATIONS))
    admission = Admission(settings.registration, store, invitations)
    accounts = Accounts(store, passwords, sessions, throttle, clock, removals, admission, local_email)
    workspaces = Workspaces(database, clock)
    api_keys = ApiKeys(database, clock, await _secret(store, DERIVATION_OF_KEYS), grants.everybody)
    tokens = IdentityTokenVerifier(FetchedKeys(lambda: public_keys(store)), ACCESS_TOKEN)
    return Parts(
        store,
        signers,
        policies,
        sessions,
        accounts,
        workspaces,
        Memberships(workspaces),
        api_keys,
        Bearers(tokens, api_keys, sessions),
        removals,
        invitations,
        Admins(database, clock, settings.admin_secret.get_secret_value()),
        grants,
        throttle,
        jobs,
    )


async def _secret(store: AccountStore, name: str) -> bytes:
    """A secret of this studio's, made at its first start."""
    return await store.secret(name, secrets.token_bytes(SECRET_BYTES))


def build_servers(
    lifecycle: Lifecycle, settings: GatewaySettings, parts: Parts, limiter: Limiter
) -> tuple[StudioServer, HttpServer]:
    """gRPC and HTTP: the gateway's own services, and those that it forwards, by the same handlers."""
    rates, addresses = settings.rates(), settings.client_addresses()
    layers = standard_layers(
        parts.policies,
        parts.bearers,
        lifecycle.metrics,
        choice=parts.memberships,
        before_caller=(AddressLimitLayer(limiter, rates, parts.policies, addresses),),
        after_caller=(UserLimitLayer(limiter, rates, parts.policies),),
    )
    server, table = StudioServer(settings, layers, SERVICES), HandlerTable()
    way = open_plain_channel(settings.jobs_address, settings.message_size_max_bytes)
    lifecycle.on_close(way.close)
    forwarder = build_forwarder(settings, parts, way, server.draining)
    # The stubs name grpc's two servers only.
    takers: tuple[Any, ...] = (server.grpc, table)
    for handlers in takers:
        auth_pb2_grpc.add_AuthServiceServicer_to_server(
            AuthServicer(parts.accounts, parts.sessions, parts.grants), handlers
        )
        auth_pb2_grpc.add_KeysServiceServicer_to_server(KeysServicer(parts.store), handlers)
        members_pb2_grpc.add_MembersServiceServicer_to_server(MembersServicer(parts.workspaces), handlers)
        api_keys_pb2_grpc.add_ApiKeysServiceServicer_to_server(ApiKeysServicer(parts.api_keys), handlers)
        invitations_pb2_grpc.add_InvitationsServiceServicer_to_server(
            InvitationsServicer(parts.invitations, parts.accounts), handlers
        )
        admin_pb2_grpc.add_AdminServiceServicer_to_server(
            AdminServicer(parts.admins, parts.invitations, parts.sessions, parts.grants, parts.throttle),
            handlers,
        )
        handlers.add_generic_rpc_handlers((forwarder,))
    routes = routes_of(SERVICES)
    watch = shares_pb2_grpc.WatchServiceStub(parts.jobs)
    browsers = BrowserSessions(settings.public_base_url, SystemClock().now)
    pages = WatchPages(
        Transcoder(routes, LocalCalls(table, layers, routes), browsers, forwarded_header=addresses.header),
        watch.OpenShare,
        Throttle(SystemClock().monotonic),
        Visitors(limiter, rates, addresses),
        settings.public_base_url,
    )
    studio = StudioFiles(pages, read_files(), settings.branding(), settings.media_origins)
    app = build_app(studio, settings.cors_origins)
    return server, HttpServer(app, settings.http_listen, settings.drain_grace_seconds)


def build_forwarder(
    settings: GatewaySettings, parts: Parts, way: grpc.aio.Channel, draining: asyncio.Event
) -> Forwarder:
    """What forwards to the job service, by `way`."""

    async def check_caller(identity: Identity) -> None:
        await parts.bearers.check_live(identity)
        await parts.memberships.check(identity)

    return Forwarder(
        way,
        JOBS_SERVICES,
        parts.policies,
        InwardTokens(parts.signers.inward, lambda: SystemClock().now().timestamp()),
        check_caller,
        draining,
        faults=Faults.parse(settings.faults, fault_points(JOBS_SERVICES)),
    )


async def ensure_local_account(settings: GatewaySettings, accounts: Accounts) -> None:
    """Makes the account of a studio on one machine, its operator, where the settings name one."""
    if settings.local_account_email:
        password = settings.local_account_password.get_secret_value()
        await accounts.ensure(Credentials(settings.local_account_email, password), display_name="")


if __name__ == "__main__":
    main()
