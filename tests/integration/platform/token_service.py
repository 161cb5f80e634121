"""A cluster that gives workloads tokens, and a store that exchanges them for sessions: a real SeaweedFS."""

from __future__ import annotations

import json
import secrets
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from studio_platform.embedded.probes import http_probe
from studio_platform.settings import ObjectSettings
from studio_platform.testing.servers import S3Server, ServerProcess

AUDIENCE = "sts.example.org"
TOKEN_SECONDS = 3600
SUBJECTS = {
    "jobs": "system:serviceaccount:film:film-studio-jobs",
    "generator": "system:serviceaccount:film:film-studio-generators",
}
ACTIONS = {
    "jobs": ["s3:*"],
    "generator": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """Who signs tokens, and the store's address, which exchanges them too."""

    key: rsa.RSAPrivateKey
    issuer: str
    endpoint: str
    folder: Path

    def token(self, subject: str, audience: str = AUDIENCE) -> str:
        """What the orchestrator would write into a pod."""
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": subject, "aud": audience, "iat": now, "exp": now + TOKEN_SECONDS}
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "one"})

    def settings(self, role: str, subject: str = "") -> ObjectSettings:
        """Those of a pod that takes on a role, with its own token or that of another."""
        path = self.folder / f"token-{secrets.token_hex(4)}"
        path.write_text(self.token(subject or SUBJECTS[role]) + "\n")
        return ObjectSettings(
            s3_endpoint=self.endpoint,
            s3_identity_token_path=str(path),
            s3_token_service_url=f"http://{self.endpoint}",
            s3_role=_arn(role),
        )


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster's issuer and a store that trusts it: jobs may do all, generators not delete."""
    key = rsa.generate_private_key(65537, 2048)
    server = S3Server.make(folder)
    with _published(key) as issuer:
        config = folder / "roles.json"
        config.write_text(json.dumps(_roles(issuer)))
        command = server.server.run_command()
        command = replace(command, argv=(*command.argv, f"-s3.iam.config={config}"))
        process = ServerProcess(command, http_probe(server.server.s3_port, "/healthz"), folder / "s3.log")
        process.start()
        try:
            yield Cluster(key, issuer, server.endpoint, folder)
        finally:
            process.kill()


@contextmanager
def _published(key: rsa.RSAPrivateKey) -> Iterator[str]:
    """The address at which the public key of tokens is, as a cluster's is."""
    public = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {
        "kid": "one",
        "use": "sig",
        "alg": "RS256",
    }
    body = json.dumps({"keys": [public]}).encode()

    class Handler(BaseHTTPRequestHandler):
        """Answers every question with the key."""

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _roles(issuer: str) -> dict[str, Any]:
    """Two roles, each for one account, in the form of the store's configuration."""
    provider = {"issuer": issuer, "clientId": AUDIENCE, "jwksUri": f"{issuer}/jwks"}
    signing = {"issuer": "film", "signingKey": b64encode(secrets.token_bytes(32)).decode()}
    return {
        "sts": {"tokenDuration": "1h", "maxSessionLength": "12h", **signing},
        "providers": [{"name": "cluster", "type": "oidc", "enabled": True, "config": provider}],
        "policy": {"defaultEffect": "Deny", "storeType": "memory"},
        "roles": [_role(name) for name in SUBJECTS],
        "policies": [
            {"name": name, "document": _allowed([*actions, "sts:ValidateSession"], {"Resource": ["*"]})}
            for name, actions in ACTIONS.items()
        ],
    }


def _role(name: str) -> dict[str, Any]:
    who = {
        "Principal": {"Federated": "cluster"},
        "Condition": {"StringEquals": {"oidc:sub": SUBJECTS[name]}},
    }
    trust = _allowed(["sts:AssumeRoleWithWebIdentity"], who)
    return {"roleName": name, "roleArn": _arn(name), "trustPolicy": trust, "attachedPolicies": [name]}


def _allowed(actions: list[str], rest: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, **rest}]}


def _arn(role: str) -> str:
    return f"arn:aws:iam::role/{role}"
