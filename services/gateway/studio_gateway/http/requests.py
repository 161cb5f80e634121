"""Makes a method's request from path, query and body."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote_plus

from google.protobuf import json_format, message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from studio_gateway.http import scalars
from studio_gateway.http.constraints import is_output_only
from studio_gateway.http.documents import read_object
from studio_gateway.http.refusals import bad_fields, query_too_long
from studio_gateway.http.routes import WHOLE, Route, descriptor_of, field_at
from studio_gateway.http.shapes import field_called, is_map, violations_of
from studio_gateway.http.templates import decoded
from studio_gateway.http.wellknown import FIELD_MASK, is_text, wrapped
from studio_platform.errors import FieldViolation

QUERY_LENGTH_MAX_BYTES = 8_192
MASK_FIELD = "update_mask"


def read_request(route: Route, path_values: Mapping[str, str], query: bytes, body: bytes) -> Message:
    """The request: the body first, then the query, and the path over both.

    Raises InvalidInput that names every field at fault, and Refusal for a query that is too long.
    """
    request = route.new_request()
    document = read_object(body)
    if route.body not in ("", WHOLE) and not body:
        raise bad_fields([FieldViolation(route.body, "must be the body, a JSON object")])
    if route.body:
        _fill_from_body(request, route, document)
    elif body:
        raise bad_fields([FieldViolation("", "this method takes no body")])
    parameters = _parameters(query) if query else {}
    if parameters:
        _fill(request, _query_document(route, parameters))
    if _wants_mask(route, parameters):
        _fill(request, {MASK_FIELD: ",".join(_mask_paths(route, document))})
    for field_path, text in path_values.items():
        _fill_from_path(request, field_path, text)
    return request


def _fill_from_path(request: Message, field_path: str, text: str) -> None:
    *parents, last = field_path.split(".")
    target = request
    for name in parents:
        target = getattr(target, name)
    field = descriptor_of(target).fields_by_name[last]
    if field.type == FieldDescriptor.TYPE_STRING:
        setattr(target, last, text)
    else:
        _fill(target, {last: scalars.from_query(field, text)}, field_path.removesuffix(last).rstrip("."))


def _fill_from_body(request: Message, route: Route, document: dict[str, Any]) -> None:
    if route.body == WHOLE:
        _refuse_path_fields(request, route, document)
        _fill(request, document)
    else:
        target = getattr(request, route.body)
        target.SetInParent()
        _fill(target, document, route.body)


def _refuse_path_fields(request: Message, route: Route, document: Mapping[str, Any]) -> None:
    fields = [field_called(descriptor_of(request), name) for name in document]
    twice = [field.name for field in fields if field is not None and field.name in route.path_fields]
    if twice:
        raise bad_fields([FieldViolation(name, "is given by the path") for name in twice])


def _fill(message: Message, document: dict[str, Any], path: str = "") -> None:
    if not document:
        return
    if violations := list(violations_of(descriptor_of(message), document, path)):
        raise bad_fields(violations)
    try:
        json_format.ParseDict(document, message)
    except json_format.ParseError as error:
        # Only texts of a form of their own are left: a time, a duration, a mask.
        raise bad_fields(list(_unreadable(message, document, path))) from error


def _unreadable(message: Message, document: dict[str, Any], path: str) -> Iterator[FieldViolation]:
    for name, value in document.items():
        try:
            json_format.ParseDict({name: value}, type(message)())
        except json_format.ParseError:
            field = field_called(descriptor_of(message), name)
            where = f"{path}.{field.name if field else name}".lstrip(".")
            inside = field.message_type if field is not None else None
            if isinstance(value, dict) and inside is not None and field is not None and not is_map(field):
                yield from _unreadable(message_factory.GetMessageClass(inside)(), value, where)
            else:
                yield FieldViolation(where, "can't be read")


def _parameters(query: bytes) -> dict[str, list[str]]:
    if len(query) > QUERY_LENGTH_MAX_BYTES:
        raise query_too_long(QUERY_LENGTH_MAX_BYTES)
    parameters: dict[str, list[str]] = {}
    for pair in query.decode("latin-1").split("&"):
        if pair:
            name, _, value = pair.partition("=")
            name = unquote_plus(name)
            parameters.setdefault(name, []).append(decoded(value.replace("+", " "), name))
    return parameters


def _query_document(route: Route, parameters: Mapping[str, list[str]]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    violations: list[FieldViolation] = []
    for name, texts in parameters.items():
        fields = _fields_at(route.method.input_type, name)
        if fields is None or _is_taken(route, ".".join(field.name for field in fields)):
            violations.append(FieldViolation(name, "is no parameter of this method"))
        elif len(texts) > 1 and not fields[-1].is_repeated:
            violations.append(FieldViolation(name, "may be given once"))
        else:
            _put(document, fields, texts)
    if violations:
        raise bad_fields(violations)
    return document


def _fields_at(message: Descriptor, name: str) -> list[FieldDescriptor] | None:
    """The fields on a parameter's way, "options.size.widthPx"; None if it leads to no value."""
    fields: list[FieldDescriptor] = []
    inside: Descriptor | None = message
    for part in name.split("."):
        field = field_called(inside, part) if inside is not None else None
        if field is None or is_map(field) or (fields and fields[-1].is_repeated):
            return None
        fields.append(field)
        is_value = field.message_type is None or is_text(field.message_type) or wrapped(field.message_type)
        inside = None if is_value else field.message_type
    return fields if inside is None else None


def _is_taken(route: Route, path: str) -> bool:
    """Whether path or body give the field, so that the query may not."""
    if route.body == WHOLE or path in route.path_fields:
        return True
    return bool(route.body) and f"{path}.".startswith(f"{route.body}.")


def _put(document: dict[str, Any], fields: list[FieldDescriptor], texts: list[str]) -> None:
    for field in fields[:-1]:
        document = document.setdefault(field.name, {})
    last = fields[-1]
    inner = wrapped(last.message_type) if last.message_type is not None else last
    values = texts if inner is None else [scalars.from_query(inner, text) for text in texts]
    document[last.name] = values if last.is_repeated else values[0]


def _wants_mask(route: Route, parameters: Iterable[str]) -> bool:
    """Whether a PATCH says by its body alone which fields change (AIP-134)."""
    if route.verb != "PATCH":
        return False
    mask = route.method.input_type.fields_by_name.get(MASK_FIELD)
    is_mask = mask is not None and mask.message_type is not None and mask.message_type.full_name == FIELD_MASK
    given = {"updateMask", MASK_FIELD} & set(parameters)
    return is_mask and not given and route.body not in ("", WHOLE)


def _mask_paths(route: Route, document: dict[str, Any]) -> list[str]:
    target = field_at(route.method.input_type, route.body).message_type
    named = {path.removeprefix(f"{route.body}.") for path in route.path_fields}
    # The name says which resource and the etag which state of it: neither is a change (AIP-134, 154).
    return [path for path in _leaf_paths(target, document) if path not in named and path != "etag"]


def _leaf_paths(message: Descriptor | None, document: dict[str, Any]) -> Iterator[str]:
    for name, value in document.items():
        field = field_called(message, name) if message is not None else None
        if field is None or is_output_only(field):
            continue
        is_deep = isinstance(value, dict) and field.message_type is not None and not is_map(field)
        if is_deep and value:
            yield from (f"{field.camelcase_name}.{path}" for path in _leaf_paths(field.message_type, value))
        else:
            yield field.camelcase_name
