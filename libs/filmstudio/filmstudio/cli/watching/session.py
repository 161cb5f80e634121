"""A watch from its first render until Ctrl-C."""

from __future__ import annotations

import asyncio
import sys
import webbrowser
from dataclasses import dataclass

from filmstudio.cli.exits import Exit
from filmstudio.cli.follow import until
from filmstudio.cli.interrupts import interrupts
from filmstudio.cli.places import Place
from filmstudio.cli.rendering import Render
from filmstudio.cli.scripts import title_of
from filmstudio.cli.watching.board import Board
from filmstudio.cli.watching.page import served
from filmstudio.cli.watching.rounds import Rounds, Watchers
from filmstudio.cli.watching.telling import JsonTeller, TextTeller
from filmstudio.cli.watching.viewer import Player, player_command
from filmstudio.client import FilmStudio
from filmstudio.errors import FilmStudioError


@dataclass(frozen=True, slots=True)
class Viewing:
    """Whether to open the page, and the command of a player; empty for none."""

    opens: bool = False
    player: str = ""


async def watch(studio: FilmStudio, place: Place, wanted: Render, viewing: Viewing) -> Exit:
    """Render, then again on each save, until Ctrl-C. Raises FilmStudioError, OSError."""
    player = Player(player_command(viewing.player) if viewing.player else ())
    title = wanted.project or title_of(wanted.content, wanted.script)
    board = Board(title, str(wanted.script), wanted.output.suffix.lower())
    teller = JsonTeller() if wanted.as_json else TextTeller()
    async with served(board, wanted.output) as page:
        teller.begins(wanted.script, wanted.output, page)
        if viewing.opens:
            await asyncio.to_thread(webbrowser.open, page)
        rounds = Rounds(studio, place, title, wanted, Watchers(board, teller, player))
        with interrupts() as pressed:
            try:
                await until(pressed, rounds.run())
            finally:
                await _ended(rounds)
    return Exit.OK


async def _ended(rounds: Rounds) -> None:
    """Leave nothing that runs; what can't be cancelled is told."""
    if sys.stderr.isatty():
        # Behind the terminal's ^C.
        print(file=sys.stderr)
    try:
        await rounds.end()
    except (FilmStudioError, TimeoutError) as error:
        text = str(error) or "the studio takes long to answer"
        print(f"film: a render may go on, see film jobs: {text}", file=sys.stderr)
