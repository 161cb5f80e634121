"""Models fetched from the hub once, for machines that will never see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from studio_models.inventory import Inventory, take, write
from studio_models.licences import require_accepted
from studio_models.loading import ModelError

_KINDS = (".json", ".txt", ".model", ".safetensors", ".jinja", ".md")
_LICENCES = ("license", "licence", "notice")


@dataclass(frozen=True, slots=True)
class Source:
    """A model of the hub; an empty revision is its newest, an empty endpoint the public hub."""

    name: str
    revision: str = ""
    endpoint: str = ""


def fetch(source: Source, folder: Path, *, accepted: bool) -> Inventory:
    """Bring a model into a folder, with its inventory. Raises ModelError, LicenceError."""
    hub = _library()
    try:
        info = hub.HfApi(endpoint=source.endpoint or None).model_info(
            source.name, revision=source.revision or None, files_metadata=True
        )
        licence = _licence_of(info)
        require_accepted(source.name, licence, accepted=accepted)
        listed = {file.rfilename: file.lfs.sha256 if file.lfs else "" for file in info.siblings}
        hub.snapshot_download(
            source.name,
            revision=info.sha,
            local_dir=folder,
            allow_patterns=wanted(list(listed)),
            endpoint=source.endpoint or None,
        )
    except (OSError, hub.errors.HfHubHTTPError, hub.errors.HFValidationError) as fault:
        raise ModelError(f"{source.name} can't be fetched: {str(fault).splitlines()[0]}") from fault
    inventory = take(folder, source.name, info.sha, licence)
    _require_equal(inventory, listed)
    write(folder, inventory)
    return inventory


def wanted(files: Sequence[str]) -> list[str]:
    """Of a repository's files those that a pipeline loads, and what says whose it is.

    A pipeline's weights are in folders: one file of all of them on top would double it, as precisions do.
    """
    is_pipeline = "model_index.json" in files
    paths = [PurePosixPath(file) for file in files]
    return [str(path) for path in paths if _is_wanted(path, is_pipeline=is_pipeline)]


def _is_wanted(path: PurePosixPath, *, is_pipeline: bool) -> bool:
    if path.stem.lower().startswith(_LICENCES):
        return True
    if path.suffix not in _KINDS or path.name.startswith("."):
        return False
    if path.suffix != ".safetensors":
        return True
    doubled = is_pipeline and len(path.parts) == 1
    return not doubled and ".fp16." not in path.name


def _require_equal(inventory: Inventory, listed: Mapping[str, str]) -> None:
    for name, entry in inventory.files.items():
        if (sha256 := listed.get(name)) and entry.sha256 != sha256:
            raise ModelError(
                f"{name} came with the hash {entry.sha256}, the hub names {sha256}. Fetch it again."
            )


def _licence_of(info: Any) -> str:
    """The name of its licence; that of its own, where the card says only "other"."""
    card = info.card_data or {}
    licence, own = str(card.get("license") or ""), str(card.get("license_name") or "")
    return own if own and licence in ("", "other") else licence


def _library() -> Any:
    try:
        import huggingface_hub
    except ImportError as missing:
        raise ModelError(
            "huggingface_hub is not installed: pip install 'studio-models[diffusers]'."
        ) from missing
    return huggingface_hub
