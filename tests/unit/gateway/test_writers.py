"""JSON of messages: what the compiled writers write is what json_format writes, for every message."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf import any_pb2, json_format, message_factory, struct_pb2, timestamp_pb2, type_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    MessageOptions,
)
from google.protobuf.descriptor_pool import DescriptorPool
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from filmstudio.jobs.v1 import jobs_pb2
from studio_gateway.__main__ import SERVICES
from studio_gateway.http.answers import message_json
from studio_gateway.http.writers import MessageWriter, field_text, writer_of
from tests.unit.gateway.showcase import service

F = FieldDescriptor
DEPTH_MAX = 3
ITEMS_MAX = 3
SECONDS = st.integers(-62_135_596_800, 253_402_300_799)
NANOS = st.sampled_from([0, 1, 999, 1_000, 1_500, 120_000_000, 999_999_999, 7_000_000])
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)


def answers() -> list[Descriptor]:
    """Every message that a method of ours answers with, and those of the showcase."""
    methods = [method for served in (*SERVICES, service()) for method in served.methods]
    found = {method.output_type.full_name: method.output_type for method in methods}
    found |= {method.input_type.full_name: method.input_type for method in service().methods}
    return list(found.values())


def scalar(field: FieldDescriptor) -> st.SearchStrategy[Any]:
    """Any value, the unlikely ones included."""
    match field.type:
        case F.TYPE_BOOL:
            return st.booleans()
        case F.TYPE_STRING:
            return TEXTS
        case F.TYPE_BYTES:
            return st.binary(max_size=5)
        case F.TYPE_DOUBLE:
            return st.floats()
        case F.TYPE_FLOAT:
            return st.floats(width=32)
        case F.TYPE_ENUM:
            # An unknown number arrives from a newer service.
            known = field.enum_type.values_by_number if field.enum_type is not None else ()
            return st.sampled_from([*known, 9_999])
        case F.TYPE_UINT32 | F.TYPE_FIXED32:
            return st.integers(0, 2**32 - 1)
        case F.TYPE_UINT64 | F.TYPE_FIXED64:
            return st.integers(0, 2**64 - 1)
        case F.TYPE_INT64 | F.TYPE_SINT64 | F.TYPE_SFIXED64:
            return st.integers(-(2**63), 2**63 - 1)
        case _:
            return st.integers(-(2**31), 2**31 - 1)


def fill(draw: Any, message: Any, depth: int = 0) -> Any:
    """Sets some of the fields."""
    descriptor = message.DESCRIPTOR
    if descriptor.full_name == "google.protobuf.Timestamp":
        message.seconds, message.nanos = draw(SECONDS), draw(NANOS)
        return message
    if descriptor.full_name in ("google.protobuf.Duration", "google.protobuf.FieldMask"):
        return message
    for field in descriptor.fields:
        if depth < DEPTH_MAX and draw(st.booleans()):
            fill_field(draw, message, field, depth)
    return message


def fill_field(draw: Any, message: Any, field: FieldDescriptor, depth: int) -> None:
    """Sets one field."""
    inside = field.message_type
    count = draw(st.integers(0, ITEMS_MAX))
    if inside is not None and inside.GetOptions().map_entry:
        key, value = inside.fields_by_name["key"], inside.fields_by_name["value"]
        for _ in range(count):
            entry = draw(scalar(key))
            if value.message_type is None:
                getattr(message, field.name)[entry] = draw(scalar(value))
            else:
                fill(draw, getattr(message, field.name)[entry], depth + 1)
    elif inside is not None and field.is_repeated:
        for _ in range(count):
            fill(draw, getattr(message, field.name).add(), depth + 1)
    elif inside is not None:
        part = getattr(message, field.name)
        part.SetInParent()
        fill(draw, part, depth + 1)
    elif field.is_repeated:
        getattr(message, field.name).extend(draw(scalar(field)) for _ in range(count))
    else:
        setattr(message, field.name, draw(scalar(field)))


def oracle(message: Any) -> Any:
    """The document of protobuf's own library."""
    document = json_format.MessageToDict(message, always_print_fields_with_no_presence=True)
    return json.loads(json.dumps(document))


