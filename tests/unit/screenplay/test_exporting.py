"""Every form that is written: what is in the file, and that the JSON's description is whole."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from studio_jobs.screenplay import (
    Element,
    Form,
    Kind,
    Screenplay,
    ScreenplayRefused,
    Span,
    break_down,
    read,
)
from studio_jobs.screenplay.exporting import MEDIA, READERS, WRITERS, export, form_of_name
from studio_jobs.screenplay.json_writing import SCHEMA, write_json

ROOT = Path(__file__).parents[3]
SAMPLE = (ROOT / "samples" / "one-minute.fountain").read_bytes()
PAGE = "---\nlang: fr\n---\n\n# T\n\nHe *is* here. [[\n\n<!-- x -->\n\n***\n\n> It rains.\n"


def _export(data: bytes, form: Form) -> bytes:
    screenplay = read(data)
    return export(screenplay, break_down(screenplay), form)


def _told(screenplay: Screenplay) -> list[tuple[Kind, str, str]]:
    return [(e.kind, e.text, e.name) for e in screenplay.elements if e.kind is not Kind.PAGE_BREAK]


def test_an_unchanged_fountain_screenplay_is_written_as_it_came() -> None:
    assert _export(SAMPLE, Form.FOUNTAIN) == SAMPLE


@pytest.mark.parametrize("data", [SAMPLE, PAGE.encode()])
@pytest.mark.parametrize("form", [Form.FOUNTAIN, Form.FDX])
def test_what_is_written_reads_as_the_same_screenplay(data: bytes, form: Form) -> None:
    written = _export(data, form)

    assert _told(read(written)) == _told(read(data))
    assert _told(READERS[form](written)) == _told(read(data))


def test_fdx_becomes_fountain_with_the_same_elements() -> None:
    screenplay = read((Path(__file__).parent / "fdx" / "fade-in.fdx").read_bytes())
    again = read(export(screenplay, break_down(screenplay), Form.FOUNTAIN))

    assert _told(again) == _told(screenplay)
    assert [(e.name, e.text) for e in again.title_page] == [(e.name, e.text) for e in screenplay.title_page]


@pytest.mark.parametrize("form", [Form.AUTO, Form.PLAIN, Form.MARKDOWN])
def test_a_form_that_is_read_alone_is_not_written(form: Form) -> None:
    with pytest.raises(ScreenplayRefused, match="UNSUPPORTED_FORMAT"):
        _export(SAMPLE, form)


def test_json_is_written_alone() -> None:
    with pytest.raises(ScreenplayRefused, match="UNSUPPORTED_FORMAT"):
        read(_export(SAMPLE, Form.JSON), form=Form.JSON)


def test_every_form_that_is_written_has_a_media_type_and_an_extension() -> None:
    assert all(MEDIA[form].media_type and MEDIA[form].extensions for form in WRITERS)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.fountain", Form.FOUNTAIN),
        ("b.c.FDX", Form.FDX),
        ("d.md", Form.MARKDOWN),
        ("e.txt", Form.PLAIN),
        ("f.json", Form.JSON),
        ("fdx", Form.AUTO),
        ("g.docx", Form.AUTO),
    ],
)
def test_the_name_of_a_file_tells_its_form(name: str, form: Form) -> None:
    assert form_of_name(name) is form


def test_json_holds_title_page_elements_scenes_and_shots() -> None:
    screenplay = read(SAMPLE)
    breakdown = break_down(screenplay)
    document = json.loads(write_json(screenplay, breakdown))

    assert document["schema"] == SCHEMA
    assert document["title"] == breakdown.title
    assert [e["kind"] for e in document["elements"]] == [e.kind for e in screenplay.elements]
    assert [s["shot_id"] for scene in document["scenes"] for s in scene["shots"]] == [
        shot.shot_id for scene in breakdown.scenes for shot in scene.shots
    ]
    assert document["elements"][0]["span"]["line_first"] == screenplay.elements[0].span.line_first


def test_every_field_of_the_json_is_described() -> None:
    text = (
        "Title: T\nCredit: by\nAuthor: A\nLanguage: en\n\n.HOUSE #1#\n\nA door slams.\n\n# S\n\n"
        "@Anna (V.O.)\n(in French)\nOui.\n\nBEN ^\nNon. [[\n"
    )
    screenplay = read(text.encode())
    described = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/screenplay-json.md").read_text(), re.M))

    assert _fields(json.loads(write_json(screenplay, break_down(screenplay)))) - described == set()


def _fields(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(_fields(item) for item in value.values()))
    return set().union(*(_fields(item) for item in value)) if isinstance(value, list) else set()


def test_half_a_character_is_written_as_its_json_escape() -> None:
    span = Span(1, 1)
    elements = (Element(Kind.SCENE_HEADING, "INT. A", span), Element(Kind.ACTION, "a\ud800\x00b", span))
    screenplay = Screenplay((), elements)
    written = write_json(screenplay, break_down(read(SAMPLE)))

    assert json.loads(written)["elements"][1]["text"] == "a\ud800\x00b"
    assert written.decode("utf-8")
