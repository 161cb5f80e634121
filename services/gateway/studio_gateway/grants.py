"""Which scopes a sign-in carries: everybody's, and the operator's besides."""

from __future__ import annotations

from dataclasses import dataclass

from studio_gateway.account import Account


@dataclass(frozen=True, slots=True)
class Grants:
    """`everybody` goes to whoever signs in; `operator` goes besides to the account with `operator_email`.

    The address is in lower case; empty means that nobody is the operator.
    """

    everybody: frozenset[str]
    operator: frozenset[str] = frozenset()
    operator_email: str = ""

    def scopes(self, account: Account) -> frozenset[str]:
        """The scopes of the account's tokens."""
        is_operator = bool(self.operator_email) and account.email == self.operator_email
        return self.everybody | self.operator if is_operator else self.everybody
