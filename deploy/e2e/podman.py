"""podman and buildah as this run uses them: each call's command, and its output when it fails."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

CALL_SECONDS_MAX = 1800
CONFIG = """[containers]
default_ulimits = ["nofile=20000:20000", "nproc=32768:32768"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
"""


class PodmanError(RuntimeError):
    """A call failed; the text has the command and the end of what it said."""


class Podman:
    """Calls with a configuration of their own, which leaves the machine's alone."""

    def __init__(self, folder: Path) -> None:
        config = folder / "containers.conf"
        config.write_text(CONFIG, encoding="utf-8")
        self._environment = {**os.environ, "CONTAINERS_CONF": str(config)}

    def __call__(self, *arguments: str, program: str = "podman", given: str = "") -> str:
        """What the call printed. Raises PodmanError."""
        done = self.attempt(*arguments, program=program, given=given)
        if done.returncode:
            tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-20:])
            raise PodmanError(f"{program} {' '.join(arguments)}\n{tail}")
        return done.stdout.strip()

    def attempt(
        self, *arguments: str, program: str = "podman", given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """The call with its status and outputs."""
        # By files: what podman leaves running in the background holds its outputs open.
        with tempfile.TemporaryFile("w+") as printed, tempfile.TemporaryFile("w+") as noted:
            done = subprocess.run(
                [program, *arguments],
                env=self._environment,
                input=given,
                stdout=printed,
                stderr=noted,
                text=True,
                timeout=CALL_SECONDS_MAX,
                check=False,
            )
            printed.seek(0)
            noted.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, printed.read(), noted.read())

    def wait_for(self, what: str, container: str, command: Sequence[str], seconds_max: int) -> float:
        """Seconds until a command in a container succeeds. Raises PodmanError with its last lines."""
        began = time.monotonic()
        while self.attempt("exec", container, *command).returncode:
            if time.monotonic() - began > seconds_max:
                lines = self.attempt("logs", "--tail", "20", container)
                raise PodmanError(f"{what} is not ready after {seconds_max} s\n{lines.stdout}{lines.stderr}")
            time.sleep(1)
        return time.monotonic() - began
