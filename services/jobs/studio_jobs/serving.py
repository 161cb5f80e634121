"""The servicers of the job service, on one server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import grpc

from filmstudio.casting.v1 import casting_pb2, casting_pb2_grpc
from filmstudio.edits.v1 import edits_pb2, edits_pb2_grpc
from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from filmstudio.library.v1 import library_pb2, library_pb2_grpc
from filmstudio.pools.v1 import pools_pb2, pools_pb2_grpc
from filmstudio.projects.v1 import projects_pb2, projects_pb2_grpc
from filmstudio.quotas.v1 import quotas_pb2, quotas_pb2_grpc
from filmstudio.reviews.v1 import reviews_pb2, reviews_pb2_grpc
from filmstudio.screenplay.v1 import screenplay_pb2, screenplay_pb2_grpc
from filmstudio.scripthelp.v1 import scripthelp_pb2, scripthelp_pb2_grpc
from filmstudio.shares.v1 import shares_pb2, shares_pb2_grpc
from filmstudio.shots.v1 import shots_pb2, shots_pb2_grpc
from filmstudio.timeline.v1 import timeline_pb2, timeline_pb2_grpc
from filmstudio.transfers.v1 import transfers_pb2, transfers_pb2_grpc
from filmstudio.translations.v1 import translations_pb2, translations_pb2_grpc
from filmstudio.uploads.v1 import uploads_pb2, uploads_pb2_grpc
from filmstudio.webhooks.v1 import webhooks_pb2, webhooks_pb2_grpc
from filmstudio.workspaces.v1 import workspaces_pb2, workspaces_pb2_grpc
from studio_jobs.breakdowns import Breakdowns
from studio_jobs.checks.pool_checks import PoolChecks
from studio_jobs.cutlists.lists import CutLists
from studio_jobs.downloads import Downloads
from studio_jobs.edits.kinds import Kinds
from studio_jobs.feeds import Feeds
from studio_jobs.garbage.purge import Purges
from studio_jobs.kept_files import KeptFiles
from studio_jobs.library.branding import BrandingKind
from studio_jobs.library.entries import Entries
from studio_jobs.library.uses import LibraryUseKind
from studio_jobs.media.ingest import Ingest
from studio_jobs.moderation import Moderator
from studio_jobs.productions import Productions
from studio_jobs.render_plans import RenderPlans
from studio_jobs.scripthelp.port import ScriptHelp
from studio_jobs.servicers.casting import CastingServicer
from studio_jobs.servicers.edits import EditsServicer
from studio_jobs.servicers.jobs import JobsServicer
from studio_jobs.servicers.library import LibraryServicer
from studio_jobs.servicers.pools import PoolsServicer
from studio_jobs.servicers.projects import ProjectsServicer
from studio_jobs.servicers.quotas import QuotasServicer
from studio_jobs.servicers.reviews import ReviewsServicer
from studio_jobs.servicers.screenplays import ScreenplayServicer
from studio_jobs.servicers.script_help import ScriptHelpServicer
from studio_jobs.servicers.shares import SharesServicer, WatchServicer
from studio_jobs.servicers.shots import ShotsServicer
from studio_jobs.servicers.timeline import TimelineServicer
from studio_jobs.servicers.transfers import TransfersServicer
from studio_jobs.servicers.translations import TranslationsServicer
from studio_jobs.servicers.uploads import UploadsServicer
from studio_jobs.servicers.webhooks import WebhooksServicer
from studio_jobs.servicers.workspaces import WorkspacesServicer
from studio_jobs.settings import JobsSettings
from studio_jobs.shares.links import Links
from studio_jobs.spending import Spending
from studio_jobs.store.approvals import Approvals
from studio_jobs.store.approving import Approving
from studio_jobs.store.boards import Boards
from studio_jobs.store.brought_files import BroughtFiles
from studio_jobs.store.cast_edits import CastMemberKind, LocationKind
from studio_jobs.store.comments import Comments
from studio_jobs.store.edit_log import EditLog
from studio_jobs.store.jobs import Jobs
from studio_jobs.store.projects import Projects
from studio_jobs.store.quotas import Quotas
from studio_jobs.store.shot_edits import ChosenTakeKind, TakeKind
from studio_jobs.store.shot_renders import ShotRenders
from studio_jobs.submissions import Submissions
from studio_jobs.timeline.documents import LockKind, MediaKindOfLog, SceneKind, ShotKind, TitlesKind
from studio_jobs.transfers.adoptions import Adoptions
from studio_jobs.transfers.inventory import Inventory
from studio_jobs.transfers.uploads import Uploads as Chunks
from studio_jobs.translations.documents import TranslationDocumentKind
from studio_jobs.uploads.records import Uploads
from studio_jobs.uploads.sources import Sources
from studio_jobs.wake import Wakes
from studio_jobs.watch import Watches
from studio_jobs.webhooks.addresses import AddressRule
from studio_jobs.webhooks.endpoints import Endpoints
from studio_platform.channels import open_channel
from studio_platform.clock import Clock
from studio_platform.database import Database
from studio_platform.faults import Faults
from studio_platform.identity import FetchedKeys, InternalTokenVerifier
from studio_platform.jwks import fetch_keys
from studio_platform.lifecycle import Lifecycle
from studio_platform.objects import ObjectStore
from studio_platform.passwords import Passwords
from studio_platform.policies import MethodPolicies
from studio_platform.server import StudioServer, standard_layers

SERVICES = (
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
    shares_pb2.DESCRIPTOR.services_by_name["WatchService"],
    workspaces_pb2.DESCRIPTOR.services_by_name["WorkspacesService"],
)

EDIT_KINDS = Kinds(
    [
        CastMemberKind(),
        LocationKind(),
        ChosenTakeKind(),
        TakeKind(),
        ShotKind(),
        SceneKind(),
        TitlesKind(),
        LockKind(),
        MediaKindOfLog(),
        LibraryUseKind(),
        BrandingKind(),
        TranslationDocumentKind(),
    ]
)
"""What the log of edits keeps."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the servicers share with the loops, and what answers for them elsewhere."""

    settings: JobsSettings
    database: Database
    breakdowns: Breakdowns
    productions: Productions
    objects: ObjectStore
    wakes: Wakes
    feeds: Feeds
    checks: PoolChecks
    faults: Faults
    script_help: ScriptHelp
    moderator: Moderator
    passwords: Passwords
    clock: Clock
    quotas: Quotas


