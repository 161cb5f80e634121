"""What a transition asks of the picture: how a shot gives way to the next, by the words that writers use."""

from __future__ import annotations

import re
from enum import StrEnum


class Joint(StrEnum):
    """How a shot gives way to the next, as written."""

    CUT = "CUT"
    DISSOLVE = "DISSOLVE"
    WIPE = "WIPE"
    IRIS = "IRIS"
    FADE = "FADE"
    WHITE = "WHITE"
    BLACKOUT = "BLACKOUT"


_RULES = (
    (re.compile(r"\bINTERCUT"), None),
    (re.compile(r"\bWIPE\b"), Joint.WIPE),
    (re.compile(r"\bIRIS\b"), Joint.IRIS),
    (
        re.compile(r"DISSOLVE|CROSS[ -]?FADE|ÜBERBLEND|FONDU ENCHA[IÎ]N|ENCADENADO|DISSOLVENZA INCROCIATA"),
        Joint.DISSOLVE,
    ),
    (re.compile(r"\b(?:TO|AU|A|ZU) (?:WHITE|BLANC|BLANCO|BIANCO|WEISS)\b|\bWHITE[ -]?OUT\b"), Joint.WHITE),
    (re.compile(r"\b(?:CUT|SMASH|SNAP) TO BLACK\b|\bBLACK[ -]?OUT\b"), Joint.BLACKOUT),
    (
        re.compile(r"\bFADE\b|\bDIP TO BLACK\b|ABBLEND|AUFBLEND|\bFONDU\b|\bFUNDIDO\b|\bDISSOLVENZA\b"),
        Joint.FADE,
    ),
    (re.compile(r"\b(?:CUT|SMASH|JUMP|MATCH|BACK)\b|\bSCHNITT\b|\bCOUPE\b|\bCORTE\b|\bSTACCO\b"), Joint.CUT),
)
_FADE_IN = re.compile(r"\bFADE IN\b")


def joint_of(text: str, before: Joint | None = None) -> Joint | None:
    """The joint that a transition asks for; `before` is what another one at the same place asked for.

    Words that name none, as TIME PASSES TO: does, leave the film's own. FADE IN: is the other half of what
    stands before it, such as FADE TO WHITE. or CUT TO BLACK.
    """
    upper = text.upper()
    found = next((joint for pattern, joint in _RULES if pattern.search(upper)), None)
    if before is not None and (found is None or _FADE_IN.search(upper)):
        return before
    return found
