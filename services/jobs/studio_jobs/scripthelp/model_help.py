"""Help by a language model; what it says is checked before anybody sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from filmstudio.scripthelp.v1 import answers_pb2
from studio_jobs.looks import first_looks_of
from studio_jobs.screenplay.scenes import Breakdown, Scene, Shot
from studio_jobs.scripthelp.answers import Answerer, Task, ask
from studio_jobs.scripthelp.drafts import DraftUnreadable, fountain_of
from studio_jobs.scripthelp.faults import AnswerUnusable
from studio_jobs.scripthelp.port import LineToTranslate, Topic, Written

PIECE_MAX_CHARS = 400
ABOUT_MAX_CHARS = 48_000
# A minute of film is a page of screenplay, and a page is some 180 words.
WORDS_PER_MINUTE = 180
# A voice goes a quarter faster at most, and some languages take more letters for a sound.
TRANSLATION_LONGER_PERCENT = 130
TRANSLATION_LEAST_CHARS = 16


@cache
def _task(name: str) -> str:
    """What a model is told to do."""
    return resources.files(__package__).joinpath(f"{name}.txt").read_text("utf-8")


class ModelHelp:
    """Asks a model and checks its answers."""

    def __init__(self, answerer: Answerer) -> None:
        self._answerer = answerer

    @property
    def name(self) -> str:
        """The model's name."""
        return self._answerer.name

    async def write(self, topic: Topic) -> Written:
        """A first draft. Raises StudioError."""
        text = _task("write").format(
            language=topic.language,
            minutes=topic.minutes,
            words=topic.minutes * WORDS_PER_MINUTE,
            scenes=2 + 2 * topic.minutes,
        )

        def fountain(draft: answers_pb2.ScreenplayDraft) -> bytes:
            try:
                return fountain_of(draft, topic.language)
            except DraftUnreadable as unreadable:
                raise AnswerUnusable(str(unreadable)) from unreadable

        task = Task(text, topic.text)
        return Written(await ask(self._answerer, task, answers_pb2.ScreenplayDraft, fountain))

    async def prompts(self, breakdown: Breakdown, shot_ids: Sequence[str]) -> Mapping[str, str]:
        """A prompt for each of these shots. Raises StudioError."""

        def by_shot(answer: answers_pb2.ShotPromptList) -> dict[str, str]:
            found = {prompt.shot_id: _line(prompt.prompt) for prompt in answer.prompts}
            _require_all(shot_ids, found, "shot_id")
            return {shot_id: found[shot_id] for shot_id in shot_ids}

        task = Task(_task("prompts"), _shots_text(breakdown, frozenset(shot_ids)))
        return await ask(self._answerer, task, answers_pb2.ShotPromptList, by_shot)

    async def looks(self, breakdown: Breakdown) -> Mapping[str, str]:
        """The look of each character. Raises StudioError."""
        names = breakdown.characters

        def by_name(answer: answers_pb2.CharacterLookList) -> dict[str, str]:
            found = {character.name: _line(character.look) for character in answer.characters}
            _require_all(names, found, "name")
            return {name: found[name] for name in names}

        task = Task(_task("looks"), _cast_text(breakdown))
        return await ask(self._answerer, task, answers_pb2.CharacterLookList, by_name)

    async def translate(self, lines: Sequence[LineToTranslate], source: str, language: str) -> Sequence[str]:
        """Each line in another language. Raises StudioError."""
        numbers = [str(number) for number in range(1, len(lines) + 1)]

        def in_order(answer: answers_pb2.TranslatedLineList) -> list[str]:
            found = {str(line.number): _line(line.text) for line in answer.lines}
            _require_all(numbers, found, "number")
            return [found[number] for number in numbers]

        about = "\n".join(_line_row(number, line) for number, line in zip(numbers, lines, strict=True))
        task = Task(_task("translate").format(source=source, language=language), about)
        return await ask(self._answerer, task, answers_pb2.TranslatedLineList, in_order)


def _line_row(number: str, line: LineToTranslate) -> str:
    said = line.character + (f" ({line.delivery})" if line.delivery else "")
    seconds = f"{line.expected_ms / 1000:.1f} s, " if line.expected_ms else ""
    most = max(TRANSLATION_LEAST_CHARS, len(line.text) * TRANSLATION_LONGER_PERCENT // 100)
    limits = f"{seconds}at most {most} characters"
    return f"number {number} | {said or 'heading or title'} | {limits} | {_line(line.text)}"


def _require_all(wanted: Sequence[str], found: Mapping[str, str], field: str) -> None:
    missing = [name for name in wanted if not found.get(name)]
    if missing:
        raise AnswerUnusable(f"There is nothing for the {field} {', '.join(missing[:10])}.")


def _shots_text(breakdown: Breakdown, shot_ids: frozenset[str]) -> str:
    """The scenes with the shots that are asked for, and who is in them."""
    rows = [f"{name}: {look}" for name, look in _known_looks(breakdown).items() if look]
    for scene in breakdown.scenes:
        shots = [shot for shot in scene.shots if shot.shot_id in shot_ids]
        if shots:
            rows += ["", f"SCENE {scene.heading} ({scene.mood.value})", *map(_shot_row, shots)]
    return "\n".join(rows)[:ABOUT_MAX_CHARS]


def _shot_row(shot: Shot) -> str:
    spoken = " ".join(f"{line.character}: {line.text}" for line in shot.lines)
    return (
        f"shot_id {shot.shot_id} | {shot.size.value} | in frame: {', '.join(shot.figures) or 'nobody'} | "
        f"{shot.action[:PIECE_MAX_CHARS]} | {spoken[:PIECE_MAX_CHARS]}"
    )


def _cast_text(breakdown: Breakdown) -> str:
    rows = [f"TITLE {breakdown.title}"]
    for name, look in _known_looks(breakdown).items():
        rows.append(
            f"name {name} | said of them: {look or 'nothing'} | {_first_seen(name, breakdown.scenes)}"
        )
    return "\n".join(rows)[:ABOUT_MAX_CHARS]


def _known_looks(breakdown: Breakdown) -> Mapping[str, str]:
    return first_looks_of(breakdown)


def _first_seen(name: str, scenes: Sequence[Scene]) -> str:
    shots = (shot for scene in scenes for shot in scene.shots if name in shot.figures and shot.action)
    return next((shot.action[:PIECE_MAX_CHARS] for shot in shots), "")


def _line(text: str) -> str:
    return " ".join(text.split())
