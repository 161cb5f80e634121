"""What is chosen on the command line becomes the contract's options."""

from __future__ import annotations

import pytest

from filmstudio.cli.choices import Choices
from filmstudio.errors import RefusedError
from filmstudio.jobs.v1 import jobs_pb2


def test_nothing_chosen_leaves_all_to_the_studio_but_the_narrator() -> None:
    assert Choices().options() == jobs_pb2.RenderOptions(narrate=True)
    assert Choices(narrate=False).options() == jobs_pb2.RenderOptions(narrate=False)


@pytest.mark.parametrize(
    ("written", "size"),
    [("1280x720", (1280, 720)), ("640X360", (640, 360)), ("1080p", (1920, 1080)), ("2160P", (3840, 2160))],
)
def test_size(written: str, size: tuple[int, int]) -> None:
    chosen = Choices(size=written).options().size

    assert (chosen.width_px, chosen.height_px) == size


@pytest.mark.parametrize(
    ("written", "rate"), [("24", (24, 1)), ("23.976", (24_000, 1001)), ("30000/1001", (30_000, 1001))]
)
def test_rate(written: str, rate: tuple[int, int]) -> None:
    chosen = Choices(rate=written).options().rate

    assert (chosen.numerator, chosen.denominator) == rate


@pytest.mark.parametrize(("written", "millilufs"), [("-16", -16_000), ("-23.5", -23_500), ("-9.125", -9_125)])
def test_loudness(written: str, millilufs: int) -> None:
    assert Choices(loudness=written).options().loudness_target_millilufs == millilufs


@pytest.mark.parametrize(
    "choices",
    [
        Choices(size="big"),
        Choices(size="1280"),
        Choices(rate="fast"),
        Choices(rate="24.5"),
        Choices(loudness="16"),
        Choices(pools=["camera-clip"]),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_form(choices: Choices) -> None:
    with pytest.raises(RefusedError, match="can't be read; write it as"):
        choices.check()


def test_kind_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(RefusedError, match="kinds: still, clip, speech, music, effects, segment, film"):
        Choices(pools=["puppets=a-pool"]).options()


def test_a_selection_may_be_listed_or_given_again() -> None:
    selection = Choices(scenes=("1, 3-5", "12A"), shots=("shot-a",)).options().selection

    assert list(selection.scenes) == ["1", "3-5", "12A"]
    assert list(selection.shot_ids) == ["shot-a"]


def test_quality() -> None:
    assert Choices(quality="Proxy").options().quality == jobs_pb2.QUALITY_PROXY


@pytest.mark.parametrize(("written", "micros"), [("5", 5_000_000), ("0.25", 250_000), ("0.000001", 1)])
def test_a_budget_in_the_studios_currency(written: str, micros: int) -> None:
    assert Choices(budget=written).budget_micros == micros


@pytest.mark.parametrize("choices", [Choices(budget="0"), Choices(budget="-1"), Choices(quality="draft")])
def test_a_budget_of_nothing_and_a_quality_that_there_is_not_are_refused(choices: Choices) -> None:
    with pytest.raises(RefusedError, match=r"--(budget|quality)"):
        choices.check()


def test_a_further_output_is_read_part_by_part() -> None:
    written = ("9:16", "1080x1920", "1:1, -14LUFS", "-23lufs,-3.5dBTP,name=tv")

    outputs = Choices(also=written).options().outputs

    assert [output.aspect for output in outputs] == ["9:16", "", "1:1", ""]
    assert (outputs[1].size.width_px, outputs[1].size.height_px) == (1080, 1920)
    assert [output.loudness_target_millilufs for output in outputs] == [0, 0, -14_000, -23_000]
    assert [output.true_peak_max_millidbtp for output in outputs] == [0, 0, 0, -3_500]
    assert outputs[3].name == "tv"


def test_a_language_is_read_beside_the_other_parts() -> None:
    outputs = Choices(also=("de", "pt-BR:captions", "9:16,-14,de:captions")).options().outputs

    assert [(output.language, output.captions_only) for output in outputs] == [
        ("de", False),
        ("pt-br", True),
        ("de", True),
    ]
    assert (outputs[2].aspect, outputs[2].loudness_target_millilufs) == ("9:16", -14_000)


@pytest.mark.parametrize(
    "written", ["tall", "9:16,1:1", "de,fr", "de:voices", "14LUFS", "name=A B", "", "9:16,"]
)
def test_a_further_output_that_cannot_be_read_is_refused_with_the_form(written: str) -> None:
    with pytest.raises(RefusedError, match="--also"):
        Choices(also=(written,)).check()


def test_a_fifth_further_output_is_refused() -> None:
    with pytest.raises(RefusedError, match="at most 4"):
        Choices(also=("9:16",) * 5).check()


@pytest.mark.parametrize(
    ("written", "sides"),
    [
        ("9:16", (720, 1280)),
        ("1:1", (720, 720)),
        ("2.39:1", (1280, 536)),
        ("1080p,2.39:1", (1920, 804)),
        ("1080p,9:16", (1080, 1920)),
        ("2160p,4:3", (2880, 2160)),
        ("1440p", (2560, 1440)),
    ],
)
def test_a_size_may_be_proportions_with_even_sides(written: str, sides: tuple[int, int]) -> None:
    size = Choices(size=written).options().size

    assert (size.width_px, size.height_px) == sides


def test_lower_thirds_are_named_with_commas_or_one_by_one() -> None:
    both = [
        Choices(lower_thirds=texts).options().lower_thirds
        for texts in (("names,places",), ("names", "places"))
    ]

    assert [list(kinds) for kinds in both] == [[1, 2], [1, 2]]
    with pytest.raises(RefusedError, match="--lower-thirds 'faces'"):
        Choices(lower_thirds=("faces",)).check()
