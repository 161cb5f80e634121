"""The OpenAPI 3.1 description of all routes, made from the same descriptors that requests are read by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from filmstudio.options.v1 import options_pb2
from studio_gateway.http.constraints import exact, is_required, rules_of
from studio_gateway.http.routes import WHOLE, Route, field_at
from studio_gateway.http.schemas import REFERENCE, Schema, Schemas
from studio_gateway.http.shapes import is_map
from studio_gateway.http.streams import EVENTS_TYPE, LINES_TYPE
from studio_gateway.http.templates import ANY_SEGMENT, PathTemplate
from studio_gateway.http.wellknown import is_text, wrapped

JSON = "application/json"
NamePatterns = dict[tuple[str, ...], tuple[str, ...]]
INTRODUCTION = (
    "Film Studio over HTTP and JSON: the same methods, rules and errors as over gRPC, transcoded from the "
    "same contracts. Sign in with POST /api/v1/auth/login and send the access token as "
    "`Authorization: Bearer ...`. 64-bit numbers are texts, bytes are base64, enums go by name; a field "
    "without a value is left out, not null."
)
ERRORS: Mapping[int, str] = {
    400: "The request breaks a rule, or the state of things is another than it needs.",
    404: "There is no such thing, or it belongs to another workspace.",
    409: "It exists already, or somebody else changed it first.",
    413: "The body is larger than the method's limit.",
    415: "The body is no application/json.",
    429: "Too many calls, or a quota is used up; Retry-After says when to try again.",
    500: "A fault of the studio; the request id finds it in the log.",
    503: "A part of the studio is away; try again after Retry-After.",
    504: "The call took too long.",
}
SIGNED_IN_ERRORS: Mapping[int, str] = {
    401: "Nobody is signed in, or the token is over.",
    403: "The token lacks the scope.",
}


def describe(routes: Iterable[Route], comments: Mapping[str, str], version: str) -> dict[str, Any]:
    """The whole document."""
    routes = tuple(routes)
    schemas, names = Schemas(comments), _name_patterns(routes)
    paths: dict[str, dict[str, Any]] = {}
    services: dict[str, str] = {}
    for route in routes:
        service = route.method.containing_service
        services[service.name] = schemas.comment(service.full_name)
        operations = paths.setdefault(openapi_path(route.template), {})
        operations[route.verb.lower()] = _operation(route, schemas, names)
    schemas.components["Error"] = error_schema()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Film Studio",
            "version": version,
            "description": INTRODUCTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in services.items()],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.components.items())),
            "responses": {
                **{str(status): _error(text) for status, text in all_errors().items()},
                "default": _error("Any other error."),
            },
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": (
                        "An access token of Login, Register or Refresh, ten minutes long, or an API key."
                    ),
                }
            },
        },
    }


def all_errors() -> dict[int, str]:
    """Every status that is no success, with what it means."""
    return dict(sorted({**ERRORS, **SIGNED_IN_ERRORS}.items()))


def error_schema() -> Schema:
    """google.rpc.Status in the form of AIP-193."""
    detail = {"type": "object", "required": ["@type"], "properties": {"@type": {"type": "string"}}}
    properties: dict[str, Any] = {
        "code": {"type": "integer", "description": "The HTTP status."},
        "message": {"type": "string", "description": "For people."},
        "status": {"type": "string", "description": "The gRPC code, such as NOT_FOUND."},
        "details": {
            "type": "array",
            "items": detail,
            "description": "google.rpc.ErrorInfo with reason and request id, and what its kind adds.",
        },
    }
    inner = {"type": "object", "required": list(properties), "properties": properties}
    return {
        "type": "object",
        "required": ["error"],
        "properties": {"error": inner},
        "examples": [
            {
                "error": {
                    "code": 404,
                    "message": "jobs/00000000-0000-7000-8000-000000000000 does not exist.",
                    "status": "NOT_FOUND",
                    "details": [
                        {
                            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                            "reason": "NOT_FOUND",
                            "domain": "filmstudio",
                            "metadata": {"request_id": "4c5f"},
                        }
                    ],
                }
            }
        ],
    }


def openapi_path(template: PathTemplate) -> str:
    """The path with a parameter for each "*", named after the word before it: /api/v1/jobs/{job}:cancel."""
    parts = [
        f"{{{parameter_name(template, at)}}}" if "*" in segment else segment
        for at, segment in enumerate(template.segments)
    ]
    return "/" + "/".join(parts) + (f":{template.verb}" if template.verb else "")


def parameter_name(template: PathTemplate, at: int) -> str:
    """jobs/* is {job}."""
    before = template.segments[at - 1] if at else ""
    word = before.removesuffix("s") if before.isalpha() else ""
    return word or f"part{at}"


def _operation(route: Route, schemas: Schemas, names: NamePatterns) -> dict[str, Any]:
    method = route.method
    text = schemas.comment(method.full_name)
    first, dot, _ = text.partition(". ")
    operation: dict[str, Any] = {
        "operationId": method.name if route.is_first else f"{method.name}{_word(route.template)}",
        "tags": [method.containing_service.name],
        "summary": (first + dot.strip()).rstrip(".;:"),
        "description": _description(route, text),
    }
    if parameters := [*_path_parameters(route, schemas, names), *_query_parameters(route, schemas)]:
        operation["parameters"] = parameters
    if route.body:
        operation["requestBody"] = _request_body(route, schemas)
    operation["responses"] = _responses(route, schemas)
    policy = method.GetOptions().Extensions[options_pb2.method_policy]
    operation["security"] = [] if policy.access == options_pb2.ACCESS_PUBLIC else [{"bearer": []}]
    return operation


def _word(template: PathTemplate) -> str:
    """What tells an additional binding from the first."""
    return "".join(part.capitalize() for part in re.split(r"\W+", template.verb or template.segments[-1]))


def _description(route: Route, text: str) -> str:
    policy = route.method.GetOptions().Extensions[options_pb2.method_policy]
    parts = [text]
    if policy.scope:
        parts.append(f"Needs the scope `{policy.scope}`.")
    if route.streams:
        parts.append(
            f"Answers as server-sent events ({EVENTS_TYPE}), or as a line of JSON each ({LINES_TYPE}) if the "
            "header Accept asks for that. The last event is `end`, or `failure` with an error."
        )
    return " ".join(part for part in parts if part)


def _path_parameters(route: Route, schemas: Schemas, names: NamePatterns) -> Iterator[dict[str, Any]]:
    template = route.template
    for variable in template.variables:
        field = field_at(route.method.input_type, variable.field)
        patterns = names.get(template.segments[variable.first : variable.last], ())
        for at in range(variable.first, variable.last):
            if template.segments[at] == ANY_SEGMENT:
                yield {
                    "name": parameter_name(template, at),
                    "in": "path",
                    "required": True,
                    "description": schemas.comment(field.full_name),
                    "schema": _segment_schema(patterns, at - variable.first),
                }


def _segment_schema(patterns: tuple[str, ...], at: int) -> Schema:
    return {"type": "string", **({"pattern": f"^{patterns[at]}$"} if patterns else {"minLength": 1})}


def _name_patterns(routes: Iterable[Route]) -> NamePatterns:
    """The rules of names such as ^jobs/[0-9a-f-]{36}$, cut at their slashes.

    Collected over all routes, for some methods take a resource whose message says no rule for its name.
    """
    found: NamePatterns = {}
    for route in routes:
        for variable in route.template.variables:
            segments = route.template.segments[variable.first : variable.last]
            rules = rules_of(field_at(route.method.input_type, variable.field))
            parts = tuple(exact(rules.string.pattern).removeprefix("^").removesuffix("$").split("/"))
            if len(parts) == len(segments) and all(parts):
                found[segments] = parts
    return found


def _query_parameters(route: Route, schemas: Schemas) -> Iterator[dict[str, Any]]:
    if route.body == WHOLE:
        return
    for names, field in _leaves(route.method.input_type, ()):
        path = ".".join(names)
        if path in route.path_fields or (route.body and names[0] == route.body):
            continue
        camel = ".".join(_camel(name) for name in names)
        yield {
            "name": camel,
            "in": "query",
            "required": is_required(field),
            "description": schemas.comment(field.full_name),
            "schema": schemas.parameter(field),
        }
    if resume_field := route.event_stream.resume_field:
        yield {
            "name": "Last-Event-ID",
            "in": "header",
            "required": False,
            "description": f"The last event that the caller has; it goes over {_camel(resume_field)}.",
            "schema": schemas.parameter(field_at(route.method.input_type, resume_field)),
        }


def _leaves(message: Descriptor, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], FieldDescriptor]]:
    """The fields that a query can give, with the names on their way."""
    for field in message.fields:
        names = (*above, field.name)
        inner = field.message_type
        if inner is None or is_text(inner) or wrapped(inner) is not None:
            yield names, field
        elif not field.is_repeated and not is_map(field) and field.name not in above:
            yield from _leaves(inner, names)


def _camel(path: str) -> str:
    head, *rest = path.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _request_body(route: Route, schemas: Schemas) -> dict[str, Any]:
    message = route.method.input_type
    if route.body == WHOLE:
        schema = schemas.object(message, leave_out=route.path_fields)
        is_needed = not schema.keys().isdisjoint(("required", "allOf"))
    else:
        field = field_at(message, route.body)
        schema = schemas.field(field)
        is_needed = is_required(field)
    return {"required": is_needed, "content": {JSON: {"schema": schema}}}


def _responses(route: Route, schemas: Schemas) -> dict[str, Any]:
    output = route.method.output_type
    if route.response_body:
        schema = schemas.field(field_at(output, route.response_body))
    else:
        schema = schemas.message(output)
    content: dict[str, Any] = {JSON: {"schema": schema}}
    if route.streams:
        content = {EVENTS_TYPE: {"schema": _event_schema(schema)}, LINES_TYPE: {"schema": {"type": "string"}}}
    policy = route.method.GetOptions().Extensions[options_pb2.method_policy]
    errors = ERRORS if policy.access == options_pb2.ACCESS_PUBLIC else all_errors()
    stated: dict[str, Any] = {
        str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(errors)
    }
    if route.streams:
        stated["406"] = _error("The header Accept asks for neither form.")
    answered = schemas.comment(output.full_name) or "Done."
    stated["default"] = {"$ref": "#/components/responses/default"}
    return {"200": {"description": answered, "content": content}, **dict(sorted(stated.items()))}


def _event_schema(schema: Schema) -> Schema:
    """One event, by its fields."""
    data = {"type": "string", "contentMediaType": JSON, "contentSchema": schema}
    kinds = {"type": "string", "enum": ["message", "end", "failure"]}
    return {
        "type": "object",
        "required": ["data"],
        "properties": {"id": {"type": "string"}, "event": kinds, "data": data},
    }


def _error(text: str) -> dict[str, Any]:
    return {"description": text, "content": {JSON: {"schema": {"$ref": f"{REFERENCE}Error"}}}}
