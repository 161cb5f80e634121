"""JSON schemas of messages, made of their descriptors and rules: the proto is the one source."""

from __future__ import annotations

from typing import Any

from buf.validate import validate_pb2
from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

_TYPES = {
    FieldDescriptor.CPPTYPE_STRING: "string",
    FieldDescriptor.CPPTYPE_BOOL: "boolean",
    FieldDescriptor.CPPTYPE_INT32: "integer",
    FieldDescriptor.CPPTYPE_UINT32: "integer",
}


def schema_of(message: Any) -> dict[str, Any]:
    """The schema of a message, by its descriptor, strict: every field is named and none beside them.

    Lengths and numbers of items stand in descriptions, for providers differ in which keywords they know.
    Raises TypeError for a field of a kind that answers don't have.
    """
    return {
        "type": "object",
        "properties": {field.name: _field(field) for field in message.fields},
        "required": [field.name for field in message.fields],
        "additionalProperties": False,
    }


def _field(field: FieldDescriptor) -> dict[str, Any]:
    rules = field.GetOptions().Extensions[validate_pb2.field]
    if field.is_repeated:
        return {
            "type": "array",
            "description": _range(rules.repeated.min_items, rules.repeated.max_items, "items"),
            "items": _one(field),
        }
    one = _one(field)
    if rules.HasField("string"):
        one["description"] = _range(rules.string.min_len, rules.string.max_len, "characters")
    return one


def _one(field: FieldDescriptor) -> dict[str, Any]:
    if field.message_type is not None:
        return schema_of(field.message_type)
    if field.enum_type is not None:
        return {"type": "string", "enum": _names(field.enum_type)}
    if field.cpp_type not in _TYPES:
        raise TypeError(f"{field.full_name}: answers have no field of this kind")
    return {"type": _TYPES[field.cpp_type]}


def _names(enum: EnumDescriptor) -> list[str]:
    """All that may be answered: not the value that means nothing."""
    return [value.name for value in enum.values if value.number]


def _range(least: int, most: int, unit: str) -> str:
    return f"{least} to {most} {unit}"
