"""QuotasService."""

from __future__ import annotations

from typing import Any

from filmstudio.quotas.v1 import quotas_pb2, quotas_pb2_grpc
from studio_jobs import convert
from studio_jobs.owner import current_workspace
from studio_jobs.store.quotas import OwnLimits, Quota, Quotas

SUFFIX = "/quota"


class QuotasServicer(quotas_pb2_grpc.QuotasServiceServicer):
    """What workspaces may render."""

    def __init__(self, quotas: Quotas) -> None:
        self._quotas = quotas

    async def GetQuota(self, request: quotas_pb2.GetQuotaRequest, context: Any) -> quotas_pb2.Quota:
        return quota_message(await self._quotas.of(current_workspace()))

    async def SetQuota(self, request: quotas_pb2.SetQuotaRequest, context: Any) -> quotas_pb2.Quota:
        workspace = convert.parse_name(request.name.removesuffix(SUFFIX), "workspaces", "name")
        own = OwnLimits(
            unfinished_jobs_max=request.unfinished_jobs_max
            if request.HasField("unfinished_jobs_max")
            else None,
            shots_per_film_max=request.shots_per_film_max if request.HasField("shots_per_film_max") else None,
            gpu_seconds_max=request.gpu_seconds_max if request.HasField("gpu_seconds_max") else None,
        )
        return quota_message(await self._quotas.give(workspace, own, to_defaults=request.to_defaults))


def quota_message(quota: Quota) -> quotas_pb2.Quota:
    """The contract's form."""
    limits, own = quota.limits, quota.own
    return quotas_pb2.Quota(
        name=f"workspaces/{quota.workspace_id}{SUFFIX}",
        unfinished_jobs=quotas_pb2.Allowance(
            limit=limits.unfinished_jobs_max,
            used=quota.unfinished_jobs,
            is_own=own.unfinished_jobs_max is not None,
        ),
        shots_per_film=quotas_pb2.Allowance(
            limit=limits.shots_per_film_max, is_own=own.shots_per_film_max is not None
        ),
        gpu_seconds=quotas_pb2.Allowance(
            limit=limits.gpu_seconds_max,
            used=quota.gpu_seconds,
            reset_time=convert.timestamp(quota.resets_at),
            is_own=own.gpu_seconds_max is not None,
        ),
    )
