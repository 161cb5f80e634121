"""Ours beside schemathesis's own: a check, and ids of what is really there.

FILM_REAL_IDS is a JSON object of ids by the names of path parameters.
"""

from __future__ import annotations

import ast
import json
import os
import re
import threading
from typing import Any
from urllib.parse import unquote

import hypothesis
import schemathesis

from tests.e2e.http import callers, spellings  # noqa: F401 - they register their hooks

SHAPE_REASONS = ("INVALID_REQUEST", "NAME_INVALID")
# A name that may be empty only where another field is given, which no schema of ours says.
EITHER_OR = ("project",)
REAL_IDS: dict[str, str] = json.loads(os.environ.get("FILM_REAL_IDS", "{}"))
VALID_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{1,9}")
# Ids that were generated valid and end so are replaced by real ones: about half of them.
REPLACED_ENDS = "01234567"

# Without the search for what raises a score: schemathesis's own is whether the answer was a 2xx, which has no
# slope to climb, and 40% of the time, and many of the examples, went to simpler copies of what had gone well.
hypothesis.settings.register_profile("contract", phases=set(hypothesis.Phase) - {hypothesis.Phase.target})
hypothesis.settings.load_profile("contract")

_PARSE, _PARSING = ast.parse, threading.Lock()


def _parse_alone(*args: Any, **kwargs: Any) -> Any:
    with _PARSING:
        return _PARSE(*args, **kwargs)


# Python 3.11 counts the depth of a tree once for all threads: two that read source at a time end in
# "SystemError: AST constructor recursion depth mismatch".
ast.parse = _parse_alone


@schemathesis.check
def valid_shape_is_not_refused(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    """Raises AssertionError for a valid request whose refusal blames a field's form."""
    del ctx
    is_valid = case.meta is not None and case.meta.generation.mode is schemathesis.GenerationMode.POSITIVE
    # Its stateful phase takes whole names of answers for ids, whatever the pattern of the parameter says.
    has_name_for_id = any("/" in unquote(str(value)) for value in (case.path_parameters or {}).values())
    if not is_valid or has_name_for_id or response.status_code != 400:
        return
    info, *more = response.json()["error"]["details"]
    blamed = [violation.get("field", "") for part in more for violation in part.get("fieldViolations", ())]
    body = case.body if isinstance(case.body, dict) else {}
    if info["reason"] == "NAME_INVALID" and all(
        field in EITHER_OR and not body.get(field) for field in blamed
    ):
        return
    reason = info["reason"]
    assert reason not in SHAPE_REASONS, f"refused as {reason}"


@schemathesis.hook
def map_path_parameters(
    context: schemathesis.HookContext, path_parameters: dict[str, Any] | None
) -> dict[str, Any] | None:
    """Some of the valid ids become those of what is there; what is there is not deleted."""
    if path_parameters is None or (context.operation is not None and context.operation.method == "delete"):
        return path_parameters
    return {name: _real(name, value) for name, value in path_parameters.items()}


def _real(name: str, value: Any) -> Any:
    is_valid = isinstance(value, str) and VALID_ID.fullmatch(value)
    return REAL_IDS.get(name, value) if is_valid and value[-1] in REPLACED_ENDS else value
