"""film cast and film locations: listed, and edited by name."""

from __future__ import annotations

import json

import pytest

from filmstudio.casting.v1 import casting_pb2
from filmstudio.cli.casting import Edit, edit_cast, edit_locations, list_cast, list_locations
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from tests.integration.filmstudio.rig import StudioRig

Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def ferry(rig: StudioRig) -> str:
    """A project with a cast of two, one with an alias, and a pier."""
    project = rig.script.project("The Last Ferry").name
    rig.script.cast = [
        casting_pb2.CastMember(
            name=f"{project}/castMembers/{'1' * 16}",
            character="IRIS",
            aliases=["MOTHER"],
            look="woman, sixty",
            voice="bf_emma",
            in_screenplay=True,
            etag="4",
        ),
        casting_pb2.CastMember(
            name=f"{project}/castMembers/{'2' * 16}", character="TOM", voice="am_puck", look="man"
        ),
    ]
    rig.script.locations = [
        casting_pb2.Location(
            name=f"{project}/locations/{'1' * 16}",
            place="HARBOUR PIER",
            kind=casting_pb2.LOCATION_KIND_EXTERIOR,
            look="rain",
            in_screenplay=True,
        )
    ]
    return project


async def test_the_cast_is_listed_with_voice_look_and_who_is_gone(
    studio: FilmStudio, capsys: Printed
) -> None:
    await list_cast(studio, "The Last Ferry", as_json=False)

    head, iris, tom = capsys.readouterr().out.splitlines()
    assert head.split() == ["CHARACTER", "VOICE", "ALIASES", "NOTE", "LOOK"]
    assert iris.split() == ["IRIS", "bf_emma", "MOTHER", "woman,", "sixty"]
    assert "not in the newest revision" in tom


async def test_a_member_is_edited_by_a_name_in_any_case_with_the_fields_given(
    rig: StudioRig, studio: FilmStudio, ferry: str, capsys: Printed
) -> None:
    await edit_cast(studio, ferry, Edit("mother", {"look": "a sailor", "voice": ""}), as_json=True)

    (request,) = rig.script.requests["UpdateCastMember"]
    assert (request.cast_member.name, request.cast_member.etag) == (f"{ferry}/castMembers/{'1' * 16}", "4")
    assert sorted(request.update_mask.paths) == ["look", "voice"]
    assert json.loads(capsys.readouterr().out)["look"] == "a sailor"


async def test_a_name_that_is_nearly_right_is_refused_with_the_right_one(
    studio: FilmStudio, ferry: str
) -> None:
    with pytest.raises(RefusedError, match="did you mean IRIS"):
        await edit_cast(studio, ferry, Edit("IRS", {"look": "tall"}), as_json=False)


async def test_a_project_that_there_is_not_is_refused(studio: FilmStudio) -> None:
    with pytest.raises(RefusedError, match="no project 'Fery'"):
        await list_cast(studio, "Fery", as_json=False)


async def test_places_are_listed_and_edited(
    rig: StudioRig, studio: FilmStudio, ferry: str, capsys: Printed
) -> None:
    await list_locations(studio, ferry, as_json=False)
    await edit_locations(studio, ferry, Edit("harbour pier", {"seed": 7}), as_json=False)

    _, listed, head, edited = capsys.readouterr().out.splitlines()
    assert listed.split() == ["HARBOUR", "PIER", "exterior", "rain"]
    assert head.split() == ["PLACE", "KIND", "SEED", "EDITED", "LOOK"]
    assert edited.split() == ["HARBOUR", "PIER", "exterior", "7", "seed", "rain"]
    assert rig.script.requests["UpdateLocation"][0].location.seed == 7
