"""The examples of settings say what the code reads, or `make check` names the file."""

from __future__ import annotations

import re
import types
from pathlib import Path

import pytest

from scripts import settings_examples
from scripts.settings_examples import UndescribedError, examples, plain_example, settings_of, stale

SOURCE = '''
"""Settings of a probe."""

def read_settings() -> tuple[str, str]:
    """What the environment says.

    FILM_PROBE_HOME: the probe's folder
    (default ~/probe).
    """
    import os
    return os.environ["FILM_PROBE_HOME"]{more}
'''


@pytest.fixture
def probe(tmp_path: Path) -> types.ModuleType:
    return module_of(SOURCE.format(more=""), tmp_path)


def module_of(source: str, folder: Path) -> types.ModuleType:
    file = folder / "probe.py"
    file.write_text(source)
    module = types.ModuleType("probe")
    module.__file__ = str(file)
    exec(compile(source, str(file), "exec"), module.__dict__)  # noqa: S102 - the text above
    return module


def test_every_service_the_standalone_studio_and_the_client_have_an_example() -> None:
    names = {path.parent.name for path in examples()}

    assert names == {*settings_examples.SERVICES, "standalone", "filmstudio"}


@pytest.mark.parametrize("service", settings_examples.SERVICES)
def test_the_defaults_of_an_example_are_written_as_the_service_reads_them(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = examples()[settings_examples.ROOT / "services" / service / ".env.example"]
    # Also what is required in place of something else.
    required = dict.fromkeys(
        re.findall(r"Required(?: without \w+)?\.\n(?:# )?(FILM_\w+)=$", text, re.MULTILINE), "set"
    )
    settings = settings_of(service)
    for name, value in required.items():
        monkeypatch.setenv(name, value)
    defaults = settings()

    for name, value in re.findall(r"^# (FILM_\w+)=(.*)$", text, re.MULTILINE):
        monkeypatch.setenv(name, required.get(name, value))

    assert settings() == defaults


def test_a_plain_example_has_each_variable_with_its_description_in_one_piece(probe: types.ModuleType) -> None:
    text = plain_example(probe, "# Head.\n")

    assert text == "# Head.\n\n# The probe's folder (default ~/probe).\n# FILM_PROBE_HOME=\n"


def test_a_variable_that_only_the_code_knows_is_refused(tmp_path: Path) -> None:
    probe = module_of(SOURCE.format(more=' + os.environ["FILM_PROBE_SECRET"]'), tmp_path)

    with pytest.raises(UndescribedError, match="FILM_PROBE_SECRET"):
        plain_example(probe, "")


def test_a_changed_a_missing_and_a_left_over_example_are_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings_examples, "ROOT", tmp_path)
    folders = {name: tmp_path / "services" / name for name in ("changed", "missing", "left", "current")}
    for name, folder in folders.items():
        folder.mkdir(parents=True)
        if name != "missing":
            (folder / ".env.example").write_text(f"# {name}\n")
    (tmp_path / "libs").mkdir()

    texts = {folders[name] / ".env.example": f"# {name}\n" for name in ("missing", "current")}
    texts[folders["changed"] / ".env.example"] = "# changed since\n"

    assert stale(texts) == [f"services/{name}/.env.example" for name in ("changed", "left", "missing")]
