"""This machine's own studio, as the film command finds it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Self

from filmstudio.account import Account
from filmstudio.cli.places import Place, Which
from filmstudio.errors import RefusedError, UnreachableError
from filmstudio.servers import parse_server

PACKAGE = "studio_standalone"
GENERATORS = ("imagegen", "videogen", "audiogen", "composer")
SIGN_IN = "start the studio anew: film down, then film up"


class LocalStart:
    """A start of the studio, or a join of the one that runs, that goes on while the caller does other things.

    What it has to say goes to standard error. Left by Ctrl-C it says that the start goes on. Raises
    UnreachableError where no studio is installed.
    """

    def __init__(self) -> None:
        require_installed()
        argv = [sys.executable, "-m", PACKAGE, "up", "--json"]
        self._process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, KeyboardInterrupt):
            print("\nfilm: the studio goes on starting; stop it with: film down", file=sys.stderr)

    def place(self) -> Place:
        """The studio, once it is ready. Raises UnreachableError without a text: the start has said why."""
        said, _ = self._process.communicate()
        if self._process.returncode:
            raise UnreachableError("")
        started = json.loads(said.strip().splitlines()[-1])
        return _place(started["address"], Path(started["home"]), is_new=not started["joined"])


def require_installed() -> None:
    """Raises UnreachableError where only the client is installed."""
    if importlib.util.find_spec(PACKAGE) is None:
        raise UnreachableError(
            "no studio is installed on this machine; sign in to one elsewhere: film login --server host:port"
        )


def _place(address: str, home: Path, *, is_new: bool) -> Place:
    state = json.loads((home / "state.json").read_text())
    account = Account(state["account_email"], state["secrets"]["account"])
    generators = {name: f"127.0.0.1:{state['ports'][name]}" for name in GENERATORS}
    return Place(
        parse_server(address), home / "session.json", SIGN_IN, account, generators=generators, is_new=is_new
    )


def delegate(verb: str, arguments: list[str]) -> int:
    """Let the studio's own command do it; its exit code.

    Raises RefusedError for another studio's address, UnreachableError where none is installed.
    """
    if any(argument.partition("=")[0] == "--server" for argument in arguments):
        raise RefusedError(f"film {verb} works on this machine's own studio only; leave --server out")
    require_installed()
    elsewhere = Which().server_elsewhere()
    if elsewhere is not None:
        print(f"film: this machine's own studio; other verbs work at {elsewhere}", file=sys.stderr)
    return subprocess.run([sys.executable, "-m", PACKAGE, verb, *arguments], check=False).returncode
