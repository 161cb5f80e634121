"""A rendered release: the chart's objects for some values, and what tests ask of them."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import helm_python
import yaml

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "deploy" / "k8s" / "film-studio"
EXAMPLES = tuple(sorted(path.name.removesuffix("-values.yaml") for path in (CHART / "ci").glob("*.yaml")))
RELEASE = "film-studio"
NAMESPACE = "film"

Object = dict[str, Any]
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Container:
    """A container with the object that it is of."""

    owner: str
    role: str
    spec: Mapping[str, Any]

    @property
    def environment(self) -> dict[str, str]:
        """Its variables."""
        return {entry["name"]: entry.get("value", "") for entry in self.spec.get("env", ())}

    @property
    def is_ours(self) -> bool:
        """Whether it runs a service of the studio's."""
        return "/film-studio-" in self.spec["image"]

    @property
    def service(self) -> str:
        """The service whose image it runs."""
        name: str = self.spec["image"].rpartition("/film-studio-")[2]
        return name.partition(":")[0].partition("@")[0]


@dataclass(frozen=True, slots=True)
class Release:
    """The objects of a release, and its notes."""

    objects: tuple[Object, ...]
    notes: str

    def of_kind(self, kind: str) -> dict[str, Object]:
        """Name to object."""
        return {item["metadata"]["name"]: item for item in self.objects if item["kind"] == kind}

    def pods(self) -> dict[str, Object]:
        """What makes pods to the pod's template, with labels and spec."""
        found = {}
        for item in self.objects:
            name = f"{item['kind']}/{item['metadata']['name']}"
            if item["kind"] == "Pod":
                found[name] = item
            elif "template" in item.get("spec", {}) and "spec" in item["spec"]["template"]:
                found[name] = item["spec"]["template"]
        return found

    def containers(self) -> Iterator[Container]:
        """All of them, those that run before too."""
        for owner, pod in self.pods().items():
            for role in ("initContainers", "containers"):
                yield from (Container(owner, role, spec) for spec in pod["spec"].get(role, ()))

    def component(self, name: str) -> dict[str, str]:
        """The labels that select a component's pods."""
        return {
            "app.kubernetes.io/name": "film-studio",
            "app.kubernetes.io/instance": RELEASE,
            "app.kubernetes.io/component": name,
        }


def example(name: str) -> Values:
    """The values of an example."""
    values: Values = yaml.safe_load((CHART / "ci" / f"{name}-values.yaml").read_text())
    return values


def merged(base: Values, change: Values) -> Values:
    """The values with a change, as a second -f lays it over them."""
    result = copy.deepcopy(base)
    for key, value in change.items():
        old = result.get(key)
        result[key] = merged(old, value) if isinstance(value, dict) and isinstance(old, dict) else value
    return result


def render(values: Values, *, is_install: bool = True) -> Release:
    """The release of some values. Raises HelmError with what is wrong with them."""
    with helm_python.Chart.load(str(CHART)) as chart:
        texts = chart.render(values, name=RELEASE, namespace=NAMESPACE, is_install=is_install)
    objects: list[Object] = []
    notes = ""
    for path, text in sorted(texts.items()):
        if path.endswith("NOTES.txt"):
            notes = text
        else:
            objects += [item for item in yaml.load_all(text, Loader=yaml.CSafeLoader) if item]
    return Release(tuple(objects), notes)


def names(objects: Sequence[Object]) -> list[str]:
    """kind/name of each."""
    return [f"{item['kind']}/{item['metadata']['name']}" for item in objects]
