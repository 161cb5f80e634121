"""What a render is made from, put together: the one way to a plan, whether it runs or is only asked for."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.breakdowns import Breakdowns
from studio_jobs.cast import cast_voices
from studio_jobs.casting.entries import Casting, recast
from studio_jobs.domain.graph import Obstacle, Plan
from studio_jobs.edits.shots import ShotEdit, shot_edits
from studio_jobs.film_plan import build_plan
from studio_jobs.library.brand_kits import credits_of_kit
from studio_jobs.library.branding import Branding, branding_of
from studio_jobs.looks import introductions
from studio_jobs.moderation import Moderator, Passage, Refusal
from studio_jobs.narration import told
from studio_jobs.plan_memory import PlanMemory
from studio_jobs.pool_choices import choose_pools, named_pools
from studio_jobs.production import SHOTS_MAX, Production
from studio_jobs.revisions import Before, identified
from studio_jobs.screenplay.elements import ScreenplayRefused
from studio_jobs.screenplay.scenes import Breakdown
from studio_jobs.sql import SQL
from studio_jobs.store import rows
from studio_jobs.store.castings import Castings
from studio_jobs.store.edit_rows import NEWEST, documents_at
from studio_jobs.store.jobs import POOL_SILENCE
from studio_jobs.timeline.documents import timeline_of
from studio_jobs.timeline.edits import TimelineEdits, Titles
from studio_jobs.translations.documents import Tongue, tongues
from studio_platform.clock import Clock
from studio_platform.database import Database
from studio_platform.keys import content_key

NO_PROJECT = UUID(int=0)
"""Stands for the project of a film that has none yet: only seeds and the title follow from it."""


@dataclass(frozen=True, slots=True)
class Text:
    """A screenplay that is not imported; `format_number` is the contract's."""

    content: bytes
    format_number: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A render of a revision, or of a text as if it were imported now, with its options completed.

    `casting` is what a job was created with; None takes the present one. `edit_sequence` is the newest edit
    that counts. One that `is_only_asked_for` is planned over the obstacles that would let a job be refused.
    """

    workspace_id: UUID
    project_id: UUID
    revision: int
    options: jobs_pb2.RenderOptions
    casting: Casting | None = None
    edit_sequence: int = NEWEST
    text: Text | None = None
    is_only_asked_for: bool = False

    @property
    def languages(self) -> tuple[str, ...]:
        """Those of its further outputs."""
        return tuple(output.language for output in self.options.outputs if output.language)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, with the voices of its cast in the order of their appearance, and its shots' edits."""

    plan: Plan
    voices: Mapping[str, str]
    shots: Mapping[str, ShotEdit]


