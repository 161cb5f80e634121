"""The comments of the contracts, from a descriptor set that protoc wrote with its source info."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet


def comments_of(files: FileDescriptorSet) -> Mapping[str, str]:
    """The comment before each element, by its full name; enum values by their enum's name and theirs."""
    comments: dict[str, str] = {}
    for file in files.file:
        names = dict(_names(file))
        for location in file.source_code_info.location:
            name = names.get(tuple(location.path))
            text = " ".join(line.strip() for line in location.leading_comments.splitlines()).strip()
            if name and text:
                comments[name] = text
    return comments


def _names(file: FileDescriptorProto) -> Iterator[tuple[tuple[int, ...], str]]:
    """Each element's path in the file's source info, and its full name."""
    yield from _messages(file.package, (4,), file.message_type)
    yield from _enums(file.package, (5,), file.enum_type)
    for number, service in enumerate(file.service):
        full_name = f"{file.package}.{service.name}"
        yield (6, number), full_name
        yield from (((6, number, 2, at), f"{full_name}.{m.name}") for at, m in enumerate(service.method))


def _messages(
    prefix: str, path: tuple[int, ...], messages: Iterable[Any]
) -> Iterator[tuple[tuple[int, ...], str]]:
    for number, message in enumerate(messages):
        full_name, here = f"{prefix}.{message.name}", (*path, number)
        yield here, full_name
        yield from (((*here, 2, at), f"{full_name}.{f.name}") for at, f in enumerate(message.field))
        yield from _messages(full_name, (*here, 3), message.nested_type)
        yield from _enums(full_name, (*here, 4), message.enum_type)


def _enums(prefix: str, path: tuple[int, ...], enums: Iterable[Any]) -> Iterator[tuple[tuple[int, ...], str]]:
    for number, enum in enumerate(enums):
        full_name, here = f"{prefix}.{enum.name}", (*path, number)
        yield here, full_name
        yield from (((*here, 2, at), f"{full_name}.{v.name}") for at, v in enumerate(enum.value))
