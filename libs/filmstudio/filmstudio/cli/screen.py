"""What a person sees of a running job in a terminal: a bar for each stage, below it what is at work."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from filmstudio.cli.durations import about, clock
from filmstudio.cli.job_view import STAGE_WORDS, JobView
from filmstudio.jobs.v1 import jobs_pb2

WIDTH_MAX = 100
BAR_WIDTH_MAX = 40
AT_WORK_SHOWN_MAX = 8
LINES_BESIDE = 9
NARROW_COLUMNS = 60


class ScreenDisplay:
    """Draws the view over and over; the last picture stays."""

    def __init__(self, view: JobView, console: Console) -> None:
        self._view = view
        self._console = console
        self._live: Live | None = None

    def show(self, update: jobs_pb2.WatchJobResponse) -> None:
        """Begin to draw; the next tick shows what came."""
        del update
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False, get_renderable=self._picture)
            self._live.start()

    def tick(self) -> None:
        """Draw what is known now."""
        if self._live is not None:
            self._live.refresh()

    def close(self) -> None:
        """Let the picture stay."""
        if self._live is not None:
            self._live.refresh()
            self._live.stop()
            self._live = None

    def _picture(self) -> RenderableType:
        width = min(self._console.width, WIDTH_MAX)
        shown = min(AT_WORK_SHOWN_MAX, max(1, self._console.height - LINES_BESIDE))
        return picture(self._view, width, shown)


def picture(view: JobView, width: int, at_work_max: int) -> RenderableType:
    """The view, `width` columns wide, with at most so many lines of tasks at work."""
    parts: list[RenderableType] = [Text(), _head(view, width)]
    if view.event.stages:
        parts += [Text(), _stages(view, width)]
    if view.at_work and not view.is_over:
        parts += [Text(), _at_work(view, width, at_work_max)]
    parts += [Text(f"  {note}", style="yellow") for note in view.notes()]
    return Group(*parts)


def _head(view: JobView, width: int) -> RenderableType:
    left = view.seconds_left
    times = clock(view.elapsed_seconds) + (f", {about(left)} left" if left is not None else "")
    words = view.state.replace("_", " ").lower() or "waiting for the studio"
    title = Text.assemble((view.title, "bold"), "  " if view.title else "", words)
    title.no_wrap, title.overflow = True, "ellipsis"
    if width < NARROW_COLUMNS:
        return Group(title, times)
    head = Table.grid(padding=(0, 2), expand=True)
    head.width = width
    head.add_column(ratio=1)
    head.add_column(justify="right", no_wrap=True)
    head.add_row(title, times)
    return head


def _stages(view: JobView, width: int) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(width=max(6, min(BAR_WIDTH_MAX, width - 50)))
    table.add_column(justify="right", no_wrap=True)
    for stage in view.event.stages:
        cells = [f"{stage.done}/{stage.total}" if stage.total else "none"]
        if width >= NARROW_COLUMNS:
            cells.append(f"{stage.running} running" if stage.running else "")
            cells.append(f"{stage.cached} cached" if stage.cached else "")
        bar = ProgressBar(total=stage.total or 1, completed=stage.done if stage.total else 1)
        table.add_row(f"  {STAGE_WORDS[stage.stage]}", bar, *cells)
    return table


def _at_work(view: JobView, width: int, most: int) -> RenderableType:
    """Those whose engine has spoken come first: the others may wait for it."""
    works = sorted(view.at_work.values(), key=lambda work: work.percent is None)
    table = Table.grid(padding=(0, 2))
    for work in works[:most]:
        cells = [f"  {work.display_name}", "" if work.percent is None else f"{work.percent} %"]
        cells += [work.engine] if width >= NARROW_COLUMNS else []
        # As text: a name in square brackets is no markup.
        table.add_row(*map(Text, cells))
    for column in table.columns:
        column.no_wrap, column.overflow = True, "ellipsis"
    if table.columns:
        table.columns[1].justify = "right"
    hidden = len(works) - most
    return Group(table, f"  and {hidden} more") if hidden > 0 else table
