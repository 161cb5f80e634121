"""Whom limits count: the connection's address, and a trusted proxy's word on whom it asks for."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from studio_gateway.limits.addresses import ClientAddresses, ForwardedHeader

PROXY = "ipv4:10.0.0.7:4000"
TRUSTED = [ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48")]


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("ipv4:192.0.2.1:3342", "192.0.2.1"),
        ("ipv6:%5B2001:db8:1:2:3::4%5D:3342", "2001:db8:1:2::/64"),
        ("ipv6:%5B::ffff:192.0.2.1%5D:3342", "192.0.2.1"),
        ("unix:/run/film.sock", "unix:/run/film.sock"),
    ],
)
def test_a_connection_counts_by_its_address_and_ipv6_by_its_network(peer: str, address: str) -> None:
    assert ClientAddresses().of(peer, {}) == address


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip"])
def test_what_a_client_says_of_itself_counts_for_nothing(header: str) -> None:
    said = {header: "198.51.100.9", "forwarded": "for=198.51.100.9"}

    assert ClientAddresses(TRUSTED).of("ipv4:192.0.2.1:3342", said) == "192.0.2.1"


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("198.51.100.9, 192.0.2.1", "192.0.2.1"),
        ("198.51.100.9, 192.0.2.1, 10.1.1.1", "192.0.2.1"),
        ("10.1.1.1, 10.1.1.2", "10.1.1.1"),
        ("192.0.2.1:55555", "192.0.2.1"),
        ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
        ("192.0.2.1, unknown", "10.0.0.7"),
        ("192.0.2.1, unknown, 10.1.1.1", "10.1.1.1"),
        ("", "10.0.0.7"),
    ],
)
def test_a_trusted_proxys_word_is_read_from_its_end_up_to_the_first_stranger(said: str, address: str) -> None:
    assert ClientAddresses(TRUSTED).of(PROXY, {"x-forwarded-for": said}) == address


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("for=192.0.2.1", "192.0.2.1"),
        ('for=198.51.100.9, For="[2001:db8:1:2::9]:443";proto=https', "2001:db8:1:2::/64"),
        ("proto=https;for=192.0.2.1;by=10.0.0.7", "192.0.2.1"),
        ("for=192.0.2.1, for=_hidden", "10.0.0.7"),
    ],
)
def test_forwarded_is_read_as_rfc_7239_writes_it(said: str, address: str) -> None:
    addresses = ClientAddresses(TRUSTED, ForwardedHeader.FORWARDED)

    assert addresses.of(PROXY, {"forwarded": said}) == address


def test_the_header_that_the_proxies_do_not_set_is_not_read() -> None:
    said = {"forwarded": "for=198.51.100.9", "x-forwarded-for": "192.0.2.1"}

    assert ClientAddresses(TRUSTED).of(PROXY, said) == "192.0.2.1"
