"""Write the OpenAPI description that the gateway serves from the contracts, or check that it is current.

Usage: openapi.py [--check]. A public method without an HTTP option is named as a fault.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from importlib import metadata, resources
from pathlib import Path

from google.protobuf.descriptor_pb2 import FileDescriptorSet

from studio_gateway.__main__ import SERVICES
from studio_gateway.http.comments import comments_of
from studio_gateway.http.openapi import describe
from studio_gateway.http.routes import routes_of

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
TARGET = ROOT / "services" / "gateway" / "studio_gateway" / "http" / "openapi.json"


def description() -> str:
    """The text of openapi.json. Raises ValueError for options that can't be carried out."""
    document = describe(routes_of(SERVICES), comments_of(_descriptors()), metadata.version("studio-gateway"))
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _descriptors() -> FileDescriptorSet:
    """All contracts with their comments, which the generated code leaves out."""
    protos = sorted(path.relative_to(PROTO).as_posix() for path in PROTO.rglob("*.proto"))
    well_known = resources.files("grpc_tools") / "_proto"
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "contracts.binpb"
        subprocess.run(
            [
                sys.executable,
                "-m",
                "grpc_tools.protoc",
                f"-I{PROTO}",
                f"-I{ROOT / '.googleapis'}",
                f"-I{well_known}",
                "--include_source_info",
                f"--descriptor_set_out={written}",
                *protos,
            ],
            check=True,
        )
        return FileDescriptorSet.FromString(written.read_bytes())


def main() -> int:
    """Run as a command; 1 when --check finds drift, or an option is at fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail when it is stale")
    check = parser.parse_args().check
    try:
        text = description()
    except ValueError as fault:
        print(fault, file=sys.stderr)
        return 1
    name = TARGET.relative_to(ROOT)
    if not check:
        TARGET.write_text(text)
    elif not TARGET.exists() or TARGET.read_text() != text:
        print(f"stale: {name}; run make generate", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
