"""Checks a JSON document against a message's descriptor, and names every field at fault at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from studio_gateway.http import scalars
from studio_gateway.http.wellknown import EMPTY, OPEN_FORMS, TEXT_FORMS, is_text, wrapped
from studio_platform.errors import FieldViolation

NAME_SHOWN_MAX_CHARS = 100


def violations_of(message: Descriptor, document: Any, path: str = "") -> Iterator[FieldViolation]:
    """What in `document` is no `message` in JSON; paths by the contract's names, such as options.size."""
    if not isinstance(document, dict):
        yield FieldViolation(path, "must be an object")
        return
    given: dict[str, str] = {}
    for name, value in document.items():
        field = field_called(message, name)
        if field is None:
            yield FieldViolation(_joined(path, name[:NAME_SHOWN_MAX_CHARS]), "is unknown")
            continue
        where = _joined(path, field.name)
        yield from _violations_of_field(field, value, where)
        group = field.containing_oneof.name if field.containing_oneof is not None else field.name
        if group in given:
            yield FieldViolation(where, f"may not stand beside {given[group]}")
        given[group] = name


def field_called(message: Descriptor, name: str) -> FieldDescriptor | None:
    """The field of that name, in lowerCamelCase or as the contract has it."""
    return message.fields_by_camelcase_name.get(name) or message.fields_by_name.get(name)


def is_map(field: FieldDescriptor) -> bool:
    """Whether the field is a map."""
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def _violations_of_field(field: FieldDescriptor, value: Any, path: str) -> Iterator[FieldViolation]:
    if field.message_type is not None and is_map(field):
        if not isinstance(value, dict):
            yield FieldViolation(path, "must be an object")
            return
        inner = field.message_type.fields_by_name["value"]
        for key, item in value.items():
            yield from _violations_of_value(inner, item, f'{path}["{key[:NAME_SHOWN_MAX_CHARS]}"]')
    elif field.is_repeated:
        if not isinstance(value, list):
            yield FieldViolation(path, "must be an array")
            return
        for index, item in enumerate(value):
            yield from _violations_of_value(field, item, f"{path}[{index}]")
    else:
        yield from _violations_of_value(field, value, path)


def _violations_of_value(field: FieldDescriptor, value: Any, path: str) -> Iterator[FieldViolation]:
    message = field.message_type
    if message is None:
        if text := scalars.fault(field, value):
            yield FieldViolation(path, text)
    elif (inner := wrapped(message)) is not None:
        yield from _violations_of_value(inner, value, path)
    elif is_text(message):
        form = TEXT_FORMS[message.full_name]
        if not isinstance(value, str) or not re.fullmatch(form.get("pattern", ".*"), value):
            yield FieldViolation(path, f"must be a text such as {form['examples'][0]}")
    elif message.full_name == EMPTY:
        if value != {}:
            yield FieldViolation(path, "must be an empty object")
    elif message.full_name not in OPEN_FORMS:
        yield from violations_of(message, value, path)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
