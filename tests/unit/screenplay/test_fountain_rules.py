"""The rules of the published Fountain syntax, a test for each."""

from __future__ import annotations

import pytest

from studio_jobs.screenplay import Element, Kind
from studio_jobs.screenplay.fountain import parse_fountain

TOP = "INT. A - DAY\n\n"


def _read(text: str) -> list[Element]:
    return list(parse_fountain(text).elements)


def _below_heading(text: str) -> list[tuple[Kind, str]]:
    return [(element.kind, element.text) for element in _read(TOP + text)[1:]]


def _one(text: str) -> Element:
    (element,) = _read(text)
    return element


@pytest.mark.parametrize(
    "prefix",
    [
        "INT.",
        "EXT.",
        "EST.",
        "INT./EXT.",
        "INT/EXT.",
        "EXT./INT.",
        "EXT/INT.",
        "I/E.",
        "I./E.",
        "E/I.",
        "INT./EXT",
    ],
)
def test_a_scene_heading_begins_with_int_ext_est_or_both(prefix: str) -> None:
    assert _one(f"{prefix} HOUSE - DAY").kind is Kind.SCENE_HEADING


@pytest.mark.parametrize(
    "heading", ["INT HOUSE", "EXT HOUSE", "EST HOUSE", "I/E HOUSE", "INT/EXT HOUSE", "INT\tHOUSE"]
)
def test_the_prefix_of_a_scene_heading_is_followed_by_a_dot_or_a_space(heading: str) -> None:
    assert _one(heading).kind is Kind.SCENE_HEADING
    assert _one(heading.replace(" ", "").replace("\t", "")).kind is Kind.ACTION


@pytest.mark.parametrize("heading", ["int. house", "Ext. House", "int house", "i/e house"])
def test_a_scene_heading_may_be_in_any_case(heading: str) -> None:
    assert _one(heading).kind is Kind.SCENE_HEADING


def test_est_without_a_dot_is_a_prefix_in_capitals_alone() -> None:
    assert _one("Est ce toi").kind is Kind.ACTION


def test_a_scene_heading_has_a_blank_line_before_it() -> None:
    assert _below_heading("Rain.\nEXT. B - DAY\n") == [(Kind.ACTION, "Rain.\nEXT. B - DAY")]


def test_a_scene_heading_without_a_blank_line_after_it_is_read_and_reported() -> None:
    screenplay = parse_fountain("INT. A - DAY\nRain.\n")

    assert [e.kind for e in screenplay.elements] == [Kind.SCENE_HEADING, Kind.ACTION]
    assert [d.code for d in screenplay.diagnostics] == ["HEADING_WITHOUT_BLANK_BELOW"]


@pytest.mark.parametrize("text", ["SNIPER POV", "街道", "дом", "42ND STREET", "«Дом»"])
def test_a_single_full_stop_before_a_letter_or_digit_forces_a_scene_heading(text: str) -> None:
    assert _one(f".{text}") == Element(Kind.SCENE_HEADING, text, _one(f".{text}").span, forced=True)


@pytest.mark.parametrize("text", ["...and then", "..", ". A", "."])
def test_an_ellipsis_forces_no_scene_heading(text: str) -> None:
    assert _one(text) == Element(Kind.ACTION, text, _one(text).span)


@pytest.mark.parametrize("number", ["1", "1A", "1a", "A1", "I-1-A", "1-1.", "110A"])
def test_scene_numbers_are_letters_digits_dashes_and_stops_between_number_signs(number: str) -> None:
    heading = _one(f"INT. HOUSE - DAY - FLASHBACK (1944) #{number}#")

    assert (heading.text, heading.scene_number) == ("INT. HOUSE - DAY - FLASHBACK (1944)", number)


@pytest.mark.parametrize("ending", ["#1 A#", "##", "#1", "#(1)#"])
def test_what_is_no_scene_number_stays_in_the_heading(ending: str) -> None:
    assert _one(f"INT. HOUSE {ending}").text == f"INT. HOUSE {ending}"


