"""The child of one file: limits first, then codecs. `python -m studio_jobs.media.child WHAT CPU_SECONDS`.

WHAT is a kind or a media type. It writes a line of JSON, what is seen of the file as JPEGs, then the part's
bytes, but for a media type. It writes no file and makes no process; over its limits the kernel ends it.
"""

from __future__ import annotations

import json
import os
import resource
import sys

MEMORY_MAX_BYTES = 3 * 1024**3


def main() -> None:
    """Read a file from standard input; write its house form or what it is, or why it can't be used."""
    _limit(int(sys.argv[2]))
    kind_name, content = sys.argv[1], sys.stdin.buffer.read()
    # After the limits: a codec's own start-up is within them.
    from studio_jobs.media.decoding import MediaRefused, house_media
    from studio_jobs.media.formats import MediaKind
    from studio_jobs.media.inspection import inspect

    try:
        if "/" in kind_name:
            looks = inspect(kind_name, content)
            _say({"role": kind_name, "looks_bytes": [len(look) for look in looks]})
            sys.stdout.buffer.write(b"".join(looks))
            return
        made = house_media(MediaKind(kind_name), content)
    except MediaRefused as refused:
        _say({"refused": str(refused)})
        return
    except MemoryError:
        _say({"refused": "The file needs more memory than a file may."})
        return
    told = {
        "role": made.role,
        "media_type": made.media_type,
        "length_ms": made.length_ms,
        "frames": made.frames,
        "width_px": made.width_px,
        "height_px": made.height_px,
        "rate": [made.rate.numerator, made.rate.denominator],
        "family": made.family,
        "looks_bytes": [len(look) for look in made.looks],
    }
    _say(told)
    sys.stdout.buffer.write(b"".join(made.looks))
    sys.stdout.buffer.write(made.data)


def _limit(cpu_seconds: int) -> None:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX_BYTES, MEMORY_MAX_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(told: dict[str, object]) -> None:
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n")


if __name__ == "__main__":
    main()
