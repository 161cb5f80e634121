"""Where torch is installed, it is still nobody's but the engine's that loads a model.

What whole processes import from start to film, without models, tests/e2e/test_imports.py tells.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

SERVICES = ("gateway", "jobs", "imagegen", "videogen", "audiogen", "composer")
OF_MODELS = {"accelerate", "diffusers", "huggingface_hub", "peft", "safetensors", "torch", "transformers"}
IMPORT_ALL = """\
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
print(*sys.modules)
"""


@pytest.mark.parametrize("service", SERVICES)
def test_all_modules_of_a_service_are_imported_without_torch(service: str) -> None:
    command = [sys.executable, "-c", IMPORT_ALL, f"studio_{service}"]

    output = subprocess.run(command, capture_output=True, text=True, check=True)

    imported = set(output.stdout.split())
    assert f"studio_{service}.__main__" in imported
    assert imported & OF_MODELS == set()
