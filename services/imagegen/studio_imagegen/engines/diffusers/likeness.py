"""How a pipeline is shown a portrait: by an IP-Adapter, by beginning from it, or not at all."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any, Protocol

from PIL import Image

from studio_imagegen.engines.diffusers.sizes import fitted
from studio_imagegen.faces import FacesChoice
from studio_models.loading import ModelError

Portrait = Image.Image | None


class Likeness(Protocol):
    """One way to show portraits; the methods belong to the engine's thread.

    `mixes` says whether a batch may have several faces.
    """

    capability: str
    mixes: bool

    def prepare(self, pipeline: Any) -> None:
        """Before the pipeline goes to its device. Raises ModelError where the family has no such way."""

    def shown(
        self, pipeline: Any, portraits: Sequence[Portrait], arguments: dict[str, Any]
    ) -> tuple[Any, dict[str, Any]]:
        """The pipeline to call, and its arguments, with all portraits or none of them there."""


def likeness_of(choice: FacesChoice, *, may_download: bool) -> Likeness:
    """The way that a choice names."""
    if choice.way == "adapter":
        return Adapter(choice, may_download=may_download)
    return FromImage(choice.permille) if choice.way == "image" else Unlike()


class Unlike:
    """Portraits are not shown."""

    capability = ""
    mixes = True

    def prepare(self, pipeline: Any) -> None:
        """Nothing."""

    def shown(
        self, pipeline: Any, portraits: Sequence[Portrait], arguments: dict[str, Any]
    ) -> tuple[Any, dict[str, Any]]:
        """As it is called anyway."""
        del portraits
        return pipeline, arguments


class FromImage:
    """The picture begins from the portrait, by the image-to-image pipeline of the same weights."""

    capability = "faces from image to image"
    mixes = True

    def __init__(self, permille: int) -> None:
        self._strength = 1 - permille / 1000
        self._pipeline: Any = None

    def prepare(self, pipeline: Any) -> None:
        """Find the family's pipeline. Raises ModelError where it has none."""
        import diffusers

        known = diffusers.pipelines.auto_pipeline.AUTO_IMAGE2IMAGE_PIPELINES_MAPPING
        task = diffusers.pipelines.auto_pipeline._get_task_class
        if task(known, type(pipeline).__name__, throw_error_if_not_exist=False) is None:
            raise ModelError(f"{type(pipeline).__name__} makes no picture from another: faces must be none.")

    def shown(
        self, pipeline: Any, portraits: Sequence[Portrait], arguments: dict[str, Any]
    ) -> tuple[Any, dict[str, Any]]:
        """From the portraits where they are there, each to fill the picture."""
        images = [portrait for portrait in portraits if portrait is not None]
        if len(images) < len(portraits):
            return pipeline, arguments
        if self._pipeline is None:
            import diffusers

            self._pipeline = diffusers.AutoPipelineForImage2Image.from_pipe(pipeline)
            self._pipeline.set_progress_bar_config(disable=True)
        size = arguments["width"], arguments["height"]
        steps = arguments.get("num_inference_steps", 50)
        # At least one step, else nothing of the order is drawn.
        strength = max(self._strength, 1 / steps)
        return self._pipeline, arguments | {
            "image": [fitted(image, *size) for image in images],
            "strength": strength,
        }


class Adapter:
    """An IP-Adapter of a pipeline with a UNet (Stable Diffusion 1.5 and XL).

    These pipelines show one portrait to all pictures of a call: given several they mix them in silence.
    """

    capability = "faces by IP-Adapter"
    mixes = False

    def __init__(self, choice: FacesChoice, *, may_download: bool) -> None:
        self._choice = choice
        self._may_download = may_download

    def prepare(self, pipeline: Any) -> None:
        """Load it. Raises ModelError for a family that takes none."""
        if not hasattr(pipeline, "load_ip_adapter") or not hasattr(pipeline, "unet"):
            raise ModelError(
                f"{type(pipeline).__name__} takes no IP-Adapter here: FILM_IMAGEGEN_FACES=image or none."
            )
        weights = PurePosixPath(self._choice.weights)
        pipeline.load_ip_adapter(
            self._choice.adapter,
            subfolder="" if weights.parent == PurePosixPath() else str(weights.parent),
            weight_name=weights.name,
            image_encoder_folder=self._choice.encoder,
            local_files_only=not self._may_download,
        )

    def shown(
        self, pipeline: Any, portraits: Sequence[Portrait], arguments: dict[str, Any]
    ) -> tuple[Any, dict[str, Any]]:
        """With the portrait's embedding. It always wants one: without a portrait it doesn't count."""
        portrait = portraits[0]
        pipeline.set_ip_adapter_scale(self._choice.permille / 1000 if portrait else 0.0)
        embedded = pipeline.prepare_ip_adapter_image_embeds(
            [portrait or Image.new("RGB", (64, 64))],
            None,
            pipeline._execution_device,
            1,
            _is_guided(pipeline, arguments),
        )
        return pipeline, arguments | {"ip_adapter_image_embeds": embedded}


def _is_guided(pipeline: Any, arguments: dict[str, Any]) -> bool:
    """Whether the pipeline draws twice, with the prompt and without."""
    usual = inspect.signature(pipeline.__call__).parameters["guidance_scale"].default
    return bool(
        arguments.get("guidance_scale", usual) > 1 and pipeline.unet.config.time_cond_proj_dim is None
    )
