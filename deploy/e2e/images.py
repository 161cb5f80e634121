"""The images of a run: a base from Debian's packages in Python's place, ours, and the servers' stand-ins."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from deploy.e2e.podman import Podman

PYTHON = "docker.io/library/python:3.11-slim-bookworm"
SERVICES = ("gateway", "jobs", "imagegen", "videogen", "audiogen", "composer")
STAGES = ("requirements", "wheels")
SERVERS = ("postgres", "nats", "s3", "pooler")
MIRROR = "http://deb.debian.org/debian"
PACKAGES = "ca-certificates,python3,python3-pip,python3-venv"

Say = Callable[[str], None]


def prepare_base(podman: Podman, kept: Path, say: Say) -> None:
    """Import Debian with its own Python 3.11 under the name of the base, unless it is there."""
    if not podman.attempt("image", "exists", PYTHON).returncode:
        say(f"base: {PYTHON} is here")
        return
    archive = kept / "base.tar"
    options = ("--variant=minbase", f"--include={PACKAGES}")
    if not archive.exists():
        folder = kept / "rootfs"
        podman(*options, "bookworm", str(folder), MIRROR, program="debootstrap")
        (folder / "usr/local/bin/python").symlink_to("/usr/bin/python3")
        subprocess.run(["tar", "-C", str(folder), "-cf", str(archive), "."], check=True)
    podman("import", "--change", 'CMD ["/bin/bash"]', str(archive), PYTHON)
    say(f"base: {PYTHON}, from packages of Debian bookworm in its place")


def build_images(podman: Podman, root: Path, say: Say) -> dict[str, int]:
    """Build all of them; the size of each of ours in MB."""
    revision = _revision(root)
    dockerfile = ("-f", str(root / "deploy/docker/Dockerfile"), "--build-arg", f"REVISION={revision}")
    contexts: list[str] = []
    # By their own names: buildah 1.28 can't mount a stage that it took from its cache.
    for stage in STAGES:
        image = f"localhost/film-studio-build-{stage}:e2e"
        _build(podman, root, *dockerfile, "--target", stage, "-t", image)
        contexts += ["--build-context", f"{stage}=container-image://{image}"]
    for service in SERVICES:
        image = f"localhost/film-studio-{service}:e2e"
        _build(podman, root, *dockerfile, *contexts, "--target", service, "-t", image)
    stand_ins = ("--ignorefile", "/dev/null", "-f", str(root / "deploy/e2e/stand-ins/Dockerfile"))
    for server in SERVERS:
        _build(podman, root, *stand_ins, "--target", server, "-t", f"localhost/film-studio-e2e-{server}:e2e")
    say(f"built {len(SERVICES)} images of ours and {len(SERVERS)} stand-ins")
    return {name: _megabytes(podman, f"localhost/film-studio-{name}:e2e") for name in SERVICES}


def _build(podman: Podman, root: Path, *arguments: str) -> None:
    limits = ("--ulimit", "nofile=20000:20000", "--ulimit", "nproc=32768:32768", "--isolation", "chroot")
    # Registries may be signed by an authority that only this machine knows.
    trust = ("-v", "/etc/ssl/certs:/etc/ssl/certs:ro")
    always = ("bud", "--layers", "--format", "docker", "--pull=never", *limits, *trust)
    podman(*always, *arguments, str(root), program="buildah")


def _revision(root: Path) -> str:
    """What the code is now: its commit and what differs from it."""
    commit = subprocess.run(
        ["git", "-C", str(root), "stash", "create"], capture_output=True, text=True, check=True
    ).stdout.strip()
    if commit:
        return commit
    head = ["git", "-C", str(root), "rev-parse", "HEAD"]
    return subprocess.run(head, capture_output=True, text=True, check=True).stdout.strip()


def _megabytes(podman: Podman, image: str) -> int:
    return int(podman("image", "inspect", "--format", "{{.Size}}", image)) // 10**6
