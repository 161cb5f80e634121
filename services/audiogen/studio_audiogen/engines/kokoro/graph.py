"""The model's graph, rewritten so that its convolutions run on the processor's fast integer units.

The exported graph multiplies unsigned activations by unsigned weights. Processors have instructions for
unsigned by signed bytes only, so onnxruntime computes the former in 16 bits, at a fraction of the speed.
Here the activations are shifted by 128, and their zero points with them: the differences that are
multiplied stay the same integers, and so does every sample of sound.

A serialised ONNX model is edited in place of its nodes; the 90 MB of weights are copied once, unread.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio_audiogen.engines.kokoro.runtime import onnxruntime

# Field numbers of onnx.proto.
_MODEL_IR_VERSION, _MODEL_GRAPH, _MODEL_OPSET = 1, 7, 8
_OPSET_VERSION = 2
_GRAPH_NODE, _GRAPH_NAME, _GRAPH_INITIALIZER, _GRAPH_OUTPUT = 1, 2, 5, 12
_NODE_INPUT, _NODE_OUTPUT, _NODE_NAME, _NODE_OPERATOR, _NODE_ATTRIBUTE = 1, 2, 3, 4, 5
_ATTRIBUTE_NAME, _ATTRIBUTE_INT, _ATTRIBUTE_TYPE = 1, 3, 20
_TENSOR_DIMENSION, _TENSOR_TYPE, _TENSOR_NAME, _TENSOR_DATA = 1, 2, 8, 9
_VALUE_NAME = 1
_UINT8, _INT8 = 2, 3
_INT_ATTRIBUTE = 2

_IR_VERSION, _OPERATORS_VERSION = 9, 20
_SHIFT = b"studio_shift"
_ACTIVATION_INPUTS = (0, 2)
"""Of a ConvInteger: its activations and their zero point."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of a serialised message: its number, all of its bytes, and its content if it has a length."""

    number: int
    whole: memoryview
    content: memoryview


def with_signed_activations(model: bytes | mmap.mmap) -> bytes:
    """Return a serialised ONNX model whose ConvInteger nodes take int8 activations; its results are equal."""
    signed: dict[bytes, bytes] = {}
    pieces: list[bytes | memoryview] = []
    for field in _fields(memoryview(model)):
        if field.number != _MODEL_GRAPH:
            pieces.append(field.whole)
            continue
        graph = [_signed_node(part, signed) for part in _fields(field.content)]
        graph.append(_written(_GRAPH_INITIALIZER, _tensor(_SHIFT, np.array(128, np.uint8))))
        graph += [_shift_nodes(old, new) for old, new in signed.items()]
        pieces += [_head(_MODEL_GRAPH, sum(len(piece) for piece in graph)), *graph]
    return b"".join(pieces)


def with_output(model: bytes | mmap.mmap, name: str) -> bytes:
    """Return a serialised ONNX model with an inner value as one more output.

    Protobuf merges a message that comes twice: the model's graph gets one more output.
    """
    value = _written(_VALUE_NAME, name.encode())
    return b"".join((model, _written(_MODEL_GRAPH, _written(_GRAPH_OUTPUT, value))))


def signed_products_are_exact() -> bool:
    """Whether this processor multiplies unsigned by signed bytes without loss.

    Those without VNNI add pairs of products in 16 bits, which overflows. Asked of onnxruntime itself, with
    the largest numbers that there are.
    """
    weights = np.full((32, 64, 3), 255, np.uint8)
    activations = np.full((1, 64, 48), -128, np.int8)
    activations[:, :, ::2] = 127
    try:
        session = onnxruntime.InferenceSession(
            _convolution(activations, weights), providers=["CPUExecutionProvider"]
        )
        (made,) = session.run(None, {})
    except onnxruntime.capi.onnxruntime_pybind11_state.NotImplemented:
        return False
    windows = np.lib.stride_tricks.sliding_window_view(activations[0].astype(np.int64), 3, axis=1)
    return bool(np.array_equal(made[0], np.einsum("clk,ock->ol", windows, weights.astype(np.int64))))


