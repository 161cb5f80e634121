"""Pipelines of random weights, built in code and saved as a real model is: the same call loads both.

Their configurations follow those of diffusers' own tests of each family; they draw noise, but through every
step that a real one goes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
from diffusers.models.attention_processor import IPAdapterAttnProcessor2_0
from diffusers.models.embeddings import ImageProjection
from safetensors.torch import save_file
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)
from transformers.convert_slow_tokenizer import bytes_to_unicode

WORDS = (
    "Wide shot, interior, kitchen, night. Mara (a tall woman in a red coat) opens the door and looks at Tom.",
    "Close-up, exterior, harbour pier, dusk. Rain falls on the boats. The lighthouse turns.",
)
TOKENS_MAX = 77
IMAGE_DIMENSIONS = 32
ADAPTER_GAIN = 10


def save_sdxl(folder: Path) -> Path:
    """A Stable Diffusion XL of 7 MB."""
    torch.manual_seed(0)
    tokenizer = _clip_tokenizer()
    text = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=37,
        num_hidden_layers=3,
        num_attention_heads=4,
        projection_dim=32,
        hidden_act="gelu",
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    pipeline = StableDiffusionXLPipeline(
        vae=_vae(),
        text_encoder=CLIPTextModel(text),
        text_encoder_2=CLIPTextModelWithProjection(text),
        tokenizer=tokenizer,
        tokenizer_2=tokenizer,
        unet=_unet(),
        scheduler=EulerDiscreteScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear"),
    )
    pipeline.save_pretrained(folder)
    return folder


def save_adapter(folder: Path) -> Path:
    """An IP-Adapter for that Stable Diffusion XL, laid out as h94/IP-Adapter is."""
    torch.manual_seed(1)
    unet = _unet()
    weights: dict[str, Any] = {}
    number = 1
    for name in unet.attn_processors:
        if name.endswith("attn1.processor"):
            continue
        wide = _width(unet, name)
        state = IPAdapterAttnProcessor2_0(wide, unet.config.cross_attention_dim).state_dict()
        for part in ("to_k_ip", "to_v_ip"):
            # As large as its neighbours are: as they begin, a portrait would hardly count.
            weights[f"ip_adapter.{number}.{part}.weight"] = state[f"{part}.0.weight"] * ADAPTER_GAIN
        number += 2
    projection = ImageProjection(IMAGE_DIMENSIONS, unet.config.cross_attention_dim, 4).state_dict()
    for ours, theirs in (("proj", "image_embeds"), ("norm", "norm")):
        for kind in ("weight", "bias"):
            weights[f"image_proj.{ours}.{kind}"] = projection[f"{theirs}.{kind}"]
    (folder / "sdxl_models").mkdir(parents=True)
    save_file(weights, folder / "sdxl_models" / "ip-adapter_sdxl.safetensors")
    _vision().save_pretrained(folder / "sdxl_models" / "image_encoder")
    return folder


def _width(unet: Any, name: str) -> int:
    blocks: tuple[int, ...] = unet.config.block_out_channels
    if name.startswith("mid_block"):
        return blocks[-1]
    number = int(name.split(".")[1])
    return tuple(reversed(blocks))[number] if name.startswith("up_blocks") else blocks[number]


def _vision() -> Any:
    return CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=32,
            intermediate_size=37,
            projection_dim=IMAGE_DIMENSIONS,
            num_hidden_layers=2,
            num_attention_heads=4,
            image_size=224,
            patch_size=32,
        )
    )


def _clip_tokenizer() -> Any:
    letters = list(bytes_to_unicode().values())
    vocabulary = [*letters, *(f"{letter}</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    by_letter = CLIPTokenizer(
        vocab={token: number for number, token in enumerate(vocabulary)},
        merges=[],
        model_max_length=TOKENS_MAX,
    )
    # By letters alone a prompt would be cut after a line, and longer ones would all be the same.
    return by_letter.train_new_from_iterator(WORDS * 50, vocab_size=700)


def _vae() -> Any:
    return AutoencoderKL(
        block_out_channels=[32, 64, 64, 64],
        in_channels=3,
        out_channels=3,
        down_block_types=["DownEncoderBlock2D"] * 4,
        up_block_types=["UpDecoderBlock2D"] * 4,
        latent_channels=4,
        sample_size=128,
    )


def _unet() -> Any:
    return UNet2DConditionModel(
        block_out_channels=(32, 64),
        layers_per_block=2,
        sample_size=32,
        in_channels=4,
        out_channels=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=(2, 4),
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        transformer_layers_per_block=(1, 2),
        projection_class_embeddings_input_dim=32 + 6 * 8,
        cross_attention_dim=64,
    )
