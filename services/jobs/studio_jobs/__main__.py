"""The job service's composition root: settings, objects, run."""

from __future__ import annotations

from datetime import timedelta

from prometheus_client import CollectorRegistry

from filmstudio.casting.v1 import casting_pb2, casting_pb2_grpc
from filmstudio.edits.v1 import edits_pb2, edits_pb2_grpc
from filmstudio.jobs.v1 import jobs_pb2, jobs_pb2_grpc
from filmstudio.library.v1 import library_pb2, library_pb2_grpc
from filmstudio.pools.v1 import pools_pb2, pools_pb2_grpc
from filmstudio.projects.v1 import projects_pb2, projects_pb2_grpc
from filmstudio.reviews.v1 import reviews_pb2, reviews_pb2_grpc
from filmstudio.screenplay.v1 import screenplay_pb2, screenplay_pb2_grpc
from filmstudio.scripthelp.v1 import scripthelp_pb2, scripthelp_pb2_grpc
from filmstudio.shares.v1 import shares_pb2, shares_pb2_grpc
from filmstudio.shots.v1 import shots_pb2, shots_pb2_grpc
from filmstudio.timeline.v1 import timeline_pb2, timeline_pb2_grpc
from filmstudio.transfers.v1 import transfers_pb2, transfers_pb2_grpc
from filmstudio.webhooks.v1 import webhooks_pb2, webhooks_pb2_grpc
from filmstudio.workspaces.v1 import workspaces_pb2, workspaces_pb2_grpc
from studio_jobs.advancer import Advancer
from studio_jobs.announcements import Announcements
from studio_jobs.bodies import Bodies
from studio_jobs.breakdowns import Breakdowns
from studio_jobs.cancels import Cancels
from studio_jobs.checks.pool_checks import PoolChecks
from studio_jobs.dispatcher import Dispatcher
from studio_jobs.downloads import Downloads
from studio_jobs.edits.kinds import Kinds
from studio_jobs.fault_points import POINTS
from studio_jobs.feeds import Feeds
from studio_jobs.garbage.collector import Collector
from studio_jobs.garbage.departures import Departures
from studio_jobs.garbage.purge import Purges
from studio_jobs.garbage.tombstones import Tombstones
from studio_jobs.gauges import Gauges
from studio_jobs.housekeeping import Housekeeping
from studio_jobs.library.branding import BrandingKind
from studio_jobs.library.entries import Entries
from studio_jobs.library.uses import LibraryUseKind
from studio_jobs.loops import Loops
from studio_jobs.media.ingest import Ingest
from studio_jobs.meters import Meters
from studio_jobs.moderation import LocalPolicy, Moderator
from studio_jobs.planner import Planner
from studio_jobs.productions import Productions
from studio_jobs.provider_moderation import ModerationProvider, open_moderation
from studio_jobs.reckoning import Reckoning
from studio_jobs.relay import Relay
from studio_jobs.render_plans import RenderPlans
from studio_jobs.results import Results
from studio_jobs.scripthelp.model_help import ModelHelp
from studio_jobs.scripthelp.port import ScriptHelp
from studio_jobs.scripthelp.provider import Provider, open_model
from studio_jobs.scripthelp.rules import RulesHelp
from studio_jobs.servicers.casting import CastingServicer
from studio_jobs.servicers.edits import EditsServicer
from studio_jobs.servicers.jobs import JobsServicer
from studio_jobs.servicers.library import LibraryServicer
from studio_jobs.servicers.pools import PoolsServicer
from studio_jobs.servicers.projects import ProjectsServicer
from studio_jobs.servicers.reviews import ReviewsServicer
from studio_jobs.servicers.screenplays import ScreenplayServicer
from studio_jobs.servicers.script_help import ScriptHelpServicer
from studio_jobs.servicers.shares import SharesServicer, WatchServicer
from studio_jobs.servicers.shots import ShotsServicer
from studio_jobs.servicers.timeline import TimelineServicer
from studio_jobs.servicers.transfers import TransfersServicer
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
from studio_jobs.store.shot_edits import ChosenTakeKind, TakeKind
from studio_jobs.store.shot_renders import ShotRenders
from studio_jobs.submissions import Submissions
from studio_jobs.sweeper import Sweeper
from studio_jobs.timeline.documents import LockKind, MediaKindOfLog, SceneKind, ShotKind, TitlesKind
from studio_jobs.transfers.adoptions import Adoptions
from studio_jobs.transfers.inventory import Inventory
from studio_jobs.transfers.uploads import Uploads
from studio_jobs.unlocking import Unlocking
from studio_jobs.wake import Wakes
from studio_jobs.watch import Watches
from studio_jobs.webhooks.addresses import AddressRule
from studio_jobs.webhooks.deliveries import Deliveries, Patience
from studio_jobs.webhooks.endpoints import Endpoints
from studio_jobs.webhooks.sending import open_sender
from studio_platform.broker import Broker
from studio_platform.broker_metered import MeteredBroker
from studio_platform.channels import open_channel
from studio_platform.clock import Clock, SystemClock
from studio_platform.database import Database, open_database
from studio_platform.faults import Faults
from studio_platform.identity import FetchedKeys, InternalTokenVerifier
from studio_platform.jetstream import open_broker
from studio_platform.jwks import fetch_keys
from studio_platform.lifecycle import Lifecycle, run
from studio_platform.objects import ObjectStore
from studio_platform.objects_metered import MeteredObjectStore
from studio_platform.passwords import Passwords, open_passwords
from studio_platform.policies import MethodPolicies
from studio_platform.s3 import open_objects
from studio_platform.server import StudioServer, standard_layers
from studio_platform.settings import load

