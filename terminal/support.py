"""Head office sees this terminal's screen for a while, once its staff agree: over the link that is there.

The kiosk decides what may be seen; the agent only hands on, the newest picture alone. A cut ends it.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final, Protocol

import structlog

from loyalty.limits.support import SUPPORT_FRAME_BYTES_MAX, SUPPORT_FRAME_EVERY_S
from loyalty.limits.terminal import CENTRAL_TIMEOUT_S
from terminal.central_link import CentralLink, CentralRefused, CentralUnreachable
from wire.api_support import AnswerSupportBody, SupportAskView, SupportFrameBody, SupportView
from wire.looking_after import Finding, ScreenPart, SupportShown

log = structlog.get_logger(__name__)

NOBODY: Final = "screen"
"""Who ended it, where no card of staff was needed."""


class Findings(Protocol):
    """How the terminal's parts are."""

    async def findings(self, kiosk_version: str = "") -> tuple[Finding, ...]: ...


class RemoteSupport:
    """One look at a time. `on_change` is called after every change of what the kiosk shows of it."""

    def __init__(self, link: CentralLink, diagnosis: Findings, on_change: Callable[[], None]) -> None:
        self._link = link
        self._diagnosis = diagnosis
        self._on_change = on_change
        self._shown: SupportShown | None = None
        self._over: str = ""
        self._ends_s = 0.0
        self._sending: asyncio.Task[None] | None = None
        self._parts: list[bytes] = []
        self._newest: tuple[int, bytes, bool] | None = None

    def state(self) -> SupportShown | None:
        """What the kiosk shows."""
        return self._shown

    def follow(self, told: SupportAskView | None) -> None:
        """Central told of a look, or of none; the caller tells the kiosk. One that goes on ends elsewhere."""
        if self._shown is not None and self._shown.state == "granted":
            return
        is_news = told is not None and told.state == "asked" and told.support_id != self._over
        self._shown = _shown(told) if is_news and told is not None else None

    async def answer(self, support_id: str, *, is_allowed: bool, staff_id: str) -> str:
        """Staff agree, or do not; what to tell where that did not work.

        Where central did not answer, the question is not over: it stands there again once central is back.
        """
        shown = self._shown
        if shown is None or shown.support_id != support_id or shown.state != "asked":
            return "support_over"
        try:
            view = await self._tell(support_id, is_granted=is_allowed, staff_id=staff_id)
        except CentralUnreachable as error:
            log.info("support_not_answered", reason=str(error))
            return error.code
        except CentralRefused as error:
            log.info("support_not_answered", reason=str(error))
            self._finish()
            return str(error)
        if view.state != "granted":
            self._finish()
            return ""
        self._shown = SupportShown(
            support_id=support_id,
            state="granted",
            reason=view.reason,
            minutes=view.minutes,
            until_ms=view.until_ms,
        )
        self._ends_s = time.monotonic() + view.minutes * 60
        self._newest = None
        self._sending = asyncio.create_task(self._send_until_over(self._shown), name="support")
        log.info("support_granted", support_id=support_id, staff_id=staff_id)
        self._on_change()
        return ""

    async def end(self, support_id: str) -> None:
        """Whoever stands there has enough: at once here, and told to central."""
        shown = self._shown
        if shown is None or shown.support_id != support_id or shown.state != "granted":
            return
        self._finish()
        try:
            await self._tell(support_id, is_granted=False, staff_id=NOBODY)
        except (CentralUnreachable, CentralRefused) as error:
            log.info("support_end_not_told", reason=str(error))  # it hears nothing more, and ends it

    def put(self, part: ScreenPart) -> None:
        """A part of a picture: the newest whole one is sent, older ones never."""
        shown = self._shown
        if shown is None or shown.state != "granted" or part.support_id != shown.support_id:
            return
        if part.part == 0:
            self._parts = []
        if part.part != len(self._parts):
            return  # the rest of one whose beginning was not for this look
        self._parts.append(part.data)
        if len(self._parts) == part.parts:
            picture, self._parts = b"".join(self._parts), []
            if len(picture) <= SUPPORT_FRAME_BYTES_MAX:
                self._newest = (part.number, picture, part.is_private)

    async def close(self) -> None:
        """The agent ends: nothing more is sent."""
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.wait([self._sending])

    async def _send_until_over(self, shown: SupportShown) -> None:
        number = 1
        try:
            while time.monotonic() < self._ends_s and self._shown == shown:
                newest, self._newest = self._newest, None
                number = number if newest is None else max(number + 1, newest[0])
                body = SupportFrameBody(
                    number=number,
                    picture=b"" if newest is None else newest[1],
                    is_private=False if newest is None else newest[2],
                    findings=await self._diagnosis.findings(),
                )
                path = f"/support/{shown.support_id}/frame"
                view = await self._link.call("POST", path, body, SupportView, CENTRAL_TIMEOUT_S)
                if view.state != "granted":
                    break
                await asyncio.sleep(SUPPORT_FRAME_EVERY_S)
        except (CentralUnreachable, CentralRefused) as error:
            log.info("support_cut", reason=str(error))
        finally:
            if self._shown == shown:
                self._finish()

    async def _tell(self, support_id: str, *, is_granted: bool, staff_id: str) -> SupportView:
        body = AnswerSupportBody(is_granted=is_granted, staff_id=staff_id)
        self._link.require_up()
        path = f"/support/{support_id}/answer"
        return await self._link.call("POST", path, body, SupportView, CENTRAL_TIMEOUT_S)

    def _finish(self) -> None:
        if self._shown is not None:
            self._over = self._shown.support_id
            log.info("support_over", support_id=self._over)
        self._shown, self._newest, self._parts = None, None, []
        self._on_change()


def _shown(told: SupportAskView) -> SupportShown:
    return SupportShown(support_id=told.support_id, state="asked", reason=told.reason, minutes=told.minutes)
