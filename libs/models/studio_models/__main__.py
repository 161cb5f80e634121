"""film models: bring models to machines that have no way to the hub.

Exit codes: 0 done, 1 a fault, 2 a wrong command line.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from studio_models.hub import Source, fetch
from studio_models.inventory import Inventory, InventoryError, differences, read
from studio_models.licences import LicenceError, is_non_commercial
from studio_models.loading import ModelError
from studio_models.packing import differences_of_pack, pack

EXIT_FAULT = 1


def main(arguments: list[str] | None = None) -> int:
    """Carry out one verb; the exit code, as above."""
    options = _parser().parse_args(arguments)
    verbs = {"fetch": _fetch, "pack": _pack, "verify": _verify}
    try:
        return verbs[options.verb](options)
    except (ModelError, LicenceError, InventoryError) as fault:
        print(f"film models: {fault}", file=sys.stderr)
    except OSError as fault:
        print(f"film models: {fault.filename}: {fault.strerror}", file=sys.stderr)
    return EXIT_FAULT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="film models", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    fetched = verbs.add_parser("fetch", help="bring a model of the hub into a folder, with an inventory")
    fetched.add_argument("name", metavar="NAME", help="such as stabilityai/stable-diffusion-xl-base-1.0")
    fetched.add_argument("folder", type=Path, metavar="DIR")
    fetched.add_argument("--revision", default="", help="a commit or tag; the newest by default")
    fetched.add_argument("--endpoint", default="", help="another hub's address")
    fetched.add_argument("--accept-licence", action="store_true", help="you read its licence and may use it")
    packed = verbs.add_parser("pack", help="write a model's folder as one file")
    packed.add_argument("folder", type=Path, metavar="DIR")
    packed.add_argument("-o", "--output", type=Path, metavar="FILE", help="by default DIR.tar")
    verified = verbs.add_parser("verify", help="read a model whole and compare it with its inventory")
    verified.add_argument("model", type=Path, metavar="DIR|FILE")
    verified.add_argument("--sha256", default="", help="what the inventory must come to")
    return parser


def _fetch(options: argparse.Namespace) -> int:
    source = Source(options.name, options.revision, options.endpoint)
    _say(fetch(source, options.folder, accepted=options.accept_licence), options.folder)
    return 0


def _pack(options: argparse.Namespace) -> int:
    output = options.output or Path(f"{options.folder.resolve().name}.tar")
    _say(pack(options.folder, output), output)
    return 0


def _verify(options: argparse.Namespace) -> int:
    is_folder = options.model.is_dir()
    compare = differences if is_folder else differences_of_pack
    found = compare(options.model, options.sha256)
    for difference in found:
        print(f"film models: {difference}", file=sys.stderr)
    if not found and is_folder:
        _say(read(options.model), options.model)
    elif not found:
        print(f"{options.model}: as listed")
    return EXIT_FAULT if found else 0


def _say(inventory: Inventory, where: Path) -> None:
    size_bytes = sum(entry.size_bytes for entry in inventory.files.values())
    print(f"{where}: {inventory.name} {inventory.revision}".rstrip())
    print(f"  {len(inventory.files)} files, {size_bytes / 1e9:.2f} GB")
    flag = ", not for commercial use" if is_non_commercial(inventory.licence) else ""
    print(f"  licence {inventory.licence or 'not named'}{flag}")
    print(f"  sha256 {inventory.sha256}")


if __name__ == "__main__":
    sys.exit(main())
