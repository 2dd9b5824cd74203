"""A card is blocked without the card: by number and birth date for a day, by the member's code for good.

Nobody learns who is a member: right and wrong data get the same words after the same time, write the same
row, and are counted alike, per kiosk and per number. What came of it is told to the member alone.
"""

import hmac
import secrets
from typing import Final

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import local_moment
from central.services.core.context import Context
from central.services.core.requests import TryAgain
from central.services.core.shared_tries import SharedTries
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.members.messages import MessagesService, MessageText
from central.services.visits.lost_card_words import notice_of
from central.services.visits.typed_data import TypedData, paced
from central.storage.interface.lost_cards import LostReportRow
from central.storage.interface.messages import MessageRow
from central.storage.interface.rows import MemberRow
from loyalty.durations import DAY_MS
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits import lost_cards as limits
from loyalty.limits.web import PAGE_ROWS_MAX
from wire import api_lost_cards as wire

_HOUR_MS: Final = 3_600_000


class LostCardTooMany(LoyaltyError):
    """Numbers or birth dates are being tried, or somebody is in despair: the counter helps both."""

    code = "lost_card_too_many"
    trouble = Trouble.TOO_MANY
    text = "This was tried too often. Ask at the counter, or try again in {retry_after_s} seconds."


class LostCodeWrong(LoyaltyError):
    """Not this code, whatever the reason: no such member, nothing blocked, over, or a wrong code."""

    code = "lost_code_wrong"
    trouble = Trouble.REFUSED
    text = "This code is not right, or its time is over. Check all three, or ask at the counter."


