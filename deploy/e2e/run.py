"""The chart's pods in containers of this machine, and a film made through them: make chart-e2e.

Usage: python deploy/e2e/run.py [FOLDER]     as root; needs podman, buildah, runc, netavark, debootstrap

FOLDER keeps the images' base between runs. What it prints is kept as deploy/e2e/last-run.txt.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from deploy.e2e.images import build_images, prepare_base  # noqa: E402
from deploy.e2e.manifests import Chamber, Workload, secrets_of, texts_of, workloads  # noqa: E402
from deploy.e2e.podman import Podman, PodmanError  # noqa: E402
from deploy.e2e.pooler import SESSIONS, behind_pooler, pooler  # noqa: E402
from tests.chart.release import example, merged, render  # noqa: E402

NETWORK = "film-studio-e2e"
REGISTRY = "registry.example.org/film/film-studio-"
EMAIL = "you@example.org"
READY_SECONDS_MAX = 180
SERVERS = {
    "postgres": ("pg_isready", "-h", "127.0.0.1", "-U", "postgres", "-d", "film"),
    "nats": (
        "python3",
        "-c",
        "import urllib.request as u; u.urlopen('http://127.0.0.1:8222/healthz', timeout=3)",
    ),
    "s3": (
        "python3",
        "-c",
        "import urllib.request as u; u.urlopen('http://127.0.0.1:8333/healthz', timeout=3)",
    ),
}
HEALTHY = ("python", "-IS", "/opt/film/healthy.py")
CHANGES = {
    "s3": {"publicEndpoint": "film-studio-s3:8333"},
    "generators": {"storyboard": {"scaling": {"replicas": 2}}},
}
SCREENPLAY = """Title: The Kill

INT. KITCHEN - NIGHT

ADA puts the kettle on.

ADA
It works, even now.

She smiles.

EXT. HARBOUR - DAWN

A small boat leaves. Gulls circle over it.

ADA (CONT'D)
We are under way, and nobody saw us go.

INT. CABIN - DAY

BEN unfolds a map. Ada looks over his shoulder.

BEN
There is an island here.

ADA
There was.
"""
AT_WORK = """
import sys, urllib.request as u
lines = u.urlopen("http://127.0.0.1:8081/metrics", timeout=3).read().decode().splitlines()
sys.exit(not any(l.startswith("film_worker_lanes_busy{") and float(l.split()[-1]) for l in lines))
"""


class Run:
    """One run: its folder, podman, and the pods that it started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.podman = Podman(folder)
        self.started: list[str] = []
        self._began = time.monotonic()

    def say(self, text: str) -> None:
        """One line with the seconds since the beginning."""
        print(f"{time.monotonic() - self._began:7.1f} s  {text}", flush=True)

    def play(self, pod: Workload) -> None:
        """Starts a pod under the names of its services."""
        aliases = ",".join(f"alias={alias}" for alias in pod.aliases)
        network = f"{NETWORK}:{aliases}" if aliases else NETWORK
        file = self.folder / f"{pod.name}.yaml"
        file.write_text(yaml.safe_dump(pod.pod), encoding="utf-8")
        self.started.append(pod.name)
        # A pod that ends by itself is waited for by wait_for_end.
        self.podman("kube", "play", "--network", network, str(file))

    def container(self, pod: str) -> str:
        """The main container of a pod, as podman names it."""
        played = yaml.safe_load((self.folder / f"{pod}.yaml").read_text(encoding="utf-8"))
        return f"{pod}-{played['spec']['containers'][0]['name']}"

    def remove(self) -> None:
        """Ends and forgets all of it, but for images."""
        for pod in reversed(self.started):
            self.podman.attempt("pod", "rm", "--force", "--time", "5", pod)
        self.podman.attempt("network", "rm", "--force", NETWORK)


def main(arguments: list[str]) -> int:
    """Make the run and return the process's exit code."""
    kept = Path(arguments[0] if arguments else ROOT / ".chart-e2e").resolve()
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="film-e2e-") as folder:
        run = Run(Path(folder))
        try:
            prepare_base(run.podman, kept, run.say)
            sizes = build_images(run.podman, ROOT, run.say)
            for name, megabytes in sizes.items():
                run.say(f"image {name}: {megabytes} MB")
            scenario(run)
        except (PodmanError, AssertionError, subprocess.TimeoutExpired) as error:
            run.say(f"FAILED: {error}")
            return 1
        finally:
            run.remove()
    run.say("passed; pods and network removed")
    return 0


