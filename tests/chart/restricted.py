"""What the restricted profile of Pod Security Standards, and a little more, has against a pod."""

from __future__ import annotations

from collections.abc import Iterator

from tests.chart.release import Object

VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim"} | {
    "projected",
    "secret",
}
HOST = ("hostNetwork", "hostPID", "hostIPC")


def faults_of(pod: Object) -> Iterator[str]:
    """What the restricted profile, a read-only root and missing limits have against a pod."""
    spec = pod["spec"]
    security = spec.get("securityContext", {})
    yield from (f"{field} is set" for field in HOST if spec.get(field))
    if not security.get("runAsNonRoot"):
        yield "may run as root"
    if security.get("runAsUser") == 0 or security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        yield "runs as root or without seccomp"
    if spec.get("automountServiceAccountToken") is not False:
        yield "is given a service account's token"
    if spec.get("enableServiceLinks") is not False:
        yield "is given variables of services"
    for volume in spec.get("volumes", ()):
        if kinds := set(volume) - {"name"} - VOLUMES:
            yield f"volume {volume['name']} is {kinds}"
        if "emptyDir" in volume and "sizeLimit" not in volume["emptyDir"]:
            yield f"volume {volume['name']} has no limit"
    for container in (*spec.get("initContainers", ()), *spec["containers"]):
        yield from (f"{container['name']} {fault}" for fault in _container_faults(container))


def _container_faults(container: Object) -> Iterator[str]:
    security = container.get("securityContext", {})
    if security.get("allowPrivilegeEscalation") is not False or security.get("privileged"):
        yield "may gain privileges"
    if security.get("capabilities") != {"drop": ["ALL"]}:
        yield "has capabilities"
    if security.get("readOnlyRootFilesystem") is not True:
        yield "may write to its root"
    resources = container.get("resources", {})
    if "memory" not in resources.get("limits", {}) or not resources.get("requests", {}).get("cpu"):
        yield "asks for no CPU or has no limit of memory"
    if any("hostPort" in port for port in container.get("ports", ())):
        yield "has a port of the host"
    if any("secretKeyRef" in entry.get("valueFrom", {}) for entry in container.get("env", ())):
        yield "has a secret in its environment"
    if container["image"].endswith(":latest") or ":" not in container["image"].rpartition("/")[2]:
        yield "runs whatever is latest"
