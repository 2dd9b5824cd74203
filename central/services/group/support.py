"""Looks at a kiosk's screen: asked by head office, granted by staff, over by themselves.

They live in this process's memory alone: a picture is never written, and a central that starts anew knows of
no look any more. What was asked, granted and ended is an event (who, which terminal, by whose card).
"""

from dataclasses import dataclass, replace
from typing import Final

import structlog

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.support import (
    SUPPORT_ASK_MAX_S,
    SUPPORT_SILENT_MAX_S,
    SUPPORT_TERMINALS_TOLD_MAX,
    SUPPORT_VISITS_MAX,
)
from wire.api_support import (
    AnswerSupportBody,
    AskSupportBody,
    SupportAskView,
    SupportFrameBody,
    SupportState,
    SupportView,
)
from wire.looking_after import Finding

log = structlog.get_logger(__name__)

PNG: Final = b"\x89PNG\r\n\x1a\n"


class SupportNotFound(LoyaltyError):
    """No look of this id, or not any more: another group's, or from before this central was started."""

    code = "support_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no look {support_id} at a kiosk. Ask for a new one: officine kiosk watch"


class NoSuchTerminal(LoyaltyError):
    """No terminal of the group has this id: nobody would ever be asked."""

    code = "terminal_unknown"
    trouble = Trouble.NOT_FOUND
    text = "There is no terminal {terminal_id}. There are: {known}."


class SupportOver(LoyaltyError):
    """It was refused, ended, ran out, or the line to the terminal was cut."""

    code = "support_over"
    trouble = Trouble.CONFLICT
    text = "This look at the kiosk is over ({state}). Ask for a new one, with a new support_id."


class SupportBusy(LoyaltyError):
    """Somebody asks, or looks, already."""

    code = "support_busy"
    trouble = Trouble.CONFLICT
    text = (
        "Somebody looks at {terminal_id} already, or asks to. End that look first, or wait until it is over."
    )


class SupportNotGranted(LoyaltyError):
    """Staff have not agreed."""

    code = "support_not_granted"
    trouble = Trouble.CONFLICT
    text = "The staff of {terminal_id} have not agreed yet. Call them: a card of staff opens the question."


class NoPicture(LoyaltyError):
    """Nothing came yet."""

    code = "support_no_picture"
    trouble = Trouble.NOT_FOUND
    text = "No picture of {terminal_id} has come yet. Try again in some seconds."


class PictureInvalid(LoyaltyError):
    """It is no PNG."""

    code = "support_picture_invalid"
    text = "The picture is no PNG. Send the screen as one, or none where it has not changed."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    group_id: str
    asked_by: str
    body: AskSupportBody
    state: SupportState
    until_ms: int
    heard_ms: int
    staff_id: str = ""
    number: int = 0
    frame_ms: int = 0
    is_private: bool = False
    picture: bytes = b""
    findings: tuple[Finding, ...] = ()

    def now(self, now_ms: int) -> "_Look":
        """As it is by now: time ends it, and so does a terminal that is not heard."""
        if self.state not in ("asked", "granted"):
            return self
        is_cut = self.state == "granted" and now_ms - self.heard_ms > SUPPORT_SILENT_MAX_S * 1000
        return self.ended() if is_cut or now_ms >= self.until_ms else self

    def ended(self, state: SupportState = "over") -> "_Look":
        """Without its picture."""
        return replace(self, state=state, picture=b"", findings=())


