"""Settings that every engine of diffusers has, as types: what may be given, and what is said of it."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from studio_models.choices import DEVICES, DTYPES, SAVINGS
from studio_platform.generator import known
from studio_platform.settings import CommaList

ModelRevision = Annotated[
    str, Field(max_length=200, description="Of diffusers: the commit or tag of a model of the hub.")
]
MayDownload = Annotated[
    bool, Field(description="Whether a model of the hub may be downloaded (true or false).")
]
Device = Annotated[
    Literal["auto", "cuda", "mps", "cpu"],
    Field(description=f"Of diffusers: {', '.join(DEVICES)}; auto takes the best that is there."),
]
Dtype = Annotated[
    Literal["auto", "float32", "float16", "bfloat16"],
    Field(description=f"Of diffusers: {', '.join(DTYPES)}; auto goes by the device."),
]
Memory = Annotated[
    Literal["none", "24gb", "16gb", "8gb"],
    Field(description="Savings for a card of so much memory, untested: none, 24gb, 16gb or 8gb."),
]
Savings = Annotated[CommaList, AfterValidator(partial(known, offered=SAVINGS, what="saving"))]
Scheduler = Annotated[
    str,
    Field(max_length=100, description="Class of another scheduler of diffusers; empty: the model's own."),
]
PreviewSteps = Annotated[
    int,
    Field(
        ge=0,
        le=500,
        description="After so many steps of diffusers what there is so far is shown; 0: never (0 to 500).",
    ),
]
PreviewBytesMax = Annotated[
    int,
    Field(
        ge=1024,
        le=32 * 1024,
        description="Of diffusers: most bytes of such a picture, a small JPEG (1024 to 32768).",
    ),
]
