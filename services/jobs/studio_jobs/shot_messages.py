"""Between the contract of shots and their edits: pure functions, both ways."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID

from google.protobuf.field_mask_pb2 import FieldMask

from filmstudio.generation.v1 import task_pb2
from filmstudio.shots.v1 import shots_pb2
from studio_jobs.convert import bad_name, task_name, timestamp
from studio_jobs.domain.paces import engine_label
from studio_jobs.edits.shots import ShotEdit, TakeSettings
from studio_jobs.shot_lists import ListedShot
from studio_jobs.shot_specs import take_seed
from studio_jobs.store.rows import Project
from studio_jobs.store.shot_edits import etag_of
from studio_jobs.take_artifacts import TakeArtifact
from studio_platform.errors import FieldViolation, InvalidInput

FIELDS = tuple(field.name for field in shots_pb2.TakeSettings.DESCRIPTOR.fields)

_SHOT_NAME = re.compile(r"projects/([0-9a-f-]{36})/shots/([A-Za-z0-9_-]{1,100})")
_TAKE_NAME = re.compile(rf"{_SHOT_NAME.pattern}/takes/([1-9][0-9]{{0,2}})")


def parse_shot_name(name: str, field: str) -> tuple[UUID, str]:
    """Project and id of a shot's name. Raises InvalidInput that names the field."""
    match = _SHOT_NAME.fullmatch(name)
    return _project(match, field, "projects/{uuid}/shots/{id}"), match[2] if match else ""


def parse_take_name(name: str, field: str) -> tuple[UUID, str, int]:
    """Project, shot's id and number of a take's name. Raises InvalidInput that names the field."""
    match = _TAKE_NAME.fullmatch(name)
    project = _project(match, field, "projects/{uuid}/shots/{id}/takes/{number}")
    return (project, match[2], int(match[3])) if match else (project, "", 0)


def _project(match: re.Match[str] | None, field: str, form: str) -> UUID:
    try:
        if match:
            return UUID(match[1])
    except ValueError:
        pass
    raise bad_name(field, form)


def shot_name(project_id: UUID, shot_id: str) -> str:
    """projects/{uuid}/shots/{id}."""
    return f"projects/{project_id}/shots/{shot_id}"


def take_name(project_id: UUID, shot_id: str, number: int) -> str:
    """projects/{uuid}/shots/{id}/takes/{number}."""
    return f"{shot_name(project_id, shot_id)}/takes/{number}"


def shot(project_id: UUID, listed: ListedShot) -> shots_pb2.Shot:
    """The resource of a shot."""
    message = shots_pb2.Shot(
        name=shot_name(project_id, listed.shot_id),
        display_name=listed.label,
        settings=settings_message(listed.edit.settings),
        chosen_take=take_name(project_id, listed.shot_id, listed.edit.chosen),
        take_count=len(listed.edit.numbers),
        etag=etag_of(listed.edit),
    )
    if listed.scene is not None and listed.shot is not None:
        _fill(message, listed)
    return message


def _fill(message: shots_pb2.Shot, listed: ListedShot) -> None:
    """What the text says of it."""
    if listed.scene is None or listed.shot is None:
        raise AssertionError("the shot is not in the screenplay")
    message.in_screenplay = True
    message.scene = listed.scene.number
    message.ordinal = listed.shot.ordinal
    message.line_first = listed.shot.span.line_first
    message.line_last = listed.shot.span.line_last
    message.action = listed.shot.action
    message.speaker = listed.shot.speaker
    message.estimated_ms = listed.shot.estimated_ms
    message.suggested_move = _move(listed.shot.move)


def take(
    project: Project, shot_id: str, edit: ShotEdit, number: int, made: Collection[TakeArtifact]
) -> shots_pb2.Take:
    """The resource of a take; `made` are artifacts of any take."""
    settings = edit.take(number)
    return shots_pb2.Take(
        name=take_name(project.project_id, shot_id, number),
        settings=settings_message(settings),
        seed=settings.seed or take_seed(str(project.seed_origin), shot_id, number),
        chosen=number == edit.chosen,
        artifacts=[artifact(entry) for entry in made if entry.take == number],
    )


