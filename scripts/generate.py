"""Generate the Python code of the contracts into libs/filmstudio, or check that it is current.

Usage: generate.py [--check]. Needs grpcio-tools and mypy-protobuf of the development set-up.
"""

from __future__ import annotations

import argparse
import filecmp
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from importlib import resources
from pathlib import Path

from google.api import http_pb2  # type: ignore[import-untyped]  # has no stubs

ROOT = Path(__file__).resolve().parent.parent
PROTO = ROOT / "proto"
TARGET = ROOT / "libs" / "filmstudio"
GENERATED_SUFFIXES = ("_pb2.py", "_pb2.pyi", "_pb2_grpc.py", "_pb2_grpc.pyi")


def generate(target: Path) -> None:
    """Write messages, stubs and their types for every contract below `target`."""
    protos = sorted(path.relative_to(PROTO).as_posix() for path in PROTO.rglob("*.proto"))
    with ExitStack() as stack:
        well_known = stack.enter_context(resources.as_file(resources.files("grpc_tools") / "_proto"))
        subprocess.run(
            [
                sys.executable,
                "-m",
                "grpc_tools.protoc",
                f"-I{PROTO}",
                f"-I{well_known}",
                f"-I{googleapis()}",
                f"--plugin=protoc-gen-mypy={Path(sys.executable).parent / 'protoc-gen-mypy'}",
                f"--plugin=protoc-gen-mypy_grpc={Path(sys.executable).parent / 'protoc-gen-mypy_grpc'}",
                f"--python_out={target}",
                f"--grpc_python_out={target}",
                f"--mypy_out=quiet:{target}",
                f"--mypy_grpc_out=quiet:{target}",
                *protos,
            ],
            check=True,
        )
    _drop_empty_services(target)
    _add_packages(target)


def googleapis() -> Path:
    """The folder that holds google/api/*.proto: where googleapis-common-protos is installed."""
    return Path(http_pb2.__file__).parents[2]


def lay_googleapis() -> None:
    """Put the options' protos where buf.yaml looks for them; buf reads no installed packages."""
    target = ROOT / ".googleapis" / "google" / "api"
    target.mkdir(parents=True, exist_ok=True)
    for name in ("annotations.proto", "field_behavior.proto", "http.proto"):
        shutil.copyfile(googleapis() / "google" / "api" / name, target / name)


def _drop_empty_services(target: Path) -> None:
    for path in _generated(target):
        if path.name.endswith("_pb2_grpc.py") and "Servicer" not in path.read_text():
            path.unlink()
            path.with_suffix(".pyi").unlink(missing_ok=True)


def _add_packages(target: Path) -> None:
    for path in _generated(target):
        folder = path.parent
        while folder != target:
            marker = folder / "__init__.py"
            if not marker.exists():
                marker.write_text("")
            folder = folder.parent


def _generated(target: Path) -> list[Path]:
    return sorted(path for path in target.rglob("*") if path.name.endswith(GENERATED_SUFFIXES))


def drift() -> list[str]:
    """The generated files that are missing, stale or left over, as paths below libs/filmstudio."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        generate(fresh)
        want = {path.relative_to(fresh) for path in _generated(fresh)}
        have = {path.relative_to(TARGET) for path in _generated(TARGET) if "build" not in path.parts}
        stale = {path for path in want & have if not filecmp.cmp(fresh / path, TARGET / path, shallow=False)}
        return sorted(str(path) for path in (want ^ have) | stale)


def main() -> int:
    """Run as a command; 1 when --check finds drift."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail when something is stale")
    parser.add_argument("--googleapis", action="store_true", help="only lay google/api/*.proto out for buf")
    options = parser.parse_args()
    lay_googleapis()
    if options.googleapis:
        return 0
    if options.check:
        stale = drift()
        for name in stale:
            print(f"stale generated code: libs/filmstudio/{name}; run make generate", file=sys.stderr)
        return 1 if stale else 0
    for path in _generated(TARGET):
        path.unlink()
    generate(TARGET)
    shutil.rmtree(TARGET / "build", ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
