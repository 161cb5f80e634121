"""The rules of buf.validate on a field, as JSON Schema says them."""

from __future__ import annotations

import re
from typing import Any

from buf.validate import validate_pb2
from google.api import field_behavior_pb2  # type: ignore[import-untyped]  # has no stubs
from google.protobuf.descriptor import FieldDescriptor, OneofDescriptor

EMAIL_PATTERN = (
    r"^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$"
)
"""What protovalidate takes for an address: HTML's rule."""

LOOSE_UUID = "[0-9a-f-]{36}"
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
UUID_PATTERN = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"


def rules_of(field: FieldDescriptor) -> validate_pb2.FieldRules:
    """The field's rules, none set where it has none."""
    return field.GetOptions().Extensions[validate_pb2.field]


def is_output_only(field: FieldDescriptor) -> bool:
    """Whether the service alone sets the field."""
    behaviours = field.GetOptions().Extensions[field_behavior_pb2.field_behavior]
    return field_behavior_pb2.OUTPUT_ONLY in behaviours


def may_be_zero(rules: validate_pb2.FieldRules) -> bool:
    """Whether an unset value passes whatever the other rules say."""
    return rules.ignore in (validate_pb2.IGNORE_IF_ZERO_VALUE, validate_pb2.IGNORE_ALWAYS)


def is_required(field: FieldDescriptor) -> bool:
    """Whether a request without the field breaks a rule."""
    rules = rules_of(field)
    if rules.required:
        return True
    if may_be_zero(rules) or field.has_presence:
        return False
    text = rules.string
    return any(
        (
            text.min_len > 0,
            text.min_bytes > 0,
            text.email,
            text.uuid,
            bool(text.pattern) and re.search(text.pattern, "") is None,
            rules.bytes.min_len > 0,
            rules.repeated.min_items > 0,
            rules.map.min_pairs > 0,
            0 in rules.enum.not_in,
            not holds_zero(number_rules(rules)),
        )
    )


def is_required_oneof(oneof: OneofDescriptor) -> bool:
    """Whether a message without any of its fields breaks a rule."""
    return bool(oneof.GetOptions().Extensions[validate_pb2.oneof].required)


def number_rules(rules: validate_pb2.FieldRules) -> dict[str, int]:
    """JSON Schema's limits of a number."""
    kind = rules.WhichOneof("type")
    if kind not in ("int32", "uint32", "uint64"):
        return {}
    words = {"lt": "exclusiveMaximum", "lte": "maximum", "gt": "exclusiveMinimum", "gte": "minimum"}
    return {words[field.name]: value for field, value in getattr(rules, kind).ListFields()}


def text_rules(rules: validate_pb2.FieldRules) -> dict[str, Any]:
    """JSON Schema's limits of a text."""
    text = rules.string
    schema: dict[str, Any] = {}
    if text.HasField("min_len"):
        schema["minLength"] = text.min_len
    if text.HasField("max_len"):
        schema["maxLength"] = text.max_len
    pattern = text.pattern or (EMAIL_PATTERN if text.email else UUID_PATTERN if text.uuid else "")
    if pattern and may_be_zero(rules):
        pattern = f"^(?:{pattern.removeprefix('^').removesuffix('$')})?$"
        schema.pop("minLength", None)
    elif text.uuid:
        schema["format"] = "uuid"
    if pattern:
        schema["pattern"] = exact(pattern)
    return schema


def exact(pattern: str) -> str:
    """The pattern with the form of a UUID where the contract has its length only, and RE2's own spaces."""
    return pattern.replace(LOOSE_UUID, UUID).replace(r"[^\s]", r"[^\t\n\f\r ]")


def bytes_rules(rules: validate_pb2.FieldRules) -> dict[str, Any]:
    """JSON Schema's limits of bytes in base64."""
    schema: dict[str, Any] = {}
    if rules.bytes.min_len:
        # Without padding n bytes are at least 4n/3 characters.
        schema["minLength"] = -(-rules.bytes.min_len * 4 // 3)
    if rules.bytes.HasField("max_len"):
        schema["maxLength"] = (rules.bytes.max_len + 2) // 3 * 4
    return schema


def array_rules(rules: validate_pb2.FieldRules) -> dict[str, Any]:
    """JSON Schema's limits of an array."""
    schema: dict[str, Any] = {}
    if rules.repeated.min_items:
        schema["minItems"] = rules.repeated.min_items
    if rules.repeated.HasField("max_items"):
        schema["maxItems"] = rules.repeated.max_items
    if rules.repeated.unique:
        schema["uniqueItems"] = True
    return schema


def holds_zero(limits: dict[str, int]) -> bool:
    """Whether 0 is within limits of a number."""
    return limits.get("minimum", 0) <= 0 <= limits.get("maximum", 0) and limits.get(
        "exclusiveMinimum", -1
    ) < 0 < limits.get("exclusiveMaximum", 1)
