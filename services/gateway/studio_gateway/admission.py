"""Who may make an account: anybody, whom somebody invited, or nobody."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from studio_gateway.account import Account, AccountStore
from studio_platform.errors import PermissionDenied


class Registration(StrEnum):
    """What the settings say."""

    OPEN = "open"
    INVITE = "invite"
    CLOSED = "closed"


class Invited(Protocol):
    """Knows invitations."""

    async def require_open(self, token: str, email: str) -> None:
        """Raises PermissionDenied where the token lets that address not in."""
        ...

    async def add_account(self, account: Account, token: str) -> bool:
        """Spends the token on the account and adds it, both or neither; False if the address is taken."""
        ...


class Admission:
    """Adds accounts as the settings allow."""

    def __init__(self, registration: Registration, store: AccountStore, invitations: Invited) -> None:
        self._registration = registration
        self._store = store
        self._invitations = invitations

    async def require(self, email: str, invitation: str) -> None:
        """Raises PermissionDenied for whom nobody lets in; to be asked before a password is hashed."""
        if self._registration is Registration.CLOSED:
            raise PermissionDenied("REGISTRATION_CLOSED", "This studio makes no new accounts.")
        if invitation:
            await self._invitations.require_open(invitation, email)
        elif self._registration is Registration.INVITE:
            text = "An account at this studio needs an invitation."
            raise PermissionDenied("INVITATION_NEEDED", text)

    async def add(self, account: Account, invitation: str) -> bool:
        """Adds the account; False if its address is taken. Raises PermissionDenied."""
        if invitation:
            return await self._invitations.add_account(account, invitation)
        return await self._store.add_account(account)
