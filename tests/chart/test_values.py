"""A wrong value gives one clear sentence, and the README's table is true."""

from __future__ import annotations

import helm_python
import pytest
import yaml

from scripts.chart_readme import readme
from tests.chart.release import CHART, Values, example, merged, render

OPENAI_SPEECH = {"audio": {"engines": ["openai", "score", "effects"]}}
CAMERA_PVC = {"modelCache": {"type": "pvc", "accessMode": "ReadWriteOnce"}, "scaling": {"replicas": 2}}


def fetching(**fields: str) -> Values:
    """A pool that brings a model with other values."""
    return {"generators": {"camera": {"modelCache": {"fetch": fields}}}}


DEFAULTS: Values = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
WRONG: tuple[tuple[str, Values, str], ...] = (
    ("evaluation", {"image": {"registry": ""}}, "image.registry is empty"),
    ("evaluation", {"evaluation": {"seed": "short"}}, "evaluation.seed has fewer than 16"),
    ("evaluation", {"migrations": {"mode": "hook"}}, "set migrations.mode to job"),
    ("evaluation", {"generators": {"camera": CAMERA_PVC}}, "generators.camera may have 2 pods"),
    ("evaluation", {"generators": {"camera": {"engines": ["a", "b"]}}}, "hosts exactly one"),
    (
        "evaluation",
        {"generators": {"camera": {"engines": ["camra"]}}},
        "camra, which videogen does not offer",
    ),
    (
        "evaluation",
        {"generators": {"camera": {"engines": ["diffusers"]}}},
        "without a model: set FILM_VIDEOGEN_MODEL",
    ),
    ("production", {"generators": {"camera": {"engines": ["openai"]}}}, "set FILM_VIDEOGEN_OPENAI_BASE_URL"),
    ("evaluation", {"generators": OPENAI_SPEECH}, "no pod may reach a provider"),
    ("evaluation", {"tests": {"pools": ["x; rm -rf /"]}}, "/tests/pools"),
    ("production", {"gateway": {"mediaOrigins": ["media.example.org"]}}, "/gateway/mediaOrigins"),
    ("production", {"database": {"existingSecret": ""}}, "database.existingSecret is empty"),
    ("production", {"nats": {"monitoringEndpoint": ""}}, "nats.monitoringEndpoint is empty"),
    ("air-gapped", {"gateway": {"operator": {"email": ""}}}, "nobody could sign in"),
    ("production", {"gateway": {"replica": 3}}, "replica"),
    ("production", {"logLevel": "loud"}, "/logLevel"),
    ("production", {"image": {"registry": "https://registry.example.org/film"}}, "without https:// and"),
    ("production", {"publicBaseUrl": "film.example.org"}, "such as https://film.example.org"),
    ("production", {"s3": {"endpoint": "https://s3.example.org"}}, "s3.secure says whether"),
    ("production", {"nats": {"url": "nats.nats.svc:4222"}}, "nats:// or tls:// and host:port"),
    ("production", {"proxy": {"https": "proxy:3128"}}, "such as http://proxy.example.org:3128"),
    ("production", {"nats": {"existingSecret": "Film Nats"}}, "nats.existingSecret is .* lower-case letters"),
    ("one-gpu-node", {"networkPolicy": {"peers": {"providers": []}}}, "no pod may reach the hub"),
    ("one-gpu-node", fetching(revision=""), "without revision or folder"),
    (
        "one-gpu-node",
        {"generators": {"camera": {"modelCache": {"readOnly": True}}}},
        "no place that may be written",
    ),
    ("production", {"database": {"migrationsSecret": ""}}, "migrations need Postgres itself"),
    ("evaluation", {"database": {"pooled": True}}, "the evaluation's Postgres has no pooler"),
    ("evaluation", {"s3": {"workloadIdentity": {"enabled": True}}}, "knows keys alone"),
    ("production", {"s3": {"workloadIdentity": {"roles": {"jobs": ""}}}}, "roles.jobs is empty"),
    ("production", {"serviceAccount": {"create": False}}, "serviceAccounts.generators is empty"),
)


@pytest.mark.parametrize(("base", "change", "said"), WRONG)
def test_a_wrong_value_is_named(base: str, change: Values, said: str) -> None:
    with pytest.raises(helm_python.HelmError, match=said):
        render(merged(example(base), change))


@pytest.mark.parametrize("key", [key for key, value in DEFAULTS.items() if isinstance(value, dict)])
def test_a_part_that_is_null_is_named(key: str) -> None:
    values = {**merged(example("evaluation"), {}), key: None}
    if key == "commonLabels":
        render(values)
        return

    with pytest.raises(helm_python.HelmError, match=f"{key} is null|'/{key}'"):
        render(values)


def test_the_table_of_values_is_the_one_of_values_yaml() -> None:
    assert (CHART / "README.md").read_text("utf-8") == readme((CHART / "values.yaml").read_text("utf-8"))
