"""The mounted file systems: which one holds a path, and what it can't do."""

import re
from pathlib import Path
from typing import Iterable, List, NamedTuple, Tuple

MOUNT_TABLE = Path("/proc/self/mountinfo")

# File systems of another system, seen from here: modes, links or locks do not hold on them.
FOREIGN = frozenset(
    (
        *("drvfs", "vfat", "msdos", "exfat", "ntfs", "ntfs3", "fuseblk"),
        *("cifs", "smb3", "smbfs", "vboxsf", "prl_fs", "fuse.vmhgfs-fuse", "fuse.sshfs"),
    )
)


class Mount(NamedTuple):
    """One line of the mount table; `options` are those of the mount and of its file system together."""

    point: str
    kind: str
    options: "Tuple[str, ...]" = ()

    @property
    def is_foreign(self) -> bool:
        """Whether modes and links don't hold; 9p also carries sandboxes' own files, on which they do."""
        drive = any(option.startswith(("aname=drvfs", "trans=virtio")) for option in self.options)
        return self.kind in FOREIGN or (self.kind == "9p" and drive)

    @property
    def is_noexec(self) -> bool:
        """Whether no program may be started from it."""
        return "noexec" in self.options


ROOT = Mount("/", "unknown")


def read_mounts() -> "Tuple[Mount, ...]":
    """The mounts of this process; empty where the kernel shows none (macOS)."""
    try:
        return parse_mounts(MOUNT_TABLE.read_text(errors="replace").splitlines())
    except OSError:
        return ()


def parse_mounts(lines: "Iterable[str]") -> "Tuple[Mount, ...]":
    """The mounts of /proc/self/mountinfo (proc(5)), in its order."""
    mounts: "List[Mount]" = []
    for line in lines:
        left, _, right = line.partition(" - ")
        fields, kinds = left.split(), right.split()
        if len(fields) < 6 or len(kinds) < 3:
            continue
        options = (*fields[5].split(","), *kinds[2].replace(";", ",").split(","))
        mounts.append(Mount(_unescaped(fields[4]), kinds[0], options))
    return tuple(mounts)


def _unescaped(point: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda match: chr(int(match.group(1), 8)), point)


def mount_of(path: Path, mounts: "Iterable[Mount]") -> Mount:
    """The mount that holds an absolute path: the deepest above it, of equals the last."""
    found = ROOT
    for mount in mounts:
        point = Path(mount.point)
        if (point == path or point in path.parents) and len(mount.point) >= len(found.point):
            found = mount
    return found
