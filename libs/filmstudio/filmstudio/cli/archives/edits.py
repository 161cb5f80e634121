"""The edits of a project as documents, and made again in another project through the studio's own methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from google.protobuf import json_format
from google.protobuf.message import Message

from filmstudio.casting.v1 import casting_pb2
from filmstudio.client import FilmStudio
from filmstudio.errors import RefusedError
from filmstudio.shots.v1 import shots_pb2
from filmstudio.timeline.v1 import timeline_pb2

SETTINGS = tuple(field.name for field in shots_pb2.TakeSettings.DESCRIPTOR.fields)
SHOT_EDITS = tuple(
    field.name for field in timeline_pb2.ShotEdit.DESCRIPTOR.fields if field.name != "placement"
)
SCENE_EDITS = tuple(field.name for field in timeline_pb2.SceneEdit.DESCRIPTOR.fields)
TITLES = ("title", "credit", "author", "end_title")

MessageT = TypeVar("MessageT", bound=Message)
Document = Mapping[str, Any]


async def cast_documents(studio: FilmStudio, project: str) -> list[Document]:
    """Who plays: what was edited, and the voice that the studio chose."""
    return [
        {
            "id": _id(member.name),
            "character": member.character,
            "voice": member.voice,
            "edited": _only(member, member.edited_fields.paths),
        }
        for member in await studio.cast_members(project)
    ]


async def location_documents(studio: FilmStudio, project: str) -> list[Document]:
    """Where it plays: what was edited."""
    return [
        {
            "id": _id(place.name),
            "place": place.place,
            "edited": _only(place, place.edited_fields.paths),
        }
        for place in await studio.locations(project)
        if place.edited_fields.paths
    ]


async def shot_documents(studio: FilmStudio, project: str) -> list[Document]:
    """The takes of each shot of the film that has more than its first, or settings; and which is chosen."""
    documents: list[Document] = []
    for shot in await studio.directing.shots(project):
        # An import makes edits of what its newest text has, so those of a shot that is gone can't be made.
        if not shot.in_screenplay:
            continue
        if shot.take_count <= 1 and not shot.settings.ListFields():
            continue
        takes = await studio.directing.takes(shot.name)
        documents.append(
            {
                "id": _id(shot.name),
                "chosen": int(_id(shot.chosen_take)),
                "takes": {_id(take.name): json_format.MessageToDict(take.settings) for take in takes},
            }
        )
    return documents


def timeline_document(timeline: timeline_pb2.Timeline) -> Document:
    """Trims, holds, levels, transitions, order and titles, as far as the newest text has what they are of."""
    shots = [shot for scene in timeline.scenes for shot in scene.shots]
    moved = [shot for shot in shots if shot.edit.HasField("placement")]
    moved.sort(key=lambda shot: shot.edit.placement.number)
    return {
        "titles": _only(timeline.titles, TITLES),
        "scenes": {
            _id(scene.name): _only(scene.edit, SCENE_EDITS)
            for scene in timeline.scenes
            if scene.edit.ListFields()
        },
        "shots": {
            _id(shot.name): _only(shot.edit, SHOT_EDITS) for shot in shots if _only(shot.edit, SHOT_EDITS)
        },
        "moves": [
            {
                "id": _id(shot.name),
                ("before" if shot.edit.placement.before else "after"): shot.edit.placement.anchor,
            }
            for shot in moved
        ],
    }


def left_out(timeline: timeline_pb2.Timeline) -> Mapping[str, int]:
    """How many edits of a timeline rest on files, which no archive has."""
    locks = sum(shot.HasField("lock") for scene in timeline.scenes for shot in scene.shots)
    counts = {"brought files": len(timeline.replacements), "locks": locks}
    return {what: count for what, count in counts.items() if count}


async def edit_cast(studio: FilmStudio, project: str, documents: Sequence[Document]) -> None:
    """Cast a project as another was. Raises FilmStudioError, KeyError, TypeError for malformed documents."""
    for document in documents:
        if not document["edited"]:
            continue
        member = _parsed(document["edited"], casting_pb2.CastMember())
        fields = [field.name for field, _ in member.ListFields()]
        member.name = f"{project}/castMembers/{document['id']}"
        await studio.update_cast_member(member, fields)
    chosen = {_id(member.name): member for member in await studio.cast_members(project)}
    for document in documents:
        found = chosen.get(document["id"])
        if found is not None and document["voice"] and found.voice != document["voice"]:
            voiced = casting_pb2.CastMember(name=found.name, voice=document["voice"])
            await studio.update_cast_member(voiced, ["voice"])


async def edit_locations(studio: FilmStudio, project: str, documents: Sequence[Document]) -> None:
    """Edit places as another project's were. Raises as `edit_cast`."""
    for document in documents:
        place = _parsed(document["edited"], casting_pb2.Location())
        fields = [field.name for field, _ in place.ListFields()]
        place.name = f"{project}/locations/{document['id']}"
        await studio.update_location(place, fields)


