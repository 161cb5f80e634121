"""What the HTTP API's description says of requests: nothing that is refused passes for valid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema_rs

import studio_gateway

DESCRIPTION: dict[str, Any] = json.loads(
    (Path(studio_gateway.__file__).parent / "http" / "openapi.json").read_text()
)


def accepts_nothing_said(schema: dict[str, Any]) -> bool:
    """Whether an object without fields, which an absent body is taken for, is valid."""
    return jsonschema_rs.is_valid({**schema, "components": DESCRIPTION["components"]}, {})


def test_a_body_may_be_left_out_only_where_one_without_fields_is_valid() -> None:
    optional = {
        operation["operationId"]: operation["requestBody"]["content"]["application/json"]["schema"]
        for path in DESCRIPTION["paths"].values()
        for operation in path.values()
        if "requestBody" in operation and not operation["requestBody"]["required"]
    }

    assert optional
    assert [name for name, schema in optional.items() if not accepts_nothing_said(schema)] == []
