"""Previews: what there is of a picture so far, small, for who waits."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import EulerDiscreteScheduler, FlowMatchEulerDiscreteScheduler, FluxPipeline
from diffusers.pipelines.ltx.pipeline_ltx_image2video import LTXImageToVideoPipeline
from PIL import Image

from studio_imagegen.engines.diffusers.engine import DiffusersEngine
from studio_imagegen.orders import StillOrder
from studio_models.choices import ModelChoice, PreviewChoice
from studio_models.colours import Colours, colours_of
from studio_models.latents import foreseen, plane_of
from studio_models.previews import Previews, jpeg_of
from studio_videogen.engines.diffusers.model import VideoModel, Window
from tests.models.runs import Handle
from tests.models.stills import finished

SCALE_PX = 8
CHANNELS = 4


@pytest.fixture(scope="module")
def engine(sdxl: Path) -> DiffusersEngine:
    choice = ModelChoice(str(sdxl), device="cpu", steps=4, previews=PreviewChoice(steps=2))
    engine = DiffusersEngine(choice, 2)
    engine.load()
    return engine


class BlurringVae:
    """What a VAE comes to at best: each block's colour, mixed into four channels and shifted."""

    dtype = torch.float32
    config = SimpleNamespace(scaling_factor=0.25, shift_factor=0.5)
    encoder = torch.nn.Conv2d(3, CHANNELS, 1)

    def encode(self, pixels: Any) -> Any:
        blocks = torch.nn.functional.avg_pool2d(pixels, SCALE_PX)
        mixed = torch.einsum("bchw,kc->bkhw", blocks, self.mixture())
        return SimpleNamespace(latent_dist=SimpleNamespace(mode=lambda: mixed))

    def mixture(self) -> Any:
        return torch.tensor([[1.0, 0, 0], [0.5, 2, 0], [0, -1, 1], [1, 1, 1]])

    def named_buffers(self) -> Iterator[tuple[str, Any]]:
        return iter(())


def pipeline_of(vae: Any, scheduler: Any = None) -> Any:
    device = torch.device("cpu")
    return SimpleNamespace(vae=vae, vae_scale_factor=SCALE_PX, scheduler=scheduler, _execution_device=device)


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(io.BytesIO(jpeg), formats=["JPEG"])


def red_and_blue() -> Any:
    picture = torch.zeros(1, 3, 64, 96)
    picture[:, 0, :, :48] = 1
    picture[:, 2, :, 48:] = 1
    return picture


def test_a_still_is_shown_every_few_steps_as_small_jpegs(engine: DiffusersEngine) -> None:
    run = Handle()

    (outcome,) = engine.run_batch([StillOrder(96, 64, prompt="a lighthouse")], [run])

    finished(outcome)
    assert [opened(each).size for each in run.shown] == [(12, 8), (12, 8)]
    assert all(len(each) <= 8192 for each in run.shown)


def test_each_picture_of_a_batch_is_shown_to_its_own_run(engine: DiffusersEngine) -> None:
    runs = [Handle(), Handle()]
    orders = [StillOrder(64, 64, seed=seed, prompt="a lighthouse") for seed in (1, 2)]

    engine.run_batch(orders, runs)

    first, second = (run.shown[-1] for run in runs)
    assert first != second


def test_a_clip_is_shown_by_the_middle_of_its_window(ltx: Path) -> None:
    choice = ModelChoice(str(ltx), device="cpu", steps=2, pixels_max=4096, previews=PreviewChoice(steps=1))
    model, run = VideoModel(choice, frames_max=9), Handle()
    model.load()

    model.draw(Window(model.framed(np.zeros((64, 64, 3), np.uint8)), 9, 1, "a lighthouse"), run)

    assert len(run.shown) == 2
    assert all(opened(each).width == opened(each).height for each in run.shown)


def test_where_they_are_turned_off_nothing_is_shown() -> None:
    previews = Previews(PreviewChoice(steps=0), pipeline_of(BlurringVae()), torch)
    run = Handle()

    previews.look(torch.zeros(1, CHANNELS, 8, 8), 4, [run])

    assert run.shown == []


