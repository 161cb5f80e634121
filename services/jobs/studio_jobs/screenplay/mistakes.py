"""The kinds of mistakes that a reading reports: the code, the severity and the meaning of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from studio_jobs.screenplay.elements import Diagnostic, Severity, Span

_INFO, _WARNING, _ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR


@dataclass(frozen=True, slots=True)
class Mistake:
    """One kind of mistake, as docs/screenplays.md lists it."""

    severity: Severity
    meaning: str


MISTAKES: Mapping[str, Mistake] = MappingProxyType(
    {
        "HEADING_TIGHT": Mistake(_WARNING, "a heading with text directly above it; it is read as that text"),
        "HEADING_WITHOUT_BLANK_BELOW": Mistake(_INFO, "a heading with text directly below it"),
        "HEADING_PREFIX_UNKNOWN": Mistake(
            _WARNING, "INTERIOR HOUSE, INT:HOUSE, KITCHEN - NIGHT: meant as a heading, read as action"
        ),
        "HEADING_EMPHASISED": Mistake(_WARNING, "marks of emphasis around a heading make it action"),
        "CUE_WITHOUT_SPEECH": Mistake(_WARNING, "a name that stands alone and says nothing"),
        "CUE_WITH_COLON": Mistake(_WARNING, "a name that ends with a colon is read as action"),
        "CUE_TIGHT": Mistake(_WARNING, "a name with text directly above it; it is read as that text"),
        "CARET_WITHOUT_PARTNER": Mistake(_WARNING, "^ asks for dual dialogue, but no single speech precedes"),
        "PARENTHESIS_UNCLOSED": Mistake(_WARNING, "a parenthesis that opens and never closes"),
        "NOTE_UNCLOSED": Mistake(_WARNING, "[[ without ]] before the next blank line; read as text"),
        "BONEYARD_UNCLOSED": Mistake(_ERROR, "/* without */; what follows is read as text"),
        "CLOSING_WITHOUT_OPENING": Mistake(_WARNING, "]] or */ that closes nothing; read as text"),
        "EMPHASIS_UNCLOSED": Mistake(_INFO, "* or _ that opens emphasis which its line does not close"),
        "TRANSITION_AS_ACTION": Mistake(
            _WARNING, "CUT TO: without blank lines around it, or in small letters"
        ),
        "SCENE_EMPTY": Mistake(_WARNING, "a scene in which nothing happens and nobody speaks"),
        "SCENE_NUMBER_TWICE": Mistake(_WARNING, "two scenes with the same number"),
        "NAME_MISSPELT": Mistake(_WARNING, "a name used once that differs by one letter from another"),
        "SPEECH_LONG": Mistake(_INFO, "a speech of more than 200 words, about 73 seconds"),
        "SPEECH_IN_CAPITALS": Mistake(_INFO, "a whole speech of four words or more in capitals"),
        "TITLE_KEY_MISSPELT": Mistake(_WARNING, "a key of the title page that is almost a known one"),
        "TITLE_LINE_WITHOUT_KEY": Mistake(_WARNING, "a line of the title page with neither key nor indent"),
        "LANGUAGE_UNKNOWN": Mistake(_WARNING, "the title page's Language is no BCP-47 tag"),
        "LANGUAGE_WITHOUT_VOICE": Mistake(_WARNING, "a language that none of the voices speaks"),
        "WORDS_NOT_SPOKEN": Mistake(_ERROR, "words of a speech in a script that no voice can say"),
        "LETTERS_NOT_SHOWN": Mistake(_WARNING, "letters that the title card's fonts do not have"),
        "NO_BREAK_SPACE": Mistake(_INFO, "no-break spaces; they are read as spaces"),
        "INVISIBLE_CHARACTER": Mistake(_WARNING, "characters that cannot be seen"),
        "CONTROL_CHARACTER": Mistake(_WARNING, "control characters or halves of a character"),
        "TAB_IN_LINE": Mistake(_INFO, "tabs within a line; each is read as blank, in action as four spaces"),
        "PARAGRAPH_TYPE_UNKNOWN": Mistake(_INFO, "FDX: a type of paragraph that is not Final Draft's"),
        "SPEECH_WITHOUT_CUE": Mistake(_WARNING, "FDX: dialogue without a character before it"),
        "CHARACTER_SILENT": Mistake(_INFO, "FDX: names in the file's lists under which nobody speaks"),
        "READ_BY_INDENTATION": Mistake(_INFO, "names stand in the middle; the text is read as a screenplay"),
        "READ_AS_PROSE": Mistake(_INFO, "no heading was found; the text is narrated"),
        "MORE_OF_THESE": Mistake(_INFO, "there are more remarks than are shown"),
    }
)
OF_ONE_KIND_MAX = 20


def mistake(code: str, span: Span, text: str, suggestion: str) -> Diagnostic:
    """Return a diagnostic of a known kind, at the first line of the span. Raises KeyError for other codes."""
    column_last = span.column_last if span.line_last == span.line_first else 0
    severity = MISTAKES[code].severity
    return Diagnostic(span.line_first, severity, text, suggestion, code, span.column_first, column_last)


class Report:
    """The diagnostics of one pass over a text, in its order.

    Of a kind of which more are found than are shown, the last one made stands for each further one, so that
    a text of nothing else costs no more than to count them.
    """

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []
        self._made: dict[str, list[Diagnostic]] = {}

    def add(self, code: str, where: Callable[[], Span], text: str, suggestion: str) -> None:
        """Add a diagnostic of a known kind, behind those of its kind added before."""
        made = self._made.setdefault(code, [])
        if len(made) <= OF_ONE_KIND_MAX:
            made.append(mistake(code, where(), text, suggestion))
        self.found.append(made[-1])


def in_order(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the diagnostics by line and column, no more than OF_ONE_KIND_MAX of one kind.

    The last one of a kind that has more says how many were left out.
    """
    ordered = sorted(found, key=lambda one: (one.line, one.column))
    totals = Counter(one.code for one in ordered)
    seen: Counter[str] = Counter()
    kept: list[Diagnostic] = []
    for one in ordered:
        seen[one.code] += 1
        if seen[one.code] <= OF_ONE_KIND_MAX:
            kept.append(one)
        elif seen[one.code] == OF_ONE_KIND_MAX + 1:
            extra = totals[one.code] - OF_ONE_KIND_MAX
            text = f"{extra} more remarks of the kind {one.code or 'above'} are not shown."
            kept.append(
                mistake("MORE_OF_THESE", Span(one.line, one.line), text, "Mend the ones above first.")
            )
    return tuple(kept)
