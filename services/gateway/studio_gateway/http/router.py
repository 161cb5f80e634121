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


class LiteralIndex:
    """Routes of one number of segments by their literals: one look for each set of places of literals."""

    def __init__(self) -> None:
        self._by_places: dict[tuple[int, ...], dict[tuple[str, ...], list[tuple[int, Route]]]] = {}
        self._count = 0

    def add(self, route: Route) -> None:
        """One more, less exact than those before."""
        places = tuple(at for at, _ in route.template.literals)
        texts = tuple(text for _, text in route.template.literals)
        self._by_places.setdefault(places, {}).setdefault(texts, []).append((self._count, route))
        self._count += 1

    def routes(self, segments: list[str]) -> list[Route]:
        """Those whose literals stand in these segments, in the order in which they were added."""
        found: list[tuple[int, Route]] = []
        for places, by_texts in self._by_places.items():
            found += by_texts.get(tuple([segments[at] for at in places]), ())
        found.sort(key=_order)
        return [route for _, route in found]


def _order(numbered: tuple[int, Route]) -> int:
    return numbered[0]


class Router:
    """Routes by the number of their segments and their custom verb; those with "**" are tried last."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._indexes: dict[tuple[int, str], LiteralIndex] = defaultdict(LiteralIndex)
        self._routes: dict[tuple[int, str], list[Route]] = defaultdict(list)
        self._open_ended: list[Route] = []
        self._custom_verbs: set[str] = set()
        for route in sorted(routes, key=lambda route: route.template.rank):
            template = route.template
            if ANY_SEGMENTS in template.segments:
                self._open_ended.append(route)
            else:
                self._routes[len(template.segments), template.verb].append(route)
                self._indexes[len(template.segments), template.verb].add(route)
            if template.verb:
                self._custom_verbs.add(template.verb)

    def find(self, verb: str, raw_path: str) -> Match:
        """The route of `verb` (HEAD is GET's) for a path still percent-encoded.

        Raises a Refusal (404 for a path that is none, 405 with what it takes), InvalidInput for bad escapes.
        """
        wanted = "GET" if verb == "HEAD" else verb
        segments, custom_verb = self._split(raw_path)
        for route in self._candidates(segments, custom_verb):
            if route.verb == wanted and not (verb == "HEAD" and route.streams):
                values = route.template.match(segments, custom_verb)
                if values is not None:
                    return Match(route, values)
        matches = self._matches(raw_path)
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
        segments, verb = self._split(raw_path)
        candidates = self._candidates(segments, verb)
        found = ((route, route.template.match(segments, verb)) for route in candidates)
        return [Match(route, values) for route, values in found if values is not None]

    def _candidates(self, segments: list[str], verb: str) -> list[Route]:
        """Routes whose literals are those of the path, the more exact first."""
        index = self._indexes.get((len(segments), verb))
        found = index.routes(segments) if index is not None else []
        return [*found, *self._open_ended]

    def _split(self, raw_path: str) -> tuple[list[str], str]:
        if len(raw_path) > PATH_LENGTH_MAX_BYTES:
            raise path_too_long(PATH_LENGTH_MAX_BYTES)
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
