"""The content key of one execution (docs/content-keys.md), the same in the job service and in a generator."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from json.encoder import encode_basestring
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from filmstudio.generation.v1 import message_pb2, task_pb2

Memo = dict[tuple[type[Message], bytes], str]
"""Texts of messages that many specs of one plan have, by type and serialised value."""

Form = Callable[[Any, Memo], str]

_TEXT_INTEGERS = frozenset(
    {
        FieldDescriptor.CPPTYPE_INT64,
        FieldDescriptor.CPPTYPE_UINT64,
    }
)
_SHARED = frozenset(
    message.DESCRIPTOR.full_name
    for message in (task_pb2.EngineRef, task_pb2.Size, task_pb2.Rate, task_pb2.ShotTiming, task_pb2.Figure)
)


def content_key(spec: task_pb2.TaskSpec, inputs: Mapping[str, str]) -> bytes:
    """The key of one execution: a resolved spec, and the digest of each input whose content is used.

    Raises ValueError for a spec that still holds timings.
    """
    if spec.timings:
        raise ValueError("the spec is not resolved")
    return key_of_text("inputs", inputs, canonical(spec))


def content_key_of(body: message_pb2.RunBody) -> bytes:
    """The content key of a body, which holds those inputs whose content is used and no others.

    Raises ValueError for a spec that still holds timings.
    """
    return content_key(body.spec, {entry.role: entry.manifest.digest for entry in body.inputs})


def key_of_text(uses: str, inputs: Mapping[str, str], spec: str) -> bytes:
    """The SHA-256 of `{uses: inputs, "spec": spec}` as RFC 8785 JSON, with the canonical JSON of a spec.

    `uses` comes before "spec", and roles are ASCII, for their order is that of their code points.
    """
    members = [f"{encode_basestring(role)}:{encode_basestring(inputs[role])}" for role in sorted(inputs)]
    return hashlib.sha256(f'{{"{uses}":{{{",".join(members)}}},"spec":{spec}}}'.encode()).digest()


def canonical(message: Message, memo: Memo | None = None) -> str:
    """The RFC 8785 JSON of a message's set fields by proto name: enums by name, 64-bit integers as text.

    What specs of one plan share is written once when they are given the same `memo`. Raises TypeError for a
    field of floating point, whose text differs between machines.
    """
    return _object(message, {} if memo is None else memo)


def _object(message: Message, memo: Memo) -> str:
    members = []
    for field, value in message.ListFields():
        name, form = _FORMS[field]
        # Half of all fields are texts: without a call in between.
        members.append(name + (form(value, memo) if form else encode_basestring(value)))
    # A quotation mark, which ends a name, comes before every letter of another.
    members.sort()
    return "{" + ",".join(members) + "}"


def _shared_object(message: Message, memo: Memo) -> str:
    key = type(message), message.SerializeToString(deterministic=True)
    text = memo.get(key)
    if text is None:
        text = memo[key] = _object(message, memo)
    return text


class _Forms(dict[FieldDescriptor, tuple[str, Form | None]]):
    """How a member begins, and how its value is written (None: as text); as many as contracts have fields."""

    def __missing__(self, field: FieldDescriptor) -> tuple[str, Form | None]:
        name, single = f'"{field.name}":', _single_form(field)
        form: Form | None = single
        if field.is_repeated:
            form = _repeated_form(single)
        elif _is_text(field):
            form = None
        self[field] = name, form
        return self[field]


_FORMS = _Forms()


def _repeated_form(single: Form) -> Form:
    return lambda items, memo: "[" + ",".join([single(item, memo) for item in items]) + "]"


def _is_text(field: FieldDescriptor) -> bool:
    return field.cpp_type == FieldDescriptor.CPPTYPE_STRING and field.type != FieldDescriptor.TYPE_BYTES


def _single_form(field: FieldDescriptor) -> Form:
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_MESSAGE:
            is_shared = field.message_type is not None and field.message_type.full_name in _SHARED
            return _shared_object if is_shared else _object
        case FieldDescriptor.CPPTYPE_ENUM:
            names = _enum_texts(field)
            return lambda number, _: names[number]
        case FieldDescriptor.CPPTYPE_FLOAT | FieldDescriptor.CPPTYPE_DOUBLE:
            raise TypeError(f"{field.full_name}: floats have no canonical text")
        case FieldDescriptor.CPPTYPE_BOOL:
            return lambda value, _: "true" if value else "false"
        case FieldDescriptor.CPPTYPE_STRING if _is_text(field):
            return lambda value, _: encode_basestring(value)
        case FieldDescriptor.CPPTYPE_STRING:
            return lambda value, _: f'"{value.hex()}"'
        case kind if kind in _TEXT_INTEGERS:
            return lambda value, _: f'"{value}"'
        case _:
            return lambda value, _: str(value)


def _enum_texts(field: FieldDescriptor) -> dict[int, str]:
    if field.enum_type is None:
        raise TypeError(f"{field.full_name} is no enum")
    return {number: f'"{value.name}"' for number, value in field.enum_type.values_by_number.items()}
