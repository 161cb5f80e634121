"""The examples' releases as files to review, without what is the same everywhere.

Usage: python -m tests.chart.golden     writes tests/chart/golden/EXAMPLE.yaml anew; read the difference

Left out is what other tests hold and every object has (USUAL, the release's labels, the usual security
contexts and probes). Variables, mounts and volumes are a line each, long texts stand as hashes, and an object
that an earlier example has alike is only named.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.chart.release import EXAMPLES, NAMESPACE, RELEASE, Object, Release, example, render

GOLDEN = Path(__file__).parent / "golden"
TEXT_LENGTH_MAX = 160
LINE_LENGTH_MAX = 80
LABEL = "app.kubernetes.io/"
OF_THE_RELEASE = re.compile(rf"{LABEL}(name|instance|part-of|version|managed-by)$|helm\.sh/chart$")
USUAL: tuple[tuple[str, object], ...] = (
    ("namespace", NAMESPACE),
    ("automountServiceAccountToken", False),
    ("enableServiceLinks", False),
    ("imagePullPolicy", "IfNotPresent"),
    ("serviceAccountName", RELEASE),
    ("revisionHistoryLimit", 3),
    ("defaultMode", 0o440),
    ("protocol", "TCP"),
    ("type", "RollingUpdate"),
    ("securityContext", "restricted"),
    ("securityContext", "restricted, user 10001"),
    ("readinessProbe", "/readyz period 5, timeout 5"),
    ("livenessProbe", "/healthz period 20, timeout 10, failureThreshold 6"),
    ("lifecycle", {"preStop": {"sleep": {"seconds": 5}}}),
    ("HOME", "/tmp"),
    ("TMPDIR", "/tmp"),
)
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
BY_NAME = ("ports", "volumes", "containers", "initContainers")


class _Dumper(yaml.SafeDumper):
    """Short objects and lists on a line, for fewer lines to read."""

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        node = super().represent_mapping(tag, mapping, flow_style)
        node.flow_style = _is_short(mapping)
        return node

    def represent_sequence(
        self, tag: str, sequence: Any, flow_style: bool | None = None
    ) -> yaml.SequenceNode:
        node = super().represent_sequence(tag, sequence, flow_style)
        node.flow_style = _is_short(sequence)
        return node

    def ignore_aliases(self, data: Any) -> bool:
        """No anchors: a change would number them anew."""
        return True


def _is_short(value: Any) -> bool:
    return "\n" not in str(value) and len(str(value)) < LINE_LENGTH_MAX


def outlines(releases: Mapping[str, Release]) -> dict[str, str]:
    """Example to the text of its file."""
    earlier: dict[str, str] = {}
    found = {}
    for name, release in releases.items():
        documents = [_document(item) for item in sorted(release.objects, key=_place)]
        found[name] = "".join(_or_reference(text, earlier) for text in documents)
        for text in documents:
            earlier.setdefault(text, name)
    return found


def _place(item: Object) -> tuple[str, str]:
    return item["kind"], item["metadata"]["name"]


def _or_reference(text: str, earlier: Mapping[str, str]) -> str:
    head, _, body = text.partition("\n")
    return f"{head} as in {earlier[text]}\n" if body and text in earlier else text


def _document(item: Object) -> str:
    folded = _folded(item)
    for key in ("kind", "apiVersion"):
        folded.pop(key)
    folded["metadata"].pop("name")
    body = {key: value for key, value in folded.items() if value != {}}
    text = yaml.dump(body, Dumper=_Dumper, width=200) if body else ""
    return f"--- # {item['kind']} {item['metadata']['name']}\n{text}"


def _folded(value: Any) -> Any:
    if isinstance(value, dict):
        return _folded_object(value)
    if isinstance(value, list):
        return [_folded(part) for part in value]
    if isinstance(value, str) and len(value) > TEXT_LENGTH_MAX:
        return f"{len(value)} characters, {hashlib.sha256(value.encode()).hexdigest()[:12]}"
    return value


def _folded_object(value: Object) -> Any:
    if value.get("protocol") == "TCP" and set(value) == {"protocol", "port"}:
        return value["port"]
    if set(value) == {"matchLabels"}:
        return _labels(value["matchLabels"])
    if "initContainers" in value:
        value = {
            **value,
            "initContainers": [_before(part, value["containers"][0]) for part in value["initContainers"]],
        }
    found = {key: _folded_field(key, part) for key, part in value.items()}
    return {
        key: part
        for key, part in found.items()
        if part not in (None, {}, "by host and zone") and (key, part) not in USUAL
    }


def _before(container: Object, main: Object) -> Object:
    """A container that runs before, without what it has in common with the main one."""
    return {key: part for key, part in container.items() if key == "name" or main.get(key) != part}


def _folded_field(key: str, part: Any) -> Any:
    if key in ("labels", "selector") and isinstance(part, dict) and "matchLabels" not in part:
        return _labels(part)
    if key == "securityContext":
        return _security(part)
    if key in PROBES:
        return _probe(part)
    if key == "topologySpreadConstraints":
        return _spread(part)
    if key == "env":
        return _folded({entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in part})
    if key == "volumeMounts":
        return {mount["mountPath"]: f"{mount['name']}{' (ro)' * mount.get('readOnly', 0)}" for mount in part}
    if key == "sources":
        secrets = [source["secret"] for source in part if "secret" in source]
        files = {item["path"]: f"{one['name']}/{item['key']}" for one in secrets for item in one["items"]}
        tokens = [source["serviceAccountToken"] for source in part if "serviceAccountToken" in source]
        return files | {token["path"]: f"token for {token['audience']}" for token in tokens}
    if key in BY_NAME and part and "name" in part[0]:
        return {item["name"]: _folded({k: v for k, v in item.items() if k != "name"}) for item in part}
    return _folded(part)


def _spread(part: list[Object]) -> Any:
    """Nothing to say of the usual: over nodes and zones, as far as it goes."""
    keys = [constraint["topologyKey"] for constraint in part]
    loose = all(constraint["whenUnsatisfiable"] == "ScheduleAnyway" for constraint in part)
    usual = keys == ["kubernetes.io/hostname", "topology.kubernetes.io/zone"] and loose
    return "by host and zone" if usual else part


def _labels(labels: Object) -> Any:
    """Those that differ between objects."""
    return {
        name.removeprefix(LABEL): value for name, value in labels.items() if not OF_THE_RELEASE.match(name)
    }


def _security(context: Object) -> Any:
    usual = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "runAsNonRoot": True}
    if context == {**usual, "capabilities": {"drop": ["ALL"]}}:
        return "restricted"
    user = context.get("runAsUser")
    of_pod = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    ids = {"runAsUser": user, "runAsGroup": user, "fsGroup": user, "fsGroupChangePolicy": "OnRootMismatch"}
    return f"restricted, user {user}" if context == of_pod | ids else context


def _probe(probe: Object) -> str:
    where = probe.get("httpGet", {}).get("path") or " ".join(probe["exec"]["command"])
    times = {key.removesuffix("Seconds"): value for key, value in probe.items() if isinstance(value, int)}
    return f"{where} {', '.join(f'{key} {value}' for key, value in times.items())}"


def main() -> None:
    """Write all of them."""
    GOLDEN.mkdir(exist_ok=True)
    for name, text in outlines({name: render(example(name)) for name in EXAMPLES}).items():
        (GOLDEN / f"{name}.yaml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
