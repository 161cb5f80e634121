"""The content key of one execution (docs/content-keys.md), the same in the job service and in a generator."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from filmstudio.generation.v1 import message_pb2, task_pb2

Form = Callable[[Any], Any]

_TEXT_INTEGERS = frozenset(
    {
        FieldDescriptor.CPPTYPE_INT64,
        FieldDescriptor.CPPTYPE_UINT64,
    }
)

# For what documents hold, and names in ASCII, this is RFC 8785 to the byte, a tenth of the time of a library
# that also writes floats; a test compares the two.
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def content_key(spec: task_pb2.TaskSpec, inputs: Mapping[str, str]) -> bytes:
    """The key of one execution: a resolved spec, and the digest of each input whose content is used.

    Raises ValueError for a spec that still holds timings.
    """
    if spec.timings:
        raise ValueError("the spec is not resolved")
    return key_of_text("inputs", inputs, spec_text(spec))


def content_key_of(body: message_pb2.RunBody) -> bytes:
    """The content key of a body, which holds those inputs whose content is used and no others.

    Raises ValueError for a spec that still holds timings.
    """
    return content_key(body.spec, {entry.role: entry.manifest.digest for entry in body.inputs})


def spec_text(spec: task_pb2.TaskSpec) -> str:
    """A spec's canonical JSON, to be hashed more than once."""
    return _ENCODER.encode(canonical(spec))


def key_of_text(uses: str, inputs: Mapping[str, str], spec: str) -> bytes:
    """The digest of `{uses: inputs, "spec": spec}` for a word before "spec", by the spec's canonical JSON."""
    return hashlib.sha256(f'{{"{uses}":{_ENCODER.encode(dict(inputs))},"spec":{spec}}}'.encode()).digest()


def canonical(message: Message) -> dict[str, Any]:
    """The set fields of a message by their proto names: enums by name, 64-bit integers as text.

    Raises TypeError for a field of floating point, whose text differs between machines.
    """
    canon = {}
    for field, value in message.ListFields():
        name, form = _form_of_field(field)
        canon[name] = form(value)
    return canon


def document_digest(document: dict[str, Any]) -> bytes:
    """The SHA-256 of a document's RFC 8785 JSON. Texts, integers, truths, lists and dicts of those alone."""
    return hashlib.sha256(_ENCODER.encode(document).encode()).digest()


@cache
def _form_of_field(field: FieldDescriptor) -> tuple[str, Form]:
    """A field's name, and how its value is written; there are as many as the contracts have fields."""
    single = _single_form(field)
    if field.is_repeated:
        return field.name, lambda items: [single(item) for item in items]
    return field.name, single


def _single_form(field: FieldDescriptor) -> Form:
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_MESSAGE:
            return canonical
        case FieldDescriptor.CPPTYPE_ENUM:
            return _enum_names(field).__getitem__
        case FieldDescriptor.CPPTYPE_FLOAT | FieldDescriptor.CPPTYPE_DOUBLE:
            raise TypeError(f"{field.full_name}: floats have no canonical text")
        case kind if kind in _TEXT_INTEGERS:
            return str
        case _:
            return bytes.hex if field.type == FieldDescriptor.TYPE_BYTES else lambda value: value


def _enum_names(field: FieldDescriptor) -> dict[int, str]:
    if field.enum_type is None:
        raise TypeError(f"{field.full_name} is no enum")
    return {number: value.name for number, value in field.enum_type.values_by_number.items()}
