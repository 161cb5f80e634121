"""Translations as gettext's PO files, which editors of translations read and write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filmstudio.errors import RefusedError
from filmstudio.translations.v1 import translations_pb2

if TYPE_CHECKING:
    import polib

FILE_BYTES_MAX = 16_000_000
WIDTH_CHARACTERS = 100

_KIND_WORDS = {
    translations_pb2.TRANSLATION_KIND_NARRATION: "narration, for narrated films",
    translations_pb2.TRANSLATION_KIND_HEADING: "heading, the name of a chapter",
    translations_pb2.TRANSLATION_KIND_TITLE: "on a card",
}


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file has; `skipped` entries are untranslated or fuzzy. `language` may be empty."""

    language: str
    texts: list[translations_pb2.TranslatedText]
    skipped: int


def po_text(language: str, translations: Iterable[translations_pb2.Translation]) -> str:
    """The file with all lines, translated or not; stale ones are fuzzy, with what they were made of."""
    import polib

    file = polib.POFile(wrapwidth=WIDTH_CHARACTERS)
    file.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "X-Generator": "Film Studio",
    }
    file.extend(map(_entry, translations))
    return f"{file}\n"


def _entry(translation: translations_pb2.Translation) -> polib.POEntry:
    import polib

    is_stale = translation.state == translations_pb2.TRANSLATION_STATE_STALE
    return polib.POEntry(
        msgctxt=translation.id,
        msgid=translation.source_text,
        msgstr=translation.text,
        comment=_comment(translation),
        occurrences=[("screenplay", str(translation.line))] if translation.line else [],
        flags=["fuzzy"] if is_stale else [],
        previous_msgid=translation.translated_source_text if is_stale else None,
    )


def _comment(translation: translations_pb2.Translation) -> str:
    """Who says it where, and in which time."""
    said = translation.character + (f" ({translation.delivery})" if translation.delivery else "")
    seconds = f"{translation.expected_ms / 1000:.1f} s" if translation.expected_ms else ""
    where = f"{'shot' if said else 'scene'} {translation.shot}" if translation.shot else ""
    parts = (where, said, _KIND_WORDS.get(translation.kind, ""), seconds)
    return ", ".join(part for part in parts if part)


def read_po(path: Path) -> Brought:
    """The translated entries of a file. Raises RefusedError that names the file."""
    import polib

    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise RefusedError(f"{path}: has more than {FILE_BYTES_MAX:,} bytes")
        file = polib.pofile(str(path), encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError(f"{path}: is no UTF-8") from error
    except OSError as error:
        # polib says so of a file that it can't read as PO, too.
        raise RefusedError(f"{path}: {error.strerror or error}") from error
    entries = [entry for entry in file if not entry.obsolete]
    translated = [entry for entry in entries if entry.msgstr and not entry.fuzzy]
    foreign = next((entry for entry in translated if not entry.msgctxt), None)
    if foreign is not None:
        raise RefusedError(
            f"{path}:{foreign.linenum}: has no msgctxt; film translations PROJECT LANGUAGE --export has them"
        )
    texts = [
        translations_pb2.TranslatedText(id=entry.msgctxt, source_text=entry.msgid, text=entry.msgstr)
        for entry in translated
    ]
    return Brought(file.metadata.get("Language", ""), texts, len(entries) - len(translated))