def build_server(lifecycle: Lifecycle, parts: Parts) -> StudioServer:
    """The gRPC server with every servicer."""
    gateway = open_channel(parts.settings.gateway_address)
    lifecycle.on_close(gateway.close)
    verifier = InternalTokenVerifier(FetchedKeys(lambda: fetch_keys(gateway)))
    layers = standard_layers(MethodPolicies(SERVICES), verifier, lifecycle.metrics)
    server = StudioServer(parts.settings, layers, SERVICES)
    servicers = Servicers(parts, server.draining)
    for add in (servicers.add_films, servicers.add_texts, servicers.add_edits, servicers.add_publicity):
        add(server.grpc)
    return server


class Servicers:
    """Makes the servicers of one server; each method adds those of one concern."""

    def __init__(self, parts: Parts, draining: asyncio.Event) -> None:
        database, clock = parts.database, parts.clock
        self._parts = parts
        self._draining = draining
        self._projects = Projects(database, clock)
        self._jobs = Jobs(database, clock, parts.faults, parts.quotas)
        self._log = EditLog(database, EDIT_KINDS, clock)
        self._downloads = Downloads(self._jobs, self._projects, parts.objects, clock)
        plans = RenderPlans(database, parts.productions, parts.settings.price_currency)
        self._uploads = Uploads(database, clock)
        self._sources = Sources(self._uploads, parts.objects)
        self._submissions = Submissions(
            database, self._projects, self._jobs, plans, parts.wakes, clock, parts.quotas.shots_max
        )

    def add_films(self, server: grpc.aio.Server) -> None:
        """Jobs, what they may take, the pools that make them, and what becomes of a workspace."""
        it = self._parts
        jobs = JobsServicer(
            self._jobs,
            self._submissions,
            self._downloads,
            CutLists(it.database, self._jobs, self._downloads),
            Watches(it.database, it.feeds, it.clock),
            Spending(it.database, it.settings.price_currency),
            it.wakes,
            self._draining,
        )
        jobs_pb2_grpc.add_JobsServiceServicer_to_server(jobs, server)
        quotas_pb2_grpc.add_QuotasServiceServicer_to_server(QuotasServicer(it.quotas), server)
        pools = PoolsServicer(it.database, it.checks, it.clock)
        pools_pb2_grpc.add_PoolsServiceServicer_to_server(pools, server)
        purges = Purges(it.database, it.objects, self._jobs, it.wakes, it.clock, it.faults)
        workspaces_pb2_grpc.add_WorkspacesServiceServicer_to_server(WorkspacesServicer(purges), server)

    def add_texts(self, server: grpc.aio.Server) -> None:
        """Projects, their screenplays, and help in writing them."""
        projects_pb2_grpc.add_ProjectsServiceServicer_to_server(ProjectsServicer(self._projects), server)
        screenplays = ScreenplayServicer(self._projects, self._sources)
        screenplay_pb2_grpc.add_ScreenplayServiceServicer_to_server(screenplays, server)
        helping = ScriptHelpServicer(self._parts.script_help, self._parts.moderator)
        scripthelp_pb2_grpc.add_ScriptHelpServiceServicer_to_server(helping, server)

    def add_edits(self, server: grpc.aio.Server) -> None:
        """The cast, shots, timeline and library, their history, reviews, uploads and transfers."""
        it, database = self._parts, self._parts.database
        casting = CastingServicer(database, self._projects, self._log)
        casting_pb2_grpc.add_CastingServiceServicer_to_server(casting, server)
        edits_pb2_grpc.add_EditsServiceServicer_to_server(EditsServicer(self._projects, self._log), server)
        shots = ShotsServicer(database, it.breakdowns, self._log, it.objects)
        shots_pb2_grpc.add_ShotsServiceServicer_to_server(shots, server)
        boards, renders = Boards(database, it.breakdowns), ShotRenders(database)
        ingest = Ingest(it.moderator)
        files, kept = BroughtFiles(it.objects, ingest), KeptFiles(database, it.objects)
        timelines = TimelineServicer(boards, renders, files, kept, self._sources, self._log)
        timeline_pb2_grpc.add_TimelineServiceServicer_to_server(timelines, server)
        entries = Entries(database, it.clock)
        library = LibraryServicer(database, self._projects, self._log, entries, files, kept, self._sources)
        library_pb2_grpc.add_LibraryServiceServicer_to_server(library, server)
        uploads = UploadsServicer(self._uploads, self._sources, it.objects, it.clock)
        uploads_pb2_grpc.add_UploadsServiceServicer_to_server(uploads, server)
        translations = TranslationsServicer(boards, self._projects, self._log, it.script_help, it.moderator)
        translations_pb2_grpc.add_TranslationsServiceServicer_to_server(translations, server)
        self._add_transfers(server, boards, ingest)
        self._add_reviews(server, boards, renders)

    def _add_transfers(self, server: grpc.aio.Server, boards: Boards, ingest: Ingest) -> None:
        objects, database = self._parts.objects, self._parts.database
        transfers = TransfersServicer(
            self._projects,
            boards,
            self._submissions,
            self._log,
            objects,
            Chunks(objects, ingest),
            Adoptions(database, self._log),
            Inventory(database),
        )
        transfers_pb2_grpc.add_TransfersServiceServicer_to_server(transfers, server)

    def _add_reviews(self, server: grpc.aio.Server, boards: Boards, renders: ShotRenders) -> None:
        database, approvals = self._parts.database, Approvals(self._parts.database)
        approving = Approving(boards, renders, self._log, approvals)
        comments = Comments(database, self._parts.clock)
        reviews = ReviewsServicer(self._projects, boards, comments, approvals, approving)
        reviews_pb2_grpc.add_ReviewsServiceServicer_to_server(reviews, server)

    def add_publicity(self, server: grpc.aio.Server) -> None:
        """What others are told and shown."""
        it, links = self._parts, Links(self._parts.database, self._parts.clock)
        rule = AddressRule(it.settings.webhook_private_addresses)
        webhooks = WebhooksServicer(Endpoints(it.database, it.clock), rule)
        webhooks_pb2_grpc.add_WebhooksServiceServicer_to_server(webhooks, server)
        shares = SharesServicer(
            links,
            self._jobs,
            self._projects,
            self._downloads,
            it.passwords,
            it.clock,
            it.settings.public_base_url,
        )
        shares_pb2_grpc.add_SharesServiceServicer_to_server(shares, server)
        watching = WatchServicer(links, self._jobs, self._downloads, it.objects, it.passwords)
        shares_pb2_grpc.add_WatchServiceServicer_to_server(watching, server)