def test_any_other_paragraph_is_action() -> None:
    assert _below_heading("They drink long and well.\n\nAnd long again.\n") == [
        (Kind.ACTION, "They drink long and well."),
        (Kind.ACTION, "And long again."),
    ]


def test_action_keeps_its_line_breaks() -> None:
    assert _below_heading("Ten.\nFour.\n") == [(Kind.ACTION, "Ten.\nFour.")]


def test_action_keeps_its_indentation_and_a_tab_is_four_spaces() -> None:
    assert _below_heading("   One.\n\tTwo.\n") == [(Kind.ACTION, "   One.\n    Two.")]


@pytest.mark.parametrize(
    "text", ["ANNA\nspeaks.", "INT. is Latin.", "CUT TO:", "# one", "~ two", "= three", "> x <"]
)
def test_an_exclamation_mark_forces_action(text: str) -> None:
    assert _below_heading(f"!{text}\n") == [(Kind.ACTION, text)]


@pytest.mark.parametrize("name", ["STEEL", "ÑOÑO", "ИВАН", "ΕΛΕΝΗ", "MRS. O'NEILL", "AGENT 47", "“ACE” JOE"])
def test_a_character_is_a_line_in_capitals_with_a_blank_line_before_and_none_after(name: str) -> None:
    assert _below_heading(f"{name}\nHello.\n") == [(Kind.CHARACTER, name), (Kind.DIALOGUE, "Hello.")]


def test_a_line_in_capitals_with_a_blank_line_after_it_is_action() -> None:
    assert _below_heading("STEEL\n\nHello.\n")[0] == (Kind.ACTION, "STEEL")


def test_a_character_has_at_least_one_letter() -> None:
    assert _below_heading("R2D2\nBeep.\n")[0] == (Kind.CHARACTER, "R2D2")
    assert _below_heading("23\nBeep.\n")[0] == (Kind.ACTION, "23\nBeep.")


@pytest.mark.parametrize("extension", ["V.O.", "on the radio", "O. S.", "V.O. (far away)"])
def test_a_character_extension_stands_in_parentheses_in_any_case(extension: str) -> None:
    cue = _read(f"{TOP}HANS ({extension})\nWhat?\n")[1]

    assert (cue.name, cue.extensions) == ("HANS", (extension,))


def test_a_character_has_as_many_extensions_as_it_needs() -> None:
    assert _read(f"{TOP}HANS (V.O.) (CONT'D)\nWhat?\n")[1].extensions == ("V.O.", "CONT'D")


@pytest.mark.parametrize("name", ["McCLANE", "小明", "יוסף", "mary", "23"])
def test_an_at_sign_forces_a_character(name: str) -> None:
    assert _below_heading(f"@{name}\nYes.\n") == [(Kind.CHARACTER, name), (Kind.DIALOGUE, "Yes.")]


def test_emphasis_of_a_cue_is_no_part_of_the_name() -> None:
    cue = _read(f"{TOP}**ANNA** (V.O.)\nYes.\n")[1]

    assert (cue.text, cue.name) == ("**ANNA**", "ANNA")


def test_dialogue_is_the_text_below_a_character_or_a_parenthetical() -> None:
    assert _below_heading("ANNA\nOne.\n(beat)\nTwo.\n") == [
        (Kind.CHARACTER, "ANNA"),
        (Kind.DIALOGUE, "One."),
        (Kind.PARENTHETICAL, "beat"),
        (Kind.DIALOGUE, "Two."),
    ]


def test_two_spaces_on_a_blank_line_keep_dialogue_open() -> None:
    assert _below_heading("ANNA\nOne.\n  \n  \nTwo.\n")[1] == (Kind.DIALOGUE, "One.\n\n\nTwo.")


def test_other_blank_lines_end_dialogue() -> None:
    assert _below_heading("ANNA\nOne.\n \nTwo.\n")[1:] == [(Kind.DIALOGUE, "One."), (Kind.ACTION, "Two.")]


def test_a_parenthetical_is_wrapped_in_parentheses() -> None:
    assert _below_heading("ANNA\n(Not) now (really).\n")[1] == (Kind.DIALOGUE, "(Not) now (really).")


