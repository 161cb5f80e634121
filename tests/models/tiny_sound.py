"""A text-to-audio pipeline of random weights, saved as a real model is; see tests/models/tiny.py."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import (
    AutoencoderOobleck,
    EDMDPMSolverMultistepScheduler,
    StableAudioDiTModel,
    StableAudioPipeline,
    StableAudioProjectionModel,
)

from tests.models.tiny_motion import t5

RATE_HZ = 16_000
SAMPLES_A_LATENT = 256
SECONDS_MAX = 4
WIDTH = 32


def save_stable_audio(folder: Path) -> Path:
    """A Stable Audio of 0.3 MB: up to 4 s of stereo at 16 kHz."""
    torch.manual_seed(0)
    tokenizer, text_encoder = t5(WIDTH)
    pipeline = StableAudioPipeline(
        vae=AutoencoderOobleck(
            encoder_hidden_size=6,
            downsampling_ratios=[2, 4, 4, 8],
            channel_multiples=[1, 2, 2, 4],
            decoder_channels=3,
            decoder_input_channels=3,
            sampling_rate=RATE_HZ,
        ),
        text_encoder=text_encoder,
        projection_model=StableAudioProjectionModel(
            text_encoder_dim=WIDTH, conditioning_dim=WIDTH, min_value=0, max_value=32
        ),
        tokenizer=tokenizer,
        transformer=StableAudioDiTModel(
            sample_size=SECONDS_MAX * RATE_HZ // SAMPLES_A_LATENT,
            in_channels=3,
            num_layers=2,
            attention_head_dim=8,
            num_attention_heads=4,
            num_key_value_attention_heads=2,
            out_channels=3,
            cross_attention_dim=WIDTH,
            time_proj_dim=8,
            global_states_input_dim=2 * WIDTH,
            cross_attention_input_dim=WIDTH,
        ),
        scheduler=EDMDPMSolverMultistepScheduler(
            solver_order=2, prediction_type="v_prediction", sigma_data=1.0, sigma_schedule="exponential"
        ),
    )
    pipeline.save_pretrained(folder)
    return folder
