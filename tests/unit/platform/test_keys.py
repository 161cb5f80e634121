"""Content keys."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import rfc8785
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from hypothesis import given, settings
from hypothesis import strategies as st

from filmstudio.generation.v1 import artifact_pb2, message_pb2, task_pb2
from studio_platform.keys import canonical, content_key, content_key_of


def speech(text: str = "Wait.", **changes: object) -> task_pb2.TaskSpec:
    work = {"text": text, "language": "en", "voice": "af_heart", "tempo_permille": 1000, **changes}
    return task_pb2.TaskSpec(
        kind=task_pb2.TASK_KIND_SPEECH,
        engine=task_pb2.EngineRef(engine="kokoro", revision="1"),
        speech=task_pb2.SpeechSpec(**work),  # type: ignore[arg-type]  # fields by name
    )


def test_the_key_of_a_known_spec_never_changes() -> None:
    key = content_key(speech(), {}).hex()

    assert key == "cf9785f51a4286ea86bd5ea4ba9a901e4635db5eef3224c6722ff787266ab515"


def test_the_same_spec_has_the_same_key() -> None:
    assert content_key(speech(), {}) == content_key(speech(), {})


@pytest.mark.parametrize(
    "change", [{"text": "Go."}, {"voice": "am_puck"}, {"tempo_permille": 900}, {"delivery": "softly"}]
)
def test_every_field_of_the_spec_is_in_the_key(change: dict[str, object]) -> None:
    assert content_key(speech(**{"text": "Wait.", **change}), {}) != content_key(speech(), {})  # type: ignore[arg-type]  # fields by name


def test_a_field_at_its_default_changes_no_key() -> None:
    assert content_key(speech(delivery=""), {}) == content_key(speech(), {})


def test_an_input_of_another_digest_is_another_key() -> None:
    assert content_key(speech(), {"still": "aa"}) != content_key(speech(), {"still": "bb"})


def test_a_bodys_key_is_that_of_its_spec_and_its_inputs_digests() -> None:
    still = artifact_pb2.ResolvedInput(role="still", manifest=artifact_pb2.Manifest(digest="aa"))
    body = message_pb2.RunBody(spec=speech(), inputs=[still])

    assert content_key_of(body) == content_key(speech(), {"still": "aa"})


def test_a_spec_with_timings_has_no_content_key() -> None:
    spec = speech()
    spec.timings.add()

    with pytest.raises(ValueError, match="not resolved"):
        content_key(spec, {})


def test_large_integers_are_text_in_the_canonical_form() -> None:
    spec = task_pb2.TaskSpec(seed=2**63 - 1)

    assert canonical(spec) == '{"seed":"9223372036854775807"}'


def test_nothing_reachable_from_a_spec_is_a_float_or_a_map() -> None:
    seen: set[str] = set()

    def walk(message: Descriptor) -> None:
        if message.full_name in seen:
            return
        seen.add(message.full_name)
        for field in message.fields:
            assert field.cpp_type not in (FieldDescriptor.CPPTYPE_FLOAT, FieldDescriptor.CPPTYPE_DOUBLE)
            if field.message_type is not None:
                assert not field.message_type.GetOptions().map_entry
                walk(field.message_type)

    walk(task_pb2.TaskSpec.DESCRIPTOR)
    assert "filmstudio.generation.v1.FilmSegment" in seen


def test_a_message_with_a_float_is_refused() -> None:
    from google.protobuf import wrappers_pb2

    with pytest.raises(TypeError, match="floats"):
        canonical(wrappers_pb2.DoubleValue(value=0.5))


def filled(message: Message, data: st.DataObject) -> None:
    """Set fields at random, as deep as messages go."""
    for field in message.DESCRIPTOR.fields:
        if not data.draw(st.booleans()):
            continue
        # Messages lie three deep in lists.
        most = 1 if not field.is_repeated else 3 if field.message_type is None else 2
        values = data.draw(st.lists(_value(field), min_size=1, max_size=most))
        for value in values:
            if field.message_type is not None:
                inner = getattr(message, field.name)
                filled(inner.add() if field.is_repeated else inner, data)
                if not field.is_repeated:
                    inner.SetInParent()
            elif field.is_repeated:
                getattr(message, field.name).append(value)
            else:
                setattr(message, field.name, value)


def _value(field: Any) -> st.SearchStrategy[Any]:
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_STRING:
            return st.text(st.characters(codec="utf-8"))
        case FieldDescriptor.CPPTYPE_BOOL:
            return st.booleans()
        case FieldDescriptor.CPPTYPE_INT32:
            return st.integers(-(2**31), 2**31 - 1)
        case FieldDescriptor.CPPTYPE_UINT32:
            return st.integers(0, 2**32 - 1)
        case FieldDescriptor.CPPTYPE_UINT64:
            return st.integers(0, 2**64 - 1)
        case FieldDescriptor.CPPTYPE_ENUM:
            return st.sampled_from([value.number for value in field.enum_type.values])
        case _:
            return st.none()


@settings(deadline=None)
@given(st.data())
def test_a_spec_is_written_as_a_library_writes_rfc_8785(data: st.DataObject) -> None:
    spec = task_pb2.TaskSpec()
    filled(spec, data)

    text = canonical(spec, {})

    assert text.encode() == rfc8785.dumps(json.loads(text))
    assert json.loads(text) == fields_of(spec)
    assert canonical(spec) == text


def fields_of(message: Message) -> dict[str, Any]:
    """The set fields as the rules of docs/content-keys.md say, made another way."""
    return {field.name: _field(field, value) for field, value in message.ListFields()}


def _field(field: Any, value: Any) -> Any:
    if field.is_repeated:
        return [_single(field, item) for item in value]
    return _single(field, value)


def _single(field: Any, value: Any) -> Any:
    if field.message_type is not None:
        return fields_of(value)
    if field.enum_type is not None:
        return field.enum_type.values_by_number[value].name
    is_long = field.cpp_type in (FieldDescriptor.CPPTYPE_UINT64, FieldDescriptor.CPPTYPE_INT64)
    return str(value) if is_long else value


def test_specs_that_share_a_memo_have_the_texts_that_they_have_alone() -> None:
    memo: dict[tuple[type[Message], bytes], str] = {}
    specs = [speech(), speech("Go."), speech(voice="am_puck")]

    together = [canonical(spec, memo) for spec in (*specs, *specs)]

    assert together == [canonical(spec) for spec in specs] * 2
    assert len(memo) == 1


@settings(deadline=None)
@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9:_-]*", fullmatch=True), st.text("0123456789abcdef")))
def test_a_key_is_the_digest_of_the_document_as_a_library_writes_it(inputs: dict[str, str]) -> None:
    document = {"inputs": inputs, "spec": fields_of(speech())}

    assert content_key(speech(), inputs) == hashlib.sha256(rfc8785.dumps(document)).digest()
