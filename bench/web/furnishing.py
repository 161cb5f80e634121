"""A studio as somebody has it after some days: films, edits, remarks, a library and a team."""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Page

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
MARKUP = (
    "<img src=x onerror=alert(1)> The Lighthouse Keeper’s Second Daughter and the <b>Very</b> Long Winter"
)
FILM = {"target": "TARGET_FILM", "size": {"widthPx": 640, "heightPx": 360}}
RENDER_TIMEOUT_MS = 600_000
# What the page's own session allows, called as the page itself calls it.
CALL = """async ([method, path, body]) => {
  const given = { method, headers: { 'content-type': 'application/json', 'x-film-session': 'cookie' } };
  const answer = await fetch('/api/v1' + path, body ? { ...given, body: JSON.stringify(body) } : given);
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}"""


@dataclass(frozen=True, slots=True)
class Furnished:
    """Who it is, and names of what there is to look at."""

    email: str
    password: str
    project: str
    job: str
    cancelled: str
    unmade: str
    mistakes: str


async def call(page: Page, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """An answer of the API. Raises playwright's Error for a refusal."""
    return dict(await page.evaluate(CALL, [method, path, body]))


async def furnish(page: Page) -> Furnished:
    """Make an account and fill it; minutes, for a film is rendered."""
    email, password = f"{uuid.uuid4().hex[:12]}@example.org", secrets.token_hex(12)
    await page.goto("/register")
    await page.get_by_label("Your name").fill("Mara Lindqvist")
    await page.get_by_label("Email address").fill(email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Make an account").click()
    await page.get_by_role("heading", name="No films yet").wait_for()
    await surround(page)
    cancelled = await imported(page, "Hand-bag", "hand-bag")
    mistakes = await imported(page, MARKUP, "ten-mistakes")
    unmade = await imported(page, "Elsinore", "elsinore")
    project = await imported(page, "The Last Ferry", "one-minute")
    job = (await call(page, "POST", "/jobs", {"project": project, "options": FILM}))["name"]
    stopped = (await call(page, "POST", "/jobs", {"project": cancelled, "options": FILM}))["name"]
    await call(page, "POST", f"/{stopped}:cancel", {})
    await page.goto(f"/{project}/film")
    await page.locator("video").wait_for(timeout=RENDER_TIMEOUT_MS)
    await edit(page, project)
    await call(page, "POST", "/shares", {"job": job, "hours": 240})
    return Furnished(email, password, project, job, cancelled, unmade, mistakes)


async def imported(page: Page, name: str, sample: str) -> str:
    """A project with a sample's screenplay; its name."""
    project = str((await call(page, "POST", "/projects", {"displayName": name}))["name"])
    content = base64.b64encode((SAMPLES / f"{sample}.fountain").read_bytes()).decode()
    await call(page, "POST", f"/{project}/revisions", {"content": content})
    return project


async def edit(page: Page, project: str) -> None:
    """Decide on shots, and talk of them."""
    shots = (await call(page, "GET", f"/{project}/shots?pageSize=100"))["shots"]
    first, second, third = (each["name"].rpartition("/")[2] for each in shots[:3])
    remark = "The light from the left is too hard <i>here</i>; could the lamp be dimmer?"
    await call(page, "POST", f"/{project}/comments", {"text": remark, "shot": second})
    await call(page, "POST", f"/{project}/approvals/{first}:approve", {"note": "Lovely."})
    await call(page, "POST", f"/{project}/approvals/{third}:requestChanges", {"note": "Closer, please."})
    await call(page, "POST", f"/{project}/timeline/shots/{first}:lock", {})
    await call(page, "POST", f"/{shots[1]['name']}:retake", {"etag": shots[1]["etag"]})


async def surround(page: Page) -> None:
    """A library, a team, and a key."""
    looks = {
        "Iris": "a woman of sixty in a blue cardigan",
        "Tom": "a tall man of forty, unshaven, in oilskins",
    }
    for name, look in looks.items():
        content = {"character": {"look": look}}
        await call(page, "POST", "/libraryEntries", {"displayName": name, "content": content})
    invitation = {"email": "editor@example.org", "role": "MEMBER_ROLE_EDITOR"}
    await call(page, "POST", "/invitations", {"invitation": invitation})
    await call(page, "POST", "/apiKeys", {"apiKey": {"displayName": "Nightly renders"}})
