"""What becomes of path, query and body, by the rules of google.api.http."""

from __future__ import annotations

import json

import pytest

from studio_gateway.http.bodies import BODY_MAX_BYTES, body_limits
from studio_gateway.http.openapi import describe
from studio_gateway.http.refusals import Refusal
from studio_gateway.http.router import Router
from studio_gateway.http.routes import routes_of
from studio_platform.errors import InvalidInput
from tests.unit.gateway.showcase import read, routes, service

INNER = ["thing.inner.depth", "thing.inner.tags"]


def violated(verb: str, target: str, body: object = None) -> list[str]:
    """The fields at fault of a request that is refused."""
    with pytest.raises(InvalidInput) as caught:
        read(verb, target, b"" if body is None else json.dumps(body).encode())
    return [violation.field for violation in caught.value.violations]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("word=a%20b+c", 'word: "a b c"'),
        ("big=-9223372036854775808", "big: -9223372036854775808"),
        ("small=4294967295", "small: 4294967295"),
        ("loud=true", "loud: true"),
        ("ratio=1.5e3", "ratio: 1500"),
        ("colour=COLOUR_RED", "colour: COLOUR_RED"),
        ("colour=1", "colour: COLOUR_RED"),
        ("colours=COLOUR_RED&colours=0", "colours: COLOUR_RED\ncolours: COLOUR_UNSPECIFIED"),
        ("raw=_w%3D%3D", 'raw: "\\377"'),
        ("inner.depth=3&inner.tags=a&inner.tags=b", 'inner {\n  depth: 3\n  tags: "a"\n  tags: "b"\n}'),
        ("inner.inner.inner.depth=1", "inner {\n  inner {\n    inner {\n      depth: 1\n    }\n  }\n}"),
        ("at=2026-01-31T12:00:00Z", "at {\n  seconds: 1769860800\n}"),
        ("lasting=1.5s", "lasting {\n  seconds: 1\n  nanos: 500000000\n}"),
        ("readMask=word,inner.depth", 'read_mask {\n  paths: "word"\n  paths: "inner.depth"\n}'),
        ("read_mask=word", 'read_mask {\n  paths: "word"\n}'),
        ("maybe=0", "maybe {\n}"),
    ],
)
def test_a_query_gives_fields_of_every_kind(query: str, said: str) -> None:
    assert str(read("GET", f"/v1/things?{query}")).strip() == said


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("nothing=1", "nothing"),
        ("inner=1", "inner"),
        ("inners.depth=1", "inners.depth"),
        ("labels.a=1", "labels.a"),
        ("word.x=1", "word.x"),
        ("word=a&word=b", "word"),
        ("big=9223372036854775808", "big"),
        ("big=1_0", "big"),
        ("small=-1", "small"),
        ("small=%D9%A1", "small"),
        ("small=1.0", "small"),
        ("loud=1", "loud"),
        ("loud=True", "loud"),
        ("ratio=NaN", "ratio"),
        ("colour=2", "colour"),
        ("colour=red", "colour"),
        ("raw=!", "raw"),
        ("at=yesterday", "at"),
        ("lasting=1", "lasting"),
        ("word=%FF", "word"),
    ],
)
def test_a_query_that_gives_no_field_is_refused_by_its_name(query: str, field: str) -> None:
    assert violated("GET", f"/v1/things?{query}") == [field]


def test_every_bad_parameter_is_named_at_once() -> None:
    assert violated("GET", "/v1/things?no=1&word=a&word=b") == ["no", "word"]
    assert violated("GET", "/v1/things?big=x&loud=x") == ["big", "loud"]


def test_a_field_of_the_path_may_not_come_again_in_query_or_body() -> None:
    assert read("GET", "/v1/shelves/1/things").word == "shelves/1"
    assert violated("GET", "/v1/shelves/1/things?word=shelves/2") == ["word"]
    assert violated("POST", "/v1/things/3:make", {"count": 4}) == ["count"]


def test_a_number_in_the_path_is_a_number() -> None:
    assert read("POST", "/v1/things/3:make", b"{}").count == 3
    assert violated("POST", "/v1/things/x:make") == ["count"]


def test_the_path_goes_over_the_name_in_a_body_that_is_one_field() -> None:
    request = read("PUT", "/v1/things/a/b?count=2", b'{"name":"things/other","label":"x"}')

    assert (request.thing.name, request.thing.label, request.count) == ("things/a/b", "x", 2)


