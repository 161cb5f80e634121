"""Which of this processor's instructions the encoder may use, so that a picture's bytes repeat."""

from __future__ import annotations

from functools import cache
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")


@cache
def encoder_limit(cpuinfo: Path = CPUINFO) -> str:
    """Return x264's `asm` parameter for this machine; empty where its own choice is right.

    x264's rate control by macroblock tree gives other bytes on repeat when it runs on AVX-512 and the
    height is no multiple of 16 (seen with the build in PyAV 18.1, at 192x108 and 320x180). AVX2 does not.
    """
    try:
        flags = cpuinfo.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    return "asm=avx2" if "avx512f" in flags.split() else ""
