"""What the watch page has beside its player: scenes, thumbnails and the captions' switch, with their script.

Without the script the scenes are links into the film's file, and the player's own bar is the only one.
"""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape

from filmstudio.shares.v1 import shares_pb2

SCRIPT = """
const video = document.querySelector("video");
const strip = document.querySelector("#strip");
const switcher = document.querySelector("#captions");
const scenes = [...document.querySelectorAll("#scenes a")];
const shots = strip ? strip.dataset.cues.split(";").map(cue => cue.split(",").map(Number)) : [];
const clock = seconds => {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = String(Math.floor(seconds) % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
};
const go = seconds => { video.currentTime = seconds; };
const draw = (box, seconds) => {
  const shot = shots.findLast(it => it[0] <= seconds * 1000) ?? shots[0];
  box.style.backgroundImage = `url("${strip.dataset.sheet}")`;
  box.style.backgroundPosition = `-${shot[1]}px -${shot[2]}px`;
  box.style.width = `${shot[3]}px`;
  box.style.height = `${shot[4]}px`;
};
if (strip) {
  const length = Number(strip.dataset.length) / 1000;
  const [label, window_, bar] = ["output", "i", "input"].map(name => strip.querySelector(name));
  const show = seconds => {
    draw(window_, seconds);
    label.value = clock(seconds);
    const room = Math.max(0, strip.clientWidth - window_.offsetWidth);
    window_.style.marginLeft = `${room * seconds / length}px`;
    bar.setAttribute("aria-valuetext", clock(seconds));
  };
  const seconds_at = event => {
    const { left, width } = bar.getBoundingClientRect();
    return length * Math.min(1, Math.max(0, (event.clientX - left) / width));
  };
  bar.max = length;
  bar.addEventListener("pointermove", event => {
    if (event.pointerType === "mouse") show(seconds_at(event));
  });
  bar.addEventListener("pointerleave", () => show(video.currentTime));
  bar.addEventListener("input", () => { show(Number(bar.value)); go(Number(bar.value)); });
  video.addEventListener("timeupdate", () => {
    if (bar.matches(":active")) return;
    bar.value = video.currentTime;
    if (!bar.matches(":hover")) show(video.currentTime);
  });
  strip.hidden = false;
  show(0);
}
const starts = scenes.map(scene => Number(scene.dataset.start) / 1000);
scenes.forEach((scene, number) => {
  // Past a title, or black.
  const end = starts[number + 1] ?? video.duration;
  if (strip) draw(scene.querySelector("i"), starts[number] + Math.min(4, (end - starts[number]) / 2 || 0));
  scene.addEventListener("click", event => {
    event.preventDefault();
    go(starts[number]);
    video.play();
    video.scrollIntoView({ block: "nearest" });
  });
});
video.addEventListener("timeupdate", () => {
  const now = starts.findLastIndex(start => start <= video.currentTime + 0.05);
  scenes.forEach((scene, number) =>
    number === now ? scene.setAttribute("aria-current", "true") : scene.removeAttribute("aria-current"));
});
if (switcher && video.textTracks.length) {
  const [track] = video.textTracks;
  const tell = () => switcher.setAttribute("aria-pressed", String(track.mode === "showing"));
  switcher.addEventListener("click", () => { track.mode = track.mode === "showing" ? "hidden" : "showing"; });
  video.textTracks.addEventListener("change", tell);
  switcher.hidden = false;
  tell();
}
"""
SCRIPT_HASH = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()