SERVICES = (
    projects_pb2.DESCRIPTOR.services_by_name["ProjectsService"],
    screenplay_pb2.DESCRIPTOR.services_by_name["ScreenplayService"],
    scripthelp_pb2.DESCRIPTOR.services_by_name["ScriptHelpService"],
    casting_pb2.DESCRIPTOR.services_by_name["CastingService"],
    timeline_pb2.DESCRIPTOR.services_by_name["TimelineService"],
    transfers_pb2.DESCRIPTOR.services_by_name["TransfersService"],
    edits_pb2.DESCRIPTOR.services_by_name["EditsService"],
    shots_pb2.DESCRIPTOR.services_by_name["ShotsService"],
    reviews_pb2.DESCRIPTOR.services_by_name["ReviewsService"],
    library_pb2.DESCRIPTOR.services_by_name["LibraryService"],
    jobs_pb2.DESCRIPTOR.services_by_name["JobsService"],
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
    ]
)
"""What the log of edits keeps."""


def main() -> None:
    """Run the job service until it is told to stop."""
    settings = load(JobsSettings)

    async def start(lifecycle: Lifecycle) -> None:
        registry, clock = lifecycle.metrics.registry, SystemClock()
        database = await lifecycle.enter(open_database(settings, "jobs", registry))
        jetstream = await lifecycle.enter(open_broker(settings, "jobs"))
        broker = MeteredBroker(jetstream, registry)
        objects = MeteredObjectStore(await lifecycle.enter(open_objects(settings)), registry)
        await broker.ensure()
        wakes = Wakes(broker)
        feeds = Feeds(broker)
        faults, meters = Faults.parse(settings.faults, POINTS), Meters(registry)
        breakdowns = Breakdowns(database)
        moderator = await open_moderator(lifecycle, settings)
        productions = Productions(database, breakdowns, moderator, clock)
        loops = build_loops(database, productions, broker, objects, wakes, feeds, clock, faults, meters)
        checks = PoolChecks(database, broker, objects, wakes, clock)
        script_help = await open_script_help(lifecycle, settings, clock)
        passwords = await lifecycle.enter(open_passwords())
        server = build_server(
            lifecycle,
            settings,
            database,
            breakdowns,
            productions,
            objects,
            wakes,
            feeds,
            checks,
            faults,
            script_help,
            moderator,
            passwords,
        )
        loops.spawn(lifecycle.spawn, settings, lifecycle.stopping)
        deliveries = await open_deliveries(lifecycle, settings, database, clock, faults)
        webhooks = deliveries.run(wakes, settings.loop_poll_ms / 1000, lifecycle.stopping)
        lifecycle.spawn("webhooks", webhooks)
        gauges = Gauges(database, jetstream, clock, registry)
        lifecycle.spawn("gauges", gauges.run(lifecycle.stopping))
        lifecycle.spawn("reckoning", Reckoning(database, clock).run(lifecycle.stopping))
        await lifecycle.serve(server)

    run("jobs", start, settings)


