"""Who calls: sessions of throw-away users where an account itself is meant, an API key everywhere else.

FILM_CALLERS is a JSON object: the `key`, and `users`, each with `email`, `password`, `accessToken` and
`refreshToken`. Where a call has ended its own session, or its account, the next one of that operation is
another's.
"""

from __future__ import annotations

import json
import os
import threading
from typing import Any

import schemathesis

CALLERS: dict[str, Any] = json.loads(os.environ.get("FILM_CALLERS", "{}"))
OF_ACCOUNTS = ("auth", "workspaces", "members", "apiKeys", "invitations", "admin", "users")
ENDING = frozenset({"ChangePassword", "DeleteAccount", "Logout", "LogoutEverywhere", "Refresh"})
# What a field of a valid body becomes, for every second one: a guess would never be right.
KNOWN = {
    "ChangePassword": ("currentPassword", "password"),
    "DeleteAccount": ("password", "password"),
    "Logout": ("refreshToken", "refreshToken"),
    "Refresh": ("refreshToken", "refreshToken"),
}


class Throwaways:
    """A user for each operation that ends sessions, and one for the rest."""

    def __init__(self, users: list[dict[str, str]]) -> None:
        self._left = list(users)
        # Kept for the rest from the start: a hundred examples of one that ends sessions use up all others.
        self._by_operation = {"": self._left.pop()} if users else {}
        self._spent: dict[str, str] = {}
        self._lock = threading.Lock()

    def user(self, operation: str) -> dict[str, str]:
        """Who calls it now."""
        place = operation if operation in ENDING else ""
        with self._lock:
            if place not in self._by_operation:
                self._by_operation[place] = self._next({})
            return self._by_operation[place]

    def ended(self, operation: str) -> None:
        """Another calls it from now on; when nobody is left the last one, whose token is dead, stays."""
        with self._lock:
            self._spent = self._by_operation.get(operation, {})
            self._by_operation[operation] = self._next(self._spent)

    def _next(self, present: dict[str, str]) -> dict[str, str]:
        return self._left.pop() if self._left else present or self._spent


USERS: list[dict[str, str]] = CALLERS.get("users", [])
THROWAWAYS = Throwaways(USERS)
BEARERS = frozenset(f"Bearer {user['accessToken']}" for user in USERS)


def _operation(case: schemathesis.Case[Any]) -> str:
    return str(case.operation.definition.raw.get("operationId", ""))


@schemathesis.auth(refresh_interval=None)
class Callers:
    """The bearer of a call."""

    def get(self, case: schemathesis.Case[Any], ctx: schemathesis.AuthContext) -> str:
        """The token or key."""
        del ctx
        collection = case.operation.path.split("/")[3:4]
        is_account = bool(collection) and collection[0].partition(":")[0] in OF_ACCOUNTS
        return str(THROWAWAYS.user(_operation(case))["accessToken"] if is_account else CALLERS["key"])

    def set(self, case: schemathesis.Case[Any], data: str, ctx: schemathesis.AuthContext) -> None:
        """In its header."""
        del ctx
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(
    context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]
) -> None:
    """The caller of now, and in every second valid body that one's own password or refresh token."""
    del context, kwargs
    operation = _operation(case)
    if operation in ENDING and case.headers.get("Authorization") in BEARERS:
        # Cases are made in heaps: one before may have ended the session that this one was made with.
        case.headers["Authorization"] = f"Bearer {THROWAWAYS.user(operation)['accessToken']}"
    is_valid = case.meta is not None and case.meta.generation.mode is schemathesis.GenerationMode.POSITIVE
    if operation not in KNOWN or not is_valid or not isinstance(case.body, dict):
        return
    field, what = KNOWN[operation]
    if len(json.dumps(case.body)) % 2:
        case.body[field] = THROWAWAYS.user(operation)[what]


@schemathesis.hook
def after_call(
    context: schemathesis.HookContext, case: schemathesis.Case[Any], response: schemathesis.Response
) -> None:
    """A session that has ended is not used again."""
    del context
    if _operation(case) in ENDING and response.status_code == 200:
        THROWAWAYS.ended(_operation(case))
