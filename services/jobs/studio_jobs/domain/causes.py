"""Why two specs of the same task differ, from the fields in which they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from enum import IntEnum

from google.protobuf.message import Message

from filmstudio.generation.v1 import task_pb2

WORDS_MAX_CHARS = 200


class Cause(IntEnum):
    """Why a shot is made anew; the numbers are the contract's."""

    SCRIPT = 1
    LOOK = 2
    VOICE = 3
    SEED = 4
    ENGINE = 5
    MODEL = 6
    SIZE = 7
    RATE = 8
    CAMERA = 9
    OTHER = 10
    PROMPT = 11
    DURATION = 12
    LOCK = 13


_CAUSE_OF_FIELD = {
    "engine.engine": Cause.ENGINE,
    "engine.revision": Cause.ENGINE,
    "engine.model": Cause.MODEL,
    "engine.model_revision": Cause.MODEL,
    "seed": Cause.SEED,
    "figures.seed": Cause.SEED,
    "figures.look": Cause.LOOK,
    "figures.portrait": Cause.LOOK,
    "figures.wardrobe": Cause.VOICE,
    "voice": Cause.VOICE,
    "tempo_permille": Cause.VOICE,
    "move": Cause.CAMERA,
    "strength_permille": Cause.CAMERA,
    "prompt": Cause.PROMPT,
    "negative_prompt": Cause.PROMPT,
}
_SCRIPT_FIELDS = frozenset(
    (
        "heading",
        "place",
        "location",
        "time_of_day",
        "shot_size",
        "figures",
        "figures.name",
        "figures.side",
        "figures.posture",
        "figures.holding",
        "speaker",
        "action",
        "surroundings",
        "text",
        "delivery",
        "language",
    )
)


def causes_between(before: task_pb2.TaskSpec, after: task_pb2.TaskSpec) -> list[tuple[Cause, str]]:
    """Each cause once with what was and what is, in the order of the fields.

    A prompt follows from the script and from looks, too, and a length from the script: see `settled`.
    """
    if before.HasField("given") != after.HasField("given"):
        return [(Cause.LOCK, "locked" if after.HasField("given") else "unlocked")]
    found: dict[Cause, str] = {}
    timings: list[tuple[Cause, str]] = []
    for path, was, now in _differing(before, after, ""):
        entry = _cause_of(path), _words(was, now)
        if path.startswith("timings"):
            timings.append(entry)
        else:
            found.setdefault(*entry)
    for cause, words in timings:
        # Lengths are counted in frames, so another rate alone changes all of them.
        if cause is Cause.RATE or not any(other is Cause.RATE for other, _ in timings):
            found.setdefault(cause, words)
    return list(found.items())


def _cause_of(path: str) -> Cause:
    fields = [name for name in path.split(".") if name not in _WORKS]
    inner = ".".join(fields)
    if inner in _CAUSE_OF_FIELD:
        return _CAUSE_OF_FIELD[inner]
    if "size" in fields:
        return Cause.SIZE
    if "rate" in fields:
        return Cause.RATE
    if path.startswith("timings"):
        return Cause.DURATION
    return Cause.SCRIPT if inner in _SCRIPT_FIELDS else Cause.OTHER


def settled(found: Mapping[Cause, str], edited: Set[Cause]) -> dict[Cause, str]:
    """The causes of all of a shot's specs together; `edited` says which of PROMPT and DURATION people edited.

    A length that nobody edited is the script's doing. A prompt that nobody edited follows from another cause,
    and from the look of its place when there is none.
    """
    causes = dict(found)
    if Cause.DURATION in causes and Cause.DURATION not in edited:
        words = causes.pop(Cause.DURATION)
        causes.setdefault(Cause.SCRIPT, words)
    if Cause.PROMPT in causes and Cause.PROMPT not in edited:
        words = causes.pop(Cause.PROMPT)
        if Cause.SCRIPT not in causes:
            causes.setdefault(Cause.LOOK, words)
    return causes


_WORKS = frozenset(field.name for field in task_pb2.TaskSpec.DESCRIPTOR.oneofs_by_name["work"].fields)


def _differing(before: Message, after: Message, path: str) -> Iterator[tuple[str, object, object]]:
    """The fields in which two messages of one kind differ, with both values; as deep as both have them."""
    for field in before.DESCRIPTOR.fields:
        was, now = getattr(before, field.name), getattr(after, field.name)
        if was == now:
            continue
        inner = f"{path}.{field.name}" if path else field.name
        is_message = field.message_type is not None
        if field.is_repeated:
            if is_message and len(was) == len(now):
                for one, other in zip(was, now, strict=True):
                    yield from _differing(one, other, inner)
            else:
                yield inner, was, now
        elif (
            is_message and before.HasField(field.name) and after.HasField(field.name) and field.name != "size"
        ):
            yield from _differing(was, now, inner)
        else:
            yield inner, was, now


def _words(was: object, now: object) -> str:
    if isinstance(was, task_pb2.Size) and isinstance(now, task_pb2.Size):
        return f"{was.width_px} x {was.height_px} -> {now.width_px} x {now.height_px}"
    if isinstance(was, str) and isinstance(now, str):
        room = (WORDS_MAX_CHARS - 6) // 2
        return f"{_cut(was, room) or 'none'} -> {_cut(now, room) or 'none'}"
    return ""


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 3]}..."
