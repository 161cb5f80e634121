"""A film's sound in another language: each line said anew in its time, and each scene's sound with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from filmstudio.generation.v1 import task_pb2
from studio_jobs.domain.graph import Edge, Uses
from studio_jobs.domain.states import TaskKind
from studio_jobs.production import PoolChoice
from studio_jobs.scene_cuts import Dub, sound_cut
from studio_jobs.scene_tasks import SceneTasks, timing_in
from studio_jobs.screenplay.scenes import Line
from studio_jobs.task_list import TaskList, frames_in
from studio_jobs.timeline.arrangement import ArrangedScene, Take
from studio_jobs.translations.documents import Tongue
from studio_jobs.translations.lines import speech_id


@dataclass(slots=True)
class Dubs:
    """Adds the sound of a film's scenes in other languages, each language once."""

    tasks: TaskList
    scenes: Sequence[ArrangedScene]
    made: Mapping[str, SceneTasks]
    cuts: dict[str, Sequence[int]] = field(default_factory=dict)

    def of(self, tongue: Tongue, pool: PoolChoice, name: str) -> Sequence[int]:
        """The tasks of the scenes' sound; their names begin with `name`."""
        if tongue.language not in self.cuts:
            self.cuts[tongue.language] = [self._cut(arranged, tongue, pool, name) for arranged in self.scenes]
        return self.cuts[tongue.language]

    def _cut(self, arranged: ArrangedScene, tongue: Tongue, pool: PoolChoice, name: str) -> int:
        dubs = [
            [
                Dub(
                    Edge(f"shot-{index}-dub-{number}", self._speech(take, number, tongue, pool, name)),
                    _said(tongue, take, number),
                )
                for number in range(1, len(take.shot.lines) + 1)
            ]
            for index, take in enumerate(arranged.takes, start=1)
        ]
        return sound_cut(self.tasks, arranged, self.made, dubs, name)

    def _speech(self, take: Take, number: int, tongue: Tongue, pool: PoolChoice, name: str) -> int:
        production, line = self.tasks.production, take.shot.lines[number - 1]
        rate = production.options.rate
        longer_frames = frames_in(take.edit.hold_ms, rate) - frames_in(take.edit.tail_trim_ms, rate)
        spec = task_pb2.SpeechSpec(
            text=_said(tongue, take, number),
            language=tongue.language,
            voice=self._voice(line, pool),
            tempo_permille=1000,
            delivery=line.parenthetical,
            window_role=f"speech-{number}",
            window_change_frames=longer_frames,
        )
        planned = self.made[take.scene.scene_id].shots[take.shot_id]
        return self.tasks.add(
            TaskKind.SPEECH,
            f"{name}scene {take.scene.ordinal} shot {take.shot.ordinal} {line.character.title()}",
            {"speech": spec},
            tuple(planned.speech_edges("", Uses.LENGTH)),
            pool="" if pool == production.pools[TaskKind.SPEECH] else pool.pool,
            span=line.span,
            timings=[timing_in(self.tasks, take.shot, "")],
        )

    def _voice(self, line: Line, pool: PoolChoice) -> str:
        """The character's own voice, or where the pool has not got it, one that it keeps in the film."""
        production = self.tasks.production
        names = list(production.voices)
        own = production.casting.part(line.character).edited_voice
        own = own or production.voices.get(line.character, "")
        if own and (own in pool.voices or not pool.voices):
            return own
        # Of a locked shot somebody may speak who is nowhere else in the film any more.
        place = names.index(line.character) if line.character in names else len(names)
        voices = pool.voices or tuple(production.voices.values())
        return voices[place % len(voices)] if voices else ""


def _said(tongue: Tongue, take: Take, number: int) -> str:
    """What is said in place of a line; one without a translation stays."""
    text = take.shot.lines[number - 1].text
    return tongue.current(speech_id(take.shot_id, number), text) or text
