"""PgBouncer in transaction mode between our pods and the Postgres of the evaluation, which has none."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deploy.e2e.manifests import Object, Workload

NAME = "film-studio-pooler"
SECRET = "film-studio-evaluation"  # noqa: S105 - a name
POOLED = "film-studio-pooled"
IMAGE = "localhost/film-studio-e2e-pooler:e2e"
PORT = 6432
USER = 10001
SESSIONS = 4
CONFIG = """[databases]
film = host={host} port={port}
[pgbouncer]
listen_addr = *
listen_port = {own}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = /etc/pgbouncer/users
pool_mode = transaction
default_pool_size = {sessions}
"""


def behind_pooler(objects: Sequence[Object]) -> list[Object]:
    """The same, and gateway and jobs with addresses of the pooler, as `database.pooled` gives them.

    Migrations go past it.
    """
    secret = copy.deepcopy(next(item for item in objects if item["metadata"]["name"] == SECRET))
    secret["metadata"]["name"] = POOLED
    secret["stringData"] = {name: _by_pooler(url) for name, url in _urls(secret)}
    return [*(_pooled(item) if item["kind"] == "Deployment" else item for item in objects), secret]


def pooler(folder: Path, objects: Sequence[Object]) -> Workload:
    """Its pod, with a folder of the host for its configuration."""
    secret = next(item for item in objects if item["metadata"]["name"] == SECRET)
    addresses = [urlsplit(url) for _, url in _urls(secret)]
    host, port = addresses[0].hostname, addresses[0].port
    home = folder / "pooler"
    home.mkdir()
    files = {
        "pgbouncer.ini": CONFIG.format(host=host, port=port, own=PORT, sessions=SESSIONS),
        "users": "".join(f'"{one.username}" "{one.password}"\n' for one in addresses),
    }
    for name, text in files.items():
        (home / name).write_text(text, encoding="utf-8")
        (home / name).chmod(0o440)
        os.chown(home / name, 0, USER)
    return Workload(f"{NAME}-0", (NAME,), _pod(home), ends=False)


def _pod(home: Path) -> Object:
    security = {
        "runAsUser": USER,
        "runAsGroup": USER,
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }
    container = {
        "name": "pgbouncer",
        "image": IMAGE,
        "imagePullPolicy": "Never",
        "args": ["/etc/pgbouncer/pgbouncer.ini"],
        "securityContext": security,
        "volumeMounts": [{"name": "config", "mountPath": "/etc/pgbouncer", "readOnly": True}],
    }
    volume = {"name": "config", "hostPath": {"path": str(home), "type": "Directory"}}
    spec = {"restartPolicy": "OnFailure", "containers": [container], "volumes": [volume]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"{NAME}-0"}, "spec": spec}


def _urls(secret: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The keys and addresses of a secret that holds some."""
    return ((key, text) for key, text in secret["stringData"].items() if text.startswith("postgresql://"))


def _by_pooler(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.username}:{parts.password}@{NAME}:{PORT}").geturl()


def _pooled(deployment: Object) -> Object:
    changed = copy.deepcopy(deployment)
    spec = changed["spec"]["template"]["spec"]
    for container in (*spec.get("initContainers", ()), *spec["containers"]):
        if any(entry["name"] == "FILM_DATABASE_URL_FILE" for entry in container["env"]):
            container["env"].append({"name": "FILM_DATABASE_POOLED", "value": "true"})
    for volume in spec["volumes"]:
        for source in volume.get("projected", {}).get("sources", ()):
            if any(item["key"].endswith("-url") for item in source["secret"]["items"]):
                source["secret"]["name"] = POOLED
    return changed
