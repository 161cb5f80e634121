"""film check: what the studio's reader remarks on screenplays."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf import json_format
from rich.console import Console
from rich.text import Text

from filmstudio.cli import diagnostics
from filmstudio.cli.durations import clock
from filmstudio.cli.exits import Exit
from filmstudio.cli.plain import plain
from filmstudio.cli.source_lines import lines_of
from filmstudio.client import FilmStudio
from filmstudio.errors import NotFoundError, RefusedError
from filmstudio.screenplay.v1 import screenplay_pb2

AT_A_TIME_MAX = 4
EIGHTHS_PER_PAGE = 8
SCREENPLAY_REASON_PREFIX = "SCREENPLAY_"


@dataclass(frozen=True, slots=True)
class Checked:
    """A text and what came of it: exactly one of `found` and `refused`."""

    name: str
    content: bytes
    found: screenplay_pb2.ParseScreenplayResponse | None = None
    refused: screenplay_pb2.Diagnostic | None = None

    @property
    def remarks(self) -> Sequence[screenplay_pb2.Diagnostic]:
        """Everything that was remarked, in the order of the text."""
        if self.refused is not None:
            return (self.refused,)
        return () if self.found is None else self.found.diagnostics

    def count(self, severity: screenplay_pb2.Severity.ValueType) -> int:
        """How many remarks are of this severity."""
        return sum(remark.severity == severity for remark in self.remarks)


async def check_scripts(
    studio: FilmStudio,
    texts: Sequence[tuple[str, bytes]],
    language: str,
    *,
    strict: bool,
    as_json: bool,
) -> Exit:
    """Check texts, each with the name that is shown, and print what was remarked, in their order.

    Raises FilmStudioError for anything that is not about a text.
    """
    gate = asyncio.Semaphore(AT_A_TIME_MAX)

    async def check(name: str, content: bytes) -> Checked:
        async with gate:
            return await checked(studio, name, content, language)

    results = await asyncio.gather(*(check(name, content) for name, content in texts))
    if as_json:
        for result in results:
            print(json.dumps(document(result)))
    else:
        print_results(results)
    return _exit(results, strict=strict)


async def checked(studio: FilmStudio, name: str, content: bytes, language: str) -> Checked:
    """What the reader says of a text; its refusal is part of it. Raises FilmStudioError."""
    try:
        return Checked(name, content, found=await studio.parse_screenplay(content, language))
    except NotFoundError:
        raise
    except RefusedError as error:
        if not error.cause.reason.startswith(SCREENPLAY_REASON_PREFIX):
            raise
        return Checked(name, content, refused=_refusal(error))


def _refusal(error: RefusedError) -> screenplay_pb2.Diagnostic:
    suggestion = error.cause.details.get("suggestion", "")
    return screenplay_pb2.Diagnostic(
        line=int(error.cause.details.get("line", 0)),
        severity=screenplay_pb2.SEVERITY_ERROR,
        text=str(error).removesuffix(suggestion).strip(),
        suggestion=suggestion,
        code=error.cause.reason.removeprefix(SCREENPLAY_REASON_PREFIX),
    )


def _exit(results: Sequence[Checked], *, strict: bool) -> Exit:
    if any(result.refused for result in results):
        return Exit.BAD_INPUT
    failing = [screenplay_pb2.SEVERITY_ERROR, *([screenplay_pb2.SEVERITY_WARNING] if strict else [])]
    is_bad = any(result.count(severity) for result in results for severity in failing)
    return Exit.FAILED if is_bad else Exit.OK


def document(result: Checked) -> dict[str, Any]:
    """A result as `--json` says it."""
    document: dict[str, Any] = {
        "file": result.name,
        "diagnostics": [
            json_format.MessageToDict(remark, always_print_fields_with_no_presence=True)
            for remark in result.remarks
        ],
        "refused": result.refused is not None,
    }
    if result.found is not None:
        document["scenes"] = len(result.found.scenes)
        document["shots"] = sum(len(scene.shots) for scene in result.found.scenes)
        document["estimatedMs"] = result.found.estimated_ms
    return document


def print_results(results: Sequence[Checked]) -> None:
    """Each remark with its line, and a sum for each text."""
    where = diagnostics.console()
    for number, result in enumerate(results):
        if number:
            where.print()
        source = lines_of(result.content)
        for remark in result.remarks:
            diagnostics.show(where, result.name, remark, source)
        _print_summary(where, result)


def _print_summary(where: Console, result: Checked) -> None:
    parts = [] if result.found is None else [contents_of(result.found)]
    counts = (
        (screenplay_pb2.SEVERITY_ERROR, "error"),
        (screenplay_pb2.SEVERITY_WARNING, "warning"),
        (screenplay_pb2.SEVERITY_INFO, "remark"),
    )
    told = [counted(result.count(severity), word) for severity, word in counts if result.count(severity)]
    parts.append("can't be filmed" if result.refused else ", ".join(told) or "nothing to remark")
    where.print(Text(f"{plain(result.name)}: {'; '.join(parts)}"))


def contents_of(found: screenplay_pb2.ParseScreenplayResponse) -> str:
    """ "3 scenes, 16 shots, 1 1/8 pages, 172 words, about 0:57"."""
    shots = sum(len(scene.shots) for scene in found.scenes)
    return ", ".join(
        (
            counted(len(found.scenes), "scene"),
            counted(shots, "shot"),
            _pages(found.page_eighths),
            counted(found.word_count, "word"),
            f"about {clock(found.estimated_ms / 1000)}",
        )
    )


def counted(number: int, word: str) -> str:
    """ "1 shot", "2,000 shots"."""
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def _pages(eighths: int) -> str:
    """As a first assistant director writes it: "3/8 page", "1 page", "2 5/8 pages"."""
    whole, rest = divmod(eighths, EIGHTHS_PER_PAGE)
    number = " ".join(filter(None, (f"{whole:,}" if whole else "", f"{rest}/8" if rest else "")))
    return f"{number} page" + ("s" if eighths > EIGHTHS_PER_PAGE else "")
