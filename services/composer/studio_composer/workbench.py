"""A workbench: where one run encodes the few pictures that are its own, those of joints and of cards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from studio_composer.shelf import Key, Shelf
from studio_composer.splice import Check, Piece, Reference, encode
from studio_media.house import HOUSE_PICTURE, PictureProfile
from studio_media.picture import Planes


@dataclass(frozen=True, slots=True)
class Workbench:
    """The form of the film, a folder of the run, its look for a cancel, and what was encoded before."""

    reference: Reference
    folder: Path
    check: Check
    shelf: Shelf

    def encoded(
        self,
        pictures: Iterable[Planes],
        length_frames: int,
        name: str,
        key: Key,
        profile: PictureProfile = HOUSE_PICTURE,
    ) -> Piece:
        """The pictures as a piece in a file of that name; `key` says all that they are made from.

        They are not looked at when they were encoded before.
        """
        path = self.folder / name
        whole = (self.reference.form, HOUSE_PICTURE.revision(), length_frames, *key)
        known = self.shelf.find(whole)
        if known is None:
            encode(pictures, length_frames, self.reference, path, self.check, profile)
            self.shelf.keep(whole, path.read_bytes())
        else:
            path.write_bytes(known)
        return Piece(path, 0, length_frames)
