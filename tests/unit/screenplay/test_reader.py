"""What the reader refuses, what it repairs, and that no text is lost."""

from __future__ import annotations

import pytest

from studio_jobs.screenplay import Kind, Limits, ScreenplayRefused, Severity, read

SCENE = "INT. KITCHEN - NIGHT\n\nRain.\n\nANNA (V.O.) (CONT'D)\nHello.\n"


def _kinds(text: str) -> list[Kind]:
    return [element.kind for element in read(text.encode()).elements]


@pytest.mark.parametrize(
    ("data", "reason", "line"),
    [
        (b" \n\n", "EMPTY", 0),
        (b"love", "TOPIC_ONLY", 0),
        (b"INT. A - DAY\n\n\x00\x01", "BINARY", 3),
        (b"INT. A - DAY\n\ncaf\xe9", "WRONG_ENCODING", 3),
        (b"\xff\xfeI\x00", "WRONG_ENCODING", 1),
        (b"%PDF-1.7", "UNSUPPORTED_FORMAT", 1),
        (b"INT. A - DAY\n\n" + b"x" * 9_000, "LINE_TOO_LONG", 3),
    ],
)
def test_what_cannot_be_read_is_refused_with_reason_and_line(data: bytes, reason: str, line: int) -> None:
    with pytest.raises(ScreenplayRefused) as refused:
        read(data)

    assert (refused.value.reason, refused.value.line, refused.value.field) == (reason, line, "screenplay")
    assert refused.value.suggestion


def test_more_bytes_than_the_limit_are_refused() -> None:
    with pytest.raises(ScreenplayRefused, match="TOO_LARGE"):
        read(SCENE.encode(), Limits(size_bytes_max=10))


def test_a_wrong_encoding_names_its_byte() -> None:
    with pytest.raises(ScreenplayRefused, match=r"Byte 3 \(0xe9\)"):
        read(b"caf\xe9")


@pytest.mark.parametrize("data", [SCENE.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + SCENE.encode()])
def test_line_ends_and_byte_order_mark_change_nothing(data: bytes) -> None:
    assert read(data) == read(SCENE.encode())


def test_a_cue_is_split_into_name_and_extensions() -> None:
    cue = next(e for e in read(SCENE.encode()).elements if e.kind is Kind.CHARACTER)

    assert (cue.name, cue.extensions) == ("ANNA", ("V.O.", "CONT'D"))


@pytest.mark.parametrize("name", ["ÑOÑO", "ИВАН", "@McCLANE", "R2D2"])
def test_a_cue_may_be_in_capitals_of_any_script_or_forced(name: str) -> None:
    assert _kinds(f"INT. A - DAY\n\n{name}\nYes.\n")[1:] == [Kind.CHARACTER, Kind.DIALOGUE]


@pytest.mark.parametrize(
    "heading", ["INT HOUSE", "I/E CAR", "I./E. CAR", "est. city", ".街道", "EXT/INT. BAR"]
)
def test_headings_are_known_with_and_without_their_dot_and_when_forced(heading: str) -> None:
    assert _kinds(f"{heading} #12A#\n\nRain.\n") == [Kind.SCENE_HEADING, Kind.ACTION]
    assert read(f"{heading} #12A#\n\nRain.\n".encode()).elements[0].scene_number == "12A"


def test_fade_in_at_the_top_is_no_title_page() -> None:
    assert _kinds("FADE IN:\n\nINT. A - DAY\n\nRain.\n")[0] is Kind.TRANSITION


def test_an_unclosed_boneyard_keeps_its_text_and_is_reported() -> None:
    screenplay = read(b"INT. A - DAY\n\n/* Rain.\n")

    assert screenplay.elements[1].text == "/* Rain."
    assert [(d.line, d.severity) for d in screenplay.diagnostics] == [(3, Severity.ERROR)]


def test_notes_and_boneyards_become_elements_of_their_own() -> None:
    screenplay = read(b"INT. A - DAY\n\nRain [[cold?]] falls.\n\n/* gone\n\nby */\n")

    texts = [(e.kind, e.text) for e in screenplay.elements[1:]]
    assert set(texts) == {(Kind.ACTION, "Rain falls."), (Kind.NOTE, "cold?"), (Kind.BONEYARD, "gone\n\nby")}


def test_a_heading_without_a_blank_line_above_stays_action_and_is_reported() -> None:
    screenplay = read(b"INT. A - DAY\n\nRain.\nEXT. B - DAY\n")

    assert [e.kind for e in screenplay.elements] == [Kind.SCENE_HEADING, Kind.ACTION]
    assert [d.line for d in screenplay.diagnostics] == [4]


def test_prose_is_narrated_a_scene_for_each_paragraph() -> None:
    screenplay = read(b"The sea was calm.\n\nThen the wind came.\n")

    assert [e.text for e in screenplay.elements if e.kind is Kind.DIALOGUE] == [
        "The sea was calm.",
        "Then the wind came.",
    ]
    assert sum(e.kind is Kind.SCENE_HEADING for e in screenplay.elements) == 2


@pytest.mark.parametrize("hostile", ["[[" * 4_000, "/*" * 4_000, "(\n" * 50_000, "INT." + " " * 8_000])
def test_hostile_text_is_read_and_bounded_in_diagnostics(hostile: str) -> None:
    screenplay = read(f"INT. A - DAY\n\n{hostile}\n".encode(), Limits(diagnostics_max=5))

    assert len(screenplay.diagnostics) <= 6