STYLE = """
#captions { margin-top: 0.75rem; padding: 0.35rem 0.9rem; color: #e8e6e1; background: #1b1d21;
  border: 1px solid #6b6f78; }
#captions[aria-pressed="true"] { color: #101113; background: #e0b25c; border-color: #e0b25c; }
#strip { margin-top: 0.75rem; }
#strip i, #scenes i { display: block; background-repeat: no-repeat; border-radius: 3px; }
#strip input { display: block; width: 100%; margin: 0.4rem 0 0; padding: 0; accent-color: #e0b25c; }
#strip output { color: #a9a59c; font-variant-numeric: tabular-nums; }
#scenes { list-style: none; margin: 1rem 0 0; padding: 0; display: grid; gap: 0.25rem; }
#scenes a { display: flex; gap: 0.9rem; align-items: center; padding: 0.4rem 0.5rem; border-radius: 4px;
  color: inherit; text-decoration: none; }
#scenes a:hover, #scenes a[aria-current] { background: #1b1d21; }
#scenes a[aria-current] b { color: #e0b25c; }
#scenes a:focus-visible, #strip input:focus-visible, #captions:focus-visible { outline: 2px solid #fff;
  outline-offset: 2px; }
#scenes i { flex: none; }
#scenes b { flex: 1; font-weight: 500; overflow-wrap: anywhere; }
#scenes time { color: #a9a59c; font-variant-numeric: tabular-nums; }
@media (max-width: 30rem) { #scenes i { zoom: 0.6; } }
[hidden] { display: none !important; }
"""

_CUE = re.compile(
    r"(?:(\d+):)?(\d\d):(\d\d)\.(\d{3}) --> [^\n]*\n[^\n#]*#xywh=(\d+),(\d+),(\d+),(\d+)(?:\n|$)"
)


def tools_of(film: shares_pb2.OpenShareResponse) -> str:
    """The HTML below the player, script and all; nothing of a film that has neither scenes nor captions."""
    parts = [part for part in (_strip(film), _captions(film), _scenes(film)) if part]
    return "\n".join([*parts, f"<script>{SCRIPT}</script>"]) if parts else ""


def _captions(film: shares_pb2.OpenShareResponse) -> str:
    return '<button id="captions" type="button" hidden>Captions</button>' if film.subtitles else ""


def _strip(film: shares_pb2.OpenShareResponse) -> str:
    """A bar to seek by, with the sheet's picture of the time under the pointer."""
    cues = _cues(film.thumbnails)
    if not cues or not film.thumbnails_url or not film.length_ms:
        return ""
    return (
        f'<div id="strip" data-sheet="{escape(film.thumbnails_url)}" data-length="{film.length_ms}" '
        f'data-cues="{cues}" hidden>\n<i aria-hidden="true"></i>\n'
        '<input type="range" min="0" step="any" value="0" aria-label="Look for a moment">\n'
        "<output>0:00</output>\n</div>"
    )


def _cues(track: str) -> str:
    """The track as "start ms,left,top,width,height;..."."""
    found = []
    for hours, minutes, seconds, milliseconds, *place in _CUE.findall(track):
        at_seconds = int(hours or 0) * 3_600 + int(minutes) * 60 + int(seconds)
        found.append(",".join([str(at_seconds * 1_000 + int(milliseconds)), *place]))
    return ";".join(found)


def _scenes(film: shares_pb2.OpenShareResponse) -> str:
    """The scenes in order; one alone is no choice."""
    if len(film.chapters) < 2:
        return ""
    return "\n".join(
        ['<ol id="scenes" aria-label="Scenes">', *(_scene(film, it) for it in film.chapters), "</ol>"]
    )


def _scene(film: shares_pb2.OpenShareResponse, chapter: shares_pb2.WatchChapter) -> str:
    seconds = chapter.start_ms / 1_000
    return (
        f'<li><a href="{escape(film.film_url)}#t={seconds:g}" data-start="{chapter.start_ms}">'
        f'<i aria-hidden="true"></i><b>{escape(chapter.title)}</b>'
        f"<time>{_clock(chapter.start_ms)}</time></a></li>"
    )


def _clock(at_ms: int) -> str:
    """ "1:04", "1:02:03"."""
    minutes, seconds = divmod(at_ms // 1_000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
