"""A film's texts in the language of an output, and what it lacks of them."""

from __future__ import annotations

from collections.abc import Sequence

from filmstudio.generation.v1 import task_pb2
from filmstudio.jobs.v1 import jobs_pb2
from studio_jobs.domain.graph import Obstacle
from studio_jobs.domain.paces import engine_label
from studio_jobs.production import PoolChoice
from studio_jobs.timeline.arrangement import ArrangedScene, Take
from studio_jobs.translations.documents import Tongue
from studio_jobs.translations.lines import SourceText, Standing, TextKind, heading_id, speech_id, title_id

NAMED_MAX = 5
QUOTED_CHARACTERS_MAX = 40


def translate_film(spec: task_pb2.FilmSpec, scenes: Sequence[ArrangedScene], tongue: Tongue) -> None:
    """Put a film's cards and chapters into a language; what has no translation stays."""
    spec.language = tongue.language
    spec.title = tongue.current(title_id("title"), spec.title) or spec.title
    spec.credit = tongue.current(title_id("credit"), spec.credit) or spec.credit
    spec.end_title = tongue.current(title_id("end-title"), spec.end_title) or spec.end_title
    for segment, arranged in zip(spec.segments, scenes, strict=True):
        heading = tongue.current(heading_id(arranged.scene), segment.heading)
        segment.heading = heading or segment.heading


def translated_cues(arranged: ArrangedScene, tongue: Tongue) -> list[task_pb2.TranslatedCue]:
    """What the captions of a scene say; a line without a translation keeps its text."""
    return [
        task_pb2.TranslatedCue(
            character=text.character,
            source_text=text.text,
            text=tongue.current(text.line_id, text.text) or text.text,
        )
        for text in _heard(arranged)
    ]


def obstacle_of(
    output: jobs_pb2.Output, scenes: Sequence[ArrangedScene], tongue: Tongue, language: str
) -> Obstacle | None:
    """Why an output can't be made of these scenes, which are in `language`; None when it can."""
    if output.language.casefold() == language.casefold():
        said = f"The output {output.name} is in {output.language}, and so is the film."
        return Obstacle("OUTPUT_LANGUAGE_OWN", output.name, said, "Leave its language out.")
    texts = [text for arranged in scenes for text in _heard(arranged)]
    lacking = [text for text in texts if text.standing(tongue) is not Standing.TRANSLATED]
    if not lacking:
        return None
    named = "; ".join(_named(text, tongue) for text in lacking[:NAMED_MAX])
    more = f"; and {len(lacking) - NAMED_MAX} more" if len(lacking) > NAMED_MAX else ""
    said = (
        f"The output {output.name} lacks {len(lacking)} of {len(texts)} lines in {output.language}: "
        f"{named}{more}."
    )
    cure = (
        f"Bring their translations: film translations PROJECT {output.language} --export FILE.po writes them "
        "down for a translator, and --import FILE.po takes them; --fill lets the studio's language model "
        "translate, where there is one."
    )
    return Obstacle("TRANSLATION_MISSING", output.name, said, cure, lacking[0].line)


def voiceless(output: jobs_pb2.Output, pool: PoolChoice) -> Obstacle:
    """That no speech pool speaks the language of an output; `pool` is the film's."""
    speaks = " and ".join(pool.languages)
    said = (
        f"The output {output.name} can't be said in {output.language}: "
        f"{engine_label(pool.engine)} speaks {speaks}, and no other speech pool here speaks it."
    )
    cure = (
        "Start a speech generator that speaks it, or keep the film's own speech under translated captions: "
        f"--also {output.language}:captions."
    )
    return Obstacle("LANGUAGE_WITHOUT_VOICE", output.name, said, cure)


def _heard(arranged: ArrangedScene) -> list[SourceText]:
    """The lines that are heard or read, in the order in which the scene's cues have them."""
    return [text for take in arranged.takes for text in _lines_of(take)]


def _lines_of(take: Take) -> list[SourceText]:
    levels, scene, shot = take.edit.lines, take.scene, take.shot
    return [
        SourceText(
            speech_id(shot.shot_id, number),
            TextKind.DIALOGUE,
            line.text,
            scene.label(shot),
            line.character,
            line=line.span.line_first,
        )
        for number, line in enumerate(shot.lines, start=1)
        if number not in levels or not levels[number].muted
    ]


def _named(text: SourceText, tongue: Tongue) -> str:
    is_long = len(text.text) > QUOTED_CHARACTERS_MAX
    quoted = text.text[:QUOTED_CHARACTERS_MAX] + ("..." if is_long else "")
    changed = ", changed since it was translated" if text.standing(tongue) is Standing.STALE else ""
    return f"shot {text.place} {text.character} “{quoted}”{changed}"
