"""Final Draft files: every type of paragraph, both dialects, and what XML may not do."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio_jobs.screenplay import Element, Kind, Screenplay, ScreenplayRefused, Span, break_down, read

FILES = Path(__file__).parent / "fdx"
HEADING = '<Paragraph Type="Scene Heading"><Text>INT. A - DAY</Text></Paragraph>'


def _file(content: str, rest: str = "") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n'
        f'<FinalDraft DocumentType="Script" Template="No" Version="5"><Content>{content}</Content>{rest}'
        "</FinalDraft>"
    ).encode()


def _read(content: str, rest: str = "") -> Screenplay:
    return read(_file(HEADING + content, rest))


def _after_heading(content: str) -> list[tuple[Kind, str]]:
    return [(element.kind, element.text) for element in _read(content).elements[1:]]


def _paragraph(paragraph_type: str, text: str) -> str:
    return f'<Paragraph Type="{paragraph_type}"><Text>{text}</Text></Paragraph>'


def _named(screenplay: Screenplay) -> dict[str, str]:
    return {entry.name: entry.text for entry in screenplay.title_page}


@pytest.mark.parametrize(
    ("paragraph_type", "kind"),
    [
        ("Action", Kind.ACTION),
        ("General", Kind.ACTION),
        ("action", Kind.ACTION),
        ("Transition", Kind.TRANSITION),
        ("Shot", Kind.SHOT),
        ("Cast List", Kind.NOTE),
        ("Note", Kind.NOTE),
        ("Singing", Kind.LYRICS),
        ("Lyrics", Kind.LYRICS),
        ("New Act", Kind.SECTION),
        ("End of Act", Kind.SECTION),
        ("Outline 2", Kind.SECTION),
        ("Outline Body", Kind.SYNOPSIS),
    ],
)
def test_every_type_of_paragraph_is_a_kind_of_element(paragraph_type: str, kind: Kind) -> None:
    assert _after_heading(_paragraph(paragraph_type, "Words.")) == [(kind, "Words.")]


def test_a_type_that_final_draft_does_not_have_is_action_and_reported_once() -> None:
    screenplay = _read(_paragraph("Telegram", "STOP") + _paragraph("Telegram", "STOP AGAIN"))

    assert [e.kind for e in screenplay.elements[1:]] == [Kind.ACTION, Kind.ACTION]
    assert [(d.code, d.line) for d in screenplay.diagnostics] == [("PARAGRAPH_TYPE_UNKNOWN", 2)]


def test_a_speech_has_its_speaker_without_extensions_and_its_parenthetical_without_parentheses() -> None:
    screenplay = _read(
        _paragraph("Character", "ANNA (V.O.) (CONT'D)")
        + _paragraph("Parenthetical", "(softly)")
        + _paragraph("Dialogue", "Hello.")
        + _paragraph("Singing", "La la.")
    )

    assert [(e.kind, e.text, e.name) for e in screenplay.elements[1:]] == [
        (Kind.CHARACTER, "ANNA", "ANNA"),
        (Kind.PARENTHETICAL, "softly", "ANNA"),
        (Kind.DIALOGUE, "Hello.", "ANNA"),
        (Kind.LYRICS, "La la.", "ANNA"),
    ]
    assert screenplay.elements[1].extensions == ("V.O.", "CONT'D")


def test_names_that_differ_in_case_alone_are_one_character() -> None:
    screenplay = _read(
        _paragraph("Character", "Anna")
        + _paragraph("Dialogue", "One.")
        + _paragraph("Character", "ANNA")
        + _paragraph("Dialogue", "Two.")
    )

    assert {element.name for element in screenplay.elements[1:]} == {"ANNA"}


def test_a_scene_keeps_its_number_and_its_summary() -> None:
    screenplay = read(
        _file(
            '<Paragraph Type="Scene Heading" Number="12A"><SceneProperties Title="The storm">'
            "<Summary><Paragraph><Text>Anna waits.</Text></Paragraph></Summary></SceneProperties>"
            "<Text>INT. A - DAY</Text></Paragraph>"
        )
    )

    assert screenplay.elements[0].scene_number == "12A"
    assert [(e.kind, e.text) for e in screenplay.elements[1:]] == [
        (Kind.SYNOPSIS, "The storm"),
        (Kind.SYNOPSIS, "Anna waits."),
    ]


@pytest.mark.parametrize(
    "wrap", ["{}", "<Paragraph>{}</Paragraph>", '<Paragraph Type="Action">{}</Paragraph>']
)
def test_dual_dialogue_marks_the_second_speech_wherever_the_block_stands(wrap: str) -> None:
    block = (
        "<DualDialogue>"
        + _paragraph("Character", "ANNA")
        + _paragraph("Dialogue", "Stay!")
        + _paragraph("Character", "BEN")
        + _paragraph("Dialogue", "Go!")
        + "</DualDialogue>"
    )
    screenplay = _read(wrap.format(block))

    assert [(e.text, e.dual) for e in screenplay.elements[1:]] == [
        ("ANNA", False),
        ("Stay!", False),
        ("BEN", True),
        ("Go!", True),
    ]
    (shot,) = break_down(screenplay).scenes[0].shots
    assert shot.figures == ("ANNA", "BEN")


def test_styles_become_marks_and_marks_in_the_text_are_escaped() -> None:
    runs = (
        "<Paragraph Type='Action'><Text>5 * 3 </Text><Text Style='Bold'>loud </Text>"
        "<Text Style='Italic+Underline'>words</Text><Text Style='AllCaps'>!</Text></Paragraph>"
    )

    assert _after_heading(runs) == [(Kind.ACTION, r"5 \* 3 **loud** *_words_*!")]


def test_tags_and_revisions_are_passed_over_and_their_text_is_kept() -> None:
    content = (
        '<Paragraph Type="Action"><Text>A </Text><Text TagNumber="4" RevisionID="2">red lamp</Text>'
        "<Tag><Text> burns</Text></Tag><Text>.</Text><Text></Text></Paragraph>"
    )

    assert _after_heading(content) == [(Kind.ACTION, "A red lamp burns.")]


def test_text_outside_of_text_elements_is_kept() -> None:
    assert _after_heading('<Paragraph Type="Action">Bare.</Paragraph><Odd>Loose.</Odd>') == [
        (Kind.ACTION, "Bare."),
        (Kind.ACTION, "Loose."),
    ]


def test_blank_lines_within_action_divide_it() -> None:
    assert _after_heading(_paragraph("Action", "One.\nTwo.\n\nThree.")) == [
        (Kind.ACTION, "One.\nTwo."),
        (Kind.ACTION, "Three."),
    ]


def test_centred_action_and_new_pages_are_known() -> None:
    content = (
        '<Paragraph Type="Action" Alignment="Center" StartsNewPage="Yes"><Text>THE END</Text></Paragraph>'
    )

    assert _after_heading(content) == [(Kind.PAGE_BREAK, "==="), (Kind.CENTRED, "THE END")]


def test_a_note_in_a_paragraph_follows_it_and_the_speech_goes_on() -> None:
    note = "<ScriptNote Name='x'><Paragraph><Text>louder?</Text></Paragraph></ScriptNote>"
    content = (
        _paragraph("Character", "ANNA")
        + f'<Paragraph Type="Dialogue">{note}<Text>One.</Text></Paragraph>'
        + _paragraph("Dialogue", "Two.")
    )

    assert _after_heading(content)[1:] == [
        (Kind.DIALOGUE, "One."),
        (Kind.NOTE, "louder?"),
        (Kind.DIALOGUE, "Two."),
    ]


def test_a_note_of_the_end_of_the_file_stands_where_its_range_begins() -> None:
    # "INT. A - DAY" and its end are 13 characters, so 15 is in the first action.
    note = '<ScriptNote Range="15,17"><Paragraph><Text>why?</Text></Paragraph></ScriptNote>'
    notes = f"<ScriptNotes>{note}</ScriptNotes>"
    screenplay = _read(_paragraph("Action", "Rain.") + _paragraph("Action", "Sun."), notes)

    assert [e.text for e in screenplay.elements] == ["INT. A - DAY", "Rain.", "why?", "Sun."]
    assert screenplay.elements[2].span == screenplay.elements[1].span


def test_alternates_of_a_speech_are_notes_and_are_not_spoken() -> None:
    content = _paragraph("Character", "ANNA") + (
        '<Paragraph Type="Dialogue"><Text>Go.</Text><Alternates><Alternate><Text>Leave.</Text></Alternate>'
        "<Alternate><Paragraph><Text>Out!</Text></Paragraph></Alternate></Alternates></Paragraph>"
    )
    screenplay = _read(content)

    assert [(e.kind, e.text, e.name) for e in screenplay.elements[2:]] == [
        (Kind.DIALOGUE, "Go.", "ANNA"),
        (Kind.NOTE, "Leave.", "Alternate"),
        (Kind.NOTE, "Out!", "Alternate"),
    ]


def test_an_omitted_scene_is_no_scene_but_its_text_is_kept() -> None:
    omitted = (
        '<Paragraph Type="Scene Heading" Number="2"><Text>OMITTED</Text><OmittedScene>'
        + _paragraph("Scene Heading", "EXT. B - DAY")
        + _paragraph("Action", "Gone.")
        + "</OmittedScene></Paragraph>"
    )
    screenplay = _read(omitted)

    assert [(e.kind, e.text) for e in screenplay.elements[1:]] == [
        (Kind.NOTE, "2 OMITTED"),
        (Kind.BONEYARD, "EXT. B - DAY\nGone."),
    ]


def test_speech_without_a_cue_is_given_to_who_spoke_last_and_reported() -> None:
    screenplay = _read(
        _paragraph("Character", "ANNA")
        + _paragraph("Dialogue", "One.")
        + _paragraph("Action", "She turns.")
        + _paragraph("Dialogue", "Two.")
    )

    assert [(e.kind, e.name) for e in screenplay.elements[-2:]] == [
        (Kind.CHARACTER, "ANNA"),
        (Kind.DIALOGUE, "ANNA"),
    ]
    assert [d.code for d in screenplay.diagnostics] == ["SPEECH_WITHOUT_CUE"]


def test_speech_before_anybody_spoke_is_action_and_reported() -> None:
    screenplay = _read(_paragraph("Dialogue", "Who?"))

    assert [e.kind for e in screenplay.elements[1:]] == [Kind.ACTION]
    assert [d.code for d in screenplay.diagnostics] == ["SPEECH_WITHOUT_CUE"]


def test_spans_are_lines_and_columns_of_the_xml() -> None:
    data = _file(
        "\n  " + HEADING + '\n  <Paragraph Type="Action">\n    <Text>Räin😀.</Text>\n  </Paragraph>\n'
    )
    heading, action = read(data).elements

    assert heading.span == Span(3, 3, 3, 2 + len(HEADING))
    assert action.span == Span(4, 6, 3, 14)


def test_final_drafts_own_dialect_is_read_whole() -> None:
    screenplay = read((FILES / "final-draft.fdx").read_bytes())

    assert _named(screenplay) == {
        "Title": "THE LIGHTHOUSE",
        "Credit": "Written by",
        "Author": "Ines Vale",
        "Source": "Based on a story by the sea",
        "Draft date": "March 3, 2026",
        "Contact": "12 Harbour Street\nport@example.com",
    }
    assert _outline(screenplay.elements) == [
        "SCENE_HEADING INT. LIGHTHOUSE - NIGHT",
        "SYNOPSIS Mara waits for the boat.",
        "ACTION Rain *hammers* the glass.",
        "CHARACTER MARA",
        "PARENTHETICAL quietly",
        "DIALOGUE It found us.",
        "SHOT CLOSE ON THE LAMP",
        "ACTION It goes out.",
        "NOTE practical lamp?",
        "CHARACTER MARA",
        "DIALOGUE Run!",
        "CHARACTER TOM",
        "DIALOGUE Wait!",
        "TRANSITION CUT TO:",
        "NOTE 2 OMITTED",
        "BONEYARD EXT. CLIFF - NIGHT\nGulls.",
        "SCENE_HEADING EXT. SEA - DAWN",
        "ACTION Calm.",
    ]
    assert [e.scene_number for e in screenplay.elements if e.kind is Kind.SCENE_HEADING] == ["1", "3"]
    assert [d.code for d in screenplay.diagnostics] == ["CHARACTER_SILENT"]


def test_fade_ins_dialect_is_read_whole() -> None:
    screenplay = read((FILES / "fade-in.fdx").read_bytes())

    assert _named(screenplay) == {
        "Title": "Low Tide",
        "Credit": "by",
        "Author": "Sam Oar",
        "Contact": "sam@example.com",
    }
    assert _outline(screenplay.elements) == [
        "TRANSITION FADE IN:",
        "SCENE_HEADING EXT. BEACH - DAY",
        "ACTION A dog – “Rex” – digs.",
        "CHARACTER SAM",
        "DIALOGUE Don’t.",
        "CHARACTER SAM",
        "PARENTHETICAL beat",
        "DIALOGUE Please.",
        "LYRICS Row, row.",
        "TRANSITION FADE OUT.",
    ]
    assert screenplay.elements[5].extensions == ("CONT’D",)


def _outline(elements: tuple[Element, ...]) -> list[str]:
    return [f"{element.kind.value} {element.text}" for element in elements]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_xml_of_unicode_in_any_width_is_read(encoding: str) -> None:
    declared = "UTF-8" if encoding == "utf-8-sig" else "UTF-16"
    text = _file(HEADING + _paragraph("Action", "Café 街.")).decode().replace("UTF-8", declared, 1)

    assert read(text.encode(encoding)).elements[1].text == "Café 街."


def test_xml_in_an_encoding_of_single_bytes_is_read_by_its_declaration() -> None:
    text = _file(HEADING + _paragraph("Action", "Café “x”.")).decode().replace("UTF-8", "windows-1252", 1)

    assert read(text.encode("windows-1252")).elements[1].text == "Café “x”."


@pytest.mark.parametrize(
    ("data", "reason", "line"),
    [
        (b'<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "c">]>\n<FinalDraft/>', "XML_FORBIDDEN", 2),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd">\n<FinalDraft/>', "XML_FORBIDDEN", 1),
        (b'<?xml version="1.0"?>\n<FinalDraft>\n<?php x?></FinalDraft>', "XML_FORBIDDEN", 3),
        (
            b'<FinalDraft>\n<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'
            b"</FinalDraft>",
            "XML_FORBIDDEN",
            2,
        ),
        (b"<FinalDraft>\n&bomb;</FinalDraft>", "XML_BROKEN", 2),
        (b"<FinalDraft>\n<Content>", "XML_BROKEN", 2),
        (b"<FinalDraft>\n&#1;</FinalDraft>", "XML_BROKEN", 2),
        (b'<?xml version="1.0" encoding="klingon"?>\n<FinalDraft/>', "WRONG_ENCODING", 1),
        (b'<?xml version="1.0"?><FinalDraft>' + b"<a>" * 100, "XML_TOO_COMPLEX", 1),
        (b'<?xml version="1.0"?><FinalDraft>' + b"<a/>" * 300_000, "XML_TOO_COMPLEX", 1),
        (b'<?xml version="1.0"?>\n<html/>', "UNSUPPORTED_FORMAT", 2),
        (b'<FinalDraft><Content><Paragraph Type="Action"/></Content></FinalDraft>', "NO_SCENES", 0),
        (_file("\n" + _paragraph("Action", "x" * 9_000)), "LINE_TOO_LONG", 3),
    ],
)
def test_what_no_screenplay_needs_is_refused_with_line_and_cure(data: bytes, reason: str, line: int) -> None:
    with pytest.raises(ScreenplayRefused) as refused:
        read(data)

    assert (refused.value.reason, refused.value.line) == (reason, line)
    assert refused.value.suggestion
