"""The ASGI application that carries HTTP requests to methods and their answers back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import quote

import grpc
from google.protobuf.message import Message
from starlette.types import Receive, Scope, Send

from studio_gateway.http import streams
from studio_gateway.http.answers import failure, message_json
from studio_gateway.http.bodies import body_limits, check_is_json, read_whole
from studio_gateway.http.calls import CallRefused, LocalCalls, LocalContext
from studio_gateway.http.cookies import BrowserCall, BrowserSessions
from studio_gateway.http.exchange import Exchange
from studio_gateway.http.headers import metadata_of
from studio_gateway.http.refusals import Refusal
from studio_gateway.http.requests import read_request
from studio_gateway.http.router import Match, Router
from studio_gateway.http.routes import Route
from studio_platform.errors import Internal, ResourceExhausted, StudioError, Unauthenticated
from studio_platform.logs import get_logger

REQUESTS_MAX = 2_000
"""Requests that are served at a time, streams included; more are refused with RESOURCE_EXHAUSTED."""

UNWATCHED_SECONDS = 0.25
"""How long a call with one answer goes on without a look at whether its client is there."""

OFF_LOOP_MIN_BYTES = 64 * 1024
"""Bodies from this size are read by a thread."""

_log = get_logger(__name__)


class Transcoder:
    """Serves `routes` by `calls`. What reaches no method is logged here, the rest by the layers."""

    def __init__(
        self,
        routes: Sequence[Route],
        calls: LocalCalls,
        browsers: BrowserSessions,
        heartbeat_seconds: float = streams.HEARTBEAT_SECONDS,
        requests_max: int = REQUESTS_MAX,
        forwarded_header: str = "",
    ) -> None:
        """`forwarded_header` names the header in which proxies say for whom they ask."""
        self._router = Router(routes)
        self._calls = calls
        self._browsers = browsers
        self._body_limits = body_limits(routes)
        self._heartbeat_seconds = heartbeat_seconds
        self._requests_max = requests_max
        self._forwarded_header = forwarded_header
        self._open_requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        exchange = Exchange(scope, receive, send)
        self._open_requests += 1
        try:
            await self._serve(exchange)
        except CallRefused as refused:
            await exchange.fail(refused.status)
        except (StudioError, Refusal) as error:
            _log_refusal(exchange, error)
            await exchange.fail(error)
        except ConnectionError:
            # The client has gone; there is nobody to answer.
            return
        except Exception as error:  # noqa: BLE001 - the boundary: whatever it is, it becomes INTERNAL
            _log.error("unexpected exception", request_id=exchange.request_id, exc_info=error)
            await exchange.fail(Internal("INTERNAL", "internal error"))
        finally:
            self._open_requests -= 1

    async def _serve(self, exchange: Exchange) -> None:
        if self._open_requests > self._requests_max:
            raise ResourceExhausted("TOO_BUSY", "The studio is busy; try again.", retry_after_seconds=1.0)
        if exchange.verb == "OPTIONS":
            await exchange.answer(204, b"", {"allow": ", ".join(self._router.allowed(exchange.path))})
            return
        match = self._router.find(exchange.verb, exchange.path)
        browser = self._browsers.open(exchange, match.route)
        request = await self._request(match, exchange)
        metadata = metadata_of(exchange.headers, exchange.request_id, self._forwarded_header)
        context = LocalContext(metadata, exchange.peer)
        exchange.told = lambda: context.told
        if match.route.streams:
            await self._stream(match.route, request, context, exchange)
            return
        if browser is not None:
            await self._session(browser, match.route, request, context, exchange)
            return
        async with exchange.while_connected(UNWATCHED_SECONDS):
            answer = await self._calls.answer(match.route, request, context)
        await exchange.answer(200, message_json(answer, match.route.response_body))

    async def _session(
        self,
        browser: BrowserCall,
        route: Route,
        request: Message,
        context: LocalContext,
        exchange: Exchange,
    ) -> None:
        try:
            browser.fill(request)
            answer = await self._calls.answer(route, request, context)
        except (CallRefused, Unauthenticated):
            if context.code() in (None, grpc.StatusCode.UNAUTHENTICATED):
                exchange.cookies = browser.refused()
            raise
        exchange.cookies = browser.take(answer)
        await exchange.answer(200, message_json(answer, route.response_body))

    async def _request(self, match: Match, exchange: Exchange) -> Message:
        limit = self._body_limits[match.route.path]
        body = await read_whole(exchange.receive, exchange.headers, limit)
        exchange.is_read = True
        if body:
            check_is_json(exchange.headers)
        query = exchange.query
        if len(body) < OFF_LOOP_MIN_BYTES:
            request = read_request(match.route, match.path_values, query, body)
        else:
            request = await asyncio.to_thread(read_request, match.route, match.path_values, query, body)
        stream = match.route.event_stream
        if stream.resume_field and exchange.headers.has("last-event-id"):
            # Over the query, for a browser that connects again asks for the same URL.
            last = quote(exchange.headers.one("last-event-id"), safe="")
            resumed = f"{stream.resume_field}={last}".encode()
            request.MergeFrom(read_request(match.route, match.path_values, resumed, b""))
        return request

    async def _stream(
        self, route: Route, request: Message, context: LocalContext, exchange: Exchange
    ) -> None:
        form = streams.form_for(
            exchange.headers.one("accept"), route.event_stream.id_field, route.response_body
        )
        answers = self._calls.answers(route, request, context)
        async with exchange.while_connected(), streams.pumped(answers) as pump:
            patience_seconds = min(streams.FIRST_ANSWER_SECONDS, self._heartbeat_seconds)
            try:
                answer = await pump.next(patience_seconds)
            except TimeoutError:
                first = form.heartbeat
            else:
                first = form.end if answer is None else form.answer(answer)
            is_over = first == form.end
            await exchange.begin(form.content_type, first)
            while not is_over:
                part, is_over = await self._next_part(pump, form)
                await exchange.go_on(part)
        await exchange.finish()

    async def _next_part(self, pump: streams.Pump, form: streams.StreamForm) -> tuple[bytes, bool]:
        try:
            answer = await pump.next(self._heartbeat_seconds)
        except TimeoutError:
            return form.heartbeat, False
        except CallRefused as refused:
            return form.failure(failure(refused.status).document), True
        return (form.end, True) if answer is None else (form.answer(answer), False)


def _log_refusal(exchange: Exchange, error: StudioError | Refusal) -> None:
    told = error.error if isinstance(error, Refusal) else error
    _log.info(
        "http refused",
        request_id=exchange.request_id,
        verb=exchange.verb,
        reason=told.reason,
        detail=told.log_text[:500],
    )