def build_loops(
    database: Database,
    productions: Productions,
    broker: Broker,
    objects: ObjectStore,
    wakes: Wakes,
    feeds: Feeds,
    clock: Clock,
    faults: Faults,
    meters: Meters | None = None,
) -> Loops:
    """Everything that works by itself; without `meters` what it counts is shown nowhere."""
    meters = meters or Meters(CollectorRegistry())
    tombstones = Tombstones(objects)
    unlocking = Unlocking(Bodies(objects), tombstones)
    return Loops(
        planner=Planner(database, productions, wakes, clock, faults, meters),
        advancer=Advancer(database, unlocking, wakes, clock, faults, meters),
        dispatcher=Dispatcher(database, wakes, clock, faults, meters),
        relay=Relay(database, broker, faults),
        results=Results(database, broker, tombstones, wakes, clock, faults, meters),
        cancels=Cancels(database, broker, wakes, clock, faults),
        sweeper=Sweeper(database, broker, wakes, clock, faults, meters),
        announcements=Announcements(database, broker, wakes, clock, faults),
        housekeeping=Housekeeping(database, clock, faults),
        departures=Departures(database, clock, faults),
        collector=Collector(database, objects, clock, faults, meters),
        feeds=feeds,
        wakes=wakes,
    )


async def open_deliveries(
    lifecycle: Lifecycle, settings: JobsSettings, database: Database, clock: Clock, faults: Faults
) -> Deliveries:
    """What sends messages to webhooks."""
    sender = await lifecycle.enter(open_sender(AddressRule(settings.webhook_private_addresses)))
    patience = Patience(
        timedelta(days=settings.webhook_log_kept_days), timedelta(hours=settings.webhook_failing_hours_max)
    )
    return Deliveries(database, sender, clock, faults, patience)


async def open_moderator(lifecycle: Lifecycle, settings: JobsSettings) -> Moderator:
    """The model that the settings name after the local list, else the list alone."""
    if not settings.moderation_base_url:
        return LocalPolicy()
    provider = ModerationProvider(
        settings.moderation_base_url,
        settings.moderation_api_key.get_secret_value(),
        settings.moderation_model,
        settings.moderation_timeout_seconds,
    )
    return await lifecycle.enter(open_moderation(provider))


async def open_script_help(lifecycle: Lifecycle, settings: JobsSettings, clock: Clock) -> ScriptHelp:
    """The model that the settings name, else the rules."""
    if not settings.script_help_base_url:
        return RulesHelp()
    provider = Provider(
        settings.script_help_base_url,
        settings.script_help_api_key.get_secret_value(),
        settings.script_help_model,
        settings.script_help_timeout_seconds,
        settings.script_help_answer_tokens_max,
    )
    return ModelHelp(await lifecycle.enter(open_model(provider, clock)))