def test_colours_are_found_by_the_models_own_vae() -> None:
    vae = BlurringVae()
    colours = colours_of(pipeline_of(vae), torch)
    latents = (vae.encode(red_and_blue() * 2 - 1).latent_dist.mode() - 0.5) * 0.25

    seen = colours.of(latents[0].numpy())

    assert (colours.channels, colours.scale_px) == (CHANNELS, SCALE_PX)
    assert np.abs(seen[:, :6] - (1, 0, 0)).max() < 0.05
    assert np.abs(seen[:, 6:] - (0, 0, 1)).max() < 0.05


def test_latents_are_unpacked_as_their_pipelines_pack_them() -> None:
    still = torch.arange(1 * CHANNELS * 8 * 12).reshape(1, CHANNELS, 8, 12).float()
    clip = torch.arange(1 * CHANNELS * 3 * 8 * 12).reshape(1, CHANNELS, 3, 8, 12).float()
    packed_still = FluxPipeline._pack_latents(still, 1, CHANNELS, 8, 12)[0]
    packed_clip = LTXImageToVideoPipeline._pack_latents(clip)[0]

    assert torch.equal(plane_of(packed_still, CHANNELS, (8, 12), "FluxPipeline"), still[0])
    assert torch.equal(plane_of(packed_clip, CHANNELS, (8, 12), "LTXPipeline"), clip[0, :, 1])
    assert torch.equal(plane_of(clip[0], CHANNELS, (8, 12), "WanPipeline"), clip[0, :, 1])
    frames_first = clip[0].transpose(0, 1)
    assert torch.equal(plane_of(frames_first, CHANNELS, (8, 12), "CogVideoXPipeline"), clip[0, :, 1])


@pytest.mark.parametrize("latents", [torch.zeros(95, 16), torch.zeros(24, 10), torch.zeros(5, 8, 12)])
def test_latents_of_an_unknown_form_have_no_picture(latents: Any) -> None:
    assert plane_of(latents, CHANNELS, (8, 12), "NewPipeline") is None


@pytest.mark.parametrize("is_flow", [True, False])
def test_the_first_step_already_shows_where_it_leads(is_flow: bool) -> None:
    """A model that knows the picture: each step takes the same part of the noise away."""
    scheduler = FlowMatchEulerDiscreteScheduler() if is_flow else EulerDiscreteScheduler()
    scheduler.set_timesteps(8)
    picture, noise = torch.full((1, 4, 4), 0.3), torch.randn(1, 4, 4, generator=torch.manual_seed(1))
    sigma = scheduler.sigmas[0]
    before = (1 - sigma) * picture + sigma * noise if is_flow else picture + sigma * noise
    predicted = noise - picture if is_flow else noise
    now = scheduler.step(predicted, scheduler.timesteps[0], before).prev_sample

    assert torch.allclose(foreseen(scheduler, before, now), picture, atol=1e-4)
    assert not torch.allclose(now, picture, atol=0.1)


@pytest.mark.parametrize("bytes_max", [1024, 8192])
def test_a_preview_keeps_within_its_bytes(bytes_max: int) -> None:
    noise = np.random.default_rng(0).random((400, 600, 3))

    written = jpeg_of(noise, bytes_max)

    assert 0 < len(written) <= bytes_max
    assert max(opened(written).size) <= 256


def test_a_family_whose_latents_cannot_be_read_is_drawn_all_the_same() -> None:
    class Unreadable(BlurringVae):
        def encode(self, pixels: Any) -> Any:
            raise NotImplementedError("not this one")

    run = Handle()
    previews = Previews(PreviewChoice(steps=1), pipeline_of(Unreadable(), EulerDiscreteScheduler()), torch)
    previews.begin(64, 64)

    for step in (1, 2):
        previews.look(torch.zeros(1, CHANNELS, 8, 8), step, [run])

    assert run.shown == [b""]


def test_latents_without_numbers_are_black_not_a_fault() -> None:
    colours = Colours(np.ones((CHANNELS + 1, 3), np.float32), SCALE_PX)

    assert jpeg_of(colours.of(np.full((CHANNELS, 4, 4), np.nan)), 8192)
