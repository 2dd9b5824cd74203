"""The one link to central: asks, sends, and knows at any moment whether central can be reached."""

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, Literal, Self, TypeVar

import aiohttp
import msgspec
import structlog

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.doctor import CLOCK_SKEW_WARN_S
from loyalty.limits.terminal import (
    CENTRAL_PROBE_DOWN_MAX_S,
    CENTRAL_PROBE_DOWN_MIN_S,
    CENTRAL_PROBE_TIMEOUT_S,
    CENTRAL_PROBE_UP_S,
    CENTRAL_TIMEOUT_S,
    CENTRAL_TRIES_MAX,
    IDENTIFY_TIMEOUT_S,
)
from loyalty.limits.web import CLOCK_SKEW_MAX_S
from terminal.central_http import AiohttpCentral, CentralHttp, CentralUnreachable
from terminal.clock import Clock
from wire.api import EvidenceBody, IdentifyBody, IdentifyView, Problem
from wire.api_catalogue import GroupView
from wire.api_sales import ReturnBody, ReturnView, SaleBody, SaleView
from wire.api_tills import StaffHolderView
from wire.sealed import SealedBody

log = structlog.get_logger(__name__)

V = TypeVar("V")

LinkState = Literal["up", "down", "connecting"]

CLOCK_WARNING_MS: Final = CLOCK_SKEW_WARN_S * 1000


class CentralRefused(LoyaltyError):
    """Central's own problem document, passed on: `problem` has its code and its text."""

    code = "central_refused"
    trouble = Trouble.REFUSED
    text = "{detail}"

    def __init__(self, problem: Problem) -> None:
        super().__init__(detail=problem.detail)
        self.problem = problem


