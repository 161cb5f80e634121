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
    AUDIO = "audio"
    LYRICS = "lyrics"
    STORYBOARD_PDF = "storyboard-pdf"
    STORYBOARD_HTML = "storyboard-html"
    THUMBNAILS = "thumbnails"
    THUMBNAILS_VTT = "thumbnails-vtt"
    PREVIEW = "preview"


# The names in the contract.
ASSETS = {
    AssetName.FILM: "ASSET_FILM",
    AssetName.POSTER: "ASSET_POSTER",
    AssetName.SUBTITLES: "ASSET_SUBTITLES_SRT",
    AssetName.SUBTITLES_VTT: "ASSET_SUBTITLES_VTT",
    AssetName.REPORT: "ASSET_REPORT",
    AssetName.AUDIO: "ASSET_AUDIO",
    AssetName.LYRICS: "ASSET_LYRICS",
    AssetName.STORYBOARD_PDF: "ASSET_STORYBOARD_PDF",
    AssetName.STORYBOARD_HTML: "ASSET_STORYBOARD_HTML",
    AssetName.THUMBNAILS: "ASSET_THUMBNAILS",
    AssetName.THUMBNAILS_VTT: "ASSET_THUMBNAILS_VTT",
    AssetName.PREVIEW: "ASSET_PREVIEW",
}

# What comes of each target, by the suffix of the file that it is written to; the first is the usual one.
TARGET_ASSETS = {
    "film": {".mp4": AssetName.FILM, ".m4v": AssetName.FILM, "": AssetName.FILM},
    "animatic": {".mp4": AssetName.FILM, ".m4v": AssetName.FILM, "": AssetName.FILM},
    "storyboard": {".pdf": AssetName.STORYBOARD_PDF, ".html": AssetName.STORYBOARD_HTML},
    "table-read": {".m4a": AssetName.AUDIO, ".mp4": AssetName.AUDIO},
}
