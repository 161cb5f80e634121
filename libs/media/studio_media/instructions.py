"""Which of this processor's instructions the encoder may use, so that a picture's bytes repeat."""

from __future__ import annotations

from functools import cache
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")


@cache
def encoder_limit(cpuinfo: Path = CPUINFO) -> str:
    """Return x264's `asm` parameter for this machine; empty where its own choice is right.

    x264's rate control by macroblock tree, on AVX-512, takes memory that it did not fill into the ends of
    rows of some widths, so that the same pictures give other bytes (seen with the build in PyAV 18.1, at
    192, 320, 448, 720 and 854 pixels). On AVX2 it does not.
    """
    try:
        flags = cpuinfo.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    return "asm=avx2" if "avx512f" in flags.split() else ""
