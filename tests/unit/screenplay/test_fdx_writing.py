"""Screenplays written as FDX: they read back as the same document, whatever they hold."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studio_jobs.screenplay import Element, Form, Kind, Screenplay, ScreenplayRefused, Span, read
from studio_jobs.screenplay.emphasis import marked_up, plain, runs_of
from studio_jobs.screenplay.fdx import read_fdx, write_fdx
from tests.unit.screenplay.manuscripts import EXAMPLES

SAMPLES = Path(__file__).parents[3] / "samples"
FILES = Path(__file__).parent / "fdx"
STYLED = (Kind.ACTION, Kind.DIALOGUE, Kind.PARENTHETICAL, Kind.LYRICS, Kind.CENTRED, Kind.TITLE_ENTRY)

FUZZ = settings(
    max_examples=EXAMPLES or 100, derandomize=not EXAMPLES, deadline=None, database=None, print_blob=True
)
TYPES = (
    "Scene Heading",
    "Action",
    "Character",
    "Dialogue",
    "Parenthetical",
    "Transition",
    "Shot",
    "General",
    "Cast List",
    "Singing",
    "New Act",
    "End of Act",
    "Outline 1",
    "Outline 3",
    "Outline Body",
    "Telegram",
)
TEXTS = st.text("AbZ é街😀*_\\[]/<&>()#.:^~=!@\n\t'\"1-", max_size=20)
LOOKS = st.sampled_from(["", "Bold", "Italic", "Underline", "Bold+Italic", "Bold+Underline+AllCaps"])


def _without_spans(screenplay: Screenplay) -> list[tuple[object, ...]]:
    return [
        (e.kind, e.text, e.name, e.extensions, e.dual, e.scene_number, e.level, e.forced)
        for e in (*screenplay.title_page, *screenplay.elements)
    ]


def _again(screenplay: Screenplay) -> Screenplay:
    return read_fdx(write_fdx(screenplay), 8_192)


@st.composite
def fdx_paragraphs(draw: st.DrawFn, depth: int = 0) -> Xml.Element:
    """A paragraph of any type with runs of any looks, now and then with a note, alternates or two voices."""
    paragraph = Xml.Element("Paragraph", {"Type": draw(st.sampled_from(TYPES))})
    for name, values in (("Alignment", ["Center"]), ("StartsNewPage", ["Yes"]), ("Number", ["7A"])):
        if draw(st.integers(0, 5)) == 0:
            paragraph.set(name, draw(st.sampled_from(values)))
    aside = draw(st.sampled_from(["", "", "", "ScriptNote", "Alternates", "DualDialogue", "OmittedScene"]))
    if aside and depth == 0:
        Xml.SubElement(paragraph, aside).extend(draw(st.lists(fdx_paragraphs(depth=1), max_size=4)))
    for _ in range(draw(st.integers(0, 3))):
        text = Xml.SubElement(paragraph, "Text", {"Style": draw(LOOKS)})
        text.text = draw(TEXTS)
    return paragraph


@st.composite
def fdx_files(draw: st.DrawFn) -> Xml.Element:
    """A Final Draft file with a scene, whatever else it holds."""
    root = Xml.Element("FinalDraft")
    content = Xml.SubElement(root, "Content")
    heading = Xml.SubElement(content, "Paragraph", {"Type": "Scene Heading"})
    Xml.SubElement(heading, "Text").text = "INT. A - DAY"
    content.extend(draw(st.lists(fdx_paragraphs(), max_size=8)))
    page = Xml.SubElement(Xml.SubElement(root, "TitlePage"), "Content")
    for alignment in draw(st.lists(st.sampled_from(["Center", "Left"]), max_size=5)):
        line = Xml.SubElement(page, "Paragraph", {"Alignment": alignment})
        Xml.SubElement(line, "Text").text = draw(TEXTS)
    return root


@pytest.mark.parametrize("name", ["final-draft.fdx", "fade-in.fdx"])
def test_a_file_of_another_program_is_the_same_after_ours_wrote_it(name: str) -> None:
    screenplay = read((FILES / name).read_bytes())

    assert _without_spans(_again(screenplay)) == _without_spans(screenplay)


@pytest.mark.parametrize("name", ["one-minute.fountain", "twenty-shots.fountain"])
def test_a_sample_in_fountain_is_the_same_after_fdx(name: str) -> None:
    screenplay = read((SAMPLES / name).read_bytes())
    again = _again(screenplay)

    assert _carried(again.title_page) == _carried(screenplay.title_page)
    assert _carried(again.elements) == _carried(screenplay.elements)


def test_what_fdx_has_no_paragraph_for_is_kept_by_rule() -> None:
    text = (
        "Title: T\nRevision: blue\n\nINT. A - DAY\n\n= Summary.\n\n[[note]]\n\nRain.\n\n/* cut\n\ntext */\n\n"
        "# ACT ONE\n\n## Two\n\n= Loose synopsis.\n\n===\n\n> END <\n"
    )
    written = write_fdx(read(text.encode())).decode()

    assert '<Paragraph Alignment="Left" Entry="Revision">' in written
    assert "<SceneProperties>" in written
    assert '<ScriptNote Name="Boneyard">' in written
    assert '<Paragraph Type="New Act">' in written
    assert '<Paragraph Type="Outline 2">' in written
    assert '<Paragraph Type="Outline Body">' in written
    assert '<Paragraph Type="Action" Alignment="Center" StartsNewPage="Yes">' in written
    assert _without_spans(read(written.encode())) == _without_spans(read(text.encode()))


def test_two_who_speak_at_once_stand_in_one_block() -> None:
    screenplay = read(b"INT. A - DAY\n\nANNA\nStay!\n\nBEN ^\nGo!\n\nCARL\nNow.\n")
    (block,) = fromstring(write_fdx(screenplay)).iter("DualDialogue")

    assert [text.text for text in block.iter("Text")] == ["ANNA", "Stay!", "BEN", "Go!"]


def test_a_song_of_nobody_below_a_speech_stays_nobodys() -> None:
    screenplay = read(b"INT. A - DAY\n\nANNA\nStay!\n\n~La la\n")

    assert _again(screenplay).elements[-1].name == ""


@pytest.mark.parametrize(
    ("text", "read_back"),
    [
        ("a\x00b", "a\ufffdb"),
        ("a\x0bb", "a\ufffdb"),
        ("a\fb", "a b"),
        ("a\ud800b", "a\ufffdb"),
        ("a\ufffeb", "a\ufffdb"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("]]> <b> & \"'", "]]> <b> & \"'"),
    ],
)
def test_characters_that_xml_cannot_hold_are_replaced(text: str, read_back: str) -> None:
    span = Span(1, 1)
    elements = (Element(Kind.SCENE_HEADING, "INT. A - DAY", span), Element(Kind.ACTION, text, span))

    assert _again(Screenplay((), elements)).elements[1].text == read_back


@FUZZ
@given(fdx_files())
def test_fdx_read_and_written_reads_the_same(root: Xml.Element) -> None:
    screenplay = read(Xml.tostring(root))

    assert _without_spans(_again(screenplay)) == _without_spans(screenplay)


ELEMENTS = st.builds(
    Element,
    st.sampled_from([kind for kind in Kind if kind is not Kind.TITLE_ENTRY]),
    st.text(max_size=12),
    st.just(Span(1, 1)),
    name=st.sampled_from(["", "ANNA", "Ben", "\x01\ud800"]),
    extensions=st.sampled_from([(), ("V.O.",), ("\x02",)]),
    dual=st.booleans(),
    scene_number=st.text(max_size=3),
    level=st.integers(-1, 12),
)


@FUZZ
@given(st.lists(ELEMENTS, max_size=12), st.text(max_size=5))
def test_any_screenplay_at_all_is_written_as_a_file_that_is_read(elements: list[Element], title: str) -> None:
    heading = Element(Kind.SCENE_HEADING, "INT. A - DAY", Span(1, 1))
    entry = Element(Kind.TITLE_ENTRY, title, Span(1, 1), name=title)
    once = _again(Screenplay((entry,), (heading, *elements)))

    assert _without_spans(_again(once)) == _without_spans(once)


ROWS = st.sampled_from(
    [
        "INT. HOUSE - DAY #12A#",
        ".街道",
        "ANNA",
        "ANNA (V.O.) (CONT'D)",
        "BEN ^",
        "@McCLANE",
        "Rain *falls* on **5 \\* 3**, _hard_.",
        "A lone * star_and snake_case.",
        "(softly)",
        "~ la la",
        "CUT TO:",
        "> Wipe",
        "> centred <",
        "# One",
        "### Three",
        "= synopsis",
        "===",
        "[[note]]",
        "Rain [[in a line]] falls.",
        "/* gone */",
        "",
        "",
        "",
    ]
)


def _carried(elements: Iterable[Element]) -> list[tuple[object, ...]]:
    """What FDX carries of elements: all with text, the marks of emphasis in their plainest form."""
    return [
        (
            e.kind,
            marked_up(runs_of(e.text)) if e.kind in STYLED else plain(e.text),
            e.name,
            e.extensions,
            e.dual,
            e.scene_number,
            e.level,
        )
        for e in elements
        if e.text
    ]


@FUZZ
@given(st.lists(ROWS, max_size=30))
def test_fountain_keeps_every_element_through_fdx(rows: list[str]) -> None:
    text = "\n".join(["INT. A - DAY", "", *rows, ""])
    screenplay = read(text.encode(), form=Form.FOUNTAIN)

    assert _carried(_again(screenplay).elements) == _carried(screenplay.elements)


NAMES = ("Paragraph", "Text", "DualDialogue", "ScriptNote", "Summary", "Alternates", "Odd", "OmittedScene")


@FUZZ
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_a_file_changed_at_random_loses_no_text(random_seed: int, changes: int) -> None:
    root = fromstring((FILES / "final-draft.fdx").read_bytes())
    for beats in list(root.iter("SceneProperties")):
        for beat in beats.findall("SceneArcBeats"):
            beats.remove(beat)
    content = next(root.iter("Content"))
    _change(content, random.Random(random_seed), changes)  # noqa: S311
    words = {word for text in _texts(content) for word in text.split() if word.isalpha()}

    try:
        screenplay = read(Xml.tostring(root))
    except ScreenplayRefused:
        assume(False)

    said = " ".join(f"{e.text} {e.name} {' '.join(e.extensions)}" for e in screenplay.elements)
    assert [word for word in words if word.casefold() not in said.casefold()] == []


def _change(content: Xml.Element, chance: random.Random, changes: int) -> None:
    for _ in range(changes):
        parents = [node for node in content.iter() if len(node) and node.tag != "SceneProperties"]
        parent = chance.choice(parents)
        child = chance.choice(list(parent))
        if child.tag in ("SceneProperties", "Summary"):
            continue
        match chance.randrange(5):
            case 0:
                parent.remove(child)
            case 1:
                child.tag = chance.choice(NAMES)
            case 2:
                child.set("Type", chance.choice(TYPES))
            case 3:
                parent.remove(child)
                chance.choice([node for node in parents if node not in child.iter()]).append(child)
            case 4:
                child.text = f"{child.text or ''} word{chance.choice('abc')}"


def _texts(node: Xml.Element) -> Iterable[str]:
    yield from (text for text in node.itertext())


@FUZZ
@given(st.integers(0, 2**32 - 1), st.integers(1, 8))
def test_a_file_of_broken_bytes_is_read_or_refused(random_seed: int, changes: int) -> None:
    chance = random.Random(random_seed)  # noqa: S311
    data = bytearray((FILES / chance.choice(["final-draft.fdx", "fade-in.fdx"])).read_bytes())
    for _ in range(changes):
        at = chance.randrange(len(data))
        match chance.randrange(3):
            case 0:
                data[at] = chance.randrange(256)
            case 1:
                del data[at : at + chance.randrange(40)]
            case 2:
                data[at:at] = data[chance.randrange(len(data)) :][: chance.randrange(40)]
    try:
        screenplay = read(bytes(data), form=Form.FDX)
    except ScreenplayRefused:
        return
    assert _without_spans(_again(screenplay)) == _without_spans(screenplay)
