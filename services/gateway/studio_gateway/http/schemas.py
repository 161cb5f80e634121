"""JSON Schemas of messages and enums, as the JSON mapping of proto3 writes them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor, OneofDescriptor

from studio_gateway.http import scalars
from studio_gateway.http.constraints import (
    array_rules,
    bytes_rules,
    holds_zero,
    is_output_only,
    is_required,
    is_required_oneof,
    may_be_zero,
    number_rules,
    rules_of,
    text_rules,
)
from studio_gateway.http.shapes import is_map
from studio_gateway.http.wellknown import EMPTY, OPEN_FORMS, TEXT_FORMS, wrapped

Schema = dict[str, Any]
REFERENCE = "#/components/schemas/"


class Schemas:
    """Collects the components that were asked for; `comments` by full name."""

    def __init__(self, comments: Mapping[str, str]) -> None:
        self.components: dict[str, Schema] = {}
        self._comments = comments
        self._owners: dict[str, str] = {}

    def comment(self, full_name: str) -> str:
        """What the contract says of an element."""
        return self._comments.get(full_name, "")

    def message(self, message: Descriptor) -> Schema:
        """A reference to the message, or its form where JSON has one of its own."""
        if message.full_name in TEXT_FORMS:
            return dict(TEXT_FORMS[message.full_name])
        if message.full_name in OPEN_FORMS:
            return dict(OPEN_FORMS[message.full_name])
        if message.full_name == EMPTY:
            return {"type": "object", "maxProperties": 0}
        if (inner := wrapped(message)) is not None:
            return self._scalar(inner, inner)
        name = self._claim(message.name, message.full_name)
        if name not in self.components:
            self.components[name] = {}
            self.components[name] = self.object(message)
        return {"$ref": REFERENCE + name}

    def object(self, message: Descriptor, leave_out: frozenset[str] = frozenset()) -> Schema:
        """The message's own schema, without the fields in `leave_out` (the contract's names)."""
        fields = [field for field in message.fields if field.name not in leave_out]
        schema: Schema = {"type": "object"}
        if text := self.comment(message.full_name):
            schema["description"] = text
        schema["properties"] = {field.camelcase_name: self.field(field) for field in fields}
        if required := [field.camelcase_name for field in fields if is_required(field)]:
            schema["required"] = required
        schema["additionalProperties"] = False
        if together := _exclusive(message, leave_out):
            schema["not"] = {"anyOf": [{"required": list(pair)} for pair in together]}
        if needed := [_any_of(oneof) for oneof in message.oneofs if is_required_oneof(oneof)]:
            schema["allOf"] = needed
        return schema

    def field(self, field: FieldDescriptor) -> Schema:
        """A field, with its comment and its rules."""
        schema = self._shape(field)
        if is_output_only(field):
            schema["readOnly"] = True
        if text := self.comment(field.full_name):
            schema["description"] = text
        return schema

    def parameter(self, field: FieldDescriptor) -> Schema:
        """A field as a parameter of the query: numbers of any size as digits, enums by name or number."""
        item = self._parameter_item(field)
        if field.is_repeated:
            return {"type": "array", "items": item, **array_rules(rules_of(field))}
        return item

    def _parameter_item(self, field: FieldDescriptor) -> Schema:
        if field.enum_type is not None:
            values = [v for v in field.enum_type.values if v.number not in rules_of(field).enum.not_in]
            names = {"type": "string", "enum": [value.name for value in values]}
            return {"anyOf": [names, {"type": "integer", "enum": [value.number for value in values]}]}
        if field.type in scalars.LIMITS_64_BIT:
            least, most = scalars.LIMITS_64_BIT[field.type]
            limits = {"type": "integer", "minimum": least, "maximum": most}
            return {**limits, **number_rules(rules_of(field))}
        if field.message_type is not None:
            return self.message(field.message_type)
        return self._scalar(field, field)

    def _shape(self, field: FieldDescriptor) -> Schema:
        if field.message_type is not None and is_map(field):
            value = field.message_type.fields_by_name["value"]
            return {"type": "object", "additionalProperties": self._value(value, value)}
        if not field.is_repeated:
            return self._value(field, field)
        rules = rules_of(field)
        items = self._value(field, None)
        return {"type": "array", "items": items, **array_rules(rules)}

    def _value(self, field: FieldDescriptor, ruled: FieldDescriptor | None) -> Schema:
        if field.message_type is not None:
            return self.message(field.message_type)
        return self._scalar(field, ruled)

    def _scalar(self, field: FieldDescriptor, ruled: FieldDescriptor | None) -> Schema:
        """One value; the rules are those of `ruled`, or those for items if it is None."""
        rules = rules_of(field).repeated.items if ruled is None else rules_of(ruled)
        if field.enum_type is not None:
            return self._enum(field.enum_type, frozenset(rules.enum.not_in))
        if field.type in scalars.LIMITS_32_BIT:
            least, most = scalars.LIMITS_32_BIT[field.type]
            limits = {"minimum": least, "maximum": most, **number_rules(rules)}
            return _whole(limits, may_be_zero(rules))
        if field.type in scalars.LIMITS_64_BIT:
            return _long(scalars.LIMITS_64_BIT[field.type], number_rules(rules))
        if field.type in scalars.FLOATS:
            return {"type": "number"}
        if field.type == FieldDescriptor.TYPE_BOOL:
            return {"type": "boolean"}
        if field.type == FieldDescriptor.TYPE_BYTES:
            form = {"type": "string", "contentEncoding": "base64", "pattern": scalars.BASE64_PATTERN}
            return {**form, **bytes_rules(rules)}
        return {"type": "string", **text_rules(rules)}

    def _enum(self, enum: EnumDescriptor, left_out: frozenset[int]) -> Schema:
        if left_out:
            names = [value.name for value in enum.values if value.number not in left_out]
            return {"type": "string", "enum": names}
        name = self._claim(enum.name, enum.full_name)
        lines = [f"{v.name}: {self.comment(f'{enum.full_name}.{v.name}')}" for v in enum.values]
        text = "\n".join([self.comment(enum.full_name), "", *(f"- {line}" for line in lines)])
        self.components[name] = {
            "type": "string",
            "enum": [value.name for value in enum.values],
            "description": text.strip(),
        }
        return {"$ref": REFERENCE + name}

    def _claim(self, name: str, full_name: str) -> str:
        """A component's name: the short one if it is free, else the package's word before it."""
        if self._owners.setdefault(name, full_name) == full_name:
            return name
        package = full_name.split(".")[1]
        return self._claim(f"{package.capitalize()}{name}", full_name)


def _exclusive(message: Descriptor, leave_out: frozenset[str]) -> list[tuple[str, str]]:
    """The pairs of fields of which a message has one at most: those of its oneofs."""
    return [
        pair
        for oneof in message.oneofs
        for pair in combinations(
            (field.camelcase_name for field in oneof.fields if field.name not in leave_out), 2
        )
    ]


def _any_of(oneof: OneofDescriptor) -> Schema:
    """That one of its fields is there."""
    return {"anyOf": [{"required": [field.camelcase_name]} for field in oneof.fields]}


def _whole(limits: Schema, may_be_zero: bool) -> Schema:
    """A number of 32 bits; one that may be zero says nothing by it, whatever its limits."""
    if may_be_zero and not holds_zero(limits):
        return {"type": "integer", "anyOf": [{"const": 0}, limits]}
    return {"type": "integer", **limits}


def _long(limits: tuple[int, int], rules: Schema) -> Schema:
    """A number of 64 bits: answers have it as a text, requests may have it either way."""
    least = max(limits[0], rules.get("minimum", limits[0]), rules.get("exclusiveMinimum", limits[0] - 1) + 1)
    most = min(limits[1], rules.get("maximum", limits[1]), rules.get("exclusiveMaximum", limits[1] + 1) - 1)
    positive = ["0", *_digits_up_to(most)]
    negative = [f"-{digits}" for digits in _digits_up_to(-least)] if least < 0 else []
    return {
        "type": ["string", "integer"],
        "pattern": f"^(?:{'|'.join([*positive, *negative])})$",
        "minimum": least,
        "maximum": most,
    }


def _digits_up_to(most: int) -> list[str]:
    """Patterns that together match the whole numbers from 1 to `most`, written without zeros before them."""
    digits = str(most)
    patterns = [f"[1-9][0-9]{{0,{len(digits) - 2}}}"] if len(digits) > 1 else []
    for at, digit in enumerate(digits):
        first = "1" if at == 0 else "0"
        if digit > first:
            patterns.append(f"{digits[:at]}[{first}-{int(digit) - 1}][0-9]{{{len(digits) - at - 1}}}")
    return [*patterns, digits]
