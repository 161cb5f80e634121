"""What the engines are told of one shot: its still, its clip and its speech."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from filmstudio.generation.v1 import task_pb2
from studio_jobs.cast import tempo_of, wardrobe_of
from studio_jobs.casting.entries import Site
from studio_jobs.domain.keys import seed_of
from studio_jobs.looks import (
    introductions,
    looks_of,
    sides_of,
    surroundings_in,
    surroundings_of,
    weather_before,
)
from studio_jobs.production import Production
from studio_jobs.screenplay.lexicon import WEATHER_WORDS
from studio_jobs.screenplay.prompts import PROMPT_CHARACTERS_MAX, Scenery, prompt_of
from studio_jobs.screenplay.scenes import Breakdown, Line, Scene, Shot
from studio_jobs.screenplay.stances import Posture, Stance, stances_of

STILL_SCALE_PERMILLE = 1250
"""Stills are a quarter larger than the film, so that the camera can move without softening."""

_SIDES = {-1: task_pb2.SIDE_LEFT, 1: task_pb2.SIDE_RIGHT}
_POSTURES = {
    Posture.STANDING: task_pb2.POSTURE_UNSPECIFIED,
    Posture.SITTING: task_pb2.POSTURE_SITTING,
    Posture.LYING: task_pb2.POSTURE_LYING,
    Posture.KNEELING: task_pb2.POSTURE_KNEELING,
}
_TIMES_OF_DAY = {name.removeprefix("TIME_OF_DAY_"): number for name, number in task_pb2.TimeOfDay.items()}
_SHOT_SIZES = {name.removeprefix("SHOT_SIZE_"): number for name, number in task_pb2.ShotSize.items()}
_MOVES = {name.removeprefix("CAMERA_MOVE_"): number for name, number in task_pb2.CameraMove.items()}
_PLACES = {
    "INT": task_pb2.PLACE_INTERIOR,
    "EXT": task_pb2.PLACE_EXTERIOR,
    "INT_EXT": task_pb2.PLACE_BOTH,
}


@dataclass(frozen=True, slots=True)
class SceneSetting:
    """A scene with what all of its shots are told of it."""

    scene: Scene
    site: Site
    scenery: Scenery
    surroundings: str
    sides: dict[str, int]
    stances: Mapping[str, Mapping[str, Stance]]


class ShotSpecs:
    """The specs of a breakdown whose characters stand under one name each."""

    def __init__(self, breakdown: Breakdown, production: Production) -> None:
        self._production = production
        self._casting = production.casting
        self.looks = looks_of(breakdown, production.voices, self._casting.looks)
        size = production.options.size
        self._still_size = task_pb2.Size(width_px=_scaled(size.width_px), height_px=_scaled(size.height_px))
        self._breakdown = breakdown
        self._settings: dict[str, SceneSetting] = {}
        self._tempi: dict[str, int] = {}
        self._figure_seeds: dict[str, int] = {}
        self._take_seeds: dict[str, int] = {}
        self._prompts: dict[str, str] = {}

    def scenery(self, scene: Scene) -> SceneSetting:
        """What the shots of a scene have in common."""
        if scene.scene_id not in self._settings:
            self._settings[scene.scene_id] = self._scenery(scene)
        return self._settings[scene.scene_id]

    def _scenery(self, scene: Scene) -> SceneSetting:
        site = self._casting.site(scene.location)
        surroundings = surroundings_of(scene, site.look)
        # Of its own scene, and of one that it continues: else a word would make the stills of others anew.
        if not WEATHER_WORDS.intersection(surroundings.split()):
            surroundings = " ".join((surroundings, *weather_before(self._breakdown.scenes, scene))).strip()
        look = site.look or ", ".join(surroundings.split())
        return SceneSetting(
            scene,
            site,
            Scenery(scene.place, scene.location, scene.time_of_day, look, scene.aside),
            surroundings,
            sides_of(scene),
            stances_of(scene, self.looks),
        )

    def take_seed(self, shot: Shot) -> int:
        """The seed of a shot's take: its own, or what follows from its number."""
        if shot.shot_id not in self._take_seeds:
            own = self._production.shot(shot.shot_id).settings.seed
            self._take_seeds[shot.shot_id] = own or self._seed(shot)
        return self._take_seeds[shot.shot_id]

    def still_seed(self, setting: SceneSetting, shot: Shot) -> int:
        """The seed of a shot's still; an edited seed of its place makes it another, unless it has its own."""
        if not setting.site.seed or self._production.shot(shot.shot_id).settings.seed:
            return self.take_seed(shot)
        return self._seed(shot, f"place-{setting.site.seed}")

    def _seed(self, shot: Shot, *more: str) -> int:
        return take_seed(
            self._production.project_id, shot.shot_id, self._production.shot(shot.shot_id).chosen, *more
        )

    def still(self, setting: SceneSetting, shot: Shot) -> task_pb2.StillSpec:
        """The order of a shot's still."""
        scene = setting.scene
        return task_pb2.StillSpec(
            size=self._still_size,
            heading=scene.heading,
            place=_PLACES[shot.place],
            location=shot.location,
            time_of_day=_TIMES_OF_DAY[shot.time_of_day],
            shot_size=_SHOT_SIZES[shot.size],
            figures=[self._figure(setting, shot, name) for name in shot.figures],
            speaker=shot.speaker if shot.speaker in shot.figures else "",
            action=shot.action,
            prompt=self._prompt(setting, shot),
            negative_prompt=self._production.shot(shot.shot_id).settings.negative_prompt,
            surroundings=setting.surroundings,
        )

    def clip(self, setting: SceneSetting, shot: Shot) -> task_pb2.ClipSpec:
        """The order of a shot's clip."""
        edited = self._production.shot(shot.shot_id).settings
        return task_pb2.ClipSpec(
            size=self._production.options.size,
            rate=self._production.options.rate,
            move=_MOVES[edited.camera_move or shot.move],
            strength_permille=1000,
            prompt=self._prompt(setting, shot),
        )

    def speech(self, line: Line) -> task_pb2.SpeechSpec:
        """The order of a line's speech."""
        part = self._casting.part(line.character)
        return task_pb2.SpeechSpec(
            text=line.text,
            language=part.language or self._production.language,
            voice=part.edited_voice or self._production.voices[line.character],
            tempo_permille=self._tempo_permille(line.character),
            delivery=line.parenthetical,
        )

    def _tempo_permille(self, name: str) -> int:
        """An edited look that tells no age leaves a tempo as the text has it."""
        if name not in self._tempi:
            looks = [self.looks.get(name, "")]
            if self._casting.part(name).look:
                looks.append(introductions(self._breakdown, [name])[name])
            self._tempi[name] = tempo_of(name, *looks)
        return self._tempi[name]

    def _figure(self, setting: SceneSetting, shot: Shot, name: str) -> task_pb2.Figure:
        """Someone in frame; what they wear goes with the studio's choice of voice, not with an edited one."""
        stance = setting.stances[shot.shot_id][name]
        return task_pb2.Figure(
            name=name,
            look=self.looks.get(name, ""),
            seed=self._casting.part(name).seed or self._figure_seed(name),
            wardrobe=wardrobe_of(self._production.voices.get(name, ""), self._production.project_id),
            side=_SIDES[setting.sides[name]],
            posture=_POSTURES[stance.posture],
            holding=stance.holding,
        )

    def _figure_seed(self, name: str) -> int:
        if name not in self._figure_seeds:
            self._figure_seeds[name] = seed_of(self._production.project_id, "figure", name)
        return self._figure_seeds[name]

    def at(self, setting: SceneSetting, shot: Shot) -> SceneSetting:
        """The setting of a shot: the scene's, but in an intercut that of the speaker's own place."""
        if shot.location == setting.scene.location:
            return setting
        site = self._casting.site(shot.location)
        return replace(
            setting,
            site=site,
            scenery=Scenery(shot.place, shot.location, shot.time_of_day, site.look, setting.scene.aside),
            surroundings=" ".join(surroundings_in(f"{shot.location} {shot.action} {site.look}")),
        )

    def _prompt(self, setting: SceneSetting, shot: Shot) -> str:
        """The words for a shot's picture; its still and its clip have the same."""
        if shot.shot_id not in self._prompts:
            self._prompts[shot.shot_id] = self._composed(setting, shot)
        return self._prompts[shot.shot_id]

    def _composed(self, setting: SceneSetting, shot: Shot) -> str:
        edited = self._production.shot(shot.shot_id).settings
        stances = setting.stances[shot.shot_id]
        looks = {
            name: ", ".join(filter(None, (self.looks.get(name, ""), stances[name].in_words())))
            for name in shot.figures
        }
        prompt = edited.prompt or prompt_of(shot.size, setting.scenery, looks, shot.action)
        return f"{prompt} {edited.prompt_addition}".rstrip()[:PROMPT_CHARACTERS_MAX]


def take_seed(project_id: str, shot_id: str, take: int, *more: str) -> int:
    """The seed of a take that has none of its own."""
    return seed_of(project_id, shot_id, f"take-{take}", *more)


def _scaled(length_px: int) -> int:
    return length_px * STILL_SCALE_PERMILLE // 2000 * 2