def artifact(made: TakeArtifact) -> shots_pb2.TakeArtifact:
    """What a job made, without its address."""
    return shots_pb2.TakeArtifact(
        kind=task_pb2.TaskKind.ValueType(int(made.kind)),
        task=task_name(made.job_id, made.task),
        content_key=made.content_key.hex(),
        digest=made.manifest.digest,
        length_ms=made.manifest.length_ms,
        engine=engine_label(made.manifest.engine),
        current=made.is_current,
        create_time=timestamp(made.created_at),
    )


def differences(
    edit: ShotEdit, first: int, second: int, seeds: tuple[int, int]
) -> list[shots_pb2.SettingDifference]:
    """The settings in which two takes differ; `seeds` are those that they have."""
    one, other = settings_message(edit.take(first)), settings_message(edit.take(second))
    one.seed, other.seed = seeds
    return [
        shots_pb2.SettingDifference(field=field, first=_text(one, field), second=_text(other, field))
        for field in FIELDS
        if getattr(one, field) != getattr(other, field)
    ]


def _text(settings: shots_pb2.TakeSettings, field: str) -> str:
    value = getattr(settings, field)
    if field == "camera_move":
        return task_pb2.CameraMove.Name(value).removeprefix("CAMERA_MOVE_") if value else ""
    return str(value) if value else ""


def settings_message(settings: TakeSettings) -> shots_pb2.TakeSettings:
    """Settings as the contract has them."""
    message = shots_pb2.TakeSettings(
        prompt=settings.prompt,
        prompt_addition=settings.prompt_addition,
        negative_prompt=settings.negative_prompt,
        seed=settings.seed,
        duration_ms=settings.duration_ms,
    )
    if settings.still_pool:
        message.still_pool = f"pools/{settings.still_pool}"
    if settings.clip_pool:
        message.clip_pool = f"pools/{settings.clip_pool}"
    if settings.camera_move:
        message.camera_move = _move(settings.camera_move)
    return message


def _move(name: str) -> task_pb2.CameraMove.ValueType:
    return task_pb2.CameraMove.Value(f"CAMERA_MOVE_{name}")


def changed(settings: TakeSettings, wanted: shots_pb2.TakeSettings, fields: Collection[str]) -> TakeSettings:
    """The settings with those fields as wanted."""
    move = task_pb2.CameraMove.Name(wanted.camera_move).removeprefix("CAMERA_MOVE_")
    values: dict[str, Any] = {
        "prompt": " ".join(wanted.prompt.split()),
        "prompt_addition": " ".join(wanted.prompt_addition.split()),
        "negative_prompt": " ".join(wanted.negative_prompt.split()),
        "seed": wanted.seed,
        "still_pool": wanted.still_pool.removeprefix("pools/"),
        "clip_pool": wanted.clip_pool.removeprefix("pools/"),
        "duration_ms": wanted.duration_ms,
        "camera_move": move if wanted.camera_move else "",
    }
    return replace(settings, **{field: values[field] for field in fields})


def asked_fields(wanted: shots_pb2.TakeSettings, mask: FieldMask, prefix: str = "") -> frozenset[str]:
    """The settings that an update means: those of the mask, or without one those that are set.

    `prefix` is "settings." where the mask is that of a shot. Raises InvalidInput for a mask that names
    anything else.
    """
    if not mask.paths:
        return frozenset(field for field in FIELDS if getattr(wanted, field))
    if {"*", prefix.removesuffix(".")} & set(mask.paths) - {""}:
        return frozenset(FIELDS)
    known = {f"{prefix}{field}": field for field in FIELDS}
    unknown = sorted(set(mask.paths) - known.keys())
    if unknown:
        text = f"may hold {', '.join(known)} only, not {', '.join(unknown)}"
        raise InvalidInput(
            "UPDATE_MASK_INVALID", f"update_mask {text}", violations=(FieldViolation("update_mask", text),)
        )
    return frozenset(known[path] for path in mask.paths)
