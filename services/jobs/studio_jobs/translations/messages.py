"""Translations as the contract says them."""

from __future__ import annotations

from filmstudio.translations.v1 import translations_pb2
from studio_jobs.edits.documents import Documents
from studio_jobs.screenplay.scenes import Breakdown
from studio_jobs.timeline.documents import timeline_of
from studio_jobs.timeline.locks import with_locked_lines
from studio_jobs.translations.documents import Tongue
from studio_jobs.translations.lines import SourceText, Standing, source_texts


def texts_of(breakdown: Breakdown, documents: Documents, display_name: str) -> list[SourceText]:
    """What there is to translate of a film with its edits; locked shots say what they said."""
    timeline = timeline_of(documents)
    return source_texts(with_locked_lines(breakdown, timeline.locks), timeline.titles, display_name)


def translation(text: SourceText, tongue: Tongue) -> translations_pb2.Translation:
    """A text with its translation into a language."""
    standing, kept = text.standing(tongue), tongue.texts.get(text.line_id)
    is_stale = standing is Standing.STALE
    return translations_pb2.Translation(
        id=text.line_id,
        kind=translations_pb2.TranslationKind.ValueType(int(text.kind)),
        state=translations_pb2.TranslationState.ValueType(int(standing)),
        source_text=text.text,
        text=kept.text if is_stale and kept else tongue.current(text.line_id, text.text),
        translated_source_text=kept.source if is_stale and kept else "",
        shot=text.place,
        character=text.character,
        delivery=text.delivery,
        expected_ms=text.expected_ms,
        line=text.line,
    )
