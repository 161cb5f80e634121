"""Inventories and packed models: what is lost or changed on the way is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio_models.__main__ import main
from studio_models.hub import wanted
from studio_models.inventory import NAME, differences, read, take, write
from studio_models.licences import LicenceError, require_accepted
from studio_models.packing import differences_of_pack, pack


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    (folder / "unet").mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    (folder / "unet" / "weights.safetensors").write_bytes(b"weights")
    return folder


def test_a_model_is_as_its_inventory_says(model: Path) -> None:
    write(model, take(model, "some/tiny", "abc", "mit"))
    assert differences(model, read(model).sha256) == []
    assert read(model).licence == "mit"


@pytest.mark.parametrize(
    ("path", "content", "told"),
    [
        ("unet/weights.safetensors", b"weightz", "holds something else"),
        ("unet/weights.safetensors", b"wei", "3 of 7 bytes"),
        ("unet/more.safetensors", b"more", "not listed"),
        ("unet/weights.safetensors", None, "is missing"),
        (NAME, b"{", "can't be read"),
        (NAME, None, f"has no {NAME}"),
    ],
)
def test_what_differs_is_named(model: Path, path: str, content: bytes | None, told: str) -> None:
    write(model, take(model, "some/tiny"))
    if content is None:
        (model / path).unlink()
    else:
        (model / path).write_bytes(content)
    assert told in differences(model)[0]


def test_another_model_with_an_inventory_of_its_own_is_not_the_one_that_was_asked_for(model: Path) -> None:
    asked = take(model, "some/tiny").sha256
    (model / "unet" / "weights.safetensors").write_bytes(b"another")
    write(model, take(model, "some/tiny"))
    assert asked in differences(model, asked)[0]


def test_a_packed_model_is_the_same_file_each_time_and_verified_as_it_is(model: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.tar", tmp_path / "second.tar"
    inventory = pack(model, first)
    pack(model, second)
    assert first.read_bytes() == second.read_bytes()
    assert differences_of_pack(first, inventory.sha256) == []


def test_a_packed_model_that_was_changed_or_cut_short_is_told(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = tmp_path / "tiny.tar"
    assert main(["pack", str(model), "-o", str(packed)]) == 0
    content = packed.read_bytes()

    packed.write_bytes(content.replace(b"weights", b"weightz"))
    assert main(["verify", str(packed)]) == 1
    packed.write_bytes(content[: content.index(b"weights")])
    assert main(["verify", str(packed)]) == 1

    told = capsys.readouterr().err
    assert "not as listed" in told
    assert "cut short" in told


def test_of_a_repository_only_what_a_pipeline_loads_is_fetched() -> None:
    listed = [
        "LICENSE.md",
        "model_index.json",
        "sd_xl_base_1.0.safetensors",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
        "unet/diffusion_pytorch_model.fp16.safetensors",
        "unet/diffusion_flax_model.msgpack",
        "unet/model.onnx",
        "tokenizer/vocab.json",
        "tokenizer/merges.txt",
    ]
    assert wanted(listed) == [
        "LICENSE.md",
        "model_index.json",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
        "tokenizer/vocab.json",
        "tokenizer/merges.txt",
    ]


@pytest.mark.parametrize(
    ("licence", "told"),
    [
        ("flux-1-dev-non-commercial-license", "forbids commercial use"),
        ("cc-by-nc-4.0", "forbids commercial use"),
        ("stabilityai-ai-community", "terms of its own"),
        ("", "no licence that it names"),
    ],
)
def test_a_licence_that_is_not_free_wants_to_be_accepted(licence: str, told: str) -> None:
    with pytest.raises(LicenceError, match=told):
        require_accepted("some/model", licence, accepted=False)
    require_accepted("some/model", licence, accepted=True)


def test_a_free_licence_needs_no_word() -> None:
    require_accepted("some/model", "Apache-2.0", accepted=False)


def test_a_command_line_without_a_folder_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(tmp_path / "none")]) == 1
    assert "none" in capsys.readouterr().err
