"""The page that shows what each parser makes of each labelled case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.unit.screenplay.labelled import Case

_TOP = """# Fountain parsers on a labelled set

{count} cases, labelled by hand from the published Fountain syntax before any parser ran on them, are in
`tests/unit/screenplay/labelled/`. CI holds ours to all of them. `python -m bench.screenplay_peers` runs the
others, in an environment of their own, and writes this page. Versions:
{versions}.

How they are compared:

- Each case is one process with a limit of {seconds:.0f} seconds. The parser gets the decoded text,
  with its line ends and byte order mark.
- What a parser gives is mapped to our terms in its favour (`bench/screenplay_peers/adapters.py`): extensions
  left in a name are taken out of it, parentheses and forcing marks left on a text are taken off.
- Compared are kind, text, scene number, extensions, dual dialogue, section level and title key. Not compared
  are spans and emphasis (marks are taken off on both sides), and notes and boneyards, which not all of them
  keep: it counts only that they are out of the way of the rest.
- Headings and transitions are compared without regard to capitals, which some of them make of all.
- Blanks count as one blank, but in the case on indentation. Paragraphs of action, or lines of one speech,
  that follow each other are compared as one.
- A case is wrong at its first difference, which the table shows as "what is labelled is what was read".

The set holds hard cases on purpose, so the share of right ones says nothing about an ordinary screenplay.
Where the syntax leaves a reading open (`FADE IN:`, a heading with text directly below) there is no case.

"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one parser made of one case; `what` says what is wrong."""

    right: bool
    what: str = ""


def page(
    parsers: Sequence[str],
    requirements: str,
    rows: Sequence[tuple[Case, Sequence[Verdict]]],
    seconds_max: float,
) -> str:
    """Return the page as Markdown; the verdicts of a row are in the order of the parsers."""
    pins = [pin.replace("==", " ") for pin in requirements.split("\n") if pin.split("==")[0] in parsers]
    lines = [_TOP.format(count=len(rows), versions=", ".join(pins), seconds=seconds_max)]
    lines.append(_row("case", *parsers))
    lines.append(_row(*["---"] * (len(parsers) + 1)))
    totals = [sum(verdicts[at].right for _, verdicts in rows) for at in range(len(parsers))]
    lines.append(_row("**right**", *(f"**{total} of {len(rows)}**" for total in totals)))
    for case, verdicts in rows:
        lines.append(_row(case.name, *("right" if one.right else _cell(one.what) for one in verdicts)))
    return "".join(lines)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("\ufeff", "(BOM)")
