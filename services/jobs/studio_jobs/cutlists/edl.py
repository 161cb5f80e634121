"""A cut as an edit decision list, CMX 3600: the picture, its fields in the columns that readers expect."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import PurePosixPath

from studio_jobs.cutlists.cut import Cut
from studio_jobs.cutlists.tracks import Joint, JointKind, Piece, Track, picture_track
from studio_platform.errors import FailedPrecondition

EVENTS_MAX = 999
"""An event's number has three digits."""

START_HOURS = 1
TITLE_MAX_CHARS = 70
CARD_REEL = "FILM"
_CODES = {JointKind.CROSSFADE: "D", JointKind.WIPE: "W001", JointKind.IRIS: "W119"}
"""Of SMPTE's wipes, an edge from left to right and a circle that opens."""


def edl_of(cut: Cut) -> str:
    """The list as text. Raises FailedPrecondition for a cut of over EVENTS_MAX events."""
    track = picture_track(cut)
    events = sum(isinstance(item, Piece) for item in track)
    if events > EVENTS_MAX:
        raise FailedPrecondition(
            "CUT_LIST_TOO_LONG",
            f"This film has {events} events, and an edit decision list has at most {EVENTS_MAX}. "
            "Take it as OpenTimelineIO.",
            metadata={"events": str(events), "limit": str(EVENTS_MAX)},
        )
    title = _ascii(cut.title)[:TITLE_MAX_CHARS].strip() or "FILM"
    lines = [f"TITLE: {title}", "FCM: NON-DROP FRAME", "", *_Events(cut, track).lines()]
    return "\n".join(lines) + "\n"


class _Events:
    """The events of a track. A crossfade belongs to the event of the piece that comes, and begins it."""

    def __init__(self, cut: Cut, track: Track) -> None:
        self._cut = cut
        self._track = track
        self._frames_a_second = round(cut.rate_hz)

    def lines(self) -> list[str]:
        """All lines of all events."""
        lines: list[str] = []
        number = 0
        for at, item in enumerate(self._track):
            if isinstance(item, Piece):
                number += 1
                lines += self._event(number, at, item)
            elif not item.kind.is_shared:
                colour = "WHITE" if item.kind is JointKind.DIP_TO_WHITE else "BLACK"
                before, after = f"{item.before_frames:03} BEFORE", f"{item.after_frames:03} AFTER"
                lines.append(f"* DIP TO {colour} {before} AND {after} THE CUT")
        return lines

    def _event(self, number: int, at: int, piece: Piece) -> list[str]:
        into, out = self._crossfade(at - 1), self._crossfade(at + 1)
        early = into.before_frames if into else 0
        shown = replace(
            piece,
            source_frame=piece.source_frame - (0 if piece.is_frozen else early),
            start_frame=piece.start_frame - early,
            length_frames=piece.length_frames + early - (out.before_frames if out else 0),
        )
        name = _file_name(piece)
        if into is None:
            return [self._line(number, shown, "C"), *self._notes(shown), f"* FROM CLIP NAME: {name}"]
        left = self._track[at - 2]
        if not isinstance(left, Piece):
            raise TypeError("a crossfade stands between two pieces")
        gone = left.length_frames - early
        end = replace(
            left,
            source_frame=left.source_frame + (0 if left.is_frozen else gone),
            start_frame=left.start_frame + gone,
            length_frames=0,
        )
        return [
            self._line(number, end, "C"),
            self._line(number, shown, f"{_CODES[into.kind]:4} {early + into.after_frames:03}"),
            *self._notes(shown),
            f"* FROM CLIP NAME: {_file_name(left)}",
            f"* TO CLIP NAME: {name}",
        ]

    def _crossfade(self, at: int) -> Joint | None:
        item = self._track[at] if 0 <= at < len(self._track) else None
        return item if isinstance(item, Joint) and item.kind.is_shared else None

    def _line(self, number: int, piece: Piece, how: str) -> str:
        source, start, length = piece.source_frame, piece.start_frame, piece.length_frames
        start += START_HOURS * 3600 * self._frames_a_second
        times = (source, source + length, start, start + length)
        return f"{number:03}  {_reel(piece):8} V     {how:8} " + " ".join(map(self._time, times))

    def _notes(self, piece: Piece) -> list[str]:
        """That a picture stands still, and the lines of the screenplay where a shot begins."""
        notes = []
        if piece.is_frozen:
            notes.append(f"M2   {_reel(piece):8}       000.0                {self._time(piece.source_frame)}")
        if piece.shot and piece.shot.lines.first:
            start = piece.start_frame + START_HOURS * 3600 * self._frames_a_second
            words = f"{piece.shot.name} {piece.shot.lines}".upper()
            notes.append(f"* LOC: {self._time(start)} GREEN   {words}")
        return notes

    def _time(self, frame: int) -> str:
        seconds, frames = divmod(frame, self._frames_a_second)
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{frames:02}"


def _file_name(piece: Piece) -> str:
    return PurePosixPath(piece.path).name


def _reel(piece: Piece) -> str:
    """Eight characters at most: the file's number, or the film's own."""
    number = _file_name(piece).partition("-")[0]
    return f"SH{number}" if number.isdigit() else CARD_REEL


def _ascii(words: str) -> str:
    """Letters without their marks; what is left has no place in this format."""
    return unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
