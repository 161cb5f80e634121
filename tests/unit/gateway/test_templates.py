"""Path templates: what they match, what they give, and that Google's own library says the same."""

from __future__ import annotations

import pytest
from google.api_core import path_template
from hypothesis import given, settings
from hypothesis import strategies as st

from studio_gateway.http.templates import parse_template
from studio_platform.errors import InvalidInput

TEMPLATES = (
    "/api/v1/projects",
    "/api/v1/{name=jobs/*}",
    "/api/v1/{name=jobs/*}/status",
    "/api/v1/{name=projects/*/revisions/*}",
    "/api/v1/{project.name=projects/*}",
    "/api/v1/{project=projects/*}/revisions/{revision}",
    "/files/{path=**}",
    "/files/{path=**}/raw",
    "/a/*/b/**",
)
NO_TEMPLATES = (
    "", "v1", "/", "/v1/", "/v1/{name", "/v1/{name=jobs/*", "/v1/{=jobs}", "/v1//a", "/v1/{a={b}}",
    "/**/a/**", "/v1/a:", "/v1/a:b:c", "/v1/a b",
)  # fmt: skip
# The oracle's own pattern of a segment; it knows no escapes, so paths here have none.
SEGMENTS = st.text("abjobsprojectsrevisions019-_.~", min_size=1, max_size=9).filter(
    lambda segment: segment not in (".", "..")
)
WORDS = st.sampled_from(["api", "v1", "jobs", "projects", "revisions", "status", "files", "raw", "a", "b"])
PATHS = st.lists(st.one_of(WORDS, SEGMENTS), min_size=1, max_size=7).map(lambda parts: "/" + "/".join(parts))


def matched(template: str, path: str) -> dict[str, str] | None:
    """What our template makes of a path without a custom verb."""
    values = parse_template(template).match(path.removeprefix("/").split("/"), "")
    return None if values is None else dict(values)


@pytest.mark.parametrize("template", TEMPLATES)
@settings(max_examples=150, derandomize=True, deadline=None)
@given(path=PATHS)
def test_a_path_matches_if_and_only_if_the_oracle_says_so(template: str, path: str) -> None:
    assert (matched(template, path) is not None) == path_template.validate(template, path)  # type: ignore[no-untyped-call]  # has no types


@settings(max_examples=200, derandomize=True, deadline=None)
@given(job=SEGMENTS, revision=SEGMENTS)
def test_what_the_oracle_expands_is_found_again(job: str, revision: str) -> None:
    name = f"projects/{job}/revisions/{revision}"

    template = "/api/v1/{name=projects/*/revisions/*}"
    path = path_template.expand(template, name=name)  # type: ignore[no-untyped-call]  # has no types

    assert matched("/api/v1/{name=projects/*/revisions/*}", path) == {"name": name}


def test_a_custom_verb_belongs_to_its_template_alone() -> None:
    template = parse_template("/api/v1/{name=jobs/*}:cancel")
    segments = ["api", "v1", "jobs", "7"]

    assert template.match(segments, "cancel") == {"name": "jobs/7"}
    assert template.match(segments, "") is None
    assert template.match(segments, "retry") is None


def test_a_single_segment_is_decoded_whole_and_several_keep_their_encoded_slashes() -> None:
    single, several = parse_template("/v1/{id}"), parse_template("/v1/{name=jobs/*}")

    assert single.match(["v1", "a%2Fb%20%C3%A9"], "") == {"id": "a/b é"}
    assert several.match(["v1", "jobs", "a%2Fb%20c"], "") == {"name": "jobs/a%2Fb c"}


@pytest.mark.parametrize(
    "segment",
    ["%", "%zz", "a%2", "%00", "a%0d%0ab", "%7F", "%C0%AF", "%E0%80%AF", "%FF", "..", ".", "%2e%2E"],
)
def test_escapes_that_hide_something_are_refused_by_the_field(segment: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_template("/v1/{name=jobs/*}").match(["v1", "jobs", segment], "")

    assert caught.value.violations[0].field == "name"


@pytest.mark.parametrize(
    "path", [["v1", "jobs", ""], ["v1", "jobs"], ["v1", "jobs", "a", "b"], ["v1", "Jobs", "a"]]
)
def test_a_segment_is_there_once_and_not_empty(path: list[str]) -> None:
    assert parse_template("/v1/{name=jobs/*}").match(path, "") is None


@pytest.mark.parametrize("text", NO_TEMPLATES)
def test_a_text_that_is_no_template_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="path template"):
        parse_template(text)
