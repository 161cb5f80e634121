"""From the chart's rendered objects to what podman 4.3 can play: pods with folders of their own.

Volumes become folders of the host, for podman's emptyDir is shared between pods and its secrets know no
files; probes, ports and lifecycle go, for podman publishes ports and wants systemd for probes.
"""

from __future__ import annotations

import base64
import copy
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Object = dict[str, Any]
ANYBODY = 0o1777
UNSUPPORTED_OF_POD = (
    "serviceAccountName",
    "topologySpreadConstraints",
    "affinity",
    "tolerations",
    "nodeSelector",
    "imagePullSecrets",
    "priorityClassName",
)
UNSUPPORTED_OF_CONTAINER = ("startupProbe", "readinessProbe", "livenessProbe", "lifecycle", "ports")


@dataclass(frozen=True, slots=True)
class Workload:
    """A pod to play: the names that services give it, and its object. `ends`: it is a job or a test."""

    name: str
    aliases: tuple[str, ...]
    pod: Object
    ends: bool


@dataclass(frozen=True, slots=True)
class Chamber:
    """What pods are made from: a folder, the release's secrets and texts, and images by their names there."""

    folder: Path
    secrets: Mapping[str, Mapping[str, bytes]]
    texts: Mapping[str, Mapping[str, bytes]]
    images: Mapping[str, str]


def secrets_of(objects: Sequence[Object]) -> dict[str, dict[str, bytes]]:
    """Name to key to bytes."""
    found: dict[str, dict[str, bytes]] = {}
    for item in objects:
        if item["kind"] == "Secret":
            plain = {key: text.encode() for key, text in item.get("stringData", {}).items()}
            coded = {key: base64.b64decode(text) for key, text in item.get("data", {}).items()}
            found[item["metadata"]["name"]] = plain | coded
    return found


def texts_of(objects: Sequence[Object]) -> dict[str, dict[str, bytes]]:
    """Name of a ConfigMap to key to bytes."""
    maps = [item for item in objects if item["kind"] == "ConfigMap"]
    return {
        item["metadata"]["name"]: {key: text.encode() for key, text in item["data"].items()} for item in maps
    }


def workloads(objects: Sequence[Object], chamber: Chamber) -> Iterator[Workload]:
    """Each pod of the release, several of one workload by a number at their name's end."""
    services = [item for item in objects if item["kind"] == "Service"]
    for item in objects:
        name = item["metadata"]["name"]
        if item["kind"] == "Pod":
            yield _workload(name, item["spec"], {}, services, chamber, ends=True)
        elif item["kind"] in ("Deployment", "StatefulSet", "Job"):
            template = item["spec"]["template"]
            labels = template["metadata"]["labels"]
            spec = copy.deepcopy(template["spec"])
            claims = item["spec"].get("volumeClaimTemplates", ())
            spec.setdefault("volumes", []).extend(
                {"name": claim["metadata"]["name"], "emptyDir": {}} for claim in claims
            )
            ends = item["kind"] == "Job"
            for number in range(1 if ends else item["spec"].get("replicas", 1)):
                yield _workload(f"{name}-{number}", spec, labels, services, chamber, ends=ends)


def _workload(
    name: str,
    spec: Mapping[str, Any],
    labels: Mapping[str, str],
    services: Sequence[Object],
    chamber: Chamber,
    *,
    ends: bool,
) -> Workload:
    pod = copy.deepcopy(dict(spec))
    for key in UNSUPPORTED_OF_POD:
        pod.pop(key, None)
    # Always makes podman run the containers that come before for ever.
    pod["restartPolicy"] = "Never" if ends else "OnFailure"
    security = pod.get("securityContext", {})
    for container in (*pod.get("initContainers", ()), *pod["containers"]):
        for key in UNSUPPORTED_OF_CONTAINER:
            container.pop(key, None)
        container["image"] = chamber.images[container["image"]]
        container["imagePullPolicy"] = "Never"
        for key in ("runAsUser", "runAsGroup", "seccompProfile"):
            if key in security:
                container.setdefault("securityContext", {}).setdefault(key, security[key])
    user = security.get("runAsUser", 10001)
    pod["volumes"] = [_folder(name, volume, user, chamber) for volume in pod.get("volumes", ())]
    aliases = tuple(
        service["metadata"]["name"]
        for service in services
        if labels and service["spec"]["selector"].items() <= labels.items()
    )
    head = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": dict(labels)}}
    return Workload(name, aliases, {**head, "spec": pod}, ends)


def _folder(pod: str, volume: Mapping[str, Any], user: int, chamber: Chamber) -> Object:
    """A volume as a folder of the host, written as the kubelet would."""
    folder = chamber.folder / "volumes" / pod / volume["name"]
    folder.mkdir(parents=True, exist_ok=True)
    if "emptyDir" in volume:
        folder.chmod(ANYBODY)
    for path, content in _files(volume, chamber):
        file = folder / path
        file.write_bytes(content)
        file.chmod(0o440)
        os.chown(file, 0, user)
    return {"name": volume["name"], "hostPath": {"path": str(folder), "type": "Directory"}}


def _files(volume: Mapping[str, Any], chamber: Chamber) -> Iterator[tuple[str, bytes]]:
    sources = [source["secret"] for source in volume.get("projected", {}).get("sources", ())]
    if "secret" in volume:
        sources.append({"name": volume["secret"]["secretName"], **volume["secret"]})
    for source in sources:
        content = chamber.secrets[source["name"]]
        items = source.get("items") or [{"key": key, "path": key} for key in content]
        yield from ((item["path"], content[item["key"]]) for item in items)
    if "configMap" in volume:
        yield from chamber.texts[volume["configMap"]["name"]].items()
