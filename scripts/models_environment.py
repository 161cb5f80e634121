"""Let the environment of models look into another one for what it hasn't itself.

Usage: .venv-models/bin/python scripts/models_environment.py .venv

Writes a .pth file, so that packages that both need, editable ones among them, are installed once.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path


def main() -> None:
    """Write the file. Raises SystemExit where there is no such environment."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    other = Path(sys.argv[1]).resolve() / "lib" / version / "site-packages"
    if not other.is_dir():
        raise SystemExit(f"{other} is not there: both environments must have one Python")
    # Its own .pth files are read too, which a plain path would not bring about.
    line = f"import site; site.addsitedir({str(other)!r})\n"
    (Path(sysconfig.get_path("purelib")) / "studio.pth").write_text(line)


if __name__ == "__main__":
    main()