class SupportService:
    """Every method changes the look as it is by now: looked at anew after whatever was awaited."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._clock = context.clock
        self._looks: dict[tuple[str, str], _Look] = {}

    async def ask(self, actor: Actor, body: AskSupportBody) -> tuple[SupportView, bool]:
        """Ask the staff of a terminal; the same again tells how far it is (True).

        Raises: NoSuchTerminal; SupportBusy; SupportOver: the id was used for another look.
        """
        access.require(actor, access.KIOSKS_WATCH)
        now_ms, key = self._clock(), (actor.group_id, body.support_id)
        known = self._looks.get(key)
        if known is not None:
            if known.body != body:
                raise SupportOver(state="asked otherwise")
            return _view(known.now(now_ms)), True
        await self._require_there(actor.group_id, body.terminal_id)
        if self._find_of(actor.group_id, body.terminal_id, now_ms) is not None:
            raise SupportBusy(terminal_id=body.terminal_id)
        look = self._looks[key] = _Look(
            group_id=actor.group_id,
            asked_by=actor.token_id,
            body=body,
            state="asked",
            until_ms=now_ms + SUPPORT_ASK_MAX_S * 1000,
            heard_ms=now_ms,
        )
        self._forget_oldest()
        try:
            await self._tell("support.asked", look, by_id=actor.token_id)
        except BaseException:
            self._looks.pop(key, None)  # what is not on record is not asked
            raise
        return _view(look), False

    async def get(self, actor: Actor, support_id: str) -> SupportView:
        """How far it is. Raises: SupportNotFound."""
        access.require(actor, access.KIOSKS_WATCH)
        return _view(self._get(actor, support_id))

    async def get_picture(self, actor: Actor, support_id: str) -> bytes:
        """The newest picture. Raises: SupportNotFound, SupportOver, SupportNotGranted, NoPicture."""
        access.require(actor, access.KIOSKS_WATCH)
        look = self._require_granted(actor, support_id)
        if not look.picture:
            raise NoPicture(terminal_id=look.body.terminal_id)
        return look.picture

    def find_ask(self, actor: Actor) -> SupportAskView | None:
        """What the asking terminal is told: somebody wants to see its screen, or may."""
        if actor.terminal_id is None:
            return None
        look = self._find_of(actor.group_id, actor.terminal_id, self._clock())
        if look is None:
            return None
        return SupportAskView(
            support_id=look.body.support_id,
            reason=look.body.reason,
            minutes=look.body.minutes,
            state=look.state,
            until_ms=look.until_ms,
        )

    async def answer(self, actor: Actor, support_id: str, body: AnswerSupportBody) -> SupportView:
        """The terminal's staff agree, or do not, or had enough of it. Raises: SupportNotFound, SupportOver.

        What was granted is on record before the first picture is taken.
        """
        access.require(actor, access.SALES_WRITE)
        look, now_ms = self._get_own(actor, support_id), self._clock()
        if look.state == "granted":
            return _view(look) if body.is_granted else await self._end(look, actor)
        if look.state != "asked":
            raise SupportOver(state=look.state)
        if body.is_granted:
            until_ms = now_ms + look.body.minutes * 60_000
            look = replace(look, state="granted", until_ms=until_ms, heard_ms=now_ms, staff_id=body.staff_id)
        else:
            look = replace(look.ended("refused"), staff_id=body.staff_id)
        await self._tell(f"support.{look.state}", look, by_id=actor.token_id)
        meanwhile = self._get_own(actor, support_id)  # others may have ended it while that was written
        if meanwhile.state == "granted":
            return _view(meanwhile) if body.is_granted else await self._end(meanwhile, actor)
        if meanwhile.state != "asked":
            raise SupportOver(state=meanwhile.state)
        self._put(look)
        return _view(look)

    async def put_frame(self, actor: Actor, support_id: str, body: SupportFrameBody) -> SupportView:
        """The newest picture takes the place of the one before; nothing of it is kept on disk.

        Raises: SupportNotFound, SupportOver, SupportNotGranted, PictureInvalid.
        """
        access.require(actor, access.SALES_WRITE)
        if body.picture and not body.picture.startswith(PNG):
            raise PictureInvalid
        look, now_ms = self._get_own(actor, support_id), self._clock()
        _require(look)
        look = replace(look, heard_ms=now_ms, findings=body.findings)
        if body.picture and body.number > look.number:
            look = replace(
                look,
                number=body.number,
                frame_ms=now_ms,
                is_private=body.is_private,
                picture=body.picture,
            )
        self._put(look)
        return _view(look)

    async def end(self, actor: Actor, support_id: str) -> SupportView:
        """Head office has seen enough. Again: as it ended. Raises: SupportNotFound."""
        access.require(actor, access.KIOSKS_WATCH)
        look = self._get(actor, support_id)
        return await self._end(look, actor) if look.state in ("asked", "granted") else _view(look)

    def drop_ended(self) -> None:
        """Time ends looks also where nobody asks for them any more: their pictures are dropped then."""
        now_ms = self._clock()
        for look in list(self._looks.values()):
            self._put(look.now(now_ms))

    async def _end(self, look: _Look, actor: Actor) -> SupportView:
        look = look.ended()
        self._put(look)
        await self._tell("support.ended", look, by_id=actor.token_id)
        return _view(look)

    # The looks ----------------------------------------------------------------------------------------------

    def _get(self, actor: Actor, support_id: str) -> _Look:
        look = self._looks.get((actor.group_id, support_id))
        if look is None:
            raise SupportNotFound(support_id=support_id)
        look = look.now(self._clock())
        self._put(look)
        return look

    def _get_own(self, actor: Actor, support_id: str) -> _Look:
        """The look at this terminal; others' are not there."""
        look = self._get(actor, support_id)
        if look.body.terminal_id != actor.terminal_id:
            raise SupportNotFound(support_id=support_id)
        return look

    def _require_granted(self, actor: Actor, support_id: str) -> _Look:
        look = self._get(actor, support_id)
        _require(look)
        return look

    def _find_of(self, group_id: str, terminal_id: str, now_ms: int) -> _Look | None:
        """The look at a terminal that is asked for, or goes on."""
        of_it = (
            look.now(now_ms)
            for look in self._looks.values()
            if (look.group_id, look.body.terminal_id) == (group_id, terminal_id)
        )
        return next((look for look in of_it if look.state in ("asked", "granted")), None)

    async def _require_there(self, group_id: str, terminal_id: str) -> None:
        tokens = await self._store.list_tokens(group_id)
        there = sorted({each.terminal_id for each in tokens if each.terminal_id and each.revoked_ms is None})
        if terminal_id not in there:
            known = ", ".join(there[:SUPPORT_TERMINALS_TOLD_MAX]) or "none yet"
            more = ", …" if len(there) > SUPPORT_TERMINALS_TOLD_MAX else ""
            raise NoSuchTerminal(terminal_id=terminal_id, known=f"{known}{more}")

    def _put(self, look: _Look) -> None:
        self._looks[look.group_id, look.body.support_id] = look

    def _forget_oldest(self) -> None:
        while len(self._looks) > SUPPORT_VISITS_MAX:
            del self._looks[next(iter(self._looks))]

    async def _tell(self, kind: str, look: _Look, *, by_id: str) -> None:
        await self._store.tell_support(
            look.group_id,
            kind,
            {
                "support_id": look.body.support_id,
                "terminal_id": look.body.terminal_id,
                "by_id": by_id,
                "staff_id": look.staff_id or None,
                "reason": look.body.reason,
            },
            self._clock(),
        )


def _require(look: _Look) -> None:
    if look.state == "asked":
        raise SupportNotGranted(terminal_id=look.body.terminal_id)
    if look.state != "granted":
        raise SupportOver(state=look.state)


def _view(look: _Look) -> SupportView:
    return SupportView(
        support_id=look.body.support_id,
        terminal_id=look.body.terminal_id,
        reason=look.body.reason,
        minutes=look.body.minutes,
        state=look.state,
        until_ms=look.until_ms,
        staff_id=look.staff_id,
        frame_number=look.number,
        frame_ms=look.frame_ms,
        is_private=look.is_private,
        findings=look.findings,
    )