def test_a_parenthetical_may_go_over_lines() -> None:
    assert _below_heading("ANNA\n(over two\nlines)\nYes.\n")[1] == (Kind.PARENTHETICAL, "over two\nlines")


def test_a_caret_makes_the_second_of_two_speeches_dual() -> None:
    elements = _read(f"{TOP}BRICK\nGo.\n\nSTEEL   ^\n(low)\nStay.\n")

    assert [(e.text, e.dual) for e in elements[1:]] == [
        ("BRICK", False),
        ("Go.", False),
        ("STEEL", True),
        ("low", True),
        ("Stay.", True),
    ]


@pytest.mark.parametrize("before", ["", "Rain.\n\n", "BRICK\nGo.\n\nRain.\n\n", "A\nGo.\n\nB ^\nGo.\n\n"])
def test_a_caret_without_a_single_speech_before_it_is_read_as_plain_dialogue(before: str) -> None:
    elements = _read(f"{TOP}{before}STEEL ^\nStay.\n")

    assert [(e.text, e.dual) for e in elements[-2:]] == [("STEEL", False), ("Stay.", False)]


def test_a_tilde_makes_lyrics() -> None:
    assert _below_heading("~La la\n~ la.\n") == [(Kind.LYRICS, "La la"), (Kind.LYRICS, "la.")]


def test_lyrics_within_dialogue_are_sung_by_who_speaks() -> None:
    assert [(e.kind, e.name) for e in _read(f"{TOP}ANNA\nHear:\n~la\nSo.\n")[2:]] == [
        (Kind.DIALOGUE, "ANNA"),
        (Kind.LYRICS, "ANNA"),
        (Kind.DIALOGUE, "ANNA"),
    ]


def test_a_transition_is_in_capitals_ends_with_to_and_has_blank_lines_around_it() -> None:
    assert _below_heading("Rain.\n\nSMASH CUT TO:\n\nSun.\n")[1] == (Kind.TRANSITION, "SMASH CUT TO:")


@pytest.mark.parametrize("text", ["Smash cut to:\n", "Rain.\nCUT TO:\n", "CUT TO:\nSun.\n"])
def test_a_transition_in_small_letters_or_without_blank_lines_is_action(text: str) -> None:
    assert {kind for kind, _ in _below_heading(text)} == {Kind.ACTION}


def test_a_greater_than_sign_forces_a_transition() -> None:
    assert _below_heading("> Burn to white.\n") == [(Kind.TRANSITION, "Burn to white.")]


def test_text_between_greater_and_less_than_signs_is_centred() -> None:
    assert _below_heading(">THE END<\n>  so it is  <\n") == [
        (Kind.CENTRED, "THE END"),
        (Kind.CENTRED, "so it is"),
    ]


def test_emphasis_does_not_cross_lines_and_stays_in_the_text() -> None:
    assert _below_heading("A *b* **c** _d_ \\*e\n") == [(Kind.ACTION, "A *b* **c** _d_ \\*e")]


def test_a_title_page_is_keys_and_values_at_the_top() -> None:
    screenplay = parse_fountain("Title: One\nDraft date: today\n\nINT. A\n\nRain.\n")

    assert [(e.name, e.text) for e in screenplay.title_page] == [("Title", "One"), ("Draft date", "today")]


def test_a_value_of_the_title_page_may_be_indented_below_its_key() -> None:
    screenplay = parse_fountain("Title:\n   **One**\n\tTwo\nAuthor: Me\n\nINT. A\n")

    assert screenplay.title_entry("title") == "**One**\nTwo"


def test_a_title_page_stands_first_or_nowhere() -> None:
    assert parse_fountain("INT. A\n\nTitle: One\n").title_page == ()


def test_the_language_of_the_title_page_is_the_screenplays() -> None:
    assert parse_fountain("Title: A\nLanguage: pt-BR\n\nINT. A\n").language == "pt-BR"
    assert parse_fountain("Title: A\nLanguage: German\n\nINT. A\n").language == "de"


