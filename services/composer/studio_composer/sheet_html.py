"""A storyboard's sheet as one HTML file that holds its pictures and asks nothing of the network."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path

from studio_composer.sheet_layout import seconds_text
from studio_composer.sheet_orders import SheetFrame, SheetLine, SheetOrder, SheetScene
from studio_composer.splice import Check

_STYLE = """
:root { color-scheme: light dark;
  --ink: #1a1a1f; --ash: #6b665f; --brass: #80602e; --hair: #ccc7bd; --page: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ece4d2; --ash: #a39d92; --brass: #c9a05e; --hair: #3a3936; --page: #121316 }
}
body { margin: 2rem auto; max-width: 78rem; padding: 0 1.5rem; color: var(--ink); background: var(--page);
  font: 1rem/1.4 "EB Garamond", Garamond, Georgia, serif }
h1 { margin: 0; font-weight: 500 }
header p { margin: .2rem 0 2rem; color: var(--ash) }
h2 { margin: 2rem 0 1rem; padding-bottom: .3rem; border-bottom: 1px solid var(--hair); font-size: 1.1rem;
  font-weight: 500; display: flex; gap: 1rem }
h2 span:nth-child(2) { flex: 1 }
.frames { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: 1.5rem }
figure { margin: 0; break-inside: avoid }
img { display: block; width: 100%; height: auto }
figcaption p { margin: .2rem 0; overflow-wrap: anywhere }
.label { display: flex; justify-content: space-between; color: var(--ash); font-size: .85rem }
.name { color: var(--brass); font-size: .85rem }
.speech { font-style: italic }
@media print { body { margin: 0; max-width: none } h2 { break-after: avoid } }
"""


def write_html(order: SheetOrder, pictures: Mapping[str, bytes], path: Path, check: Check) -> None:
    """Write the sheet. `pictures` are JPEGs by the roles of their stills."""
    with path.open("w", encoding="utf-8") as file:
        for text in _document(order, pictures):
            check()
            file.write(text)


def _document(order: SheetOrder, pictures: Mapping[str, bytes]) -> Iterator[str]:
    by = " ".join(part for part in (order.credit, order.author) if part)
    facts = f"{len(order.frames)} frames, about {seconds_text(order.expected_ms)}"
    about = " · ".join(filter(None, (by, facts)))
    yield (
        f'<!doctype html>\n<html lang="{escape(order.language)}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(order.title)}</title>\n<style>{_STYLE}</style>\n"
        f"<header><h1>{escape(order.title)}</h1><p>{escape(about)}</p></header>\n"
    )
    for scene in order.scenes:
        yield _heading(scene)
        for frame in scene.frames:
            yield _figure(scene, frame, pictures[frame.still_role])
        yield "</div></section>\n"


def _heading(scene: SheetScene) -> str:
    return (
        f"<section><h2><span>{escape(scene.number)}</span><span>{escape(scene.heading)}</span>"
        f'<span>{seconds_text(scene.expected_ms)}</span></h2>\n<div class="frames">\n'
    )


def _figure(scene: SheetScene, frame: SheetFrame, jpeg: bytes) -> str:
    name = f"{scene.number}.{frame.ordinal}"
    action = f"<p>{escape(frame.action)}</p>" if frame.action else ""
    return (
        f'<figure><img alt="Frame {escape(name)}" loading="lazy" '
        f'src="data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}">\n'
        f'<figcaption><p class="label"><span>{escape(name)} {escape(frame.camera)}</span>'
        f"<span>{seconds_text(frame.expected_ms)}</span></p>{action}"
        f"{''.join(map(_line, frame.lines))}</figcaption></figure>\n"
    )


def _line(line: SheetLine) -> str:
    name = f"{line.character} ({line.delivery})" if line.delivery else line.character
    return f'<p class="name">{escape(name)}</p><p class="speech">{escape(line.text)}</p>'