class LostCardsService:
    """Takes reports, ends their blocks, tells head office."""

    def __init__(
        self, context: Context, *, groups: GroupsService, shops: ShopsService, messages: MessagesService
    ) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._zones = context.zones
        self._typed = TypedData(context)
        self._groups = groups
        self._shops = shops
        self._messages = messages
        self._of_kiosk = _tries(context, "lost", limits.LOST_CARD_TRIES_PER_KIOSK, per_kiosk=True)
        self._of_number = _tries(context, "lost-number", limits.LOST_CARD_TRIES_PER_NUMBER)
        self._of_member = _tries(context, "lost-member", limits.LOST_CARD_TRIES_PER_MEMBER)
        self._of_code = _tries(context, "lost-code", limits.LOST_CARD_CODES_PER_NUMBER)

    async def report(self, actor: Actor, body: wire.LostCardBody) -> wire.LostCardView:
        """Block for a time what these data are right for; the answer is the same where they are not.

        Raises: ShopMissing, ShopNotFound, LostCardTooMany.
        """
        access.require(actor, access.CARDS_BLOCK)
        shop = await self._shops.get_row(actor.group_id, access.shop_of(actor, None))
        await self._count(self._of_kiosk, actor, "")
        await self._count(self._of_number, actor, self._typed.mark(actor.group_id, body.number))
        await paced(self._take(actor, body, shop.shop_id, shop.time_zone))
        return wire.LostCardView(hours=limits.LOST_CARD_BLOCK_HOURS)

    async def end(self, actor: Actor, body: wire.LostCardCodeBody) -> tuple[wire.LostCardEndedView, bool]:
        """The member has the code: the card stays blocked, or is as it was. Done before is a replay (True).

        Raises: LostCardTooMany, LostCodeWrong, TryAgain.
        """
        access.require(actor, access.CARDS_BLOCK)
        await self._count(self._of_kiosk, actor, "")
        await self._count(self._of_code, actor, self._typed.mark(actor.group_id, body.number))
        state: Final = "kept" if body.wish == "keep" else "undone"
        report = await paced(self._try(actor, body))
        if report is None or report.state not in ("open", state):
            raise LostCodeWrong
        if report.state == state:
            return wire.LostCardEndedView(state=state), True
        now_ms = self._clock()
        if not await self._store.end_lost_report(
            actor.group_id, report.report_id, state, actor.token_id, now_ms
        ):
            raise TryAgain
        return wire.LostCardEndedView(state=state), False

    async def list_reports(self, actor: Actor, query: wire.LostReportsQuery) -> wire.LostReportListView:
        """Who reported what where, for head office; also what was nobody's."""
        access.require(actor, access.CARDS_READ)
        rows = await self._store.list_lost_reports(actor.group_id, query.before_ms, PAGE_ROWS_MAX)
        return wire.LostReportListView(reports=[_view(row) for row in rows])

    async def lapse(self, group_id: str) -> int:
        """End the blocks whose time is over, and forget old reports; how many ended."""
        now_ms, ended = self._clock(), 0
        due = await self._store.list_due_lost_reports(group_id, now_ms, limits.LOST_CARD_UPKEEP_BATCH)
        for row in due:
            ended += await self._store.end_lost_report(group_id, row.report_id, "lapsed", "upkeep", now_ms)
        return ended

    async def forget(self, group_id: str) -> int:
        """Forget old reports; how many."""
        before_ms = self._clock() - limits.LOST_CARD_KEPT_DAYS * DAY_MS
        return await self._store.forget_lost_reports(group_id, before_ms)

    async def _take(self, actor: Actor, body: wire.LostCardBody, shop_id: str, time_zone: str) -> None:
        member = await self._typed.find_owner(actor.group_id, body.number)
        # Whoever knows several numbers of one member has no more tries for it, and is not told: it would say
        # that they are one member's.
        if member is not None:
            mark = self._typed.mark(actor.group_id, member.member_id)
            member = None if await self._of_member.count(actor, mark) else member
        if member is not None and not self._typed.is_born(member, body.birth_date):
            member = None
        report_id = self._report_id(actor, body)
        now_ms = self._clock()
        ends_ms = now_ms + limits.LOST_CARD_BLOCK_HOURS * _HOUR_MS
        code = f"{secrets.randbelow(10**limits.LOST_CARD_CODE_DIGITS):0{limits.LOST_CARD_CODE_DIGITS}}"
        code_hash = self._code_hash(actor.group_id, report_id, code)
        row = LostReportRow(
            group_id=actor.group_id,
            report_id=report_id,
            shop_id=shop_id,
            token_id=actor.token_id,
            member_id=None if member is None else member.member_id,
            made_ms=now_ms,
            code_hash=None if member is None else code_hash,
            ends_ms=None if member is None else ends_ms,
        )
        notice = None
        if member is not None:
            until = local_moment(ends_ms, await self._zones.get(time_zone)).strftime("%d.%m. %H:%M")
            notice = await self._notice(actor, member, report_id, until=until, code=code)
        await self._store.put_lost_report(row, notice)

    async def _notice(
        self, actor: Actor, member: MemberRow, report_id: str, *, until: str, code: str
    ) -> MessageRow | None:
        group = await self._groups.get(actor.group_id)
        words = notice_of(member.language, group=group.row.name[:40], until=until, code=code)
        return await self._messages.notice(
            actor, member, f"lost.{report_id}", MessageText(words.subject, words.text)
        )

    async def _try(self, actor: Actor, body: wire.LostCardCodeBody) -> LostReportRow | None:
        member = await self._typed.find_owner(actor.group_id, body.number)
        if member is None or not self._typed.is_born(member, body.birth_date):
            return None
        report = await self._store.take_lost_code_try(
            actor.group_id, member.member_id, limits.LOST_CARD_CODE_TRIES
        )
        if report is None or report.code_hash is None or (report.ends_ms or 0) <= self._clock():
            return None
        shown = self._code_hash(actor.group_id, report.report_id, body.code)
        return report if hmac.compare_digest(shown, report.code_hash) else None

    def _report_id(self, actor: Actor, body: wire.LostCardBody) -> str:
        """What a report is kept by: kiosks count their requests, and two may come to the same id."""
        sent = msgspec.json.encode((actor.token_id, body.report_id, body.number, body.birth_date))
        return self._vault.content_hash(actor.group_id, sent).hex()[:32]

    async def _count(self, tries: SharedTries, actor: Actor, of: str) -> None:
        retry_after_s = await tries.count(actor, of)
        if retry_after_s is not None:
            raise LostCardTooMany(retry_after_s=retry_after_s)

    def _code_hash(self, group_id: str, report_id: str, code: str) -> bytes:
        return self._vault.content_hash(group_id, f"lost-card/{report_id}/{code}".encode())


def _tries(context: Context, what: str, tries: int, *, per_kiosk: bool = False) -> SharedTries:
    window_s = limits.LOST_CARD_TRIES_WINDOW_S if per_kiosk else limits.LOST_CARD_NUMBER_WINDOW_S
    return SharedTries(context.store, context.clock, what, tries=tries, window_s=window_s)


def _view(row: LostReportRow) -> wire.LostReportView:
    return wire.LostReportView(
        report_id=row.report_id,
        shop_id=row.shop_id,
        token_id=row.token_id,
        state=row.state,
        member_id=row.member_id,
        made_ms=row.made_ms,
        ends_ms=row.ends_ms,
        ended_ms=row.ended_ms,
    )
