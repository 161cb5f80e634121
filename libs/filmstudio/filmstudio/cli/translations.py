"""film translations: what a film says in other languages, listed, and to and from translators' files."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from filmstudio.cli.exits import Exit
from filmstudio.cli.plain import plain
from filmstudio.cli.po_files import po_text, read_po
from filmstudio.cli.project_names import named_project
from filmstudio.cli.tables import Column, print_json, print_table
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from filmstudio.translations.v1 import translations_pb2

COLUMNS = (
    Column("SHOT"),
    Column("WHO"),
    Column("STATE"),
    Column("SOURCE", yields=True),
    Column("TRANSLATION", yields=True),
)
LANGUAGE_COLUMNS = (
    Column("LANGUAGE"),
    Column("DIALOGUE", right=True),
    Column("OTHERS", right=True),
    Column("STALE", right=True),
)
DIALOGUE = translations_pb2.TRANSLATION_KIND_DIALOGUE
TRANSLATED = translations_pb2.TRANSLATION_STATE_TRANSLATED
STALE = translations_pb2.TRANSLATION_STATE_STALE


async def list_languages(studio: FilmStudio, written: str, *, as_json: bool) -> Exit:
    """The languages of a project, each with how many lines it has. Raises FilmStudioError."""
    project = (await named_project(studio, written)).name
    found = await studio.translations.languages(project)
    if as_json:
        print_json([found])
        return Exit.OK
    rows = [_language_row(it, await studio.translations.every(project, it)) for it in found.languages]
    if rows:
        print_table(LANGUAGE_COLUMNS, rows)
    else:
        print(f"Nothing is translated; the film is in {found.source_language}.")
    return Exit.OK


def _language_row(language: str, lines: list[translations_pb2.Translation]) -> list[str]:
    dialogue = [line for line in lines if line.kind == DIALOGUE]
    others = [line for line in lines if line.kind != DIALOGUE]
    stale = sum(line.state == STALE for line in lines)
    return [language, _translated(dialogue), _translated(others), str(stale)]


def _translated(lines: list[translations_pb2.Translation]) -> str:
    return f"{sum(line.state == TRANSLATED for line in lines)} of {len(lines)}"


async def list_lines(studio: FilmStudio, written: str, language: str, *, as_json: bool) -> Exit:
    """The lines of a project with their translations into a language. Raises FilmStudioError."""
    project = (await named_project(studio, written)).name
    lines = await studio.translations.every(project, language)
    if as_json:
        print_json(lines)
    else:
        print_table(COLUMNS, map(_row, lines))
    return Exit.OK


def _row(line: translations_pb2.Translation) -> list[str]:
    state = translations_pb2.TranslationState.Name(line.state).removeprefix("TRANSLATION_STATE_").lower()
    kind = translations_pb2.TranslationKind.Name(line.kind).removeprefix("TRANSLATION_KIND_").lower()
    who = line.character or kind
    return [line.shot, plain(who), state, plain(line.source_text), plain(line.text)]


async def export(studio: FilmStudio, written: str, language: str, path: Path) -> Exit:
    """Write a PO file for a translator. Raises FilmStudioError, RefusedError for a file that is there."""
    project = (await named_project(studio, written)).name
    lines = await studio.translations.every(project, language)
    text = po_text(language, lines)
    if str(path) == "-":
        sys.stdout.write(text)
        return Exit.OK
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise RefusedError(f"{path} is there already; it is not overwritten") from error
    except OSError as error:
        raise RefusedError(f"{path}: {error.strerror or error}") from error
    states = Counter(line.state for line in lines)
    print(
        f"{path}: {len(lines)} texts, {states[TRANSLATED]} of them translated into {language}"
        + (f", {states[STALE]} stale (fuzzy)" if states[STALE] else "")
    )
    return Exit.OK


async def bring(studio: FilmStudio, written: str, language: str, path: Path, *, as_json: bool) -> Exit:
    """Keep the translations of a PO file. Raises FilmStudioError, RefusedError."""
    brought = read_po(path)
    if brought.language and brought.language.replace("_", "-").casefold() != language.casefold():
        raise RefusedError(f"{path}: is in {brought.language}, not in {language}")
    if not brought.texts:
        raise RefusedError(f"{path}: nothing is translated in it")
    project = (await named_project(studio, written)).name
    told = await studio.translations.bring(project, language, brought.texts)
    if as_json:
        print_json([told])
        return Exit.OK
    print(f"{path}: {told.current} translations into {language} are kept")
    for count, what in (
        (told.stale, "more are kept, but their lines have changed since"),
        (told.unknown, "are of lines that the newest screenplay has not, and are left out"),
        (brought.skipped, "entries are untranslated or fuzzy"),
        (told.missing, "lines of dialogue are still to translate"),
    ):
        if count:
            print(f"  {count} {what}")
    return Exit.OK


async def fill(studio: FilmStudio, written: str, language: str, *, narration: bool, as_json: bool) -> Exit:
    """Let the studio's model translate all that is missing, some lines a call. Raises FilmStudioError."""
    project = (await named_project(studio, written)).name
    filled: list[translations_pb2.Translation] = []
    while True:
        told = await studio.translations.fill(project, language, narration=narration)
        filled += told.filled
        if not told.remaining or not told.filled:
            break
        if not as_json:
            print(f"{len(filled)} of {len(filled) + told.remaining} ...", file=sys.stderr)
    if as_json:
        print_json(filled)
    elif filled:
        print_table(COLUMNS, map(_row, filled))
        print(f"\n{len(filled)} texts translated into {language} by {told.writer}; look through them.")
    else:
        print(f"Nothing is missing in {language}.")
    return Exit.OK