def same(one: Any, other: Any) -> bool:
    """Equal, NaN being a text in JSON."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_answer_is_written_as_json_format_writes_it(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(answers()), label="kind")
    message = fill(data.draw, message_factory.GetMessageClass(kind)())

    text = message_json(message)

    assert same(json.loads(text), oracle(message))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_field_that_stands_for_the_answer_is_written_as_json_format_writes_it(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(answers()), label="kind")
    message = fill(data.draw, message_factory.GetMessageClass(kind)())

    texts = {field.json_name: field_text(message, field) for field in kind.fields}

    document = oracle(message)
    assert same({name: json.loads(text) for name, text in texts.items()}, {n: document.get(n) for n in texts})


@pytest.mark.parametrize("kind", answers(), ids=lambda kind: str(kind.full_name))
def test_an_empty_answer_has_the_defaults_of_json_format(kind: Descriptor) -> None:
    message = message_factory.GetMessageClass(kind)()

    assert json.loads(message_json(message)) == oracle(message)


def test_most_answers_are_written_by_writers_of_their_own() -> None:
    by_library = {
        method.output_type.full_name
        for served in SERVICES
        for method in served.methods
        if not isinstance(writer_of(method.output_type), MessageWriter)
    }

    assert by_library <= {"google.protobuf.Empty"}


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59.999999999Z",
        "2026-01-02T03:04:05.060Z",
        "9999-12-31T23:59:59Z",
    ],
)
def test_a_time_is_written_with_as_many_decimals_as_it_needs(text: str) -> None:
    time = timestamp_pb2.Timestamp()
    time.FromJsonString(text)

    assert message_json(time) == f'"{text}"'.encode()


def test_text_is_escaped_and_otherwise_left_as_it_is() -> None:
    job = jobs_pb2.Job(name='"\\\n\x00\x7f/é☃🎬 %s')

    assert json.loads(message_json(job))["name"] == job.name
    assert "é☃🎬" in message_json(job).decode()


def test_what_no_contract_describes_is_written_by_the_library() -> None:
    packed = any_pb2.Any()
    packed.Pack(timestamp_pb2.Timestamp(seconds=1))
    struct = struct_pb2.Struct()
    struct.update({"a": [1, None, {"b": "c"}]})

    for message in (packed, struct, type_pb2.Option(name="n", value=packed)):
        assert json.loads(message_json(message)) == oracle(message)


def test_a_map_by_booleans_and_a_field_with_a_percent_sign_keep_their_names() -> None:
    entry = DescriptorProto(name="FlagsEntry", options=MessageOptions(map_entry=True))
    entry.field.add(name="key", number=1, type=FieldDescriptorProto.TYPE_BOOL, label="LABEL_OPTIONAL")
    entry.field.add(name="value", number=2, type=FieldDescriptorProto.TYPE_INT64, label="LABEL_OPTIONAL")
    odd = DescriptorProto(name="Odd", nested_type=[entry])
    odd.field.add(name="flags", number=1, type=11, label="LABEL_REPEATED", type_name=".odd.Odd.FlagsEntry")
    odd.field.add(name="share", number=2, type=5, label="LABEL_OPTIONAL", json_name="share%d")
    message: Any = message_factory.GetMessageClass(pooled(odd).message_types_by_name["Odd"])()
    message.flags[True] = 7
    message.share = 5

    assert json.loads(message_json(message)) == {"flags": {"true": "7"}, "share%d": 5}


def pooled(message: DescriptorProto) -> FileDescriptor:
    """A file with one message, in a pool of its own."""
    pool = DescriptorPool()
    pool.Add(FileDescriptorProto(name="odd.proto", package="odd", syntax="proto3", message_type=[message]))
    return pool.FindFileByName("odd.proto")


def test_the_time_now_is_read_back_as_it_was() -> None:
    now = datetime.now(UTC)
    job = jobs_pb2.Job()
    job.create_time.FromDatetime(now)

    read = json_format.ParseDict(json.loads(message_json(job)), jobs_pb2.Job())

    assert read.create_time.ToDatetime(UTC) == now
