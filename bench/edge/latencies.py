"""What stands at a place in sorted times."""

from __future__ import annotations

import math
from collections.abc import Sequence


def percentile_ms(seconds: Sequence[float], percent: float) -> float:
    """The least time that `percent` of the times are not above, ms. Raises ValueError for none."""
    if not seconds:
        raise ValueError("no times")
    place = max(1, math.ceil(len(seconds) * percent / 100))
    return sorted(seconds)[place - 1] * 1000
