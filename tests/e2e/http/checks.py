"""A check of ours for schemathesis: what the description calls valid is never refused for its shape."""

from __future__ import annotations

from typing import Any

import schemathesis

SHAPE_REASONS = ("INVALID_REQUEST", "NAME_INVALID")


@schemathesis.check
def valid_shape_is_not_refused(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    """Raises AssertionError for a valid request whose refusal blames a field's form."""
    del ctx
    is_valid = case.meta is not None and case.meta.generation.mode is schemathesis.GenerationMode.POSITIVE
    if not is_valid or response.status_code != 400:
        return
    reason = response.json()["error"]["details"][0]["reason"]
    assert reason not in SHAPE_REASONS, f"refused as {reason}"