def build_server(
    lifecycle: Lifecycle,
    settings: JobsSettings,
    database: Database,
    breakdowns: Breakdowns,
    productions: Productions,
    objects: ObjectStore,
    wakes: Wakes,
    feeds: Feeds,
    checks: PoolChecks,
    faults: Faults,
    script_help: ScriptHelp,
    moderator: Moderator,
    passwords: Passwords,
) -> StudioServer:
    """The gRPC server with every servicer."""
    clock = SystemClock()
    gateway = open_channel(settings.gateway_address)
    lifecycle.on_close(gateway.close)
    verifier = InternalTokenVerifier(FetchedKeys(lambda: fetch_keys(gateway)))
    layers = standard_layers(MethodPolicies(SERVICES), verifier, lifecycle.metrics)
    server = StudioServer(settings, layers, SERVICES)
    projects, jobs = Projects(database, clock), Jobs(database, clock, faults)
    log = EditLog(database, EDIT_KINDS, clock)
    plans = RenderPlans(database, productions, settings.price_currency)
    downloads = Downloads(jobs, projects, objects, clock)
    submissions = Submissions(database, projects, jobs, plans, wakes, clock)
    jobs_servicer = JobsServicer(
        jobs,
        submissions,
        downloads,
        Watches(database, feeds, clock),
        Spending(database, settings.price_currency),
        wakes,
        server.draining,
    )
    jobs_pb2_grpc.add_JobsServiceServicer_to_server(jobs_servicer, server.grpc)
    projects_pb2_grpc.add_ProjectsServiceServicer_to_server(ProjectsServicer(projects), server.grpc)
    screenplay_pb2_grpc.add_ScreenplayServiceServicer_to_server(ScreenplayServicer(projects), server.grpc)
    help_servicer = ScriptHelpServicer(script_help, moderator)
    scripthelp_pb2_grpc.add_ScriptHelpServiceServicer_to_server(help_servicer, server.grpc)
    casting_pb2_grpc.add_CastingServiceServicer_to_server(
        CastingServicer(database, projects, log), server.grpc
    )
    edits_pb2_grpc.add_EditsServiceServicer_to_server(EditsServicer(projects, log), server.grpc)
    shots_servicer = ShotsServicer(database, breakdowns, log, objects)
    shots_pb2_grpc.add_ShotsServiceServicer_to_server(shots_servicer, server.grpc)
    boards = Boards(database, breakdowns)
    renders, approvals = ShotRenders(database), Approvals(database)
    ingest = Ingest()
    files = BroughtFiles(objects, ingest)
    timelines = TimelineServicer(boards, renders, files, log)
    timeline_pb2_grpc.add_TimelineServiceServicer_to_server(timelines, server.grpc)
    transfers = TransfersServicer(
        projects,
        boards,
        submissions,
        log,
        objects,
        Uploads(objects, ingest),
        Adoptions(database, log),
        Inventory(database),
    )
    transfers_pb2_grpc.add_TransfersServiceServicer_to_server(transfers, server.grpc)
    approving = Approving(boards, renders, log, approvals)
    reviews = ReviewsServicer(projects, boards, Comments(database, clock), approvals, approving)
    reviews_pb2_grpc.add_ReviewsServiceServicer_to_server(reviews, server.grpc)
    library = LibraryServicer(database, projects, log, Entries(database, clock), files)
    library_pb2_grpc.add_LibraryServiceServicer_to_server(library, server.grpc)
    webhooks = WebhooksServicer(Endpoints(database, clock), AddressRule(settings.webhook_private_addresses))
    webhooks_pb2_grpc.add_WebhooksServiceServicer_to_server(webhooks, server.grpc)
    links = Links(database, clock)
    shares = SharesServicer(links, jobs, projects, downloads, passwords, clock, settings.public_base_url)
    shares_pb2_grpc.add_SharesServiceServicer_to_server(shares, server.grpc)
    watching = WatchServicer(links, jobs, downloads, objects, passwords)
    shares_pb2_grpc.add_WatchServiceServicer_to_server(watching, server.grpc)
    pools_pb2_grpc.add_PoolsServiceServicer_to_server(PoolsServicer(database, checks, clock), server.grpc)
    workspaces = WorkspacesServicer(Purges(database, objects, jobs, wakes, clock, faults))
    workspaces_pb2_grpc.add_WorkspacesServiceServicer_to_server(workspaces, server.grpc)
    return server


if __name__ == "__main__":
    main()
