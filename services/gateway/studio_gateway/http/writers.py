"""Messages as JSON text by writers that are made once for each message of the contracts.

They write what json_format does with `always_print_fields_with_no_presence`, in another order. What is rare
(floats, Any, Struct, wrappers, durations, masks) json_format itself writes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from studio_gateway.http.scalars import FLOATS, LIMITS_64_BIT
from studio_gateway.http.wellknown import OPEN_FORMS, TEXT_FORMS, TIMESTAMP, wrapped

Form = Callable[[Any], str]

_NULL_VALUE = "google.protobuf.NullValue"
_BOOLEANS = ("false", "true")
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - its text must not name a zone


@cache
def writer_of(message: Descriptor) -> Form:
    """The writer of a message; as many are kept as the contracts have messages."""
    if message.full_name == TIMESTAMP:
        return _timestamp
    is_open = message.full_name in OPEN_FORMS or message.full_name in TEXT_FORMS
    if is_open or wrapped(message) is not None or any(_is_rare(field) for field in message.fields):
        return _by_library
    return MessageWriter(message)


def field_text(message: Any, field: FieldDescriptor) -> str:
    """One field's value as JSON; null where it is unset."""
    if field.has_presence and not message.HasField(field.name):
        return "null"
    if _is_rare(field):
        document = json_format.MessageToDict(message, always_print_fields_with_no_presence=True)
        return _dumped(document[field.json_name])
    return _form(field)(getattr(message, field.name))


class MessageWriter:
    """Writes messages of one kind; inner writers are found at first use, for kinds may hold themselves."""

    def __init__(self, message: Descriptor) -> None:
        bare = [field for field in message.fields if not field.has_presence]
        self._template = ",".join(f'"{_percent_doubled(field.json_name)}":%s' for field in bare)
        self._forms = tuple(_form(field) for field in bare)
        self._values = _values_of([field.name for field in bare])
        self._optional = tuple(
            (field.name, f',"{field.json_name}":', _single_form(field))
            for field in message.fields
            if field.has_presence
        )

    def __call__(self, message: Any) -> str:
        """The JSON object."""
        values = self._values(message)
        text = self._template % tuple([form(value) for form, value in zip(self._forms, values, strict=True)])
        for name, head, form in self._optional:
            if message.HasField(name):
                text += head + form(getattr(message, name))
        return "{" + (text if self._forms else text[1:]) + "}"


def _values_of(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    if not names:
        return lambda _: ()
    if len(names) == 1:
        return lambda message: (getattr(message, names[0]),)
    return attrgetter(*names)


def _is_rare(field: FieldDescriptor) -> bool:
    inside = field.message_type
    if inside is not None and inside.GetOptions().map_entry:
        return _is_rare(inside.fields_by_name["value"])
    is_null = field.enum_type is not None and field.enum_type.full_name == _NULL_VALUE
    return field.type in FLOATS or field.type == FieldDescriptor.TYPE_GROUP or is_null


def _form(field: FieldDescriptor) -> Form:
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return _map_form(field.message_type)
    single = _single_form(field)
    if not field.is_repeated:
        return single
    return lambda items: "[" + ",".join([single(item) for item in items]) + "]" if items else "[]"


def _map_form(entry: Descriptor) -> Form:
    key_type = entry.fields_by_name["key"].type
    is_boolean = key_type == FieldDescriptor.TYPE_BOOL
    value = entry.fields_by_name["value"]
    form = _single_form(value)

    def key_text(key: Any) -> str:
        return encode_basestring(_BOOLEANS[key] if is_boolean else str(key))

    return lambda items: "{" + ",".join([f"{key_text(key)}:{form(items[key])}" for key in items]) + "}"


def _single_form(field: FieldDescriptor) -> Form:
    if field.message_type is not None:
        return _message_form(field.message_type)
    if field.enum_type is not None:
        return _enum_form(
            {number: f'"{value.name}"' for number, value in field.enum_type.values_by_number.items()}
        )
    if field.type in LIMITS_64_BIT:
        return lambda number: f'"{number}"'
    if field.type == FieldDescriptor.TYPE_BOOL:
        return _BOOLEANS.__getitem__
    if field.type == FieldDescriptor.TYPE_STRING:
        return encode_basestring
    if field.type == FieldDescriptor.TYPE_BYTES:
        return lambda raw: f'"{base64.b64encode(raw).decode()}"'
    return str


def _message_form(message: Descriptor) -> Form:
    found: list[Form] = []

    def write(value: Any) -> str:
        if not found:
            found.append(writer_of(message))
        return found[0](value)

    return write


def _enum_form(names: Mapping[int, str]) -> Form:
    def write(number: int) -> str:
        name = names.get(number)
        return str(number) if name is None else name

    return write


def _timestamp(value: Any) -> str:
    """RFC 3339 with 0, 3, 6 or 9 decimals. Raises OverflowError outside of the years 1 to 9999."""
    whole = (_EPOCH + timedelta(seconds=value.seconds)).isoformat()
    nanos = value.nanos
    if not nanos:
        return f'"{whole}Z"'
    if nanos % 1_000_000 == 0:
        return f'"{whole}.{nanos // 1_000_000:03d}Z"'
    if nanos % 1_000 == 0:
        return f'"{whole}.{nanos // 1_000:06d}Z"'
    return f'"{whole}.{nanos:09d}Z"'


def _by_library(value: Message) -> str:
    document = json_format.MessageToDict(value, always_print_fields_with_no_presence=True)
    return _dumped(document)


def _dumped(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _percent_doubled(name: str) -> str:
    return name.replace("%", "%%")
