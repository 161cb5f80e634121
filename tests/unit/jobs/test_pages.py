"""Page tokens: what a page gave is read again, anything else is bad input."""

from __future__ import annotations

import pytest

from studio_jobs.pages import read_id_token, read_number_token, write_token
from studio_platform.errors import InvalidInput


def test_a_token_of_a_page_is_read_again() -> None:
    assert read_number_token(write_token("17")) == 17


@pytest.mark.parametrize("token", ["!", "a", "\u00f8", "\U0001f3ac", "\0", "AAAA", "x" * 500])
def test_a_token_of_no_page_is_bad_input(token: str) -> None:
    for read in (read_number_token, read_id_token):
        with pytest.raises(InvalidInput, match="page_token"):
            read(token)
