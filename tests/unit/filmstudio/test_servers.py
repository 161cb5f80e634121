"""A studio's address is read as people write it."""

from __future__ import annotations

import pytest

from filmstudio.servers import BadAddressError, Server, parse_server


@pytest.mark.parametrize(
    ("written", "server"),
    [
        ("127.0.0.1:8484", Server("127.0.0.1", 8484)),
        ("studio", Server("studio", 8484)),
        ("http://studio", Server("studio", 80)),
        ("https://studio.example.org", Server("studio.example.org", 443, secure=True)),
        ("https://studio.example.org:8443/", Server("studio.example.org", 8443, secure=True)),
        ("[::1]:9000", Server("::1", 9000)),
        ("  STUDIO:1 ", Server("studio", 1)),
    ],
)
def test_address_is_read(written: str, server: Server) -> None:
    assert parse_server(written) == server


@pytest.mark.parametrize("written", ["127.0.0.1:8484", "https://studio", "https://studio:8443", "[::1]:9000"])
def test_address_is_written_so_that_it_is_read_again(written: str) -> None:
    assert str(parse_server(written)) == written


@pytest.mark.parametrize(
    "written",
    ["", "host:port", "host:70000", "ftp://host", "https://", "https://a@b", "https://host/path", "host?x"],
)
def test_what_is_no_address_is_refused_with_the_forms(written: str) -> None:
    with pytest.raises(BadAddressError, match="give host:port, or https://host"):
        parse_server(written)


@pytest.mark.parametrize(
    ("written", "stays"), [("127.0.0.1:1", True), ("[::1]:1", True), ("localhost", True), ("10.0.0.1", False)]
)
def test_loopback_stays_on_this_machine(written: str, stays: bool) -> None:
    assert parse_server(written).is_loopback is stays
