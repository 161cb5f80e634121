"""How a character keeps a face from shot to shot, as settings say it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class FacesChoice:
    """`way` is none, adapter or image; the next three name an IP-Adapter, `permille` weighs the portrait."""

    way: str = "none"
    adapter: str = ""
    weights: str = ""
    encoder: str = "image_encoder"
    permille: int = 600

    def key(self, model_key: str) -> str:
        """The model's key, or with faces one of both: they change every picture with someone in it."""
        if self.way == "none":
            return model_key
        facts = asdict(self) | {"model": model_key}
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
