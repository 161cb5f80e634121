"""An insert: the thing that the action names, close, in the middle and lit."""

from __future__ import annotations

from PIL import Image

from studio_imagegen.engines.storyboard.staging import Staging
from studio_imagegen.orders import StillOrder


def draw_insert(picture: Image.Image, staging: Staging, order: StillOrder) -> None:
    """TODO"""
