"""Speech in another language, laid into the places that the film's own speech left it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from studio_composer.captions import Overrun
from studio_composer.stems import Placement, ms_of

PAUSE_SAMPLES = 4_800
"""Between a speech that took longer than its place and the next one, which waits for it: 100 ms."""


@dataclass(slots=True)
class Dubbing:
    """Lays the dubbed speeches of one scene, in their order.

    A speech that is longer than its place goes on after it, and the next one waits for its end as long as it
    is heard to its own end before the scene's. `laid` are where speeches would have started, and their ends.
    """

    scene_samples: int
    laid: list[tuple[int, int]] = field(default_factory=list)

    def placed(self, own: Placement, place_end: int) -> tuple[Placement, Overrun | None]:
        """Return where a speech is heard, and whether it takes more time than it has, until `place_end`."""
        # Two that begin together are meant to be heard together.
        before = [end for start, end in self.laid if start < own.start_sample]
        waiting = max((end + PAUSE_SAMPLES for end in before if end > own.start_sample), default=0)
        latest = self.scene_samples - own.length_samples
        start = max(own.start_sample, min(waiting, latest))
        heard = min(own.length_samples, self.scene_samples - start)
        self.laid.append((own.start_sample, start + heard))
        placement = replace(own, start_sample=start, length_samples=heard)
        if own.start_sample + own.length_samples <= place_end:
            return placement, None
        place_ms = ms_of(max(0, place_end - own.start_sample))
        return placement, Overrun(ms_of(own.length_samples), place_ms, ms_of(own.length_samples - heard))
