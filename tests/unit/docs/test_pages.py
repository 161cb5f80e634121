"""What the pages name is there: files of the checkout, and other pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for folder in (".", "docs", "docs/adr", "services/*", "libs/*", "standalone", "bench", ".github")
    for page in ROOT.glob(f"{folder}/*.md")
)
FOLDERS = r"(?:bench|docs|libs|proto|samples|scripts|services|standalone|tests|web|\.github|\.ci)"
FILE = re.compile(rf"`({FOLDERS}/[\w./-]+)")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")

    missing = [name for name in FILE.findall(text) if not (ROOT / name).exists()]
    broken = [link for link in LINK.findall(text) if not (ROOT / page).parent.joinpath(link).exists()]

    assert (missing, broken) == ([], [])
