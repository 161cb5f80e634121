"""A scene's score from a model: pieces of one prompt, crossfaded to the scene's length."""

from __future__ import annotations

from studio_audiogen.acoustics import chance, fade, samples_in
from studio_audiogen.engines.diffusers.chain import chained, pieces_of
from studio_audiogen.engines.diffusers.level import levelled
from studio_audiogen.engines.diffusers.model import SoundModel, SoundWanted
from studio_audiogen.engines.diffusers.words import MUSIC_LUFS, NOT_IN_MUSIC, music_prompt
from studio_audiogen.orders import MusicOrder
from studio_media.sound import Samples
from studio_models.steps import share_of
from studio_platform.engine import Run

_FADE_IN_SECONDS, _FADE_OUT_SECONDS = 0.02, 1.0


def music_of(order: MusicOrder, model: SoundModel, run: Run) -> tuple[Samples, dict[str, str]]:
    """The score (count, 2) at 48 kHz, exactly as long as the order, and facts of it.

    Raises EngineFailure, RunCancelled.
    """
    prompt, count = music_prompt(order), order.length.samples
    pieces = pieces_of(count, model.seconds_max)

    def piece(number: int, seconds: float) -> Samples:
        seed = int(chance("music", number, order.seed).integers(2**63))
        wanted = SoundWanted(prompt, NOT_IN_MUSIC, seconds, seed)
        return model.sound(wanted, share_of(run, number, pieces))

    music = levelled(chained(count, model.seconds_max, piece), MUSIC_LUFS)
    fade(music.T, samples_in(_FADE_IN_SECONDS), samples_in(_FADE_OUT_SECONDS))
    left_out = model.words_left_out(prompt)
    return music, {"mood": order.mood, **({"prompt_cut_before": left_out[:200]} if left_out else {})}
