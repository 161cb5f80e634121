"""Finds the route of a request, or says what the path would take instead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from studio_gateway.http.refusals import method_not_allowed, path_too_long, unknown_path
from studio_gateway.http.routes import Route
from studio_gateway.http.templates import ANY_SEGMENTS

PATH_LENGTH_MAX_BYTES = 2_048


@dataclass(frozen=True, slots=True)
class Match:
    """A route, and the fields that the path gives, as paths with dots."""

    route: Route
    path_values: Mapping[str, str]


class Router:
    """Routes by the number of their segments and their custom verb; those with "**" are tried last."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes: dict[tuple[int, str], list[Route]] = defaultdict(list)
        self._open_ended: list[Route] = []
        self._custom_verbs: set[str] = set()
        for route in sorted(routes, key=lambda route: route.template.rank):
            template = route.template
            if ANY_SEGMENTS in template.segments:
                self._open_ended.append(route)
            else:
                self._routes[len(template.segments), template.verb].append(route)
            if template.verb:
                self._custom_verbs.add(template.verb)

    def find(self, verb: str, raw_path: str) -> Match:
        """The route of `verb` (HEAD is GET's) for a path still percent-encoded.

        Raises a Refusal (404 for a path that is none, 405 with what it takes), InvalidInput for bad escapes.
        """
        wanted = "GET" if verb == "HEAD" else verb
        matches = self._matches(raw_path)
        for match in matches:
            if match.route.verb == wanted and not (verb == "HEAD" and match.route.streams):
                return match
        if not matches:
            raise unknown_path()
        raise method_not_allowed(
            verb, allowed_verbs(match.route for match in matches), self._actions(raw_path)
        )

    def allowed(self, raw_path: str) -> tuple[str, ...]:
        """The verbs of a path, in order. Raises as `find` does for a path that is none."""
        matches = self._matches(raw_path)
        if not matches:
            raise unknown_path()
        return allowed_verbs(match.route for match in matches)

    def _matches(self, raw_path: str) -> list[Match]:
        if len(raw_path) > PATH_LENGTH_MAX_BYTES:
            raise path_too_long(PATH_LENGTH_MAX_BYTES)
        segments, verb = self._split(raw_path)
        candidates = (*self._routes.get((len(segments), verb), ()), *self._open_ended)
        found = ((route, route.template.match(segments, verb)) for route in candidates)
        return [Match(route, values) for route, values in found if values is not None]

    def _split(self, raw_path: str) -> tuple[list[str], str]:
        segments = raw_path.removeprefix("/").split("/")
        word, colon, verb = segments[-1].rpartition(":")
        if colon and verb in self._custom_verbs:
            return [*segments[:-1], word], verb
        return segments, ""

    def _actions(self, raw_path: str) -> tuple[str, ...]:
        """The custom verbs of the resource that the path is or is part of: "POST /api/v1/jobs/1:cancel"."""
        segments, _ = self._split(raw_path)
        found: list[str] = []
        for length in range(len(segments), 0, -1):
            for (count, verb), routes in self._routes.items():
                if verb and count == length:
                    path = "/".join(segments[:length])
                    found += [
                        f"{route.verb} /{path}:{verb}"
                        for route in routes
                        if route.verb != "GET" and route.template.match(segments[:length], verb) is not None
                    ]
            if found:
                break
        return tuple(found)


def allowed_verbs(routes: Iterable[Route]) -> tuple[str, ...]:
    """The verbs for an Allow header: HEAD with GET where there is one answer, and OPTIONS."""
    verbs: dict[str, None] = {}
    for route in routes:
        verbs[route.verb] = None
        if route.verb == "GET" and not route.streams:
            verbs["HEAD"] = None
    return (*verbs, "OPTIONS")