class CentralLink:
    """A client of central's API and the state of the link. `on_change` hears of state and group changes.

    `on_time` hears the latest that it can be at central, whenever central tells its time.

    `http`: another way to central than real connections to `url` (tools/simulation).
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        clock: Clock,
        on_change: Callable[[], None],
        http: CentralHttp | None = None,
        on_time: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._http = http or AiohttpCentral(url, token)
        self._clock = clock
        self._on_change = on_change
        self._on_time = on_time
        self._probing: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self._nudge = asyncio.Event()
        self.state: LinkState = "connecting"
        self.since_ms = clock()
        self.trouble = ""
        self.group: GroupView | None = None
        self.clock_offset_ms: int | None = None
        """Central's clock minus ours, as of the last probe."""

    async def __aenter__(self) -> Self:
        await self._http.open()
        self._probing = asyncio.create_task(self._probe_forever(), name="central-probe")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.wait([self._probing])
        await self._http.close()

    async def wait_up(self) -> None:
        """Return when the link is up."""
        await self._up.wait()

    def require_up(self) -> None:
        """Let nobody wait for an answer where the link is known to be down.

        Raises: CentralUnreachable.
        """
        if self.state == "down":
            raise CentralUnreachable(reason=self.trouble)

    async def identify(self, evidence: EvidenceBody, tap_id: str = "") -> IdentifyView:
        """Who holds this card?

        Raises: CentralUnreachable, CentralRefused.
        """
        body = IdentifyBody(evidence=evidence)
        return await self.call("POST", "/identify", body, IdentifyView, IDENTIFY_TIMEOUT_S, tap_id)

    async def post_sale(self, body: SaleBody, tap_id: str = "") -> SaleView:
        """Book a ticket.

        Raises: CentralUnreachable, CentralRefused.
        """
        return await self.call("POST", "/sales", body, SaleView, CENTRAL_TIMEOUT_S, tap_id)

    async def post_return(self, sale_id: str, body: ReturnBody, tap_id: str = "") -> ReturnView:
        """Book a return.

        Raises: CentralUnreachable, CentralRefused.
        """
        path = f"/sales/{sale_id}/returns"
        return await self.call("POST", path, body, ReturnView, CENTRAL_TIMEOUT_S, tap_id)

    async def post_sealed_sale(self, body: SealedBody, tap_id: str = "") -> SaleView:
        """Book a ticket that was kept sealed.

        Raises: CentralUnreachable, CentralRefused.
        """
        return await self.call("POST", "/sealed/sales", body, SaleView, CENTRAL_TIMEOUT_S, tap_id)

    async def post_sealed_return(self, sale_id: str, body: SealedBody, tap_id: str = "") -> ReturnView:
        """Book a return that was kept sealed.

        Raises: CentralUnreachable, CentralRefused.
        """
        path = f"/sealed/sales/{sale_id}/returns"
        return await self.call("POST", path, body, ReturnView, CENTRAL_TIMEOUT_S, tap_id)

    async def identify_staff(
        self, evidence: EvidenceBody, tap_id: str = "", *, pin: str | None = None
    ) -> StaffHolderView:
        """Whose card of staff is this, and what does it open here? `pin`: the code they typed.

        Raises: CentralUnreachable, CentralRefused.
        """
        body = IdentifyBody(evidence=evidence, pin=pin)
        return await self.call("POST", "/identify/staff", body, StaffHolderView, IDENTIFY_TIMEOUT_S, tap_id)

    async def call(
        self,
        method: str,
        path: str,
        body: msgspec.Struct | None,
        answer: type[V],
        timeout_s: float,
        tap_id: str = "",
    ) -> V:
        """One call. `tap_id` becomes central's request id: one id follows a tap through all logs."""
        try:
            status, content = await self._request(method, path, body, timeout_s, tap_id)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            self._set_state("down", trouble=reason_of(error))
            self._nudge.set()
            raise CentralUnreachable(reason=reason_of(error)) from error
        try:
            if status == HTTPStatus.OK:  # its only success
                return msgspec.json.decode(content, type=answer)
            problem = msgspec.json.decode(content, type=Problem)
        except (msgspec.DecodeError, UnicodeDecodeError):
            # A proxy's page, another program on that port: says nothing about our request.
            raise CentralUnreachable(reason=f"HTTP {status} without an answer of central") from None
        raise CentralRefused(problem)

    async def fetch_file(self, path: str, timeout_s: float) -> bytes:
        """A file, as it is.

        Raises: CentralUnreachable, CentralRefused.
        """
        try:
            status, content = await self._request("GET", path, None, timeout_s, "")
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise CentralUnreachable(reason=reason_of(error)) from error
        if status == HTTPStatus.OK:
            return content
        try:
            problem = msgspec.json.decode(content, type=Problem)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise CentralUnreachable(reason=f"HTTP {status} without an answer of central") from None
        raise CentralRefused(problem)

    async def _request(
        self, method: str, path: str, body: msgspec.Struct | None, timeout_s: float, tap_id: str
    ) -> tuple[int, bytes]:
        data = None if body is None else msgspec.json.encode(body)
        headers = {} if data is None else {"Content-Type": "application/json"}
        if tap_id:
            headers["X-Request-Id"] = tap_id
        for attempt in range(1, CENTRAL_TRIES_MAX + 1):
            try:
                return await self._http.exchange(method, path, data, headers, timeout_s)
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                # Every call is safe to repeat: reads, or writes under an id made before.
                if attempt == CENTRAL_TRIES_MAX:
                    raise
        raise AssertionError("unreachable")

    async def _probe_forever(self) -> None:
        delay_s = CENTRAL_PROBE_DOWN_MIN_S
        while True:
            self._nudge.clear()
            try:
                await self._probe()
                delay_s = CENTRAL_PROBE_DOWN_MIN_S
                pause_s = CENTRAL_PROBE_UP_S
            except (CentralUnreachable, CentralRefused) as error:
                self._set_state("down", trouble=str(error))
                pause_s, delay_s = delay_s, min(2 * delay_s, CENTRAL_PROBE_DOWN_MAX_S)
            await self._pause(pause_s)

    async def _pause(self, pause_s: float) -> None:
        """Wait, but when a call meets a broken link while we think it up, look again at once."""
        try:
            async with asyncio.timeout(pause_s):
                await self._nudge.wait()
        except TimeoutError:
            return
        await asyncio.sleep(CENTRAL_PROBE_DOWN_MIN_S)

    async def _probe(self) -> None:
        asked_ms, started_ns = self._clock(), time.monotonic_ns()
        group = await self.call("GET", "/group", None, GroupView, CENTRAL_PROBE_TIMEOUT_S)
        took_ms = (time.monotonic_ns() - started_ns) // 1_000_000
        self._note_clock(group.now_ms - asked_ms - took_ms // 2)
        self._on_time(group.now_ms + took_ms)
        is_news = self.group is None or _face(group) != _face(self.group)
        self.group = group
        if self.state != "up":
            self._set_state("up")
        elif is_news:
            self._on_change()

    def _note_clock(self, offset_ms: int) -> None:
        before, self.clock_offset_ms = self.clock_offset_ms, offset_ms
        is_off = abs(offset_ms) > CLOCK_WARNING_MS
        if is_off and (before is None or abs(before) <= CLOCK_WARNING_MS):
            is_refused = abs(offset_ms) > CLOCK_SKEW_MAX_S * 1000
            log.warning("clock_is_off", offset_ms=offset_ms, tickets_wait=is_refused)

    def _set_state(self, state: LinkState, *, trouble: str = "") -> None:
        self.trouble = trouble
        if state == self.state:
            return
        self.state, self.since_ms = state, self._clock()
        if state == "up":
            self._up.set()
        else:
            self._up.clear()
        log.info("central_link", state=state, trouble=trouble)
        self._on_change()


def _face(group: GroupView) -> GroupView:
    """The group without what changes at every look."""
    return msgspec.structs.replace(group, now_ms=0)


def reason_of(error: BaseException) -> str:
    """What to call a failed try in one line."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return f"{type(error).__name__}: {error}"[:200]


__all__ = ["CentralLink", "CentralRefused", "CentralUnreachable", "LinkState", "reason_of"]
