"""What the reader remarks on a screenplay, as a compiler says it: place, text, the line, and the cure."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from filmstudio.cli.plain import plain
from filmstudio.cli.source_lines import marked
from filmstudio.screenplay.v1 import screenplay_pb2

WIDTH_ELSEWHERE_CELLS = 120
WIDTH_MIN_CELLS = 40
WIDTH_MAX_CELLS = 160
STYLES = {
    screenplay_pb2.SEVERITY_ERROR: "bold red",
    screenplay_pb2.SEVERITY_WARNING: "bold yellow",
    screenplay_pb2.SEVERITY_INFO: "bold cyan",
}


def console() -> Console:
    """Standard output; colours on a terminal only."""
    width = None if sys.stdout.isatty() else WIDTH_ELSEWHERE_CELLS
    return Console(width=width, highlight=False, soft_wrap=True)


def severity_word(severity: screenplay_pb2.Severity.ValueType) -> str:
    """ "error", "warning" or "info"."""
    return screenplay_pb2.Severity.Name(severity).removeprefix("SEVERITY_").lower()


def show(where: Console, name: str, remark: screenplay_pb2.Diagnostic, source: Sequence[str] | None) -> None:
    """Print one remark; without a source the place alone is said."""
    where.print(_headline(name, remark))
    if source is not None and 0 < remark.line <= len(source) and source[remark.line - 1].strip():
        for row in _excerpt(remark, source[remark.line - 1], where.width):
            where.print(row)
    if remark.suggestion:
        where.print(Text(f"    {plain(remark.suggestion)}"))


def _headline(name: str, remark: screenplay_pb2.Diagnostic) -> Text:
    place = [plain(name), *(str(number) for number in (remark.line, remark.column) if number)]
    text = Text(":".join(place) + ": ", style="bold")
    text.append(severity_word(remark.severity) + ": ", STYLES.get(remark.severity, ""))
    text.append(plain(remark.text), "not bold")
    if remark.code:
        text.append(f" [{remark.code}]", "not bold dim")
    return text


def _excerpt(remark: screenplay_pb2.Diagnostic, line: str, width: int) -> tuple[Text, Text]:
    gutter = f"{remark.line:>5} | "
    room = min(max(width, WIDTH_MIN_CELLS), WIDTH_MAX_CELLS) - len(gutter)
    found = marked(line, remark.column, remark.column_last, room)
    style = STYLES.get(remark.severity, "")
    rule = Text(" " * (len(gutter) - 2) + "| ", "dim")
    return Text(gutter, "dim").append(found.text, "not dim"), rule.append(found.marks, f"not dim {style}")
