"""The routes of showcase.proto, compiled when they are asked for."""

from __future__ import annotations

import tempfile
from functools import cache
from importlib import import_module, resources
from pathlib import Path
from typing import Any

from google.api import http_pb2  # type: ignore[import-untyped]  # has no stubs
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import Default
from grpc_tools import protoc  # type: ignore[import-untyped]  # has no stubs

from studio_gateway.http.requests import read_request
from studio_gateway.http.router import Router
from studio_gateway.http.routes import Route, routes_of

HERE = Path(__file__).parent
CONTRACTS = HERE.parents[2] / "proto"


@cache
def compiled(name: str) -> FileDescriptorSet:
    """The file and its comments; its messages are known to protobuf from now on."""
    folders = (
        HERE,
        CONTRACTS,
        Path(http_pb2.__file__).parents[2],
        Path(str(resources.files("grpc_tools") / "_proto")),
    )
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "set"
        arguments = ["", *(f"-I{path}" for path in folders), "--include_source_info"]
        assert protoc.main([*arguments, f"--descriptor_set_out={written}", name]) == 0
        files = FileDescriptorSet.FromString(written.read_bytes())
    for file in files.file:
        for name in file.dependency:
            import_module(f"{name.removesuffix('.proto').replace('/', '.')}_pb2")
        Default().Add(file)
    return files


def service(name: str = "ShowcaseService", file: str = "showcase.proto") -> ServiceDescriptor:
    """A service of a file of this folder."""
    package = compiled(file).file[-1].package
    found: ServiceDescriptor = Default().FindServiceByName(f"{package}.{name}")
    return found


def routes() -> tuple[Route, ...]:
    """All of them."""
    return routes_of([service()])


def read(verb: str, target: str, body: bytes = b"") -> Any:
    """The request that the gateway makes of "/path?query" and a body."""
    path, _, query = target.partition("?")
    match = Router(routes()).find(verb, path)
    return read_request(match.route, match.path_values, query.encode(), body)
