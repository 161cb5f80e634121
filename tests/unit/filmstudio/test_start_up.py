"""The film command loads what a verb needs and nothing more, so that it answers at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from typer.testing import CliRunner
from filmstudio.cli.main import app
CliRunner().invoke(app, sys.argv[1:])
print(" ".join(name for name in {heavy!r} if name in sys.modules))
"""


@pytest.mark.parametrize(
    "arguments", [["--help"], ["render", "--help"], ["--version"], ["render", "nowhere"]]
)
def test_help_and_refusals_load_no_client_and_no_table(arguments: list[str]) -> None:
    heavy = ("grpc", "google.protobuf", "rich", "urllib.request", "filmstudio.client")

    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(heavy=heavy), *arguments],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == []


def test_client_loads_no_command_and_no_downloader() -> None:
    heavy = ("typer", "rich", "urllib.request", "filmstudio.cli")
    program = f"import sys, filmstudio.client; print([name for name in {heavy!r} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
