"""Prose, Markdown and pages pasted from a PDF: what is told, what is only kept, and where it stands."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from studio_jobs.screenplay import Element, Form, Kind, Screenplay, ScreenplayRefused, Span, read
from studio_jobs.screenplay.emphasis import plain
from studio_jobs.screenplay.reader import read_form
from tests.unit.screenplay.manuscripts import EXAMPLES

FUZZ = settings(
    max_examples=EXAMPLES or 150, derandomize=not EXAMPLES, deadline=None, database=None, print_blob=True
)


def _read(text: str, form: Form = Form.AUTO) -> Screenplay:
    return read(text.encode(), form=form)


def _told(text: str, form: Form = Form.AUTO) -> list[str]:
    return [e.text for e in _read(text, form).elements if e.kind is Kind.DIALOGUE]


def _outline(text: str) -> list[tuple[Kind, str]]:
    kinds = (Kind.CHARACTER,)
    return [(e.kind, e.text) for e in _read(text).elements if e.kind not in kinds]


@pytest.mark.parametrize(
    ("markdown", "told"),
    [
        ("It is *very* **bold**.", ["It is *very* **bold**."]),
        ("See [the sea](http://a.b 'x') and ![a boat](b.png).", ["See the sea and a boat."]),
        ("Type `ls -a` now.", ["Type ls -a now."]),
        ("- One thing.\n- Another thing.", ["One thing.", "Another thing."]),
        ("1. Take flour.\n2. Take eggs.", ["1. Take flour.", "2. Take eggs."]),
        ("1986. A great year.", ["1986. A great year."]),
        ("> Quoted words.\n>> Deeper words.", ["Quoted words.", "Deeper words."]),
        ("```\nCode is said.\n```", ["Code is said."]),
        ("    Indented words are a paragraph.", ["Indented words are a paragraph."]),
        ("Words with <b>tags</b><br>and &amp; more.", ["Words with tags\nand & more."]),
        ("<div>\nWords in a block.\n</div>", ["Words in a block."]),
        ("Two  \nlines and\none.", ["Two\nlines and one."]),
        ("| a | b |\n|---|---|\n| c | d. |\n\nIt ends here.", ["a, b", "c, d.", "It ends here."]),
        (r"A star \* and 5 * 3 and snake_case.", [r"A star \* and 5 \* 3 and snake\_case."]),
        ("~~Gone~~ words stay.", ["Gone words stay."]),
        ("> " * 40 + "Deep words are told.", ["Deep words are told."]),
    ],
)
def test_the_text_of_markdown_is_told_without_its_marks(markdown: str, told: list[str]) -> None:
    assert [plain(text) for text in _told(markdown)] == [plain(text) for text in told]


def test_emphasis_of_markdown_becomes_that_of_fountain() -> None:
    assert _told("It is *very* __bold__ and _so_.") == ["It is *very* **bold** and *so*."]


def test_comments_and_targets_of_links_are_kept_as_notes_and_not_told() -> None:
    outline = _outline("Rain <!-- heavy? --> falls.\n\n<!-- cut\nthis -->\n\n[a]: http://a.b\n\nIt ends.\n")

    assert [text for kind, text in outline if kind is Kind.NOTE] == ["heavy?", "cut\nthis", "[a]: http://a.b"]
    assert [text for kind, text in outline if kind is Kind.DIALOGUE] == ["Rain falls.", "It ends."]


def test_front_matter_is_the_title_page() -> None:
    screenplay = _read('---\ntitle: "The Sea"\nlang: fr\ntags:\n  - one\n  - two\n---\n\nLa mer est calme.\n')

    assert [(e.name, e.text) for e in screenplay.title_page] == [
        ("Title", "The Sea"),
        ("Language", "fr"),
        ("Tags", "one\ntwo"),
    ]
    assert screenplay.language == "fr"


def test_a_line_of_dashes_without_front_matter_is_a_break() -> None:
    assert _outline("---\n\nThe sea is calm.\n\n---\n\nThe wind comes.\n")[0] == (Kind.PAGE_BREAK, "---")


def test_the_only_heading_of_its_level_is_the_title_and_the_others_open_scenes() -> None:
    text = "# The Sea\n\nIt was calm.\n\n## Night\n\nIt was dark.\n\nDay\n---\n\nIt was light.\n"

    assert _read(text).title_entry("title") == "The Sea"
    assert [t for kind, t in _outline(text) if kind is Kind.SCENE_HEADING] == ["It was calm", "Night", "Day"]


def test_a_heading_directly_above_a_deeper_one_is_a_section() -> None:
    text = "# One\n\n## Night\n\nIt was dark.\n\n# Two\n\n## Day\n\nIt was light.\n"

    assert [kind for kind, _ in _outline(text)] == [
        Kind.SECTION,
        Kind.SCENE_HEADING,
        Kind.DIALOGUE,
    ] * 2


@pytest.mark.parametrize("form", [Form.AUTO, Form.PLAIN])
def test_a_chapter_is_a_heading_even_without_a_blank_line_below(form: Form) -> None:
    screenplay = _read("CHAPTER ONE\nIt was dark.\n\nCHAPTER TWO\nIt was light.\n", form)

    assert [e.text for e in screenplay.elements if e.kind is Kind.SCENE_HEADING] == [
        "CHAPTER ONE",
        "CHAPTER TWO",
    ]
    assert [e.span for e in screenplay.elements if e.kind is Kind.DIALOGUE] == [
        Span(2, 2, 1, 12),
        Span(5, 5, 1, 13),
    ]


def test_a_line_of_dashes_right_below_a_sentence_is_a_break() -> None:
    assert [kind for kind, _ in _outline("The sea was calm.\n---\nThe wind came.\n")][1:3] == [
        Kind.DIALOGUE,
        Kind.PAGE_BREAK,
    ]


def test_who_is_quoted_does_not_speak_for_the_narrator_tells_it() -> None:
    screenplay = _read('"Come in," said Anna. Ben did.\n')

    assert {e.name for e in screenplay.elements if e.kind is Kind.CHARACTER} == {"NARRATOR"}


def test_plain_text_keeps_every_mark() -> None:
    assert [plain(t) for t in _told("# 5 * 3 _is_ [15](x).\n", Form.PLAIN)] == ["# 5 * 3 _is_ [15](x)."]


def test_prose_spans_are_lines_and_columns_without_white_space() -> None:
    screenplay = _read("\n  - One thing  \n    and more.\n\nIt ends.  \n")

    assert [e.span for e in screenplay.elements if e.kind is Kind.DIALOGUE] == [
        Span(2, 3, 3, 13),
        Span(5, 5, 1, 8),
    ]


@pytest.mark.parametrize(
    "topic",
    [
        "a film about a lighthouse",
        "A film about a lighthouse.",
        "# A lighthouse",
        "Make me a short film about two dogs!",
        "love",
        "A short sad story about the sea",
    ],
)
def test_a_topic_alone_is_refused_with_a_hint_to_the_script_writer(topic: str) -> None:
    with pytest.raises(ScreenplayRefused) as refused:
        _read(topic)

    assert refused.value.reason == "TOPIC_ONLY"
    assert 'film write "TOPIC"' in refused.value.suggestion


def test_one_sentence_that_tells_something_is_a_film() -> None:
    assert _told("The lighthouse keeper lit the lamp and waited.") != []


PAGE = """
          FADE IN:

 12       INT. HOUSE - DAY                         12

          Anna sits on the chair and waits
          for the rain.

                              ANNA
                         (softly)
                    Hello there, this is
                    a long line.

                    And more.
                              BEN (V.O.)
                    Bye.
                              (MORE)
                                                        3.

                              BEN (CONT'D)
                    Again.
          She leaves.
                                              CUT TO:
          EXT. STREET - NIGHT
          Cars.
"""


def test_a_page_pasted_from_a_pdf_is_read_by_its_indentation() -> None:
    form, screenplay = read_form(PAGE.encode())

    assert form is Form.PLAIN
    assert [(e.kind, e.text) for e in screenplay.elements] == [
        (Kind.TRANSITION, "FADE IN:"),
        (Kind.SCENE_HEADING, "INT. HOUSE - DAY"),
        (Kind.ACTION, "Anna sits on the chair and waits\nfor the rain."),
        (Kind.CHARACTER, "ANNA"),
        (Kind.PARENTHETICAL, "softly"),
        (Kind.DIALOGUE, "Hello there, this is\na long line.\nAnd more."),
        (Kind.CHARACTER, "BEN"),
        (Kind.DIALOGUE, "Bye."),
        (Kind.BONEYARD, "(MORE)"),
        (Kind.BONEYARD, "3."),
        (Kind.CHARACTER, "BEN"),
        (Kind.DIALOGUE, "Again."),
        (Kind.ACTION, "She leaves."),
        (Kind.TRANSITION, "CUT TO:"),
        (Kind.SCENE_HEADING, "EXT. STREET - NIGHT"),
        (Kind.ACTION, "Cars."),
    ]
    assert screenplay.elements[1].scene_number == "12"


def test_spans_of_a_pasted_page_are_those_of_the_text_as_it_came() -> None:
    rows = PAGE.split("\n")
    screenplay = read(PAGE.encode())

    for element in screenplay.elements:
        assert _cut(rows, element)[: len(_opening(element))] == _opening(element)


def _opening(element: Element) -> str:
    if element.kind is Kind.SCENE_HEADING and element.scene_number:
        return element.scene_number
    opening = "(" if element.kind is Kind.PARENTHETICAL else ""
    return opening + element.text.split("\n")[0]


def _cut(rows: list[str], element: Element) -> str:
    span = element.span
    last = span.column_last if span.line_first == span.line_last and span.column_last else None
    return rows[span.line_first - 1][span.column_first - 1 : last]


def test_a_fountain_screenplay_with_little_indentation_stays_fountain() -> None:
    assert read_form(b"INT. A - DAY\n\n    ANNA\n  Hello.\n")[0] is Form.FOUNTAIN


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b"INT. A - DAY\n\nRain.\n", Form.FOUNTAIN),
        (b"The sea is calm.\n\n- It is.\n", Form.MARKDOWN),
        (PAGE.encode(), Form.PLAIN),
        (("[" * 7_000 + "\n\n").encode() * 8 + b"The sea is calm.\n", Form.PLAIN),
    ],
)
def test_the_form_of_a_text_is_found(data: bytes, form: Form) -> None:
    assert read_form(data)[0] is form


ROWS = st.lists(
    st.sampled_from(
        [
            "# one",
            "## two",
            "- three",
            "  - four",
            "1. five",
            "> six",
            "> - seven",
            "***",
            "---",
            "===",
            "```",
            "~~~",
            "    eight",
            "nine **ten",
            "`eleven` twelve*",
            "[thirteen]: x",
            "[fourteen](y) <b>fifteen</b>",
            "<div>",
            "</div>",
            "<!-- sixteen",
            "-->",
            "| seventeen | eighteen |",
            "|---|---|",
            "CHAPTER NINETEEN",
            "title: twenty",
            "\\",
            "&amp; ![twentyone](z)",
            "a < b twentytwo",
            "",
            "",
        ]
    ),
    max_size=14,
)
WORD = re.compile(r"[a-z]{3,}", re.IGNORECASE)
SYNTAX = frozenset({"amp", "div"})


@FUZZ
@given(ROWS)
def test_markdown_of_any_marks_loses_no_word(rows: list[str]) -> None:
    text = "\n".join([*rows, "", "The sea is calm."])
    try:
        screenplay = _read(text, Form.MARKDOWN)
    except ScreenplayRefused:
        assume(False)
    kept = " ".join(f"{e.name} {e.text}" for e in (*screenplay.title_page, *screenplay.elements)).casefold()

    words = {word.casefold() for word in WORD.findall(text)} - SYNTAX
    assert [word for word in words if word not in kept] == []


@FUZZ
@given(
    st.lists(
        st.tuples(
            st.integers(0, 40), st.sampled_from(["ANNA", "Hello.", "INT. A - DAY", "3.", "(MORE)", ""])
        ),
        max_size=20,
    )
)
def test_a_page_of_any_indentation_loses_no_word(rows: list[tuple[int, str]]) -> None:
    text = "\n".join([" " * indent + words for indent, words in rows] + ["", "EXT. B - DAY", ""])
    screenplay = _read(text)
    kept = "".join(f"{e.text}{e.name}" for e in screenplay.elements)

    assert [words for _, words in rows if words.strip("().") not in kept] == []
