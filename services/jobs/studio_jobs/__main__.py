"""The job service's composition root: settings, objects, run."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from prometheus_client import CollectorRegistry

from studio_jobs.advancer import Advancer
from studio_jobs.announcements import Announcements
from studio_jobs.bodies import Bodies
from studio_jobs.breakdowns import Breakdowns
from studio_jobs.cancels import Cancels
from studio_jobs.checks.pool_checks import PoolChecks
from studio_jobs.dispatcher import Dispatcher
from studio_jobs.fault_points import POINTS
from studio_jobs.feeds import Feeds
from studio_jobs.garbage.collector import Collector
from studio_jobs.garbage.departures import Departures
from studio_jobs.garbage.tombstones import Tombstones
from studio_jobs.gauges import Gauges
from studio_jobs.housekeeping import Housekeeping
from studio_jobs.loops import Loops
from studio_jobs.meters import Meters
from studio_jobs.moderation import LocalPolicy, Moderator
from studio_jobs.moderation_audit import AuditedModerator
from studio_jobs.planner import Planner
from studio_jobs.productions import Productions
from studio_jobs.provider_moderation import ModerationProvider, open_moderation
from studio_jobs.reckoning import Reckoning
from studio_jobs.relay import Relay
from studio_jobs.results import Results
from studio_jobs.scripthelp.model_help import ModelHelp
from studio_jobs.scripthelp.port import ScriptHelp
from studio_jobs.scripthelp.provider import Provider, open_model
from studio_jobs.scripthelp.rules import RulesHelp
from studio_jobs.serving import Parts, build_server
from studio_jobs.settings import JobsSettings
from studio_jobs.store.quotas import Quotas
from studio_jobs.sweeper import Sweeper
from studio_jobs.unlocking import Unlocking
from studio_jobs.uploads.expiry import Expiry
from studio_jobs.wake import Wakes
from studio_jobs.webhooks.addresses import AddressRule
from studio_jobs.webhooks.deliveries import Deliveries, Patience
from studio_jobs.webhooks.sending import open_sender
from studio_platform.broker import Broker
from studio_platform.broker_metered import MeteredBroker
from studio_platform.bucket import ensure_bucket
from studio_platform.clock import Clock, SystemClock
from studio_platform.database import Database, open_database
from studio_platform.errands import Errand, run_errand
from studio_platform.faults import Faults
from studio_platform.jetstream import open_broker
from studio_platform.lifecycle import Lifecycle, run
from studio_platform.migrating import migration_errands
from studio_platform.objects import ObjectStore
from studio_platform.objects_metered import MeteredObjectStore
from studio_platform.passwords import open_passwords
from studio_platform.permissions import permissions_text
from studio_platform.s3 import open_objects
from studio_platform.settings import load

MIGRATIONS = Path(__file__).parent / "migrations"


def main() -> None:
    """Run the job service until it is told to stop, or the errand that is asked for."""
    if sys.argv[1:] == ["nats-permissions"]:
        print(permissions_text(), end="")
        return
    settings = load(JobsSettings)
    errands: dict[str, Errand] = {
        **migration_errands(settings, "jobs", MIGRATIONS),
        "set-up": lambda: set_up(settings),
    }
    run_errand("jobs", settings, errands, sys.argv[1:])

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
        moderator = await open_moderator(lifecycle, settings, database, clock)
        quotas = Quotas(database, clock, settings.quotas())
        productions = Productions(database, breakdowns, moderator, clock, quotas.shots_max)
        loops = build_loops(database, productions, broker, objects, wakes, feeds, clock, faults, meters)
        checks = PoolChecks(database, broker, objects, wakes, clock)
        script_help = await open_script_help(lifecycle, settings, clock)
        passwords = await lifecycle.enter(open_passwords())
        parts = Parts(
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
            clock,
            quotas,
        )
        server = build_server(lifecycle, parts)
        loops.spawn(lifecycle.spawn, settings, lifecycle.stopping)
        deliveries = await open_deliveries(lifecycle, settings, database, clock, faults)
        webhooks = deliveries.run(wakes, settings.loop_poll_ms / 1000, lifecycle.stopping)
        lifecycle.spawn("webhooks", webhooks)
        gauges = Gauges(database, jetstream, clock, registry)
        lifecycle.spawn("gauges", gauges.run(lifecycle.stopping))
        lifecycle.spawn("uploads", Expiry(database, objects, clock).run(lifecycle.stopping))
        lifecycle.spawn("reckoning", Reckoning(database, clock).run(lifecycle.stopping))
        await lifecycle.serve(server)

    run("jobs", start, settings)


async def set_up(settings: JobsSettings) -> None:
    """Makes the streams and the bucket, or leaves them as they are."""
    async with open_broker(settings, "jobs") as broker:
        await broker.ensure()
    await ensure_bucket(settings)


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


async def open_moderator(
    lifecycle: Lifecycle, settings: JobsSettings, database: Database, clock: Clock
) -> Moderator:
    """The model that the settings name after the local list, else the list alone; verdicts are kept."""
    if not settings.moderation_base_url:
        return AuditedModerator(LocalPolicy(), database, clock)
    provider = ModerationProvider(
        settings.moderation_base_url,
        settings.moderation_api_key.get_secret_value(),
        settings.moderation_model,
        settings.moderation_timeout_seconds,
        settings.moderation_pictures,
    )
    model = await lifecycle.enter(open_moderation(provider))
    return AuditedModerator(model, database, clock)


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


if __name__ == "__main__":
    main()