def scenario(run: Run) -> None:
    """The release comes up, makes a film, loses a pod while it makes another, and drains one."""
    release = render(merged(example("evaluation"), CHANGES))
    images = {
        f"{REGISTRY}{name}:0.1.0": f"localhost/film-studio-{name}:e2e"
        for name in ("gateway", "jobs", "imagegen", "videogen", "audiogen", "composer")
    }
    defaults = yaml.safe_load((ROOT / "deploy/k8s/film-studio/values.yaml").read_text(encoding="utf-8"))
    images |= {
        image: f"localhost/film-studio-e2e-{name}:e2e"
        for name, image in defaults["evaluation"]["images"].items()
    }
    objects = behind_pooler(release.objects)
    secrets = secrets_of(objects)
    chamber = Chamber(run.folder, secrets, texts_of(objects), images)
    pods = list(workloads(objects, chamber))
    run.podman("network", "create", NETWORK)
    come_up(run, pods, pooler(run.folder, objects))
    look_inside(run, pods)
    helm_test(run, pods)
    password = secrets["film-studio-evaluation"]["operator-password"].decode()
    start_client(run, password)
    film(run, "film", SCREENPLAY, during=lambda: lose_pods(run, pods))
    count_sessions(run)


def come_up(run: Run, pods: list[Workload], before_postgres: Workload) -> None:
    """Servers, then the migrations' job, then the pooler and the rest, each until it is ready."""
    by_server = {name: next(pod for pod in pods if pod.name == f"film-studio-{name}-0") for name in SERVERS}
    for name, pod in by_server.items():
        run.play(pod)
        seconds = run.podman.wait_for(name, run.container(pod.name), SERVERS[name], READY_SECONDS_MAX)
        run.say(f"{name} is ready after {seconds:.0f} s")
    jobs = [pod for pod in pods if pod.ends and "migrations" in pod.name]
    for pod in jobs:
        run.play(pod)
        container = run.container(pod.name)
        status = run.podman("wait", container)
        lines = run.podman.attempt("logs", container)
        assert status == "0", f"{pod.name} ended with {status}: {lines.stdout}{lines.stderr}"
        run.say(f"{pod.name} ended with 0: schemas, streams and bucket are there")
    run.play(before_postgres)
    run.say(f"{before_postgres.name} is there: PgBouncer in transaction mode, before gateway and jobs")
    rest = [pod for pod in pods if not pod.ends and pod not in by_server.values()]
    for pod in rest:
        run.play(pod)
    for pod in rest:
        seconds = run.podman.wait_for(pod.name, run.container(pod.name), HEALTHY, READY_SECONDS_MAX)
        run.say(f"{pod.name} is ready after {seconds:.0f} s more")


def look_inside(run: Run, pods: list[Workload]) -> None:
    """Every pod of ours: who it is, a root that refuses, no right left, no compiler."""
    ours = [pod for pod in pods if not pod.ends and pod.name.rsplit("-", 2)[1] not in SERVERS]
    for pod in ours:
        container = run.container(pod.name)
        assert run.podman("exec", container, "id", "-u") == "10001", f"{pod.name} is not user 10001"
        written = run.podman.attempt("exec", container, "touch", "/opt/film/x")
        assert "Read-only file system" in written.stderr, f"{pod.name} can write its root: {written.stderr}"
        status = run.podman("exec", container, "cat", "/proc/1/status")
        rights = next(line.split()[1] for line in status.splitlines() if line.startswith("CapBnd"))
        assert int(rights, 16) == 0, f"{pod.name} has capabilities {rights}"
        compiler = run.podman.attempt("exec", container, "sh", "-c", "command -v gcc cc clang g++")
        assert compiler.returncode, f"{pod.name} holds {compiler.stdout}"
    run.say(f"{len(ours)} pods of ours: user 10001, read-only root, no capability, no compiler")


def helm_test(run: Run, pods: list[Workload]) -> None:
    """The pod of `helm test`: it signs in, lets every pool make something small, and makes a film."""
    (test,) = (pod for pod in pods if pod.name == "film-studio-test")
    run.play(test)
    container, began = run.container(test.name), time.monotonic()
    status = run.podman("wait", container)
    log = run.podman.attempt("logs", container)
    assert status == "0", f"{test.name} ended with {status}: {(log.stdout + log.stderr)[-3000:]}"
    for line in log.stdout.strip().splitlines():
        run.say(f"{test.name}: {line}")
    run.say(f"{test.name} ended with 0 after {time.monotonic() - began:.0f} s")


def count_sessions(run: Run) -> None:
    """How many sessions Postgres has of whom: what a pooler is for."""
    postgres = run.container("film-studio-postgres-0")
    count = "select usename, count(*) from pg_stat_activity where datname = 'film' group by 1 order by 1"
    ask = (
        f'PGPASSWORD=$(cat /run/secrets/postgres/admin-password) psql -h 127.0.0.1 -U postgres -Atc "{count}"'
    )
    found = run.podman("exec", postgres, "sh", "-c", ask).splitlines()
    assert all(int(line.split("|")[1]) <= SESSIONS for line in found), found
    run.say(f"sessions at Postgres, by the pooler: {', '.join(line.replace('|', ' ') for line in found)}")


