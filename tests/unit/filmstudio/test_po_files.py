"""Translators' files: written with all that they need to know, and read back."""

from __future__ import annotations

from pathlib import Path

import pytest

from filmstudio.cli.further_outputs import name_of
from filmstudio.cli.po_files import po_text, read_po
from filmstudio.errors import RefusedError
from filmstudio.translations.v1 import translations_pb2

LINES = [
    translations_pb2.Translation(
        id="shot-a-1/line-1",
        kind=translations_pb2.TRANSLATION_KIND_DIALOGUE,
        state=translations_pb2.TRANSLATION_STATE_TRANSLATED,
        source_text='Say "yes",\nor no.',
        text="Sag „ja“ oder nein.",
        shot="1.2",
        character="MARA",
        delivery="whispering",
        expected_ms=1_440,
        line=12,
    ),
    translations_pb2.Translation(
        id="shot-a-1/line-2",
        kind=translations_pb2.TRANSLATION_KIND_DIALOGUE,
        state=translations_pb2.TRANSLATION_STATE_STALE,
        source_text="Just me.",
        text="Nur ich.",
        translated_source_text="Only me.",
        shot="1.2",
        character="TOM",
    ),
    translations_pb2.Translation(
        id="film/title",
        kind=translations_pb2.TRANSLATION_KIND_TITLE,
        state=translations_pb2.TRANSLATION_STATE_MISSING,
        source_text="Two Rooms",
    ),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "de.po"
    path.write_text(po_text("de", LINES), encoding="utf-8")
    return path


def test_a_translator_reads_where_a_line_is_who_says_it_how_and_in_which_time(file: Path) -> None:
    assert "#. shot 1.2, MARA (whispering), 1.4 s\n#: screenplay:12\nmsgctxt" in file.read_text("utf-8")


def test_a_stale_translation_is_fuzzy_beside_the_line_that_it_was_made_of(file: Path) -> None:
    assert '#, fuzzy\n#| msgid "Only me."' in file.read_text("utf-8")


def test_translated_entries_come_back_and_fuzzy_and_empty_ones_do_not(file: Path) -> None:
    brought = read_po(file)

    assert (brought.language, brought.skipped) == ("de", 2)
    assert [(text.id, text.source_text, text.text) for text in brought.texts] == [
        ("shot-a-1/line-1", 'Say "yes",\nor no.', "Sag „ja“ oder nein.")
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'msgid "a"\nmsgstr "b"\n', "has no msgctxt"),
        (b"no translations at all", "de.po"),
        (b'msgid "\xff"\nmsgstr "b"\n', "is no UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_by_its_name(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "de.po"
    path.write_bytes(content)

    with pytest.raises(RefusedError, match=said):
        read_po(path)


def test_an_output_is_named_as_it_was_written() -> None:
    written = ["9:16", "9x16", "de:captions", "9:16,de"]

    assert [name_of(it) for it in written] == ["9x16", "9x16", "de-captions", "9x16-de"]
