"""Which scopes a sign-in carries: everybody's, and the administrators' besides."""

from __future__ import annotations

from dataclasses import dataclass

from studio_gateway.account import ADMIN, Account

ADMIN_PREFIX = "admin."
"""How the scopes begin that administrators alone have."""


@dataclass(frozen=True, slots=True)
class Grants:
    """Of `scopes` everybody gets all but the administrators', those get `operator` besides.

    The account with `operator_email`, in lower case, is an administrator; empty: none is by its address.
    """

    all_scopes: frozenset[str]
    operator: frozenset[str] = frozenset()
    operator_email: str = ""

    @property
    def everybody(self) -> frozenset[str]:
        """What every account may do."""
        return frozenset(scope for scope in self.all_scopes if not scope.startswith(ADMIN_PREFIX))

    def is_admin(self, account: Account) -> bool:
        """Whether the account is an administrator, by its role or by the settings."""
        by_settings = bool(self.operator_email) and account.email == self.operator_email
        return by_settings or account.studio_role == ADMIN

    def scopes(self, account: Account) -> frozenset[str]:
        """The scopes of the account's tokens."""
        return self.all_scopes | self.operator if self.is_admin(account) else self.everybody
