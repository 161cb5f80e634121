"""The routes of all methods, read from their google.api.http options."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from google.api import annotations_pb2  # type: ignore[import-untyped]  # has no stubs
from google.protobuf import message_factory
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor, ServiceDescriptor
from google.protobuf.message import Message

from filmstudio.options.v1 import options_pb2
from studio_gateway.http.templates import PathTemplate, parse_template
from studio_platform.policies import method_path

WHOLE = "*"
VERBS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True, slots=True)
class Route:
    """One way to call one method. `body`: "*" the whole request, a field's name, or empty for none.

    `response_body` is the answer's field that is sent in its place, or empty. `is_first` tells a method's own
    binding from its additional ones.
    """

    method: MethodDescriptor
    verb: str
    template: PathTemplate
    body: str
    response_body: str
    is_first: bool

    @property
    def path(self) -> str:
        """The method's "/package.Service/Method"."""
        return method_path(self.method)

    @property
    def streams(self) -> bool:
        """Whether there are many answers."""
        return bool(self.method.server_streaming)

    @property
    def event_stream(self) -> options_pb2.EventStream:
        """How the stream is taken up again."""
        return _event_stream(self.method)

    @property
    def path_fields(self) -> frozenset[str]:
        """Fields that the path gives, as paths with dots."""
        return frozenset(variable.field for variable in self.template.variables)

    def new_request(self) -> Message:
        """An empty request."""
        return message_factory.GetMessageClass(self.method.input_type)()

    def read_answer(self, encoded: bytes) -> Message:
        """An answer from its bytes."""
        return message_factory.GetMessageClass(self.method.output_type).FromString(encoded)


@cache
def _event_stream(method: MethodDescriptor) -> options_pb2.EventStream:
    return method.GetOptions().Extensions[options_pb2.event_stream]


def routes_of(services: Iterable[ServiceDescriptor]) -> tuple[Route, ...]:
    """Every route of the services' public methods.

    Raises ValueError that names every method without a google.api.http option, and every option that can't be
    carried out.
    """
    routes: list[Route] = []
    faults: list[str] = []
    for method in (method for service in services for method in service.methods if _is_public(method)):
        try:
            routes += _routes_of(method)
        except ValueError as fault:
            faults.append(f"{method.full_name}: {fault}")
    faults += _clashes(routes)
    if faults:
        raise ValueError("HTTP options to put right: " + "; ".join(faults))
    return tuple(routes)


def _is_public(method: MethodDescriptor) -> bool:
    access = method.GetOptions().Extensions[options_pb2.method_policy].access
    return access in (options_pb2.ACCESS_PUBLIC, options_pb2.ACCESS_USER)


def _routes_of(method: MethodDescriptor) -> list[Route]:
    if not method.GetOptions().HasExtension(annotations_pb2.http):
        raise ValueError("has no option (google.api.http); say its verb and path, or make it ACCESS_INTERNAL")
    if method.client_streaming:
        raise ValueError("its client streams, which HTTP can't carry")
    rule = method.GetOptions().Extensions[annotations_pb2.http]
    rules = [rule, *rule.additional_bindings]
    return [_route(method, bound, is_first=bound is rule) for bound in rules]


def _route(method: MethodDescriptor, rule: Any, *, is_first: bool) -> Route:
    pattern = rule.WhichOneof("pattern")
    if pattern is None:
        raise ValueError("a binding without a verb")
    verb, path = (
        (rule.custom.kind, rule.custom.path)
        if pattern == "custom"
        else (pattern.upper(), getattr(rule, pattern))
    )
    route = Route(method, verb, parse_template(path), rule.body, rule.response_body, is_first)
    _check(route)
    return route


def _check(route: Route) -> None:
    for variable in route.template.variables:
        field = field_at(route.method.input_type, variable.field)
        if field.is_repeated or field.message_type is not None:
            raise ValueError(f"{{{variable.field}}} is no single value")
    if route.body and route.body != WHOLE:
        field_at(route.method.input_type, route.body)
    if route.response_body:
        field_at(route.method.output_type, route.response_body)
    if route.body and route.verb in ("GET", "DELETE"):
        raise ValueError(f"{route.verb} takes no body")
    stream = route.event_stream
    if stream.id_field:
        field_at(route.method.output_type, stream.id_field)
    if stream.resume_field:
        field_at(route.method.input_type, stream.resume_field)


def _clashes(routes: list[Route]) -> Iterator[str]:
    seen: dict[tuple[object, ...], Route] = {}
    for route in routes:
        shape = (route.verb, route.template.segments, route.template.verb)
        other = seen.setdefault(shape, route)
        if other is not route:
            taken = f"{route.verb} {route.template.text}"
            yield f"{route.method.full_name}: {taken} is {other.method.full_name}'s"


def descriptor_of(message: Message) -> Descriptor:
    """The message's descriptor; protobuf's stubs know two classes of them."""
    return cast(Descriptor, message.DESCRIPTOR)


def field_at(message: Descriptor | None, path: str) -> FieldDescriptor:
    """The field at a path with dots, by names of the proto. Raises ValueError."""
    field: FieldDescriptor | None = None
    for name in path.split("."):
        field = None if message is None else message.fields_by_name.get(name)
        if field is None:
            raise ValueError(f"there is no field {path}")
        message = field.message_type
    if field is None:
        raise ValueError("an empty field path")
    return field
