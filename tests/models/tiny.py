"""Pipelines of random weights, built in code and saved as a real model is: the same call loads both.

Their configurations follow those of diffusers' own tests of each family; they draw noise, but through every
step that a real one goes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, StableDiffusionXLPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer
from transformers.convert_slow_tokenizer import bytes_to_unicode

WORDS = (
    "Wide shot, interior, kitchen, night. Mara (a tall woman in a red coat) opens the door and looks at Tom.",
    "Close-up, exterior, harbour pier, dusk. Rain falls on the boats. The lighthouse turns.",
)
TOKENS_MAX = 77


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
