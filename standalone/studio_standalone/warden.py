"""The warden: where no kernel ends children with their parent, it does so at the parent's end.

Started with the reading end of the supervisor's pipe; when that closes it ends every process of the ledger.
Services watch the pipe by themselves too; the warden is for the servers, which can't.
"""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

from studio_platform.parent import parent_gone
from studio_standalone.ending import end_processes
from studio_standalone.home import Home
from studio_standalone.processes import recorded_processes

GRACE_SECONDS = 3.0


def start_warden(pipe_fd: int, home: Home) -> None:
    """Start the warden in a session of its own; it ends soon after this process."""
    argv = [sys.executable, "-m", "studio_standalone.warden", str(pipe_fd), str(home.processes_file)]
    subprocess.Popen(
        argv,
        cwd=home.path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(pipe_fd,),
        start_new_session=True,
    )


async def keep_watch(pipe_fd: int, ledger: Path) -> None:
    """Wait for the supervisor's end, then end what it left."""
    await parent_gone(pipe_fd)
    await end_processes(recorded_processes(ledger), GRACE_SECONDS)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(keep_watch(int(sys.argv[1]), Path(sys.argv[2])))
