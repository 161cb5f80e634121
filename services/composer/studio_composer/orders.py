"""What the composer is asked for: the orders of one scene's segment and of the whole film."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate

from studio_composer.blends import Blend
from studio_composer.looks import Brand, CaptionStyle
from studio_platform.engine import Input

SHOTS_MAX = 500
SEGMENTS_MAX = 3_000
CARD_MAX_FRAMES = 7_200
CREDITS_A_PAGE = 8


@dataclass(frozen=True, slots=True)
class Level:
    """How much louder a sound is than the mix would have it, 1/100 dB."""

    gain_millibels: int = 0
    muted: bool = False

    @property
    def gain(self) -> float:
        """The linear gain."""
        return 0.0 if self.muted else float(10 ** (self.gain_millibels / 2_000))


LEVEL = Level()


@dataclass(frozen=True, slots=True)
class SpeechCue:
    """A speech in its shot: the input's role, and the frames after the clip's start when it begins.

    One that `is_dubbed` is said in another language in the time of its own: it may go on after its shot.
    """

    role: str
    start_frame: int
    character: str
    text: str
    level: Level = LEVEL
    is_dubbed: bool = False


@dataclass(frozen=True, slots=True)
class Framing:
    """The still that says where a shot's characters stand, and who matters while nobody speaks.

    Both may be empty.
    """

    still_role: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class LowerThird:
    """A line over the lower left of a picture, and a smaller one below it, which may be empty."""

    text: str
    small_text: str = ""


@dataclass(frozen=True, slots=True)
class SegmentShot:
    """One shot of a scene; its clip is exactly `length_frames` long, before trims and hold.

    `crossfade_frames` are shared with the next shot, into which it turns by its `blend`; `dip_frames` go to
    black and from black before it, or to white, or to black at once. A clip that is to be `fitted` may have
    another size, rate and length. In place of its clip a still may be held; both roles are empty in a scene
    of sound alone. A shot with a `framing` is alone in its order, and comes out as a clip.
    Its `lower_thirds` are shown one after the other. Of its last speech `over_frames` are heard after it.
    """

    shot_id: str
    clip_role: str
    length_frames: int
    cues: tuple[SpeechCue, ...] = ()
    head_trim_frames: int = 0
    tail_trim_frames: int = 0
    hold_frames: int = 0
    crossfade_frames: int = 0
    dip_frames: int = 0
    effects_role: str = ""
    effects_start_frame: int = 0
    fitted: bool = False
    still_role: str = ""
    framing: Framing | None = None
    blend: Blend = Blend.DISSOLVE
    dips_to_white: bool = False
    dips_from_cut: bool = False
    lower_thirds: tuple[LowerThird, ...] = ()
    over_frames: int = 0

    @property
    def shown_frames(self) -> int:
        """How long it shows."""
        return self.length_frames - self.head_trim_frames - self.tail_trim_frames + self.hold_frames


@dataclass(frozen=True, slots=True)
class SegmentOrder:
    """One scene. An empty role means that the scene has no such sound; 0 frames of fade is a cut."""

    width_px: int
    height_px: int
    rate_numerator: int
    rate_denominator: int
    shots: tuple[SegmentShot, ...]
    music_role: str = ""
    effects_role: str = ""
    fade_in_frames: int = 0
    fade_out_frames: int = 0
    inputs: Mapping[str, Input] = field(default_factory=dict)
    retimed: bool = False
    music_fitted: bool = False
    ambience_role: str = ""
    picture_only: bool = False
    fade_in_white: bool = False
    fade_out_white: bool = False

    @property
    def length_frames(self) -> int:
        """The scene's length."""
        return self.start_frames[-1] + self.shots[-1].shown_frames

    @property
    def has_picture(self) -> bool:
        """Whether it is more than sound."""
        return self.width_px > 0

    @property
    def start_frames(self) -> tuple[int, ...]:
        """Where each shot starts."""
        steps = (shot.shown_frames - shot.crossfade_frames for shot in self.shots[:-1])
        return tuple(accumulate(steps, initial=0))


@dataclass(frozen=True, slots=True)
class TranslatedCue:
    """What the caption of a speech says in place of its own text."""

    character: str
    source_text: str
    text: str


