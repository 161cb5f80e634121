"""A finished film in another file: WebM with VP9 and Opus, or MP4 with AV1, read back when it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.container.core import Flags
from av.packet import Packet
from av.stream import Stream
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from studio_composer.defects import FilmFault, time_code
from studio_composer.film_file import FilmParts, add_text_track, add_vtt_track, describe
from studio_composer.mix_joints import mix_blocks
from studio_composer.orders import FilmForm
from studio_composer.sound_joints import SoundPiece
from studio_composer.splice import Check
from studio_composer.subtitle_files import vtt_cue
from studio_composer.timeline import Timeline
from studio_media.house import SAMPLE_RATE_HZ
from studio_media.sound import Samples
from studio_platform.engine import Run

WRITTEN_PERCENT_OF_FORMED = 10
OPUS_BITS_PER_SECOND = 160_000
OPUS_FRAME_SAMPLES = SAMPLE_RATE_HZ // 50
# Fixed, for bytes must not depend on the machine's cores.
ENCODER_THREADS = 4
KEY_PICTURE_MAX_SECONDS = 4
_PROGRESS_STEP_FRAMES = 24


@dataclass(frozen=True, slots=True)
class _Codec:
    """How the picture of a form is encoded: qualities near that of the house's H.264."""

    container: str
    media_type: str
    suffix: str
    video: str
    video_options: Mapping[str, str]
    container_options: Mapping[str, str] = field(default_factory=dict)


_CODECS = {
    FilmForm.WEBM: _Codec(
        "webm",
        "video/webm",
        ".webm",
        "libvpx-vp9",
        {
            "crf": "31",
            "b": "0",
            "deadline": "good",
            "cpu-used": "4",
            "row-mt": "1",
            "tile-columns": "1",
        },
        {"cues_to_front": "1", "reserve_index_space": "0"},
    ),
    FilmForm.MP4_AV1: _Codec(
        "mp4",
        "video/mp4",
        ".mp4",
        "libsvtav1",
        {"crf": "32", "preset": "8", "svtav1-params": f"lp={ENCODER_THREADS}"},
        {"movflags": "+faststart", "movie_timescale": str(SAMPLE_RATE_HZ)},
    ),
}


@dataclass(frozen=True, slots=True)
class FormedFilm:
    """The file of a film in another form."""

    path: Path
    media_type: str


def written_percent(form: FilmForm) -> int:
    """How much of the work is done when the film is there in the house's form."""
    return 95 if form is FilmForm.MP4 else WRITTEN_PERCENT_OF_FORMED


