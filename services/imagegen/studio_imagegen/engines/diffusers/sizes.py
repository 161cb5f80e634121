"""How the picture that a model drew becomes the size that is ordered."""

from __future__ import annotations

from PIL import Image


def fitted(picture: Image.Image, width_px: int, height_px: int) -> Image.Image:
    """The picture in the ordered size: scaled to cover it, its middle kept."""
    scale = max(width_px / picture.width, height_px / picture.height)
    covering = (max(width_px, round(picture.width * scale)), max(height_px, round(picture.height * scale)))
    if covering != picture.size:
        picture = picture.resize(covering, Image.Resampling.LANCZOS)
    left, top = (picture.width - width_px) // 2, (picture.height - height_px) // 2
    return picture.crop((left, top, left + width_px, top + height_px))
