"""Accounts: registering, signing in, and the one that a studio on one machine has from its start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from studio_gateway.account import Account, AccountStore
from studio_gateway.admission import Admission
from studio_gateway.sessions import Sessions, Tokens
from studio_gateway.throttle import Throttle
from studio_platform.clock import Clock
from studio_platform.errors import (
    AlreadyExists,
    FailedPrecondition,
    FieldViolation,
    InvalidInput,
    NotFound,
    Unauthenticated,
)
from studio_platform.identity import Identity
from studio_platform.ids import new_id
from studio_platform.passwords import Passwords

DISPLAY_NAME_MAX_CHARS = 100


@dataclass(frozen=True, slots=True)
class Credentials:
    """What signs in: an address in any case, and its password."""

    email: str
    password: str


class Departures(Protocol):
    """Takes accounts away."""

    async def mark(self, user_id: UUID) -> None:
        """Disables the account, ends its sessions and has it removed. Raises FailedPrecondition."""
        ...


class Accounts:
    """Who may sign in; sign-ins are slowed down per account."""

    def __init__(
        self,
        store: AccountStore,
        passwords: Passwords,
        sessions: Sessions,
        throttle: Throttle,
        clock: Clock,
        removals: Departures,
        admission: Admission,
        local_email: str = "",
    ) -> None:
        """`local_email` is the account that the settings name, in lower case."""
        self._store = store
        self._passwords = passwords
        self._sessions = sessions
        self._throttle = throttle
        self._clock = clock
        self._removals = removals
        self._admission = admission
        self._local_email = local_email

    async def register(
        self, credentials: Credentials, display_name: str, invitation: str = ""
    ) -> tuple[Account, Tokens]:
        """Makes an account with its personal workspace and signs it in.

        Raises AlreadyExists if the address is taken, PermissionDenied for whom the studio does not let in.
        """
        await self._admission.require(normalised(credentials.email), invitation)
        account = await self._new(credentials, display_name)
        if not await self._admission.add(account, invitation):
            raise AlreadyExists("EMAIL_TAKEN", "There is an account with this e-mail address already.")
        return account, await self._sessions.begin(account)

    async def sign_in(self, credentials: Credentials) -> tuple[Account, Tokens]:
        """Signs in. Raises Unauthenticated, as late for an unknown address as for a wrong password."""
        email = normalised(credentials.email)
        self._throttle.begin_sign_in(email)
        account = await self._store.account_by_email(email)
        stored_hash = account.password_hash if account is not None else None
        verdict = await self._passwords.check(stored_hash, credentials.password)
        if account is None or not verdict.right:
            raise Unauthenticated("WRONG_CREDENTIALS", "The e-mail address or the password is wrong.")
        self._throttle.signed_in(email)
        if verdict.new_hash:
            await self._store.set_password_hash(account.user_id, verdict.new_hash)
        return account, await self._sessions.begin(account)

    async def get(self, user_id: str) -> Account:
        """The account of a signed-in user. Raises NotFound if it has gone since."""
        account = await self._store.account_by_id(UUID(user_id))
        if account is None:
            raise NotFound("USER_NOT_FOUND", "This account is gone.", resource_name=f"users/{user_id}")
        return account

    async def change_password(self, caller: Identity, current: str, new: str) -> None:
        """Replaces the password and ends the caller's other sessions.

        Raises InvalidInput for a wrong current one, ResourceExhausted after too many of those.
        """
        account = await self._checked(caller, current, "current_password")
        new_hash = await self._passwords.hash(new)
        kept = UUID(caller.session_id)
        await self._store.change_password(account.user_id, new_hash, kept, self._clock.now())
        self._sessions.forget(account.user_id)

    async def remove(self, caller: Identity, password: str) -> None:
        """Signs the caller out for good and has the account removed.

        Raises InvalidInput for a wrong password, FailedPrecondition for the account that the settings name,
        and for the only owner of a workspace in which others work.
        """
        account = await self._checked(caller, password, "password")
        if account.email == self._local_email:
            raise FailedPrecondition("ACCOUNT_NEEDED", "This account belongs to the studio's own settings.")
        await self._removals.mark(account.user_id)
        self._sessions.forget(account.user_id)

    async def ensure(self, credentials: Credentials, display_name: str) -> Account:
        """Makes the account, or gives the one that is there this password and ends its sessions till then."""
        existing = await self._store.account_by_email(normalised(credentials.email))
        if existing is None:
            made = await self._new(credentials, display_name)
            # Another replica may have been first; then the account is there now.
            is_new = await self._store.add_account(made)
            return made if is_new else await self.ensure(credentials, display_name)
        verdict = await self._passwords.check(existing.password_hash, credentials.password)
        if not verdict.right:
            new_hash = await self._passwords.hash(credentials.password)
            await self._store.set_password_hash(existing.user_id, new_hash)
            await self._store.revoke_sessions_of(existing.user_id, self._clock.now())
        return existing

    async def _checked(self, caller: Identity, password: str, field: str) -> Account:
        """The caller's account, if the password is its own."""
        account = await self.get(caller.user_id)
        self._throttle.begin_sign_in(account.email)
        if not (await self._passwords.check(account.password_hash, password)).right:
            text = "is not the account's password"
            raise InvalidInput(
                "PASSWORD_WRONG", "The password is wrong.", violations=(FieldViolation(field, text),)
            )
        self._throttle.signed_in(account.email)
        return account

    async def _new(self, credentials: Credentials, display_name: str) -> Account:
        email = normalised(credentials.email)
        return Account(
            user_id=new_id(),
            workspace_id=new_id(),
            email=email,
            display_name=(display_name.strip() or email.partition("@")[0])[:DISPLAY_NAME_MAX_CHARS],
            password_hash=await self._passwords.hash(credentials.password),
            created_at=self._clock.now(),
        )


def normalised(email: str) -> str:
    """The address as it is stored: trimmed, in lower case."""
    return email.strip().lower()
