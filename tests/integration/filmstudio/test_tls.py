"""https:// means TLS: a trusted certificate for the name, or a reason why not."""

from __future__ import annotations

from pathlib import Path

import pytest

from filmstudio import errors
from filmstudio.account import Account
from filmstudio.calls import Patience
from filmstudio.client import connect
from studio_platform.testing.certificates import certificate_for
from tests.integration.filmstudio.rig import EMAIL, PASSWORD, running_rig


@pytest.mark.parametrize(
    ("scheme", "name", "is_trusted", "said"),
    [
        ("https://", "localhost", True, ""),
        ("https://", "localhost", False, "certificate is not trusted"),
        ("https://", "elsewhere.example", True, "certificate is for another name"),
        ("", "localhost", True, "needs https://"),
    ],
    ids=["trusted", "not trusted", "another name", "without https"],
)
async def test_studio_behind_tls(tmp_path: Path, scheme: str, name: str, is_trusted: bool, said: str) -> None:
    key, certificate = certificate_for(name)
    authorities = tmp_path / "ca.pem"
    authorities.write_bytes(certificate if is_trusted else certificate_for("other.example")[1])

    async with (
        running_rig((key, certificate)) as rig,
        connect(
            f"{scheme}{rig.address}", Account(EMAIL, PASSWORD), Patience(0.0), ca_file=authorities
        ) as studio,
    ):
        if not said:
            assert (await studio.me()).email == EMAIL
            return
        with pytest.raises(errors.UnreachableError, match=said):
            await studio.me()


async def test_studio_without_tls_says_so() -> None:
    async with (
        running_rig() as rig,
        connect(f"https://{rig.address}", Account(EMAIL, PASSWORD)) as studio,
    ):
        with pytest.raises(errors.UnreachableError, match="does not speak TLS"):
            await studio.me()


async def test_authorities_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(errors.RefusedError, match=r"FILM_CA_FILE: .*nowhere.pem"):
        async with connect("https://localhost", Account(EMAIL, PASSWORD), ca_file=tmp_path / "nowhere.pem"):
            pass
