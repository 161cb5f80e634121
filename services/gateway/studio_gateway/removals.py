"""Accounts that are removed: marked and signed out at once, purged until nothing is left, the row last."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import UUID

import grpc

from filmstudio.workspaces.v1 import workspaces_pb2, workspaces_pb2_grpc
from studio_platform.clock import Clock
from studio_platform.database import Connection, Database, Queries
from studio_platform.errors import FailedPrecondition, StudioError
from studio_platform.identity import Identity, TokenSigner
from studio_platform.logs import get_logger

POLL_SECONDS = 10.0
PURGE_TIMEOUT_SECONDS = 20.0
PAUSE = timedelta(seconds=1)
PAUSE_AFTER_FAILURE = timedelta(seconds=5)
TOKENS_OUT = timedelta(seconds=90)
"""By then no service takes a token of theirs: 10 s of memory, 60 s of an inward token, clocks that differ."""

PURGE_SCOPE = "workspaces.purge"
NOBODY = str(UUID(int=0))

Purge = Callable[[UUID], Awaitable[bool]]
"""Removes what it can of a workspace; whether nothing is left. Raises StudioError, grpc.aio.AioRpcError."""

_log = get_logger(__name__)


class Removals:
    """Raises Unavailable when Postgres is away. What a removal has come to is in the database alone."""

    def __init__(self, database: Database, clock: Clock, purge: Purge) -> None:
        self._database = database
        self._clock = clock
        self._purge = purge
        self._queries = Queries.load("studio_gateway", "sql/removals.sql")
        self._is_marked = asyncio.Event()

    async def mark(self, user_id: UUID) -> None:
        """Disables the account, ends its sessions and keys, and has it removed; once more changes nothing.

        Raises FailedPrecondition while others work in a workspace that nobody else owns.
        """
        now = self._clock.now()
        async with self._database.transaction() as tx:
            # Workspaces before users, as everywhere.
            await tx.fetch(self._queries["hold_workspaces_of"], user_id)
            if await tx.fetchval(self._queries["hold_account"], user_id) is None:
                return
            await self._require_heirs(tx, user_id)
            await tx.execute(self._queries["mark_account"], user_id, now)
            await tx.execute(self._queries["end_sessions_of"], user_id, now)
            for statement in ("end_keys_of", "leave_shared_workspaces", "close_personal_workspace"):
                await tx.execute(self._queries[statement], user_id)
        self._is_marked.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Removes what is due until `stopping` is set; a part that is away is tried again."""
        while not stopping.is_set():
            self._is_marked.clear()
            try:
                while not stopping.is_set() and await self.step():
                    pass
            except StudioError as error:
                _log.warning("accounts not removed", error=error.log_text)
            await self._wait(stopping)

    async def step(self) -> bool:
        """One call of a purge for one account that is due; False when none is.

        The account is held meanwhile, by a transaction that ends with this process, however it ends.
        """
        now = self._clock.now()
        async with self._database.transaction() as tx:
            row = await tx.fetchrow(self._queries["next_removal"], now)
            if row is None:
                return False
            due = await self._go_on(tx, row["user_id"], row["deleted_at"], now)
            if due is not None:
                await tx.execute(self._queries["put_off_removal"], row["user_id"], due)
        return True

    async def _go_on(
        self, tx: Connection, user_id: UUID, deleted_at: datetime, now: datetime
    ) -> datetime | None:
        """When to go on; None when the account is gone."""
        workspace_id: UUID | None = await tx.fetchval(self._queries["workspace_to_purge"], user_id)
        if workspace_id is None:
            await tx.execute(self._queries["remove_account"], user_id)
            _log.info("account removed", user=str(user_id))
            return None
        try:
            is_done = await self._purge(workspace_id)
        except (StudioError, grpc.aio.AioRpcError) as error:
            _log.warning("workspace not purged yet", workspace=str(workspace_id), error=str(error))
            return now + PAUSE_AFTER_FAILURE
        if not is_done:
            return now + PAUSE
        if now < deleted_at + TOKENS_OUT:
            # Somebody's last call may still come after this purge: there is another one then.
            return deleted_at + TOKENS_OUT
        await tx.execute(self._queries["remove_workspace"], workspace_id)
        return now

    async def _require_heirs(self, tx: Connection, user_id: UUID) -> None:
        rows = await tx.fetch(self._queries["workspaces_without_other_owner"], user_id)
        if rows:
            named = ", ".join(row["display_name"] for row in rows)
            raise FailedPrecondition(
                "OWNER_LAST",
                f"You are the only owner of {named}, in which others work: make another one first.",
                metadata={"workspaces": ",".join(f"workspaces/{row['workspace_id']}" for row in rows)},
            )

    async def _wait(self, stopping: asyncio.Event) -> None:
        """Until an account is marked here, for POLL_SECONDS, or until the end."""
        waits = [asyncio.create_task(event.wait()) for event in (stopping, self._is_marked)]
        try:
            await asyncio.wait(waits, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


def purge_at(jobs: grpc.aio.Channel, signer: TokenSigner) -> Purge:
    """The purge of the job service, called in the gateway's own name."""
    stub = workspaces_pb2_grpc.WorkspacesServiceStub(jobs)

    async def purge(workspace_id: UUID) -> bool:
        token, _ = signer.sign(Identity(NOBODY, str(workspace_id), frozenset({PURGE_SCOPE})))
        answer = await stub.PurgeWorkspace(
            workspaces_pb2.PurgeWorkspaceRequest(name=f"workspaces/{workspace_id}"),
            metadata=(("authorization", f"Bearer {token}"),),
            timeout=PURGE_TIMEOUT_SECONDS,
        )
        return answer.done

    return purge
