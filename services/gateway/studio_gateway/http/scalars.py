"""The JSON form of each kind of scalar field: what may stand there, and the schema that says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

INT32_LIMITS = (-(2**31), 2**31 - 1)
UINT32_LIMITS = (0, 2**32 - 1)
INT64_LIMITS = (-(2**63), 2**63 - 1)
UINT64_LIMITS = (0, 2**64 - 1)

BASE64_PATTERN = r"^(?:[A-Za-z0-9+/_-]{4})*(?:[A-Za-z0-9+/_-]{2}(?:==)?|[A-Za-z0-9+/_-]{3}=?)?$"
"""Both alphabets, with padding or without (the JSON mapping of proto3)."""

_WHOLE_NUMBER = re.compile(r"(0|-?[1-9][0-9]*)")
_BASE64 = re.compile(BASE64_PATTERN)
_SURROGATE = re.compile("[\ud800-\udfff]")

_F = FieldDescriptor
LIMITS_32_BIT: Mapping[int, tuple[int, int]] = MappingProxyType(
    {
        _F.TYPE_INT32: INT32_LIMITS,
        _F.TYPE_SINT32: INT32_LIMITS,
        _F.TYPE_SFIXED32: INT32_LIMITS,
        _F.TYPE_UINT32: UINT32_LIMITS,
        _F.TYPE_FIXED32: UINT32_LIMITS,
    }
)
LIMITS_64_BIT: Mapping[int, tuple[int, int]] = MappingProxyType(
    {
        _F.TYPE_INT64: INT64_LIMITS,
        _F.TYPE_SINT64: INT64_LIMITS,
        _F.TYPE_SFIXED64: INT64_LIMITS,
        _F.TYPE_UINT64: UINT64_LIMITS,
        _F.TYPE_FIXED64: UINT64_LIMITS,
    }
)
FLOATS = (_F.TYPE_FLOAT, _F.TYPE_DOUBLE)


def fault(field: FieldDescriptor, value: Any) -> str:
    """What is wrong with a JSON value in a scalar field; empty when nothing is."""
    if field.type in LIMITS_32_BIT:
        return _fault_of_number(value, LIMITS_32_BIT[field.type])
    if field.type in LIMITS_64_BIT:
        return _fault_of_number(_number_of(value), LIMITS_64_BIT[field.type])
    if field.type in FLOATS:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return "" if is_number else "must be a number"
    if field.type == _F.TYPE_BOOL:
        return "" if isinstance(value, bool) else "must be true or false"
    if field.enum_type is not None:
        return _fault_of_enum(field.enum_type, value)
    return _fault_of_text(field, value)


def from_query(field: FieldDescriptor, text: str) -> Any:
    """The JSON value that a query's text stands for; the text itself where it stands for none."""
    if field.type in LIMITS_32_BIT or field.type in LIMITS_64_BIT:
        return _number_of(text)
    if field.type == _F.TYPE_BOOL:
        return {"true": True, "false": False}.get(text, text)
    if field.type in FLOATS:
        return _float_of(text)
    if field.enum_type is not None:
        number = _number_of(text)
        known = field.enum_type.values_by_number.get(number) if isinstance(number, int) else None
        return known.name if known is not None else text
    return text


def _number_of(value: Any) -> Any:
    is_number = isinstance(value, str) and len(value) <= 20 and _WHOLE_NUMBER.fullmatch(value)
    return int(value) if is_number else value


def _float_of(text: str) -> Any:
    try:
        return float(text) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?", text) else text
    except OverflowError:
        return text


def _fault_of_number(value: Any, limits: tuple[int, int]) -> str:
    least, most = limits
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if isinstance(value, float) and value.is_integer():
        is_whole = True
    if not is_whole or not least <= value <= most:
        return f"must be a whole number from {least} to {most}"
    return ""


def _fault_of_enum(enum: EnumDescriptor, value: Any) -> str:
    if isinstance(value, str) and value in enum.values_by_name:
        return ""
    return f"must be one of {', '.join(enum.values_by_name)}"


def _fault_of_text(field: FieldDescriptor, value: Any) -> str:
    if not isinstance(value, str):
        return "must be a text"
    if field.type == _F.TYPE_BYTES:
        return "" if _BASE64.fullmatch(value) else "must be base64"
    return "holds half a surrogate pair" if _SURROGATE.search(value) else ""
