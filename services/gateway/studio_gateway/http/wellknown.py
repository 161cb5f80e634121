"""The messages of google.protobuf that JSON writes in a form of their own, and their schemas."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

TIMESTAMP = "google.protobuf.Timestamp"
DURATION = "google.protobuf.Duration"
FIELD_MASK = "google.protobuf.FieldMask"
EMPTY = "google.protobuf.Empty"
VALUE = "google.protobuf.Value"
STRUCT = "google.protobuf.Struct"
LIST_VALUE = "google.protobuf.ListValue"
ANY = "google.protobuf.Any"

_MASK_PATH = r"[a-z][A-Za-z0-9]*(?:\.[a-z][A-Za-z0-9]*)*"

TEXT_FORMS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        TIMESTAMP: {"type": "string", "format": "date-time", "examples": ["2026-01-31T12:00:00Z"]},
        DURATION: {"type": "string", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,9})?s$", "examples": ["1.5s"]},
        FIELD_MASK: {
            "type": "string",
            "pattern": f"^(?:{_MASK_PATH}(?:,{_MASK_PATH})*)?$",
            "examples": ["displayName"],
        },
    }
)
"""Messages written as a text."""

OPEN_FORMS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        VALUE: {},
        STRUCT: {"type": "object"},
        LIST_VALUE: {"type": "array"},
        ANY: {"type": "object", "required": ["@type"], "properties": {"@type": {"type": "string"}}},
    }
)
"""Messages that hold what no contract describes."""

_WRAPPERS = frozenset(
    f"google.protobuf.{kind}Value"
    for kind in ("Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes")
)


def wrapped(message: Descriptor) -> FieldDescriptor | None:
    """The one field of a wrapper such as StringValue, which JSON writes as that field; else None."""
    return message.fields_by_name["value"] if message.full_name in _WRAPPERS else None


def is_text(message: Descriptor) -> bool:
    """Whether JSON writes it as a text."""
    return message.full_name in TEXT_FORMS
