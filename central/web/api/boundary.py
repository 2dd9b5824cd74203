"""The one boundary of the API: request id, authentication, errors as problems, headers, log, metrics."""

import re
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from aiohttp import web

from central.services.bundle import Services
from central.services.core.access import NOBODY, Actor, Unauthenticated
from central.web.api import problems
from central.web.api.metrics import Metrics
from central.web.api.receive import receive
from loyalty.errors import LoyaltyError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ACTOR: Final = web.RequestKey("actor", Actor)
RECEIVED: Final = web.RequestKey("received", bytes)
REQUEST_ID: Final = web.RequestKey("request_id", str)
NO_TOKEN_NEEDED: Final = frozenset({"/healthz", "/readyz"})
_OUTER_ID: Final = re.compile(r"[A-Za-z0-9._\-]{1,64}")
_BEARER: Final = re.compile(r"[Bb]earer +([A-Za-z0-9._~+/\-]{1,200}=*)")
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Server": "officine",
}


class Boundary:
    """Wraps every handler, those of unknown addresses included."""

    def __init__(
        self,
        services: Services,
        metrics: Metrics,
        *,
        body_deadline_s: float,
        public: frozenset[str],
        pages: tuple[str, ...] = (),
    ) -> None:
        """`pages`: what addresses begin with that answer browsers, with headers and refusals of their own."""
        self._pages = pages
        self._body_deadline_s = body_deadline_s
        self._public = public
        self._services = services
        self._metrics = metrics
        # Bound once: the lazy logger would be made anew for every entry, also for those that nobody hears.
        self._log = structlog.get_logger("central.web").bind()

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer one request, whatever happens in it."""
        if request.path.startswith(self._pages):
            return await self._page(request, handler)
        request_id = _request_id(request)
        request[REQUEST_ID] = request_id
        started_s = time.monotonic()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = await self._answer(request, handler, request_id)
            self._account(request, response, time.monotonic() - started_s)
        if not response.prepared:
            add_headers(response, request_id)
        return response

    async def _page(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A page judges by itself who may see it; here it is counted and told, by its route alone."""
        started_s = time.monotonic()
        response = await handler(request)
        self._account(request, response, time.monotonic() - started_s)
        return response

    async def _answer(self, request: web.Request, handler: Handler, request_id: str) -> web.StreamResponse:
        try:
            if request.path not in NO_TOKEN_NEEDED:
                is_public = request.path in self._public
                token = "" if is_public else _token(request)
                received = await receive(request, deadline_s=self._body_deadline_s)
                request[ACTOR] = NOBODY if is_public else await self._services.access.authenticate(token)
                if isinstance(received, LoyaltyError):
                    raise received
                request[RECEIVED] = received
            return await handler(request)
        except LoyaltyError as error:
            return problems.render(error, request_id)
        except web.HTTPMethodNotAllowed as error:
            allowed = ", ".join(sorted(error.allowed_methods))
            return problems.render(
                problems.MethodNotAllowed(method=request.method[:16], allowed=allowed), request_id
            )
        except web.HTTPNotFound:
            return problems.render(problems.NoSuchPath(), request_id)
        except Exception:
            self._log.exception("request_failed", route=route_of(request), method=request.method)
            return problems.render(problems.InternalError(), request_id)

    def _account(self, request: web.Request, response: web.StreamResponse, took_s: float) -> None:
        route = route_of(request)
        method = request.method if request.method in _METHODS else "other"
        self._metrics.count_request(method, route, response.status, took_s)
        if problems.REPLAYED in response.headers:
            self._metrics.replays.labels(route).inc()
        actor = request.get(ACTOR)
        # Terminals look every other second: reads that went well would bury what matters.
        tell = self._log.debug if method in _READS and response.status < 400 else self._log.info
        tell(
            "request",
            method=method,
            route=route,
            status=response.status,
            took_ms=round(took_s * 1000, 1),
            group_id=actor.group_id if actor else None,
            token_id=actor.token_id if actor else None,
        )


_READS: Final = frozenset({"GET", "HEAD"})
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def add_headers(response: web.StreamResponse, request_id: str) -> None:
    """The headers every answer carries; a stream calls this before it begins."""
    response.headers.update(_HEADERS)
    response.headers["X-Request-Id"] = request_id


def route_of(request: web.Request) -> str:
    """The route's template for logs and metrics, never the path itself."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "none"


def _token(request: web.Request) -> str:
    match = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    if match is None:
        raise Unauthenticated
    return match[1]


def _request_id(request: web.Request) -> str:
    outer = request.headers.get("X-Request-Id", "")
    return outer if _OUTER_ID.fullmatch(outer) else secrets.token_hex(8)
