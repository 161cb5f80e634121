"""The further outputs of a job: its film in other sizes and at other loudness, from the same clips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.graph import Edge, Uses
from studio_jobs.domain.states import TaskKind
from studio_jobs.dubs import Dubs
from studio_jobs.film_sound import FilmSound
from studio_jobs.finishing import Finished, Loudness, film_loudness, finish
from studio_jobs.scene_cuts import picture_cut
from studio_jobs.scene_tasks import PlannedShot, SceneTasks, timing_of
from studio_jobs.task_list import TaskList
from studio_jobs.timeline.arrangement import ArrangedScene
from studio_jobs.translations.film_texts import obstacle_of, translate_film, translated_cues, voiceless

Size = tuple[int, int]


@dataclass(slots=True)
class Outputs:
    """Adds the outputs of one film; what two of them have in common is added once.

    `segments` are what the film is told of its scenes with their levels, `cuts` the scenes' tasks,
    `look` the inputs of its cards and captions, and `sound` is what is heard between scenes.
    """

    tasks: TaskList
    scenes: Sequence[ArrangedScene]
    made: Mapping[str, SceneTasks]
    segments: Sequence[task_pb2.FilmSegment]
    cuts: Sequence[int]
    look: Sequence[Edge]
    sound: FilmSound
    finished: dict[tuple[str, Loudness], Finished] = field(default_factory=dict)
    pictures: dict[Size, tuple[Edge, ...]] = field(default_factory=dict)
    dubs: Dubs = field(init=False)

    def __post_init__(self) -> None:
        self.dubs = Dubs(self.tasks, self.scenes, self.made)

    def add_all(self, film: task_pb2.FilmSpec, finished: Finished) -> None:
        """Add the outputs of the options after their film, in their order."""
        options = self.tasks.production.options
        self.finished["", film_loudness(options)] = finished
        self.pictures[_sides(options.size)] = ()
        for output in options.outputs:
            self._add(output, film)

    def _add(self, output: jobs_pb2.Output, film: task_pb2.FilmSpec) -> None:
        finished = self._finished(output)
        pictures = self._pictures(output)
        if _is_dubbed(output) and not pictures:
            # Its scenes' own segments are sound alone.
            pictures = tuple(Edge(f"picture-{at}", cut) for at, cut in enumerate(self.cuts, start=1))
        spec = task_pb2.FilmSpec()
        spec.CopyFrom(film)
        spec.size.CopyFrom(output.size)
        spec.loudness_target_millilufs = output.loudness_target_millilufs
        spec.form = output.form
        spec.ClearField("segments")
        spec.segments.extend(finished.segments)
        for segment, picture in zip(spec.segments, pictures, strict=False):
            segment.picture_role = picture.role
        if output.language:
            self._translate(output, spec)
        edges = (*finished.edges, *pictures, *self.look)
        self.tasks.add(TaskKind.FILM, f"output {output.name} film", {"film": spec}, edges)

    def _translate(self, output: jobs_pb2.Output, spec: task_pb2.FilmSpec) -> None:
        """Put the texts of an output into its language, and note what they lack."""
        production = self.tasks.production
        tongue = production.tongue(output.language)
        obstacle = obstacle_of(output, self.scenes, tongue, production.language)
        if obstacle is not None:
            self.tasks.obstacles.append(obstacle)
        translate_film(spec, self.scenes, tongue)
        spec.spoken_language = output.language if _is_dubbed(output) else production.language
        if _is_dubbed(output):
            return
        for segment, arranged in zip(spec.segments, self.scenes, strict=True):
            segment.translated_cues.extend(translated_cues(arranged, tongue))

    def _finished(self, output: jobs_pb2.Output) -> Finished:
        key = language, loudness = _heard(output)
        if key not in self.finished:
            name = f"output {output.name} "
            cuts = self._dubbed(output, name) if _is_dubbed(output) else self.cuts
            sound = with_mix(self.sound, self.tasks.production.options, language, loudness)
            self.finished[key] = finish(self.tasks, self.segments, cuts, loudness, name, sound)
        return self.finished[key]

    def _dubbed(self, output: jobs_pb2.Output, name: str) -> Sequence[int]:
        """The scenes' sound in the output's language."""
        production = self.tasks.production
        pool = production.speech_pool(output.language)
        if pool is None:
            pool = production.pools[TaskKind.SPEECH]
            self.tasks.obstacles.append(voiceless(output, pool))
        return self.dubs.of(production.tongue(output.language), pool, name)

    def _pictures(self, output: jobs_pb2.Output) -> tuple[Edge, ...]:
        """The scenes' pictures in the output's size; none where that is the film's."""
        size = _sides(output.size)
        if size not in self.pictures:
            self.pictures[size] = tuple(
                Edge(f"picture-{index}", self._scene(output, arranged))
                for index, arranged in enumerate(self.scenes, start=1)
            )
        return self.pictures[size]

    def _scene(self, output: jobs_pb2.Output, arranged: ArrangedScene) -> int:
        framed = [
            self._framed(output, self.made[take.scene.scene_id].shots[take.shot_id])
            for take in arranged.takes
        ]
        return picture_cut(self.tasks, arranged, self.made, framed, output.size, f"output {output.name} ")

    def _framed(self, output: jobs_pb2.Output, planned: PlannedShot) -> int:
        """The clip of a shot in the output's proportions. Its texts are nothing to it."""
        shot, production = planned.shot, self.tasks.production
        framing = task_pb2.Framing(
            still_role="still" if planned.still else "",
            subject=shot.speaker or (shot.figures[0] if shot.figures else ""),
        )
        framed = task_pb2.SegmentShot(
            shot_id=shot.shot_id,
            clip_role="clip" if planned.clip else "",
            still_role="" if planned.clip else "still",
            cues=[
                task_pb2.SpeechCue(role=f"speech-{number}", character=line.character)
                for number, line in enumerate(shot.lines, start=1)
            ],
            framing=framing,
        )
        spec = task_pb2.SegmentSpec(size=output.size, rate=production.options.rate, shots=[framed])
        pictures = [Edge("clip", planned.clip)] if planned.clip else []
        stills = [Edge("still", planned.still)] if planned.still else []
        clip = self.tasks.tasks[(planned.clip or planned.still) - 1]
        return self.tasks.add(
            TaskKind.SEGMENT,
            f"output {output.name} {clip.display_name}",
            {"segment": spec},
            (*pictures, *stills, *planned.speech_edges("", Uses.LENGTH)),
            span=shot.span,
            timings=[timing_of(production, shot, "")],
        )


def with_mix(
    sound: FilmSound, options: jobs_pb2.RenderOptions, language: str = "", loudness: Loudness | None = None
) -> FilmSound:
    """The sound, kept without loss where an output of this speech and loudness encodes it otherwise.

    Without a loudness it is the film's own.
    """
    heard = language, loudness or film_loudness(options)
    is_kept = any(it.form == task_pb2.FILM_FORM_WEBM and _heard(it) == heard for it in options.outputs)
    return replace(sound, with_mix=is_kept)


def _heard(output: jobs_pb2.Output) -> tuple[str, Loudness]:
    """The language that is spoken in place of the film's own, or "", and the loudness."""
    loudness = Loudness(output.loudness_target_millilufs, output.true_peak_max_millidbtp)
    return output.language if _is_dubbed(output) else "", loudness


def _is_dubbed(output: jobs_pb2.Output) -> bool:
    """Whether other speech is heard in it than in the film."""
    return bool(output.language) and not output.captions_only


def _sides(size: task_pb2.Size) -> Size:
    return size.width_px, size.height_px