class PassageRefused(Exception):
    """The policy refuses a passage; `refusal` has its category and line."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.category}: line {refusal.line}")
        self.refusal = refusal


ShotsMax = Callable[[UUID], Awaitable[int]]


class Productions:
    """Plans renders; reads only."""

    def __init__(
        self,
        database: Database,
        breakdowns: Breakdowns,
        moderator: Moderator,
        clock: Clock,
        shots_max: ShotsMax | None = None,
    ) -> None:
        """`shots_max` tells how many shots a film of a workspace may have; without it SHOTS_MAX."""
        self._database = database
        self._breakdowns = breakdowns
        self._castings = Castings(database)
        self._moderator = moderator
        self._memory = PlanMemory()
        self._clock = clock
        self._shots_max = shots_max

    async def plan(self, wanted: Wanted) -> Planned:
        """The plan of a render.

        Raises ScreenplayRefused, PassageRefused, FailedPrecondition without a pool, Unavailable.
        """
        project = await self._database.fetchrow(SQL["project"], wanted.workspace_id, wanted.project_id)
        breakdown = await self._breakdown(wanted, project)
        casting = wanted.casting
        if casting is None:
            casting = await self._castings.casting(wanted.workspace_id, wanted.project_id)
        edits = await documents_at(
            self._database, wanted.workspace_id, wanted.project_id, wanted.edit_sequence
        )
        timeline, shots, branding = timeline_of(edits), shot_edits(edits), branding_of(edits)
        spoken = tongues(edits) if wanted.languages else {}
        refusal = await self._moderator.check(
            wanted.workspace_id,
            [
                *passages_of(breakdown),
                *edits_of(casting),
                *titles_of(timeline.titles),
                *credits_of(timeline),
                *brand_of(branding),
                *prompts_of(breakdown, shots),
                *translations_of(spoken, wanted.languages),
            ],
        )
        if refusal is not None:
            raise PassageRefused(refusal)
        voices = voices_of(breakdown, casting, options=wanted.options)
        known_pools = await self._database.fetch(SQL["pools"])
        language = breakdown.language or "en"
        silent_since = self._clock.now() - POOL_SILENCE
        pools = choose_pools(wanted.options, known_pools, silent_since, language)
        production = Production(
            str(rows.project(project).seed_origin if project else wanted.project_id),
            project["display_name"] if project else "",
            wanted.options,
            pools,
            voices,
            casting,
            language,
            edits,
            timeline,
            shots,
            named_pools(wanted.options, known_pools),
            branding,
            spoken,
            SHOTS_MAX if self._shots_max is None else await self._shots_max(wanted.workspace_id),
        )
        whole = recast(breakdown, casting.aliases)
        plan = await asyncio.to_thread(build_plan, whole, production, self._memory)
        if plan.obstacles and not wanted.is_only_asked_for:
            raise refusal_of(plan.obstacles[0])
        await self._require_given(wanted.workspace_id, plan)
        return Planned(plan, voices, shots)

    async def _require_given(self, workspace: UUID, plan: Plan) -> None:
        """Raises ScreenplayRefused when something that locks keep or people brought is not there.

        So it is in a project that came from another studio: the edits name what only that one has.
        """
        given = {content_key(task.spec, {}): task for task in plan.tasks if task.spec.HasField("given")}
        if not given:
            return
        found = await self._database.fetch(SQL["artifacts_by_keys"], workspace, sorted(given))
        there = {bytes(row["content_key"]) for row in found}
        missing = next((task for key, task in given.items() if key not in there), None)
        if missing is not None:
            raise ScreenplayRefused(
                "GIVEN_MISSING",
                f"What is kept or was brought as {missing.display_name} is not in this studio.",
                "Unlock the shot, or bring the file again.",
                line=missing.line_first,
                field="timeline",
            )

    async def _breakdown(self, wanted: Wanted, project: rows.Record | None) -> Breakdown:
        text = wanted.text
        if text is None:
            breakdown = await self._breakdowns.of_revision(
                wanted.workspace_id, wanted.project_id, wanted.revision
            )
            if breakdown is None or project is None:
                raise ScreenplayRefused(
                    "SCREENPLAY_MISSING", "The screenplay was deleted.", "Import it again."
                )
            return breakdown
        sha256 = hashlib.sha256(text.content).hexdigest()
        known = await self._database.fetchrow(
            SQL["revision_by_digest"], wanted.workspace_id, wanted.project_id, sha256, text.format_number
        )
        if known is not None:
            return await self._breakdowns.of_text(text.content, text.format_number, known["identities"])
        fresh = await self._breakdowns.of_text(text.content, text.format_number, None)
        return await asyncio.to_thread(identified, fresh, await self._latest(wanted, project))

    async def _latest(self, wanted: Wanted, project: rows.Record | None) -> Before | None:
        if project is None:
            return None
        return await self._breakdowns.kept_text(
            wanted.workspace_id, wanted.project_id, project["latest_revision"]
        )


def voices_of(breakdown: Breakdown, casting: Casting, *, options: jobs_pb2.RenderOptions) -> dict[str, str]:
    """A voice for each character who speaks, in the order of their first lines.

    Who is new is cast as an import casts them, before the narrator comes in.
    """
    whole = recast(breakdown, casting.aliases)
    first = list(dict.fromkeys((*whole.characters, *breakdown.characters)))
    introduced = {**introductions(whole, first), **casting.looks}
    known = cast_voices(first, casting.voices, introduced, casting.edited_voices)
    names = told(whole, options).characters
    return cast_voices(names, {**casting.voices, **known}, edited=casting.edited_voices)


def passages_of(breakdown: Breakdown) -> list[Passage]:
    """Every text that something is made of."""
    passages: list[Passage] = []
    for number, scene in enumerate(breakdown.scenes, start=1):
        passages.append(Passage(scene.heading, scene.span.line_first, number))
        for shot in scene.shots:
            passages.append(Passage(shot.action, shot.span.line_first, number))
            passages.extend(Passage(line.text, line.span.line_first, number) for line in shot.lines)
    return passages


def edits_of(casting: Casting) -> list[Passage]:
    """Every look that people wrote; they stand on no line."""
    looks = [*casting.looks.values(), *(site.look for site in casting.sites.values())]
    return [Passage(look, 0) for look in looks if look]


def titles_of(titles: Titles) -> list[Passage]:
    """The texts of the cards that people wrote; they stand on no line."""
    texts = (titles.title, titles.credit, titles.author, titles.end_title)
    return [Passage(text, 0) for text in texts if text]


def prompts_of(breakdown: Breakdown, shots: Mapping[str, ShotEdit]) -> list[Passage]:
    """Every prompt that people wrote for the chosen takes of the film's shots; they stand on no line."""
    ids = {shot.shot_id for scene in breakdown.scenes for shot in scene.shots}
    settings = [edit.settings for shot_id, edit in shots.items() if shot_id in ids]
    texts = [text for entry in settings for text in (entry.prompt, entry.prompt_addition)]
    return [Passage(text, 0) for text in texts if text]


def credits_of(timeline: TimelineEdits) -> list[Passage]:
    """The credits of brought files; they stand on no line."""
    return [Passage(media.credit, 0) for media in timeline.brought.values()]


def translations_of(spoken: Mapping[str, Tongue], languages: Sequence[str]) -> list[Passage]:
    """What is said in these languages; it stands on no line."""
    heard = [spoken[language] for language in languages if language in spoken]
    return [Passage(translated.text, 0) for tongue in heard for translated in tongue.texts.values()]


def refusal_of(obstacle: Obstacle) -> ScreenplayRefused:
    """Why a job is refused."""
    return ScreenplayRefused(
        obstacle.reason, obstacle.text, obstacle.cure, line=obstacle.line, field="options.outputs"
    )


def brand_of(branding: Branding) -> list[Passage]:
    """What a brand kit and brought music say on cards; it stands on no line."""
    kit = branding.kit
    texts = [kit.end_text, *credits_of_kit(kit)] if kit is not None else []
    texts += [piece.credit for piece in branding.music.values()]
    return [Passage(text, 0) for text in texts if text]
