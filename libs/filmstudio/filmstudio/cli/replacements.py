"""The words of files in place of what the studio makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from filmstudio.timeline.v1 import timeline_pb2


def replaced(target: timeline_pb2.MediaTarget) -> str:
    """What a file replaces: "still", "line 1"."""
    kind = target.WhichOneof("target") or ""
    return f"line {target.line.line}" if kind == "line" else kind


def replacement_words(replacement: timeline_pb2.Replacement) -> str:
    """Whose a file is, and how long."""
    credit, kept = replacement.credit, replacement.artifact
    length = f", {kept.length_ms / 1000:.1f} s" if kept.length_ms else ""
    return f"by {credit.creator} ({credit.licence}){length}"


def replacements(timeline: timeline_pb2.Timeline, characters: Mapping[str, str]) -> Iterator[str]:
    """A line for each file; `characters` by the ids of cast members."""
    labels = {
        shot.name.rsplit("/", 1)[-1]: shot.display_name for scene in timeline.scenes for shot in scene.shots
    }
    numbers = {scene.name.rsplit("/", 1)[-1]: f"scene {scene.number}" for scene in timeline.scenes}
    for replacement in timeline.replacements:
        target = replacement.target
        kind = target.WhichOneof("target") or ""
        owner = target.line.shot if kind == "line" else getattr(target, kind, "")
        where = labels.get(owner) or numbers.get(owner) or characters.get(owner, owner)
        yield f"replaced: {where} {replaced(target)} {replacement_words(replacement)}"
