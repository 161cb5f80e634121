"""The files of a job, as the command line names them."""

from __future__ import annotations

from enum import StrEnum


class AssetName(StrEnum):
    """A file that a job makes."""

    FILM = "film"
    POSTER = "poster"
    SUBTITLES = "subtitles"
    SUBTITLES_VTT = "subtitles-vtt"
    REPORT = "report"


# The names in the contract.
ASSETS = {
    AssetName.FILM: "ASSET_FILM",
    AssetName.POSTER: "ASSET_POSTER",
    AssetName.SUBTITLES: "ASSET_SUBTITLES_SRT",
    AssetName.SUBTITLES_VTT: "ASSET_SUBTITLES_VTT",
    AssetName.REPORT: "ASSET_REPORT",
}
