"""What a plan is made from besides the breakdown: options, pools, who plays whom, and what was edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.casting.entries import Casting, name_id
from studio_jobs.domain.states import TaskKind
from studio_jobs.edits.documents import Documents
from studio_jobs.edits.shots import UNEDITED, ShotEdit
from studio_jobs.library.branding import Branding
from studio_jobs.screenplay.languages import primary
from studio_jobs.screenplay.scenes import Scene
from studio_jobs.timeline.edits import TimelineEdits
from studio_jobs.timeline.locks import Brought
from studio_jobs.translations.documents import Tongue
from studio_platform.errors import FailedPrecondition

SHOTS_MAX = 3000
"""Shots of one film, whatever a quota says."""


@dataclass(frozen=True, slots=True)
class PoolChoice:
    """The pool that makes a kind, and its engine as it goes into keys.

    A speech pool has `voices`, and `languages` by their primary subtags; none stands for any.
    """

    pool: str
    engine: task_pb2.EngineRef
    voices: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    def speaks(self, language: str) -> bool:
        """Whether it makes speech in a language."""
        return not self.languages or primary(language) in self.languages


@dataclass(frozen=True, slots=True)
class Production:
    """Everything that a plan needs; `voices` are the studio's choices, over which edited ones win.

    Seeds follow from `project_id`, which is another's for a project that was made there first.

    `edits` are all documents of the log; `shots` is what those of shots say, `branding` what the film as a
    whole has of the library. `named_pools` are all that can make the film's size, by kind and name. `tongues`
    is what is translated, by the languages' tags. `shots_max`: how many shots the part that is made may have.
    """

    project_id: str
    title: str
    options: jobs_pb2.RenderOptions
    pools: Mapping[TaskKind, PoolChoice]
    voices: Mapping[str, str]
    casting: Casting = field(default_factory=Casting)
    language: str = "en"
    edits: Documents = field(default_factory=Documents)
    timeline: TimelineEdits = field(default_factory=TimelineEdits)
    shots: Mapping[str, ShotEdit] = field(default_factory=dict)
    named_pools: Mapping[tuple[TaskKind, str], PoolChoice] = field(default_factory=dict)
    branding: Branding = field(default_factory=Branding)
    tongues: Mapping[str, Tongue] = field(default_factory=dict)
    shots_max: int = SHOTS_MAX

    def shot(self, shot_id: str) -> ShotEdit:
        """What is edited of a shot."""
        return self.shots.get(shot_id, UNEDITED)

    def tongue(self, language: str) -> Tongue:
        """What is translated into a language."""
        return self.tongues.get(language, Tongue(language))

    def speech_pool(self, language: str) -> PoolChoice | None:
        """The film's speech pool, or another one that speaks a language; None when none does."""
        others = [pool for (kind, _), pool in sorted(self.named_pools.items()) if kind is TaskKind.SPEECH]
        return next((pool for pool in (self.pools[TaskKind.SPEECH], *others) if pool.speaks(language)), None)

    def music(self, scene: Scene) -> Brought | None:
        """The piece that somebody brought for a scene, or else for the film's scenes of its mood."""
        return self.timeline.media(scene.scene_id, "music") or self.branding.music_of(scene.mood)

    def portrait(self, name: str) -> Brought | None:
        """The portrait that somebody brought of a character."""
        return self.timeline.media(name_id(name), "portrait")

    def pool(self, kind: TaskKind, name: str, shot: str) -> PoolChoice:
        """The pool of this name, or without a name the film's.

        Raises FailedPrecondition that names the shot when no such pool can make the film's size.
        """
        if not name:
            return self.pools[kind]
        found = self.named_pools.get((kind, name))
        if found is None:
            raise FailedPrecondition(
                "POOL_MISSING",
                f"{shot} shall be made by the pool {name!r}, which is not known or can't make its size. "
                "Start it, or choose another pool for the shot.",
                metadata={"kind": kind.name, "pool": name},
            )
        return found