@pytest.mark.parametrize("line", ["===", "=====", "  ===  "])
def test_a_page_break_is_three_equals_signs_or_more_and_nothing_else(line: str) -> None:
    assert _one(line).kind is Kind.PAGE_BREAK
    assert _one("=== x").kind is Kind.SYNOPSIS


def test_a_synopsis_begins_with_an_equals_sign() -> None:
    assert _below_heading("= They meet.\n") == [(Kind.SYNOPSIS, "They meet.")]


@pytest.mark.parametrize("level", [1, 2, 3, 6])
def test_number_signs_make_a_section_of_their_depth(level: int) -> None:
    section = _one(f"{'#' * level} Act")

    assert (section.kind, section.text, section.level) == (Kind.SECTION, "Act", level)


def test_a_note_stands_anywhere_in_double_brackets() -> None:
    assert _below_heading("Rain [[how?]] falls.\n") == [(Kind.ACTION, "Rain falls."), (Kind.NOTE, "how?")]


def test_a_note_may_go_over_lines_without_breaking_what_it_stands_in() -> None:
    assert _below_heading("ANNA\nHello [[a\nb]] you.\n")[1:] == [
        (Kind.DIALOGUE, "Hello\nyou."),
        (Kind.NOTE, "a\nb"),
    ]


def test_two_spaces_on_a_blank_line_keep_a_note_open() -> None:
    assert _below_heading("[[a\n  \nb]]\n") == [(Kind.NOTE, "a\n  \nb")]


@pytest.mark.parametrize("blank", ["", " ", "   ", "\t"])
def test_other_blank_lines_leave_a_note_unclosed_and_its_text_where_it_was(blank: str) -> None:
    assert _below_heading(f"[[a\n{blank}\nb]]\n") == [(Kind.ACTION, "[[a"), (Kind.ACTION, "b]]")]


def test_a_boneyard_takes_out_whole_elements() -> None:
    assert _below_heading("/*\nEXT. B\n\nANNA\nHi.\n*/\n\nRain.\n") == [
        (Kind.BONEYARD, "EXT. B\n\nANNA\nHi."),
        (Kind.ACTION, "Rain."),
    ]


def test_an_unclosed_boneyard_takes_nothing_out() -> None:
    assert _below_heading("/* Rain.\n\nANNA\nHi.\n") == [
        (Kind.ACTION, "/* Rain."),
        (Kind.CHARACTER, "ANNA"),
        (Kind.DIALOGUE, "Hi."),
    ]


def test_indentation_matters_to_action_alone() -> None:
    assert _below_heading("\t\tANNA\n\t(low)\n  Hi.\n\n  # One\n\n\t> x <\n\n  EXT. B\n") == [
        (Kind.CHARACTER, "ANNA"),
        (Kind.PARENTHETICAL, "low"),
        (Kind.DIALOGUE, "Hi."),
        (Kind.SECTION, "One"),
        (Kind.CENTRED, "x"),
        (Kind.SCENE_HEADING, "EXT. B"),
    ]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_lines_may_end_in_any_way(end: str) -> None:
    text = f"\ufeffTitle: A\n\n{TOP}Rain [[n\nm]] falls.\n\nANNA\nHi.\n"

    assert parse_fountain(text.replace("\n", end)) == parse_fountain(text)


def test_a_span_counts_characters_of_its_lines_from_one_with_its_marks() -> None:
    spans = [
        (e.kind, e.span.line_first, e.span.column_first, e.span.line_last, e.span.column_last)
        for e in _read("  .街道 #1#  \n\n[[a]] Rain [[b\nc]] falls.\n\n\t@Anna (V.O.) ^ \nHi.\n")
    ]

    assert spans == [
        (Kind.SCENE_HEADING, 1, 3, 1, 9),
        (Kind.NOTE, 3, 1, 3, 5),
        (Kind.ACTION, 3, 7, 4, 10),
        (Kind.NOTE, 3, 12, 4, 3),
        (Kind.CHARACTER, 6, 2, 6, 15),
        (Kind.DIALOGUE, 7, 1, 7, 3),
    ]
