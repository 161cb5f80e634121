"""The two keys of a task (docs/content-keys.md): SHA-256 over the RFC 8785 JSON of its spec and inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from filmstudio.generation.v1 import task_pb2

_TEXT_INTEGERS = frozenset(
    {
        FieldDescriptor.CPPTYPE_INT64,
        FieldDescriptor.CPPTYPE_UINT64,
    }
)


def plan_key(spec: task_pb2.TaskSpec, inputs: Mapping[str, bytes]) -> bytes:
    """The key known before anything runs: `inputs` maps every role to its producer's plan key."""
    return _digest({"spec": canonical(spec), "plan": {role: key.hex() for role, key in inputs.items()}})


def content_key(spec: task_pb2.TaskSpec, inputs: Mapping[str, str]) -> bytes:
    """The key of one execution: a resolved spec, and the digest of each input whose content is used.

    Raises ValueError for a spec that still holds timings.
    """
    if spec.timings:
        raise ValueError("the spec is not resolved")
    return _digest({"spec": canonical(spec), "inputs": dict(inputs)})


def canonical(message: Message) -> dict[str, Any]:
    """The set fields of a message by their proto names: enums by name, 64-bit integers as text.

    Raises TypeError for a field of floating point, whose text differs between machines.
    """
    return {field.name: _value(field, value) for field, value in message.ListFields()}


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


def _digest(document: dict[str, Any]) -> bytes:
    return hashlib.sha256(rfc8785.dumps(document)).digest()


def seed_of(*parts: str) -> int:
    """A 63-bit seed from names, the same on every machine."""
    return int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:8], "big") >> 1
