"""A director's day in the web studio, in a real browser on the real stack."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import ZipFile

from playwright.async_api import Locator, Page, expect

from tests.e2e.web.conftest import MENDED, PASSWORD, Visit, needs_browser

pytestmark = needs_browser

RENDER_MS = 60_000
# A short line may be over before anybody asks.
HEARD = """audio => new Promise(done => {
    const heard = () => audio.currentTime > 0 && done();
    audio.ontimeupdate = heard;
    heard();
})"""
LOCKED, RETAKEN = "1.1", "1.2"
EDITS = 5
"""A move, a hold, a file brought and taken back, a level."""


async def mend(visit: Visit) -> None:
    """Goes to the one finding, and writes its line anew."""
    await visit.page.get_by_role("button", name="is no key that the title page knows").click()
    await visit.page.keyboard.press("Home")
    await visit.page.keyboard.press("Shift+End")
    await visit.page.keyboard.type(MENDED)
    await expect(visit.page.get_by_text("Nothing to mend.")).to_be_visible()
    await expect(visit.page.get_by_text("Saved", exact=True)).to_be_visible()


async def render(page: Page, target: str) -> None:
    """Starts a render by its dialogue, once its plan is there."""
    dialog = page.get_by_role("dialog", name="Render")
    await dialog.get_by_role("radio", name=target).check()
    await dialog.get_by_label("Size").select_option("640x360")
    await expect(dialog.get_by_role("region", name="Plan")).to_be_visible()
    await dialog.get_by_role("button", name="Start").click()


def card(page: Page, name: str) -> Locator:
    """A shot on the board."""
    return page.get_by_role("button", name=re.compile(rf"^{re.escape(name)} "))


async def open_shot(page: Page, name: str) -> None:
    await card(page, name).click()
    await page.get_by_role("dialog", name=f"Shot {name}").wait_for()


async def close_shot(page: Page) -> None:
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def lose_connection(page: Page) -> None:
    """Cuts the stream of events that the page follows, and comes back."""
    async with page.expect_event("requestfailed", lambda request: "/events" in request.url):
        await page.context.set_offline(True)
    await page.context.set_offline(False)


async def give_a_look(page: Page, character: str, look: str) -> None:
    """Says what somebody of the cast looks like, and hears them."""
    await page.get_by_role("link", name="Cast", exact=True).click()
    form = page.get_by_role("form", name=character)
    await form.get_by_label("Look", exact=True).fill(look)
    await form.get_by_role("button", name="Save and hear a line").click()
    await page.locator("audio").evaluate(HEARD, timeout=RENDER_MS)
    await expect(form.get_by_label("Look", exact=True)).to_have_value(look)


async def choose_file(place: Locator, file: Path) -> None:
    """Chooses a file where one is asked for."""
    async with place.page.expect_file_chooser() as choosing:
        await place.locator("label").filter(has_text="file").first.click()
    await (await choosing.value).set_files(file)


async def bring_file(place: Locator, file: Path) -> None:
    """Brings a file, and says whose it is."""
    await choose_file(place, file)
    for label, text in (("Made by", "A. <i>Camera</i>"), ("Where it comes from", "own"), ("Licence", "own")):
        await place.get_by_label(label).fill(text)
    await place.get_by_role("button", name="Bring it").click()


async def walk_shots_by_keys(page: Page) -> None:
    """Opens one by its card, goes to the one before and back to the cards."""
    await card(page, RETAKEN).press("Enter")
    await page.get_by_role("dialog", name=f"Shot {RETAKEN}").wait_for()
    await page.keyboard.press("ArrowLeft")
    await page.get_by_role("dialog", name=f"Shot {LOCKED}").wait_for()
    await close_shot(page)


async def play_to_the_end(page: Page) -> float:
    """The place at which the film ended, in seconds."""
    return float(
        await page.evaluate(
            "async () => { const film = document.querySelector('video'); film.muted = true;"
            " film.playbackRate = 16; const over = new Promise(done => film.onended = done);"
            " await film.play(); await over; return film.currentTime; }"
        )
    )


async def test_a_screenplay_becomes_a_film_that_others_see(visit: Visit, planted: Path) -> None:
    page = visit.page
    await visit.register()
    await visit.bring(planted)
    await mend(visit)

    await page.get_by_role("button", name="Render", exact=True).click()
    async with page.expect_request(lambda request: "/events" in request.url):
        await render(page, "Film")
    await lose_connection(page)
    await page.locator("video").wait_for(timeout=RENDER_MS)
    await give_a_look(page, "TOM", "a tall <b>man</b> of forty")
    faults = await visit.faults()
    await page.get_by_role("link", name="Storyboard", exact=True).click()
    await expect(page.locator("main li img").first).to_be_visible()
    await open_shot(page, LOCKED)
    await page.get_by_role("button", name="Lock", exact=True).click()
    await page.get_by_role("button", name="Unlock").wait_for()
    await close_shot(page)
    await open_shot(page, RETAKEN)
    await page.get_by_role("button", name="Retake").click()
    await page.get_by_text("Made with the next render", exact=True).wait_for()
    await close_shot(page)
    await expect(card(page, LOCKED)).to_contain_text("Locked")
    await expect(card(page, RETAKEN)).to_contain_text("Changed")

    await page.get_by_role("button", name="Render", exact=True).click()
    await render(page, "Film")
    await page.get_by_role("progressbar", name="Stills").wait_for()
    await page.locator("video").wait_for(timeout=RENDER_MS)
    length_seconds = await play_to_the_end(page)

    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Film", exact=True).click()
    film = await (await downloading.value).path()
    await page.get_by_text("Quality check passed").wait_for()
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Download everything").click()
    with ZipFile(await (await downloading.value).path()) as everything:
        broken, names = everything.testzip(), set(everything.namelist())
    await page.get_by_role("button", name="Make a link").click()
    link = await page.get_by_label("The link is shown this once").input_value()
    viewer = await visit.context.new_page()
    await viewer.goto(link)
    shown = await viewer.locator("h1").text_content()

    await page.get_by_role("button", name="Sign out").click()
    await page.get_by_role("button", name="Sign in").wait_for()
    cookies = await visit.context.cookies()

    assert length_seconds > 10
    assert film.stat().st_size > 10_000
    assert broken is None
    assert names >= {"ferry.otio", "ferry.edl", "film.mp4", "subtitles.srt", "media/0001-sound-dialogue.flac"}
    assert "stills/ferry-scene-1-shot-1-still.png" in names
    assert shown == "ferry"
    assert faults == []
    assert [cookie["name"] for cookie in cookies] == []
    assert visit.complaints == []


async def test_a_shot_is_found_by_keys_moved_and_cut_and_the_history_takes_it_back(
    visit: Visit, planted: Path, picture: Path
) -> None:
    page = visit.page
    await visit.register()
    await visit.bring(planted)
    await page.get_by_role("link", name="Storyboard", exact=True).click()
    names = page.locator("main li button span.font-semibold")
    await names.first.wait_for()
    written = await names.all_text_contents()
    await walk_shots_by_keys(page)
    await expect(card(page, RETAKEN)).to_be_focused()

    await open_shot(page, LOCKED)
    await page.get_by_text("Place and cut").click()
    await page.get_by_role("button", name="Move after the next shot").click()
    await page.get_by_role("button", name="Back to where it was written").wait_for()
    await page.get_by_label("Last picture held, seconds").fill("1.5")
    async with page.expect_response(lambda response: response.request.method == "PATCH"):
        await page.get_by_role("dialog").get_by_role("button", name="Save").first.click()
    sheet = page.get_by_role("dialog")
    await sheet.get_by_text("Your own files").click()
    await bring_file(sheet, picture)
    await sheet.get_by_role("button", name="Take back: The still").click()
    await expect(sheet.get_by_role("button", name="Take back: The still")).to_have_count(0)
    await close_shot(page)
    await open_shot(page, RETAKEN)
    await page.get_by_text("How loud").click()
    await sheet.get_by_label("decibels").first.fill("-3.5")
    async with page.expect_response(lambda response: response.request.method == "PATCH"):
        await sheet.locator("details[open]").get_by_role("button", name="Save").click()
    await expect(sheet.get_by_label("decibels").first).to_have_value("-3.5")
    await close_shot(page)
    moved = await names.all_text_contents()
    faults = await visit.faults()
    for _ in range(EDITS):
        await page.get_by_role("button", name="Undo").click()
        await expect(page.get_by_role("button", name="Redo")).to_be_enabled()
    await expect(names.first).to_have_text(LOCKED)

    assert moved[:2] == [RETAKEN, LOCKED]
    assert await names.all_text_contents() == written
    assert faults == []
    assert visit.complaints == []


async def test_a_workspace_has_projects_members_and_a_library_of_its_own(
    visit: Visit, planted: Path, picture: Path
) -> None:
    page = visit.page
    await visit.register()
    await visit.bring(planted)
    await page.get_by_role("link", name="Team").click()
    await page.get_by_label("New workspace").fill("Night <i>shift</i>")
    await page.get_by_role("button", name="Make it").click()
    await expect(page.get_by_label("Workspace").first).to_contain_text("Night <i>shift</i>")
    await page.get_by_role("button", name="Make an invitation").click()
    token = await page.get_by_label("The invitation is shown this once").input_value()
    of_team = await visit.faults()

    await page.get_by_role("link", name="Library").click()
    await page.get_by_role("heading", name="Nothing kept yet").wait_for()
    await page.get_by_role("button", name="Add").click()
    await page.get_by_label("Name").fill("Iris")
    await page.get_by_label("Look").fill("a woman of sixty in a blue cardigan")
    await page.get_by_role("dialog").get_by_role("button", name="Add").click()
    await page.get_by_text("a woman of sixty in a blue cardigan").wait_for()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.get_by_role("button", name="Add").click()
    kit = page.get_by_role("dialog", name="Add to the library")
    await kit.get_by_label("Kind").select_option("brand_kit")
    await kit.get_by_text("Logo", exact=True).first.click()
    await choose_file(kit, planted)
    await expect(kit.get_by_role("alert")).to_contain_text("PNG, JPEG, WebP")
    await bring_file(kit, picture)
    await kit.get_by_role("button", name="Leave out: Logo").wait_for()
    await kit.get_by_label("Name").fill("Orbis <b>")
    of_kit = await visit.faults()
    await kit.get_by_role("button", name="Keep", exact=True).click()
    logo = page.get_by_role("img", name="Orbis <b>, Logo")
    await expect(logo).to_be_visible()
    await page.reload()
    await logo.wait_for()
    of_library = await visit.faults()
    await page.get_by_role("link", name="Projects").click()
    await page.get_by_role("heading", name="No films yet").wait_for()
    await page.get_by_label("Workspace").select_option(label="Ada <b>Lovelace</b> (your own)")

    await expect(page.get_by_role("heading", name="ferry")).to_be_visible()
    assert token.startswith("join_")
    assert of_team == of_kit == of_library == []
    assert visit.complaints == []


async def test_nothing_written_is_lost_with_a_session_or_to_another_tab(visit: Visit, planted: Path) -> None:
    page = visit.page
    await visit.register()
    await visit.bring(planted)
    other = await visit.context.new_page()
    await other.goto(page.url)
    await other.get_by_role("textbox", name="Screenplay").wait_for()
    await mend(visit)

    await visit.context.clear_cookies()
    await other.get_by_role("textbox", name="Screenplay").click()
    await other.keyboard.press("Control+End")
    await other.keyboard.type("\n\nThe light <i>goes</i> out.")
    again = other.get_by_role("dialog", name="Sign in again")
    await again.get_by_label("Password").fill(PASSWORD)
    await again.get_by_role("button", name="Sign in").click()
    await other.get_by_text("Somebody else has saved this screenplay meanwhile.").wait_for()
    await other.get_by_role("button", name="Save mine over it").click()
    await expect(other.get_by_text("Saved", exact=True)).to_be_visible()
    await page.reload()
    await visit.editor.press("Control+End")

    await expect(visit.editor).to_contain_text("The light <i>goes</i> out.")
    assert visit.complaints == []
