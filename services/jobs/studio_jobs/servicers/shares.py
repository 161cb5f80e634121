"""SharesService, and WatchService for the gateway's watch page."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from google.protobuf.empty_pb2 import Empty

from filmstudio.jobs.v1 import jobs_pb2
from filmstudio.shares.v1 import shares_pb2, shares_pb2_grpc
from studio_jobs import convert
from studio_jobs.downloads import Downloads
from studio_jobs.owner import current_author, current_workspace, not_found
from studio_jobs.pages import page_size, read_id_token, write_token
from studio_jobs.shares.links import Link, Links, Wanted
from studio_jobs.store import rows
from studio_jobs.store.jobs import Jobs
from studio_jobs.store.projects import Projects
from studio_platform.clock import Clock
from studio_platform.errors import NotFound, PermissionDenied
from studio_platform.manifests import blob_key
from studio_platform.objects import ObjectStore
from studio_platform.passwords import Passwords

SHARES_PAGE_DEFAULT, SHARES_PAGE_MAX = 50, 200
SUBTITLES_BYTES_MAX = 1024 * 1024
THUMBNAILS_BYTES_MAX = 64 * 1024
REPORT_BYTES_MAX = 1024 * 1024
CHAPTERS_MAX = 500


class SharesServicer(shares_pb2_grpc.SharesServiceServicer):
    """Shares of the caller's workspace."""

    def __init__(
        self,
        links: Links,
        jobs: Jobs,
        projects: Projects,
        downloads: Downloads,
        passwords: Passwords,
        clock: Clock,
        base_url: str,
    ) -> None:
        self._links = links
        self._jobs = jobs
        self._projects = projects
        self._downloads = downloads
        self._passwords = passwords
        self._clock = clock
        self._base_url = base_url

    async def CreateShare(self, request: shares_pb2.CreateShareRequest, context: Any) -> shares_pb2.Share:
        workspace = current_workspace()
        job_id = convert.parse_name(request.job, "jobs", "job")
        job = await self._jobs.get(workspace, job_id)
        if job is None:
            raise not_found(request.job)
        await self._downloads.sign(job, jobs_pb2.ASSET_FILM)
        wanted = Wanted(
            job_id,
            " ".join(request.title.split()) or await self._name(job),
            await self._passwords.hash(request.password) if request.password else None,
            self._clock.now() + timedelta(hours=request.hours) if request.hours else None,
        )
        request_id = UUID(request.request_id) if request.request_id else None
        made, token = await self._links.create(workspace, current_author(), wanted, request_id)
        return _message(made, f"{self._base_url}/watch/{token}")

    async def ListShares(
        self, request: shares_pb2.ListSharesRequest, context: Any
    ) -> shares_pb2.ListSharesResponse:
        size = page_size(request.page_size, SHARES_PAGE_DEFAULT, SHARES_PAGE_MAX)
        found = await self._links.page(current_workspace(), read_id_token(request.page_token), size + 1)
        return shares_pb2.ListSharesResponse(
            shares=map(_message, found[:size]),
            next_page_token=write_token(str(found[size - 1].share_id)) if len(found) > size else "",
        )

    async def RevokeShare(self, request: shares_pb2.RevokeShareRequest, context: Any) -> Empty:
        await self._links.revoke(current_workspace(), convert.parse_name(request.name, "shares", "name"))
        return Empty()

    async def _name(self, job: rows.Job) -> str:
        project = await self._projects.get(job.workspace_id, job.project_id)
        return project.display_name if project else "A film"


class WatchServicer(shares_pb2_grpc.WatchServiceServicer):
    """What the watch page shows; the token is all that a caller needs."""

    def __init__(
        self, links: Links, jobs: Jobs, downloads: Downloads, objects: ObjectStore, passwords: Passwords
    ) -> None:
        self._links = links
        self._jobs = jobs
        self._downloads = downloads
        self._objects = objects
        self._passwords = passwords

    async def OpenShare(
        self, request: shares_pb2.OpenShareRequest, context: Any
    ) -> shares_pb2.OpenShareResponse:
        link = await self._links.find(request.token)
        if link.password_hash:
            if not request.password:
                return shares_pb2.OpenShareResponse(password_needed=True, has_password=True)
            verdict = await self._passwords.check(link.password_hash, request.password)
            if not verdict.right:
                raise PermissionDenied("SHARE_PASSWORD", "This is not the password.")
        job = await self._jobs.get(link.workspace_id, link.job_id)
        if job is None:
            raise not_found("The shared film")
        opened = await self._opened(link, job)
        if request.counted:
            await self._links.count_view(link.share_id)
        return opened

    async def _opened(self, link: Link, job: rows.Job) -> shares_pb2.OpenShareResponse:
        film = await self._downloads.sign(job, jobs_pb2.ASSET_FILM)
        opened = shares_pb2.OpenShareResponse(
            has_password=bool(link.password_hash),
            title=link.title,
            film_url=film.url,
            film_type=film.media_type,
            length_ms=job.film_length_ms,
        )
        poster = await self._signed(job, jobs_pb2.ASSET_POSTER)
        sheet = await self._signed(job, jobs_pb2.ASSET_THUMBNAILS)
        opened.poster_url = poster.url if poster else ""
        opened.thumbnails_url = sheet.url if sheet else ""
        opened.subtitles = await self._text(job, jobs_pb2.ASSET_SUBTITLES_VTT, SUBTITLES_BYTES_MAX)
        opened.thumbnails = await self._text(job, jobs_pb2.ASSET_THUMBNAILS_VTT, THUMBNAILS_BYTES_MAX)
        opened.chapters.extend(chapters_in(await self._text(job, jobs_pb2.ASSET_REPORT, REPORT_BYTES_MAX)))
        return opened

    async def _signed(
        self, job: rows.Job, asset: jobs_pb2.Asset.ValueType
    ) -> jobs_pb2.GetDownloadUrlResponse | None:
        """The address of a file that a film may be without."""
        try:
            return await self._downloads.sign(job, asset)
        except NotFound:
            return None

    async def _text(self, job: rows.Job, asset: jobs_pb2.Asset.ValueType, bytes_max: int) -> str:
        """The content of a file of text; nothing without it, and of one that is too large."""
        signed = await self._signed(job, asset)
        if signed is None or not 0 < signed.size_bytes <= bytes_max:
            return ""
        content = await self._objects.get(blob_key(str(job.workspace_id), signed.sha256))
        return content.decode("utf-8", "replace")


def chapters_in(report: str) -> list[shares_pb2.WatchChapter]:
    """The chapters that a film's report tells of; none of a report without any."""
    try:
        told = json.loads(report)["chapters"]
    except (ValueError, KeyError, TypeError):
        return []
    return [shares_pb2.WatchChapter(title=it["title"], start_ms=it["start_ms"]) for it in told[:CHAPTERS_MAX]]


def _message(link: Link, url: str = "") -> shares_pb2.Share:
    message = shares_pb2.Share(
        name=f"shares/{link.share_id}",
        job=convert.job_name(link.job_id),
        title=link.title,
        url=url,
        has_password=bool(link.password_hash),
        view_count=link.views,
        create_time=convert.timestamp(link.created_at),
    )
    if link.expires_at:
        message.expire_time.CopyFrom(convert.timestamp(link.expires_at))
    return message
