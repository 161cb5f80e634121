"""Image-to-video pipelines of random weights, saved as real models are; see tests/models/tiny.py."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKLLTXVideo,
    AutoencoderKLTemporalDecoder,
    AutoencoderKLWan,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    LTXImageToVideoPipeline,
    LTXVideoTransformer3DModel,
    StableVideoDiffusionPipeline,
    UNetSpatioTemporalConditionModel,
    WanImageToVideoPipeline,
    WanTransformer3DModel,
)
from transformers import (
    CLIPImageProcessor,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
    T5Config,
    T5EncoderModel,
    T5Tokenizer,
)

SVD_FRAMES = 6


def save_ltx(folder: Path) -> Path:
    """An LTX-Video of 0.5 MB; it draws in multiples of 4 pixels and, but for the first, of 4 frames."""
    torch.manual_seed(0)
    tokenizer, text_encoder = t5()
    _saved(
        LTXImageToVideoPipeline(
            scheduler=FlowMatchEulerDiscreteScheduler(),
            vae=_ltx_vae(),
            text_encoder=text_encoder,
            tokenizer=tokenizer,
            transformer=LTXVideoTransformer3DModel(
                in_channels=8,
                out_channels=8,
                num_attention_heads=4,
                attention_head_dim=8,
                cross_attention_dim=32,
                num_layers=1,
                caption_channels=32,
            ),
        ),
        folder,
    )
    return folder


def save_wan(folder: Path) -> Path:
    """A Wan of 0.8 MB; it draws in multiples of 16 pixels and, but for the first, of 4 frames."""
    torch.manual_seed(0)
    tokenizer, text_encoder = t5()
    _saved(
        WanImageToVideoPipeline(
            tokenizer=tokenizer,
            text_encoder=text_encoder,
            vae=AutoencoderKLWan(
                base_dim=3,
                z_dim=16,
                dim_mult=[1, 1, 1, 1],
                num_res_blocks=1,
                temperal_downsample=[False, True, True],
            ),
            scheduler=FlowMatchEulerDiscreteScheduler(shift=7.0),
            transformer=_wan_transformer(),
            image_encoder=_clip_vision(hidden_size=4, image_size=32, patch_size=1),
            image_processor=CLIPImageProcessor(crop_size=32, size=32),
        ),
        folder,
    )
    return folder


def save_svd(folder: Path) -> Path:
    """A Stable Video Diffusion of 7 MB, which reads no prompt and is made for SVD_FRAMES."""
    torch.manual_seed(0)
    _saved(
        StableVideoDiffusionPipeline(
            vae=AutoencoderKLTemporalDecoder(
                block_out_channels=[32, 64], down_block_types=["DownEncoderBlock2D"] * 2, latent_channels=4
            ),
            image_encoder=_clip_vision(hidden_size=32, image_size=224, patch_size=32),
            unet=_svd_unet(),
            scheduler=EulerDiscreteScheduler(
                beta_start=0.00085,
                beta_end=0.012,
                beta_schedule="scaled_linear",
                prediction_type="v_prediction",
                sigma_max=700,
                sigma_min=0.002,
                steps_offset=1,
                timestep_spacing="leading",
                timestep_type="continuous",
                use_karras_sigmas=True,
            ),
            feature_extractor=CLIPImageProcessor(crop_size=224, size=224),
        ),
        folder,
    )
    return folder


def t5(width: int = 32) -> tuple[Any, Any]:
    """A tokenizer by letters, and a text encoder of so many numbers a letter."""
    letters = [(letter, -3.0) for letter in string.printable.strip()]
    vocabulary = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *letters]
    tokenizer = T5Tokenizer(vocab=vocabulary, extra_ids=0, model_max_length=128)
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=width,
        d_kv=8,
        d_ff=37,
        num_layers=2,
        num_heads=4,
        pad_token_id=0,
        eos_token_id=1,
        decoder_start_token_id=0,
    )
    return tokenizer, T5EncoderModel(config)


def _saved(pipeline: Any, folder: Path) -> None:
    pipeline.save_pretrained(folder)


def _ltx_vae() -> Any:
    return AutoencoderKLLTXVideo(
        latent_channels=8,
        block_out_channels=(8, 8, 8, 8),
        decoder_block_out_channels=(8, 8, 8, 8),
        layers_per_block=(1,) * 5,
        decoder_layers_per_block=(1,) * 5,
        spatio_temporal_scaling=(True, True, False, False),
        decoder_spatio_temporal_scaling=(True, True, False, False),
        patch_size=1,
        patch_size_t=1,
    )


def _wan_transformer() -> Any:
    return WanTransformer3DModel(
        patch_size=(1, 2, 2),
        num_attention_heads=2,
        attention_head_dim=12,
        in_channels=36,
        out_channels=16,
        text_dim=32,
        freq_dim=256,
        ffn_dim=32,
        num_layers=2,
        cross_attn_norm=True,
        rope_max_seq_len=32,
        image_dim=4,
    )


def _svd_unet() -> Any:
    return UNetSpatioTemporalConditionModel(
        block_out_channels=(32, 64),
        layers_per_block=1,
        sample_size=32,
        down_block_types=("CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"),
        up_block_types=("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"),
        cross_attention_dim=32,
        num_attention_heads=8,
        projection_class_embeddings_input_dim=96,
        addition_time_embed_dim=32,
        num_frames=SVD_FRAMES,
    )


def _clip_vision(hidden_size: int, image_size: int, patch_size: int) -> Any:
    return CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=hidden_size,
            projection_dim=hidden_size,
            num_hidden_layers=2,
            num_attention_heads=2,
            image_size=image_size,
            intermediate_size=16,
            patch_size=patch_size,
        )
    )
