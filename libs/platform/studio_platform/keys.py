"""The content key of one execution (docs/content-keys.md), the same in the job service and in a generator."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from filmstudio.generation.v1 import message_pb2, task_pb2

_TEXT_INTEGERS = frozenset(
    {
        FieldDescriptor.CPPTYPE_INT64,
        FieldDescriptor.CPPTYPE_UINT64,
    }
)


def content_key(spec: task_pb2.TaskSpec, inputs: Mapping[str, str]) -> bytes:
    """The key of one execution: a resolved spec, and the digest of each input whose content is used.

    Raises ValueError for a spec that still holds timings.
    """
    if spec.timings:
        raise ValueError("the spec is not resolved")
    return document_digest({"spec": canonical(spec), "inputs": dict(inputs)})


def content_key_of(body: message_pb2.RunBody) -> bytes:
    """The content key of a body, which holds those inputs whose content is used and no others.

    Raises ValueError for a spec that still holds timings.
    """
    return content_key(body.spec, {entry.role: entry.manifest.digest for entry in body.inputs})


def canonical(message: Message) -> dict[str, Any]:
    """The set fields of a message by their proto names: enums by name, 64-bit integers as text.

    Raises TypeError for a field of floating point, whose text differs between machines.
    """
    return {field.name: _value(field, value) for field, value in message.ListFields()}


def document_digest(document: dict[str, Any]) -> bytes:
    """The SHA-256 of a document's RFC 8785 JSON."""
    return hashlib.sha256(rfc8785.dumps(document)).digest()


def _value(field: FieldDescriptor, value: Any) -> Any:
    if field.is_repeated:
        return [_single(field, item) for item in value]
    return _single(field, value)


def _single(field: FieldDescriptor, value: Any) -> Any:
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_MESSAGE:
            return canonical(value)
        case FieldDescriptor.CPPTYPE_ENUM:
            return _enum_name(field, value)
        case FieldDescriptor.CPPTYPE_FLOAT | FieldDescriptor.CPPTYPE_DOUBLE:
            raise TypeError(f"{field.full_name}: floats have no canonical text")
        case kind if kind in _TEXT_INTEGERS:
            return str(value)
        case _:
            return value.hex() if isinstance(value, bytes) else value


def _enum_name(field: FieldDescriptor, number: int) -> str:
    if field.enum_type is None:
        raise TypeError(f"{field.full_name} is no enum")
    return str(field.enum_type.values_by_number[number].name)