def _convolution(activations: NDArray[np.int8], weights: NDArray[np.uint8]) -> bytes:
    """A model that convolves two constants."""
    parts = (
        _written(_GRAPH_NAME, b"convolution"),
        *(
            _written(_GRAPH_INITIALIZER, _tensor(name, values))
            for name, values in ((b"x", activations), (b"w", weights))
        ),
        _node(b"ConvInteger", (b"x", b"w"), b"y"),
        _written(_GRAPH_OUTPUT, _written(_VALUE_NAME, b"y")),
    )
    return (
        _number(_MODEL_IR_VERSION, _IR_VERSION)
        + _written(_MODEL_OPSET, _number(_OPSET_VERSION, _OPERATORS_VERSION))
        + _written(_MODEL_GRAPH, b"".join(parts))
    )


def _signed_node(field: _Field, signed: dict[bytes, bytes]) -> bytes | memoryview:
    """The field of a graph, or a ConvInteger with its activations renamed; `signed` gets the new names."""
    if field.number != _GRAPH_NODE:
        return field.whole
    parts = list(_fields(field.content))
    if not any(part.number == _NODE_OPERATOR and bytes(part.content) == b"ConvInteger" for part in parts):
        return field.whole
    inputs = [bytes(part.content) for part in parts if part.number == _NODE_INPUT]
    for place in _ACTIVATION_INPUTS:
        inputs[place] = signed.setdefault(inputs[place], inputs[place] + b"_signed")
    rest = [part.whole for part in parts if part.number != _NODE_INPUT]
    return _written(_GRAPH_NODE, b"".join([*(_written(_NODE_INPUT, name) for name in inputs), *rest]))


def _shift_nodes(unsigned: bytes, signed: bytes) -> bytes:
    """x - 128 as int8: the highest bit flipped, the byte read anew."""
    flipped = unsigned + b"_flipped"
    to_int8 = (
        _written(_ATTRIBUTE_NAME, b"to")
        + _number(_ATTRIBUTE_INT, _INT8)
        + _number(_ATTRIBUTE_TYPE, _INT_ATTRIBUTE)
    )
    return _node(b"BitwiseXor", (unsigned, _SHIFT), flipped) + _node(b"Cast", (flipped,), signed, to_int8)


def _node(operator: bytes, inputs: tuple[bytes, ...], output: bytes, attribute: bytes = b"") -> bytes:
    parts = [_written(_NODE_INPUT, name) for name in inputs]
    parts += [
        _written(_NODE_OUTPUT, output),
        _written(_NODE_NAME, output),
        _written(_NODE_OPERATOR, operator),
    ]
    parts += [_written(_NODE_ATTRIBUTE, attribute)] if attribute else []
    return _written(_GRAPH_NODE, b"".join(parts))


def _tensor(name: bytes, values: NDArray[np.uint8] | NDArray[np.int8]) -> bytes:
    kind = _UINT8 if values.dtype == np.uint8 else _INT8
    dimensions = b"".join(_number(_TENSOR_DIMENSION, length) for length in values.shape)
    head = dimensions + _number(_TENSOR_TYPE, kind) + _written(_TENSOR_NAME, name)
    return head + _written(_TENSOR_DATA, values.tobytes())


def _fields(message: memoryview) -> Iterator[_Field]:
    """The fields of a serialised message. Raises ValueError for bytes that are none."""
    place = 0
    while place < len(message):
        key, content = _varint(message, place)
        match key & 7:
            case 0:
                end = _varint(message, content)[1]
            case 1:
                end = content + 8
            case 2:
                length, content = _varint(message, content)
                end = content + length
            case 5:
                end = content + 4
            case wire_type:
                raise ValueError(f"wire type {wire_type}")
        yield _Field(key >> 3, message[place:end], message[content:end])
        place = end


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    """The number at a place and the place after it."""
    value = shift = 0
    while True:
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7


def _written(number: int, content: bytes) -> bytes:
    return _head(number, len(content)) + content


def _head(number: int, length: int) -> bytes:
    return _encoded(number << 3 | 2) + _encoded(length)


def _number(number: int, value: int) -> bytes:
    return _encoded(number << 3) + _encoded(value)


def _encoded(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