@dataclass(frozen=True, slots=True)
class FilmSegment:
    """A scene in the film: the role of its segment, and its heading, which names its chapter.

    `crossfade_frames` are shared with the next scene, into which it turns by its `blend`. `sound_role` is
    that of the master that begins with it; empty where that of the scene before goes on. `picture_role` is
    that of the segment whose picture is shown; empty is its own. `translated_cues` are in the order in which
    the segment's shots say them. `tone_role` is that of its room tone, empty without. The sound that begins
    with it has `sound_before_frames` of cards before it, and `sound_after_frames` after its last scene.
    """

    role: str
    heading: str
    crossfade_frames: int = 0
    music: Level = LEVEL
    effects: Level = LEVEL
    sound_role: str = ""
    picture_role: str = ""
    translated_cues: tuple[TranslatedCue, ...] = ()
    blend: Blend = Blend.DISSOLVE
    tone_role: str = ""
    sound_before_frames: int = 0
    sound_after_frames: int = 0

    @property
    def shown_role(self) -> str:
        """The role of the segment whose picture is shown."""
        return self.picture_role or self.role


class FilmForm(StrEnum):
    """The file of a film: its container and codecs."""

    MP4 = "mp4"
    MP4_AV1 = "mp4-av1"
    WEBM = "webm"


@dataclass(frozen=True, slots=True)
class FilmOrder:
    """The film. A card of 0 frames is left out.

    `language` is BCP-47 of its texts, `spoken_language` of its speech where it is an output in a language of
    its own.
    """

    title: str
    width_px: int
    height_px: int
    rate_numerator: int
    rate_denominator: int
    segments: tuple[FilmSegment, ...]
    credit: str = ""
    author: str = ""
    loudness_target_millilufs: int = -16_000
    title_card_frames: int = 0
    end_card_frames: int = 0
    language: str = "en"
    inputs: Mapping[str, Input] = field(default_factory=dict)
    end_title: str = ""
    credits: tuple[str, ...] = ()
    credits_card_frames: int = 0
    caption_style: CaptionStyle | None = None
    brand: Brand | None = None
    spoken_language: str = ""
    form: FilmForm = FilmForm.MP4

    @property
    def credit_pages(self) -> tuple[tuple[str, ...], ...]:
        """The lines of each card of credits."""
        if not self.credits_card_frames:
            return ()
        starts = range(0, len(self.credits), CREDITS_A_PAGE)
        return tuple(self.credits[start : start + CREDITS_A_PAGE] for start in starts)


@dataclass(frozen=True, slots=True)
class LevelsOrder:
    """The levels of a film of these scenes."""

    segments: tuple[FilmSegment, ...]
    loudness_target_millilufs: int = -16_000
    inputs: Mapping[str, Input] = field(default_factory=dict)
    true_peak_max_millidbtp: int = -1_000


@dataclass(frozen=True, slots=True)
class SoundEnd:
    """What is heard where a master begins or ends: cards and their music, and the scene on the other side.

    Empty roles are none. The later scene is heard `lead_frames` before the joint, the earlier `tail_frames`
    after it; `effects` are the levels of the scene on the other side.
    """

    card_frames: int = 0
    music_role: str = ""
    tone_role: str = ""
    lead_frames: int = 0
    tail_frames: int = 0
    effects: Level = LEVEL


@dataclass(frozen=True, slots=True)
class MasterOrder:
    """The encoded sound of a scene, or of scenes that turn into each other, at their film's levels.

    One `with_mix` is kept without loss, too.
    """

    segments: tuple[FilmSegment, ...]
    levels_role: str
    rate_numerator: int
    rate_denominator: int
    inputs: Mapping[str, Input] = field(default_factory=dict)
    true_peak_max_millidbtp: int = -1_000
    start: SoundEnd = SoundEnd()
    end: SoundEnd = SoundEnd()
    with_mix: bool = False


@dataclass(frozen=True, slots=True)
class ReadingOrder:
    """A table read. `language` is BCP-47; between two scenes are `scene_pause_frames` of silence."""

    title: str
    rate_numerator: int
    rate_denominator: int
    segments: tuple[FilmSegment, ...]
    author: str = ""
    loudness_target_millilufs: int = -16_000
    scene_pause_frames: int = 0
    language: str = "en"
    inputs: Mapping[str, Input] = field(default_factory=dict)
