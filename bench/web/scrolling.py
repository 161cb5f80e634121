"""A storyboard that is scrolled from its first shot to its last while the browser keeps a trace."""

from __future__ import annotations

from bench.web.browsing import Visit
from bench.web.traces import CATEGORIES, Drawn, read_trace

PIXELS_A_SECOND = 4000
TIMEOUT_MS = 60_000
HEIGHT = "() => document.documentElement.scrollHeight"
STILLS = "() => document.querySelectorAll('main li img').length"
SHOWN = "shots => document.querySelectorAll('main li img').length >= shots"


async def scroll(visit: Visit, project: str, shots: int) -> Drawn:
    """Open the board anew and scroll it down and up twice; stills come as they are seen.

    Raises playwright's TimeoutError when a still is missing at the end.
    """
    page = visit.page
    await page.goto(f"/{project}/board")
    await page.locator("main li img").first.wait_for(timeout=TIMEOUT_MS)
    session = await page.context.new_cdp_session(page)
    height = int(await page.evaluate(HEIGHT))
    await visit.browser.start_tracing(page=page, categories=CATEGORIES)
    for distance in (-height, height, -height, height):
        await session.send(
            "Input.synthesizeScrollGesture",
            {
                "x": 300,
                "y": 400,
                "yDistance": distance,
                "speed": PIXELS_A_SECOND,
                "gestureSourceType": "mouse",
            },
        )
    trace = await visit.browser.stop_tracing()
    await page.wait_for_function(SHOWN, arg=shots, timeout=TIMEOUT_MS)
    return read_trace(trace)