def test_the_query_may_give_nothing_of_what_the_body_gives() -> None:
    with_body = violated("PUT", "/v1/things/a?thing.label=x", {"label": "y"})
    assert with_body == ["thing.label"]
    assert violated("POST", "/v1/things/3:make?thing.label=x") == ["thing.label"]


def test_a_field_that_is_the_body_may_not_be_missing() -> None:
    assert violated("PATCH", "/v1/things/a?updateMask=title") == ["thing"]


def test_a_patch_without_a_mask_changes_what_its_body_names() -> None:
    body = (
        b'{"name":"things/a","etag":"7","label":"","inner":{"depth":1,"tags":[]},"at":"2026-01-01T00:00:00Z"}'
    )

    request = read("PATCH", "/v1/things/a", body)

    assert list(request.update_mask.paths) == ["label", "inner.depth", "inner.tags"]


def test_a_mask_that_is_given_stays_and_a_put_has_none() -> None:
    patched = read("PATCH", "/v1/things/a?updateMask=etag", b'{"label":"x"}')
    put = read("PUT", "/v1/things/a", b'{"label":"x"}')

    assert list(patched.update_mask.paths) == ["etag"]
    assert list(put.update_mask.paths) == []


@pytest.mark.parametrize(
    ("thing", "fields"),
    [
        ({"nothing": 1}, ["thing.nothing"]),
        ({"label": 1, "inner": {"depth": "1", "tags": ""}}, ["thing.label", *INNER]),
        ({"inner": {"depth": True}}, ["thing.inner.depth"]),
        ({"inner": {"depth": 2**31}}, ["thing.inner.depth"]),
        ({"inner": {"tags": ["a", None]}}, ["thing.inner.tags[1]"]),
        ({"inner": []}, ["thing.inner"]),
        ({"label": None}, ["thing.label"]),
        ({"label": "\ud800"}, ["thing.label"]),
        ({"counts": {"a": "x"}}, ['thing.counts["a"]']),
        ({"left": "a", "right": "b"}, ["thing.right"]),
        ({"at": "2026-13-01T00:00:00Z"}, ["thing.at"]),
        ({"at": 1}, ["thing.at"]),
    ],
)  # fmt: skip
def test_a_body_is_refused_by_the_names_of_all_fields_at_fault(thing: object, fields: list[str]) -> None:
    assert violated("POST", "/v1/things/3:make", {"thing": thing}) == fields


def test_a_method_without_a_body_refuses_one() -> None:
    assert violated("GET", "/v1/things", {}) == [""]


def test_the_limit_of_a_body_follows_from_the_rules_of_its_fields() -> None:
    limits = body_limits(routes())

    assert limits["/showcase.v1.ShowcaseService/Find"] == 64 * 1024
    assert limits["/showcase.v1.ShowcaseService/Make"] == BODY_MAX_BYTES


@pytest.mark.parametrize(
    ("verb", "path", "allowed"),
    [
        ("DELETE", "/v1/things/a/b", "PUT, PATCH, OPTIONS"),
        ("GET", "/v1/things:report", "REPORT, OPTIONS"),
        ("TRACE", "/v1/things", "GET, HEAD, OPTIONS"),
        ("GET", "/v1/things/3:make", "POST, OPTIONS"),
    ],
)
def test_another_verb_is_refused_with_those_that_are_taken(verb: str, path: str, allowed: str) -> None:
    with pytest.raises(Refusal) as caught:
        Router(routes()).find(verb, path)

    assert (caught.value.status, caught.value.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/things/", "//v1/things", "/v1/../v1/things", "/V1/things"])
def test_a_path_of_no_template_is_unknown(path: str) -> None:
    with pytest.raises(Refusal) as caught:
        Router(routes()).find("GET", path)

    assert caught.value.status == 404


def test_a_public_method_without_an_option_and_two_of_one_path_are_named() -> None:
    with pytest.raises(
        ValueError, match=r"Bare: has no option \(google\.api\.http\).*GET /v1/x is .*\.First's"
    ):
        routes_of([service("FaultyService", "faulty.proto")])


def test_the_description_has_an_operation_for_every_binding() -> None:
    document = describe(routes(), {}, "1")

    operations = [f"{verb.upper()} {path}" for path, item in document["paths"].items() for verb in item]
    assert operations == [
        "GET /v1/things",
        "GET /v1/shelves/{shelve}/things",
        "REPORT /v1/things:report",
        "PUT /v1/things/{thing}",
        "PATCH /v1/things/{thing}",
        "POST /v1/things/{thing}:make",
    ]