CLIENT = "film-studio-e2e-client"


def start_client(run: Run, password: str) -> None:
    """A container with the film command, signed in at the gateway as the operator."""
    image, home = "localhost/film-studio-gateway:e2e", "/tmp"
    settings = ("--env", f"HOME={home}", "--env", "FILM_SERVER=film-studio-gateway:8484")
    run.podman("pod", "create", "--name", f"{CLIENT}-pod", "--network", NETWORK)
    run.started.append(f"{CLIENT}-pod")
    options = ("--name", CLIENT, "--pod", f"{CLIENT}-pod", "--read-only", "--tmpfs", f"{home}:mode=1777")
    run.podman("run", "--detach", "--entrypoint", "sleep", *options, *settings, image, "3600")
    run.podman("exec", "-i", CLIENT, "film", "login", "--email", EMAIL, given=f"{password}\n")
    run.say(f"signed in at the gateway as {EMAIL}")


def film(run: Run, name: str, text: str, during: Callable[[], None] | None = None) -> None:
    """A film through the gateway, looked at as it comes back."""
    folder = "/tmp"
    run.podman("exec", "-i", CLIENT, "sh", "-c", f"cat > {folder}/{name}.fountain", given=text)
    began = time.monotonic()
    command = f"cd {folder} && film render {name}.fountain -o {name}.mp4 --json > {name}.log 2>&1"
    run.podman("exec", "--detach", CLIENT, "sh", "-c", f"{command}; echo $? > {name}.status")
    if during is not None:
        during()
    run.podman.wait_for(f"film {name}", CLIENT, ("test", "-s", f"{folder}/{name}.status"), 900)
    status = run.podman("exec", CLIENT, "cat", f"{folder}/{name}.status")
    log = run.podman("exec", CLIENT, "cat", f"{folder}/{name}.log")
    assert status == "0", f"film {name} ended with {status}: {log[-2000:]}"
    there = run.folder / f"{name}.mp4"
    run.podman("exec", CLIENT, "sh", "-c", f"test -s {folder}/{name}.mp4")
    copied = subprocess.run(
        ["podman", "exec", CLIENT, "cat", f"{folder}/{name}.mp4"], capture_output=True, check=True
    )
    there.write_bytes(copied.stdout)
    run.say(f"film {name}: {describe(there)}, made in {time.monotonic() - began:.0f} s")


def describe(file: Path) -> str:
    """What a film is made of; it is decoded to its end."""
    import av

    with av.open(str(file), format="mp4") as film:
        pictures = sum(1 for _ in film.decode(video=0))
        video, audio = film.streams.video[0], film.streams.audio[0]
        assert pictures > 24, f"{file.name} has {pictures} pictures"
        codecs = f"{video.codec_context.name} {video.width}x{video.height} and {audio.codec_context.name}"
        seconds = float(film.duration or 0) / av.time_base
        return f"{seconds:.1f} s of {codecs}, {pictures} pictures, {file.stat().st_size // 1024} KB"


def lose_pods(run: Run, pods: list[Workload]) -> None:
    """While a film is made: one pod is drained, and one that is at work dies."""
    drain(run, "film-studio-storyboard-1")
    kill_and_return(run, next(pod for pod in pods if pod.name == "film-studio-camera-0"))


def drain(run: Run, pod: str) -> None:
    """SIGTERM with a grace, as an eviction does: the process ends by itself, with 0."""
    container, began = run.container(pod), time.monotonic()
    run.podman("stop", "--time", "120", container)
    seconds = time.monotonic() - began
    code = run.podman("inspect", "--format", "{{.State.ExitCode}}", container)
    assert code == "0", f"{pod} ended with {code}"
    run.say(f"drained {pod}: it ended with 0 after {seconds:.1f} s of 120")


def kill_and_return(run: Run, victim: Workload) -> None:
    """kill -9 of a pod that is at work; as a kubelet would, another takes its place."""
    container = run.container(victim.name)
    run.podman.wait_for(f"work of {victim.name}", container, ("python", "-c", AT_WORK), READY_SECONDS_MAX)
    run.podman("kill", "--signal", "KILL", container)
    run.say(f"killed {victim.name} with signal 9 while it worked")
    with suppress(PodmanError):
        run.podman("pod", "rm", "--force", victim.name)
    run.play(victim)
    seconds = run.podman.wait_for(victim.name, run.container(victim.name), HEALTHY, READY_SECONDS_MAX)
    run.say(f"another {victim.name} is ready after {seconds:.0f} s")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
