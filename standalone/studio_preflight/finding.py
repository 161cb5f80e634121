"""What a look at the machine found."""

from typing import NamedTuple


class Finding(NamedTuple):
    """One thing that was looked at; `cure` is what to do if it isn't `well`."""

    subject: str
    well: bool
    state: str
    cure: str = ""
