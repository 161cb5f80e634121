"""What was read as action, but was probably meant as something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from studio_jobs.screenplay.cues import read_cue
from studio_jobs.screenplay.elements import Diagnostic, Element, Kind
from studio_jobs.screenplay.emphasis import plain
from studio_jobs.screenplay.headings import is_almost_heading, is_heading
from studio_jobs.screenplay.lines import SourceLine
from studio_jobs.screenplay.mistakes import mistake
from studio_jobs.screenplay.transitions import is_almost_transition


def misreadings(elements: Sequence[Element]) -> Iterator[Diagnostic]:
    """Yield what is odd about each action of one line that is not forced."""
    names = {element.name for element in elements if element.kind is Kind.CHARACTER}
    for element in elements:
        if element.kind is not Kind.ACTION or element.forced or "\n" in element.text:
            continue
        found = _of_line(element, element.text.strip(), names)
        if found:
            yield found


def _of_line(element: Element, text: str, names: set[str]) -> Diagnostic | None:
    shown = plain(text)
    if shown != text and is_heading(shown):
        said = "This looks like a scene heading, but its marks of emphasis make it action."
        suggestion = f"Take the marks off: {shown}"
        return mistake("HEADING_EMPHASISED", element.span, said, suggestion)
    if not is_heading(shown) and is_almost_heading(shown):
        said = "This looks like a scene heading, but it opens with none of INT. EXT. EST. INT./EXT. I/E."
        suggestion = f"Open it with one of them, or force it with a full stop: .{shown}"
        return mistake("HEADING_PREFIX_UNKNOWN", element.span, said, suggestion)
    if is_almost_transition(shown):
        said = f"{shown} is read as action."
        return mistake("TRANSITION_AS_ACTION", element.span, said, f"Write it as > {shown.upper()}")
    cue = read_cue(text)
    if cue and (cue.name in names or cue.extensions):
        said = f"{text} stands alone and says nothing; it is read as action."
        suggestion = "Put the speech on the line directly below the name."
        return mistake("CUE_WITHOUT_SPEECH", element.span, said, suggestion)
    return None


def tight_names(lines: Iterable[tuple[SourceLine, str]], elements: Iterable[Element]) -> Iterator[Diagnostic]:
    """Yield each line within another element that is nothing but the name of somebody who speaks."""
    names = {element.name for element in elements if element.kind is Kind.CHARACTER}
    for line, name in lines:
        if name in names:
            said = f"{name} has no blank line above, so it is read as part of what stands there."
            yield mistake("CUE_TIGHT", line.span, said, "Leave a blank line before the name.")
