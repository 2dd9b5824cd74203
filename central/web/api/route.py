"""What a route is: the one table of them drives routing, decoding, permissions and the OpenAPI document."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from central.services.bundle import Services
from central.services.core.access import Actor
from central.web.api.metrics import Metrics
from loyalty.errors import LoyaltyError
from loyalty.values import quick


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An authenticated, decoded request. `body` and `query` are instances of the route's structs."""

    services: Services
    metrics: Metrics
    actor: Actor
    path: dict[str, str]
    body: Any
    query: Any
    source: str
    """The caller's address, as a limit counts it."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to keep, piece by piece; what refuses it does so before the first piece."""

    name: str
    media: str
    pieces: AsyncIterator[bytes]


@quick
@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler gives back; `is_replay` marks an answer given before."""

    view: msgspec.Struct | File
    is_replay: bool = False


Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One operation. `errors` are the expected ones beyond those every route has; `is_repeatable` promises
    that the same request again gives the first answer, marked `Idempotent-Replayed: true`. Without a
    `permission` it is for anybody, and its actor may do nothing. `answer`: a struct, or the media type of a
    file.
    """

    method: str
    path: str
    operation: str
    tag: str
    permission: str | None
    handler: Handler
    answer: type[msgspec.Struct] | str
    body: type[msgspec.Struct] | None = None
    query: type[msgspec.Struct] | None = None
    errors: tuple[type[LoyaltyError], ...] = field(default=())
    is_repeatable: bool = False

    @property
    def summary(self) -> str:
        """The handler's docstring."""
        doc = self.handler.__doc__
        assert doc is not None, "a handler says in one line what it does"
        return doc.rstrip(".")