def in_form(
    form: FilmForm,
    film: Path,
    parts: FilmParts,
    timeline: Timeline,
    run: Run,
    mixes: Sequence[SoundPiece] = (),
) -> FormedFilm:
    """A finished film as it is, or encoded anew beside it and read back; tells the run how far it is.

    Captions are a track of WebVTT in WebM, and its sound is encoded from the `mixes` of the scenes. Raises
    FilmFault for other pictures, or tracks of other lengths, than the film has.
    """
    if form is FilmForm.MP4:
        return FormedFilm(film, "video/mp4")

    def progress(done: int) -> None:
        run.progress(WRITTEN_PERCENT_OF_FORMED + done * (100 - WRITTEN_PERCENT_OF_FORMED) // 100)

    codec, check = _CODECS[form], run.raise_if_cancelled
    path = film.with_name(f"formed{codec.suffix}")
    options = dict(codec.container_options)
    with (
        av.open(str(film), mode="r", format="mov") as source,
        av.open(str(path), mode="w", format=codec.container, container_options=options) as target,
    ):
        target.flags |= cast(int, Flags.bitexact.value)
        sound = mix_blocks(mixes, timeline.samples(timeline.length_frames), OPUS_FRAME_SAMPLES)
        _Transcoding(source, target, codec, parts, timeline, sound).run(check, progress)
    _read_back(path, codec, timeline, check)
    return FormedFilm(path, codec.media_type)


class _Transcoding:
    """One pass over a film: pictures encoded anew; where the container asks for it, sound from the mix."""

    def __init__(
        self,
        source: InputContainer,
        target: OutputContainer,
        codec: _Codec,
        parts: FilmParts,
        timeline: Timeline,
        sound: Iterator[Samples],
    ) -> None:
        self._source = source
        self._sound = sound
        self._heard_samples = 0
        self._target = target
        self._timeline = timeline
        self._encodes_sound = codec.container == "webm"
        self._video = _add_video(target, source.streams.video[0], codec)
        self._audio = self._add_audio(source.streams.audio[0])
        self._audio.metadata["language"] = parts.language
        language = parts.text_language or parts.language
        if self._encodes_sound:
            self._text = add_vtt_track(target, language, parts.text_header)
        else:
            self._text = add_text_track(target, language, parts.text_header)
        describe(target, parts.title, parts.author, parts.chapters)

    def _add_audio(self, sound: AudioStream) -> Stream:
        if not self._encodes_sound:
            return self._target.add_stream_from_template(sound)
        track = self._target.add_stream("libopus", rate=SAMPLE_RATE_HZ)
        track.codec_context.layout = "stereo"
        track.codec_context.format = "flt"
        track.codec_context.bit_rate = OPUS_BITS_PER_SECOND
        return track

    def run(self, check: Check, progress: Callable[[int], None]) -> None:
        """Go through the film once, in the order in which it is stored."""
        audio = () if self._encodes_sound else self._source.streams.audio
        streams = (*self._source.streams.video, *audio, *self._source.streams.subtitles)
        shown = 0
        for packet in self._source.demux(*streams):
            check()
            for encoded in self._turned(packet):
                self._target.mux(encoded)
            if self._encodes_sound and packet.dts is not None:
                self._encode_sound(packet.dts * Fraction(packet.time_base or 0))
            if packet.stream.type == "video":
                shown += 1
                if shown % _PROGRESS_STEP_FRAMES == 0:
                    progress(min(100, 100 * shown // self._timeline.length_frames))
        self._flush(self._video)
        if self._encodes_sound:
            self._encode_sound(self._timeline.length_frames / self._timeline.rate_hz)
            self._flush(self._audio)

    def _encode_sound(self, until_seconds: Fraction) -> None:
        """Encode the mix up to a time of the film."""
        while self._heard_samples < until_seconds * SAMPLE_RATE_HZ:
            block = next(self._sound, None)
            if block is None:
                return
            frame = AudioFrame.from_ndarray(
                np.ascontiguousarray(block, np.float32).reshape(1, -1), format="flt", layout="stereo"
            )
            frame.sample_rate = SAMPLE_RATE_HZ
            frame.time_base = Fraction(1, SAMPLE_RATE_HZ)
            frame.pts = self._heard_samples
            self._heard_samples += len(block)
            self._target.mux(cast(AudioStream, self._audio).encode(frame))

    def _turned(self, packet: Packet[Any]) -> Iterator[Packet[Any]]:
        """What a packet of the film becomes."""
        if packet.stream.type == "video":
            for frame in packet.decode():
                # The encoder decides where key pictures stand, not what the film was encoded as.
                frame.pict_type = PictureType.NONE
                yield from self._video.encode(frame)
        elif packet.dts is None:
            return
        elif packet.stream.type == "subtitle" and self._encodes_sound:
            yield from self._vtt(packet)
        else:
            packet.stream = self._audio if packet.stream.type == "audio" else self._text
            yield packet

    def _vtt(self, packet: Packet[Any]) -> Iterator[Packet[Any]]:
        """A sample of timed text as a cue; none for a sample that only carries the track on."""
        words = vtt_cue(bytes(packet))
        if not words:
            return
        cue: Packet[Any] = Packet(words)
        tick = Fraction(packet.time_base or 0)
        cue.time_base = Fraction(1, 1_000)
        cue.pts = cue.dts = round((packet.pts or 0) * tick * 1_000)
        cue.duration = round((packet.duration or 0) * tick * 1_000)
        cue.stream = self._text
        yield cue

    def _flush(self, track: Any) -> None:
        self._target.mux(track.encode(None))


def _add_video(target: OutputContainer, film: VideoStream, codec: _Codec) -> VideoStream:
    rate = Fraction(film.average_rate or 0)
    track = cast(VideoStream, target.add_stream(codec.video, rate=rate, options=dict(codec.video_options)))
    context, house = track.codec_context, film.codec_context
    context.width, context.height, context.pix_fmt = house.width, house.height, house.pix_fmt
    context.time_base = track.time_base = Fraction(film.time_base or 0)
    context.gop_size = round(rate * KEY_PICTURE_MAX_SECONDS)
    context.thread_count = ENCODER_THREADS
    context.color_range, context.color_primaries = house.color_range, house.color_primaries
    context.color_trc, context.colorspace = house.color_trc, house.colorspace
    return track


def _read_back(path: Path, codec: _Codec, timeline: Timeline, check: Check) -> None:
    """Decode every picture of a file, which must be the film's, each at its time."""
    with av.open(str(path), mode="r", format="matroska" if codec.container == "webm" else "mov") as film:
        if len(film.chapters()) != len(timeline.chapters()):
            raise FilmFault(f"{len(film.chapters())} chapters where {len(timeline.chapters())} were written")
        tick = Fraction(film.streams.video[0].time_base or 0)
        shown = 0
        heard = Fraction(0)
        for packet in film.demux(film.streams.video[0], film.streams.audio[0]):
            check()
            if packet.stream.type == "audio":
                ends = (packet.pts or 0) + (packet.duration or 0)
                heard = max(heard, ends * Fraction(packet.time_base or 0))
                continue
            for frame in cast(list[VideoFrame], packet.decode()):
                if round((frame.pts or 0) * tick * timeline.rate_hz) != shown:
                    at = time_code(shown, timeline.rate_hz)
                    raise FilmFault(f"a picture at {float((frame.pts or 0) * tick)} s where {at} is due")
                shown += 1
    if shown != timeline.length_frames:
        at = time_code(min(shown, timeline.length_frames), timeline.rate_hz)
        raise FilmFault(f"{shown} pictures where {timeline.length_frames} are due, from {at}")
    if abs(heard - timeline.length_frames / timeline.rate_hz) > 1 / timeline.rate_hz:
        raise FilmFault(f"the sound lasts {float(heard)} s, the film {timeline.length_ms / 1_000} s")