async def edit_shots(studio: FilmStudio, project: str, documents: Sequence[Document]) -> None:
    """Make the takes of another project's shots, and choose as there. Raises as `edit_cast`."""
    for document in documents:
        name = f"{project}/shots/{document['id']}"
        takes = {int(number): settings for number, settings in document["takes"].items()}
        shot = await studio.directing.shot(name)
        for number, written in sorted(takes.items()):
            settings = _parsed(written, shots_pb2.TakeSettings())
            if number > 1:
                shot = await studio.directing.retake_shot(name, settings, SETTINGS, shot.etag)
            elif settings.ListFields():
                shot = await studio.directing.update_shot(name, settings, SETTINGS)
            if int(_id(shot.chosen_take)) != number:
                raise RefusedError(f"take {number} of shot {document['id']} became {_id(shot.chosen_take)}")
        chosen = f"{name}/takes/{document['chosen']}"
        if shot.chosen_take != chosen:
            await studio.directing.choose_take(chosen)


async def edit_timeline(studio: FilmStudio, project: str, document: Document) -> None:
    """Edit a timeline as another project's was. Raises as `edit_cast`."""
    base = f"{project}/timeline"
    if document["titles"]:
        titles = _parsed(document["titles"], timeline_pb2.Titles())
        fields = [field.name for field, _ in titles.ListFields()]
        titles.name = f"{base}/titles"
        await studio.timelines.update_titles(titles, fields)
    for scene_id, edit in document["scenes"].items():
        scene = timeline_pb2.TimelineScene(
            name=f"{base}/scenes/{scene_id}", edit=_parsed(edit, timeline_pb2.SceneEdit())
        )
        await studio.timelines.update_scene(scene, _set_fields(scene.edit))
    for shot_id, edit in document["shots"].items():
        shot = timeline_pb2.TimelineShot(
            name=f"{base}/shots/{shot_id}", edit=_parsed(edit, timeline_pb2.ShotEdit())
        )
        await studio.timelines.update_shot(shot, _set_fields(shot.edit))
    for move in document["moves"]:
        place = {side: move[side] for side in ("before", "after") if side in move}
        request = timeline_pb2.MoveTimelineShotRequest(name=f"{base}/shots/{move['id']}", **place)
        await studio.timelines.move(request)


def _set_fields(edit: Message) -> list[str]:
    return [f"edit.{field.name}" for field, _ in edit.ListFields()]


def _id(name: str) -> str:
    return name.rpartition("/")[2]


def _only(message: Message, fields: Sequence[str]) -> dict[str, Any]:
    """These fields of a message, as JSON."""
    kept = type(message)()
    kept.CopyFrom(message)
    for field, _ in message.ListFields():
        if field.name not in fields:
            kept.ClearField(field.name)
    document: dict[str, Any] = json_format.MessageToDict(kept)
    return document


def _parsed(document: Document, into: MessageT) -> MessageT:
    """A message of a document. Raises json_format.ParseError."""
    return json_format.ParseDict(dict(document), into)
