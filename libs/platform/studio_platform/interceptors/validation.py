"""The innermost layer: checks every message of the client against the rules in its contract."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import protovalidate
from google.protobuf.message import Message

from studio_platform.errors import FieldViolation, InvalidInput
from studio_platform.interceptors.layers import ServerCall

if TYPE_CHECKING:
    from protovalidate import FieldPathPb

_NOTHING = nullcontext()


class ValidationLayer:
    """Refuses a message that breaks a rule, with every broken rule at once."""

    def around(self, call: ServerCall) -> AbstractAsyncContextManager[None]:
        """Nothing: the work is in `admit`."""
        del call
        return _NOTHING

    def admit(self, call: ServerCall, request: Any) -> None:
        """Raises InvalidInput. Bytes, which a proxy forwards undecoded, pass."""
        del call
        if isinstance(request, Message):
            check(request)


def check(message: Message) -> None:
    """Raises InvalidInput (INVALID_REQUEST) with all violations of the message's rules."""
    violations = [
        FieldViolation(
            field=_path(violation.proto.field),
            text=violation.proto.message,
            reason=violation.proto.rule_id.upper().replace(".", "_"),
        )
        for violation in protovalidate.collect_violations(message)
    ]
    if violations:
        listed = "; ".join(f"{violation.field}: {violation.text}" for violation in violations)
        raise InvalidInput("INVALID_REQUEST", f"The request is not valid: {listed}", violations=violations)


def _path(path: FieldPathPb | None) -> str:
    """As AIP-193 writes it: `shots[3].text`, `labels["a"]`."""
    if path is None:
        return ""
    return ".".join(_element(element.field_name, element.subscript) for element in path.elements)


def _element(name: str, subscript: Any) -> str:
    if subscript is None:
        return name
    key = f'"{subscript.value}"' if subscript.field == "string_key" else str(subscript.value).lower()
    return f"{name}[{key}]"
