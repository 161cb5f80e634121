"""Write the table of values in the chart's README.md from the comments of values.yaml, or check it.

Usage: chart_readme.py [--check]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

CHART = Path(__file__).resolve().parent.parent / "deploy" / "k8s" / "film-studio"
HEAD = """\
# film-studio

Film Studio on Kubernetes: `docs/install-kubernetes.md` says how, `ci/` has values to begin with.

## Values

Written from values.yaml by scripts/chart_readme.py.

| value | default | meaning |
|---|---|---|
"""


class UndocumentedError(Exception):
    """A value without a comment."""


def readme(text: str) -> str:
    """The README for the text of values.yaml. Raises UndocumentedError."""
    root = yaml.compose(text)
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in _rows(root, text.splitlines(), ""))


def _rows(node: yaml.Node | None, lines: list[str], prefix: str) -> Iterator[tuple[str, str, str]]:
    if not isinstance(node, yaml.MappingNode):
        raise UndocumentedError(f"{prefix or 'values.yaml'} is no mapping")
    for key, value in node.value:
        name, comment = f"{prefix}{key.value}", _comment(lines, key.start_mark.line)
        is_branch = isinstance(value, yaml.MappingNode) and value.value and not value.flow_style
        if is_branch and (not comment or _has_comments(value, lines)):
            yield from _rows(value, lines, f"{name}.")
        elif not comment:
            raise UndocumentedError(f"{name} has no comment")
        else:
            default = json.dumps(yaml.safe_load(yaml.serialize(value)))
            yield f"`{name}`", f"`{default}`", comment.replace("|", "\\|")


def _has_comments(node: yaml.MappingNode, lines: list[str]) -> bool:
    return any(_comment(lines, key.start_mark.line) for key, _ in node.value)


def _comment(lines: list[str], line: int) -> str:
    """The lines of comment right above a line, as one."""
    found: list[str] = []
    while line and lines[line - 1].strip().startswith("#"):
        line -= 1
        found.insert(0, lines[line].strip().removeprefix("#").strip())
    return " ".join(found)


def main() -> int:
    """Run as a command; 1 when --check finds drift."""
    path, text = CHART / "README.md", readme((CHART / "values.yaml").read_text("utf-8"))
    if "--check" in sys.argv[1:]:
        current = path.read_text("utf-8") == text
        if not current:
            print("stale README of the chart; run python scripts/chart_readme.py", file=sys.stderr)
        return 0 if current else 1
    path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
