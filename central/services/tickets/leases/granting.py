"""Leases are granted to terminals, given back, listed, and declared lost (docs/offline.md)."""

from dataclasses import replace
from typing import Final

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.lots import lot_of
from central.services.core.requests import TryAgain
from central.services.core.signing import Signer
from central.services.group.groups import GroupsService
from central.services.members.holder import CardKey, Holder
from central.services.members.identify import IdentifyService
from central.storage.base import GuardFailed, IdempotencyConflict
from central.storage.interface.leases import LeaseEnd, LeaseRow
from loyalty.durations import DAY_MS
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.assets import POINTS
from loyalty.ledger.chart import member_points
from loyalty.ledger.holds import Hold, hold_lots
from loyalty.ledger.leases import HOLD_WITHOUT_END_MS
from loyalty.ledger.lots import BalanceTooLow
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.card import CardState
from loyalty.programme.identification import Act, Strength
from loyalty.programme.leasing import LeaseFacts, lease_points, lost_from_ms
from loyalty.programme.offline import LeasePolicy
from loyalty.programme.programme import VoucherStep
from wire import api_leases

_HOUR_MS: Final = 3_600_000


class LeaseNeedsTerminal(LoyaltyError):
    """A token that is no terminal's asks for a lease."""

    code = "lease_needs_terminal"
    trouble = Trouble.FORBIDDEN
    text = "Points are set aside for terminals alone. Use the token of a paired terminal."


class LeaseNotGranted(LoyaltyError):
    """Nothing is set aside for this card here."""

    code = "lease_not_granted"
    trouble = Trouble.REFUSED
    text = "No points are set aside: {reason}. Without a line this card's points cannot pay here."


class LeaseUnknown(LoyaltyError):
    """No such lease of this terminal."""

    code = "lease_unknown"
    trouble = Trouble.NOT_FOUND
    text = "There is no lease {lease_id} of this terminal. Check the id."


class LeaseUnsettled(LoyaltyError):
    """The terminal burned more, or less, than has been settled."""

    code = "lease_unsettled"
    trouble = Trouble.CONFLICT
    text = (
        "{settled} points of the lease {lease_id} are settled, not {drawn}. Deliver the outbox first, then"
        " give the lease back again."
    )


class LeaseNotLost(LoyaltyError):
    """Its terminal may still come back."""

    code = "lease_not_lost"
    trouble = Trouble.CONFLICT
    text = (
        "The lease {lease_id} may be declared lost from {from_ms} (UTC ms) on: until then its terminal may"
        " come back and settle. Wait, or bring the terminal back."
    )


class LeaseEnded(LoyaltyError):
    """It has ended already."""

    code = "lease_ended"
    trouble = Trouble.CONFLICT
    text = "The lease {lease_id} is {state} already: nothing of it is set aside any more."


class LeasesService:
    """What terminals and head office ask about leases."""

    def __init__(self, context: Context, groups: GroupsService, identify: IdentifyService) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._signer = Signer(context.vault)
        self._groups = groups
        self._identify = identify

    async def grant(self, actor: Actor, body: api_leases.LeaseBody) -> tuple[api_leases.LeaseView, bool]:
        """Set points of a card aside for the terminal that asks; the same again is a replay (True).

        Raises: LeaseNeedsTerminal, LeaseNotGranted, IdempotencyConflict, TryAgain; those of a card.
        """
        access.require(actor, access.SALES_WRITE)
        terminal_id = _terminal_of(actor)
        content = msgspec.json.encode([terminal_id, body], order="deterministic")
        input_hash = self._vault.content_hash(actor.group_id, content)
        first = await self._store.find_lease(actor.group_id, body.lease_id)
        if first is not None:
            if first.input_hash != input_hash:
                raise IdempotencyConflict(what="The lease", id=body.lease_id)
            return await self._view(first), True
        group = await self._groups.get(actor.group_id)
        policy, step, needs = _terms_of(group)
        now_ms = self._clock()
        key = await self._identify.find_key(actor, body.holder)
        holder = await self._identify.get_holder_for(
            actor, group, body.holder, Act.REDEEM, now_ms, is_for_cut=True
        )
        shop_id = access.shop_of(actor, None)
        await self._require_seen(policy, holder, shop_id, now_ms)
        for _ in range(COMMIT_TRIES_MAX):
            facts = await self._store.read_lease_facts(
                actor.group_id, holder.member.member_id, terminal_id, now_ms
            )
            try:
                points = _points(policy, facts, step)
            except LeaseNotGranted:
                # What it needs may be gone because this very lease was granted since we looked.
                first = await self._store.find_lease(actor.group_id, body.lease_id)
                if first is None or first.input_hash != input_hash:
                    raise
                return await self._view(first), True
            row = LeaseRow(
                group_id=actor.group_id,
                lease_id=body.lease_id,
                input_hash=input_hash,
                terminal_id=terminal_id,
                shop_id=shop_id,
                member_id=holder.member.member_id,
                card_number=holder.shown.card_number,
                medium=body.holder.medium,
                tap_counter=key.tap.counter if key.tap else None,
                asset=str(POINTS),
                amount=points,
                document="",
                granted_ms=now_ms,
                expires_ms=now_ms + policy.hours * _HOUR_MS,
            )
            row = replace(row, document=_document(row, key, group, step, needs))
            try:
                recorded = await self._store.grant_lease(row, await self._hold(actor, row, facts), facts)
            except (GuardFailed, BalanceTooLow):  # something else was granted or spent since we looked
                continue
            return await self._view(recorded.row), recorded.is_replay
        raise TryAgain

    async def give_back(
        self, actor: Actor, lease_id: str, body: api_leases.LeaseReturnBody
    ) -> api_leases.LeaseView:
        """A terminal burns no more of it: what is left is free. One that ended otherwise is told as it is.

        Raises: LeaseNeedsTerminal, LeaseUnknown, LeaseUnsettled.
        """
        access.require(actor, access.SALES_WRITE)
        row = await self._store.find_lease(actor.group_id, lease_id)
        if row is None or row.terminal_id != _terminal_of(actor):
            raise LeaseUnknown(lease_id=lease_id)
        if row.state == "live":
            end = LeaseEnd(state="returned", by=actor.token_id, at_ms=self._clock(), drawn=body.drawn)
            try:
                row = await self._store.end_lease(actor.group_id, lease_id, end)
            except GuardFailed:
                stands = await self._store.find_lease(actor.group_id, lease_id)
                assert stands is not None, "a lease is never taken out of the books"
                if stands.state == "live":
                    raise LeaseUnsettled(lease_id=lease_id, settled=stands.drawn, drawn=body.drawn) from None
                row = stands
        return await self._view(row)

    async def list_own(self, actor: Actor) -> api_leases.LeaseListView:
        """The live leases of the terminal that asks."""
        access.require(actor, access.SALES_WRITE)
        rows = await self._store.list_leases_of_terminal(actor.group_id, _terminal_of(actor))
        return api_leases.LeaseListView(leases=[await self._view(row) for row in rows])

    async def list_live(self, actor: Actor, after: str) -> api_leases.LeaseStandsView:
        """All live leases of the group, by id."""
        access.require(actor, access.LEASES_WRITE)
        rows = await self._store.list_live_leases(actor.group_id, after, PAGE_ROWS_MAX)
        is_full = len(rows) == PAGE_ROWS_MAX
        return api_leases.LeaseStandsView(
            leases=[_stand(row) for row in rows], next=rows[-1].lease_id if is_full else None
        )

    async def declare_lost(
        self, actor: Actor, lease_id: str, body: api_leases.LeaseLostBody
    ) -> api_leases.LeaseStandView:
        """A person says that its terminal will not come back; who and why is kept.

        Raises: LeaseUnknown, LeaseNotLost, LeaseEnded.
        """
        access.require(actor, access.LEASES_WRITE)
        row = await self._store.find_lease(actor.group_id, lease_id)
        if row is None:
            raise LeaseUnknown(lease_id=lease_id)
        now_ms = self._clock()
        if row.state == "live":
            if now_ms < lost_from_ms(row.expires_ms):
                raise LeaseNotLost(lease_id=lease_id, from_ms=lost_from_ms(row.expires_ms))
            end = LeaseEnd(state="lost", by=actor.token_id, at_ms=now_ms, reason=body.reason)
            try:
                return _stand(await self._store.end_lease(actor.group_id, lease_id, end))
            except GuardFailed:  # its terminal came back in this moment
                row = await self._store.find_lease(actor.group_id, lease_id)
                assert row is not None, "a lease is never taken out of the books"
        if (row.state, row.ended_by, row.reason) != ("lost", actor.token_id, body.reason):
            raise LeaseEnded(lease_id=lease_id, state=row.state)
        return _stand(row)

    async def _require_seen(self, policy: LeasePolicy, holder: Holder, shop_id: str, now_ms: int) -> None:
        """Raises: LeaseNotGranted: the member is no regular here, and the programme asks for that."""
        if policy.seen_days is None or holder.member.home_shop_id == shop_id:
            return
        since_ms = now_ms - policy.seen_days * DAY_MS
        member = holder.member
        if not await self._store.was_seen(member.group_id, member.member_id, shop_id, since_ms):
            raise LeaseNotGranted(reason=f"nothing was bought here in {policy.seen_days} days")

    async def _hold(self, actor: Actor, row: LeaseRow, facts: LeaseFacts) -> Hold:
        account = member_points(row.member_id)
        lots = await self._store.list_open_lots(row.group_id, account, row.asset)
        return Hold(
            hold_id=row.hold_id,
            account=account,
            asset=POINTS,
            amount=row.amount,
            lots=hold_lots([lot_of(lot) for lot in lots], row.amount, row.granted_ms, points_owed=facts.owed),
            cause_id=row.lease_id,
            made_ms=row.granted_ms,
            expires_ms=HOLD_WITHOUT_END_MS,
            actor=actor.token_id,
            terminal_id=actor.terminal_id,
        )

    async def _view(self, row: LeaseRow) -> api_leases.LeaseView:
        card = await self._store.find_card(row.group_id, row.card_number)
        return api_leases.LeaseView(
            lease_id=row.lease_id,
            state=row.state,  # type: ignore[arg-type]
            amount=row.amount,
            drawn=row.drawn,
            expires_ms=row.expires_ms,
            document=row.document,
            signature=self._signer.sign(row.group_id, api_leases.SIGNED_AS + row.document.encode()),
            is_wanted=card is not None and card.state == CardState.ACTIVE,
        )


def _terminal_of(actor: Actor) -> str:
    if actor.terminal_id is None:
        raise LeaseNeedsTerminal
    return actor.terminal_id


def _terms_of(group: Group) -> tuple[LeasePolicy, VoucherStep, Strength]:
    """What the programme grants, in which steps points pay, and what must be seen offline.

    Raises: LeaseNotGranted.
    """
    programme = group.programme
    policy, step, needs = programme.offline.lease, programme.voucher_step, programme.offline.needed
    if policy is None or needs is None:
        raise LeaseNotGranted(reason="the programme lets no points be burned offline")
    if step is None:
        raise LeaseNotGranted(reason="in this programme points cannot pay")
    return policy, step, needs


def _points(policy: LeasePolicy, facts: LeaseFacts, step: VoucherStep) -> int:
    points = lease_points(policy, facts, step=step.points)
    if points:
        return points
    if facts.has_here:
        raise LeaseNotGranted(reason="this terminal has a lease of this member already")
    raise LeaseNotGranted(reason="what may be set aside for terminals is not enough for one step")


def _document(row: LeaseRow, key: CardKey, group: Group, step: VoucherStep, needs: Strength) -> str:
    identity = key.uid or key.number
    assert identity is not None, "a card is found by its chip or by its number"
    document = api_leases.LeaseDocument(
        group_id=row.group_id,
        terminal_id=row.terminal_id,
        lease_id=row.lease_id,
        card=api_leases.card_mark(row.lease_id, identity),
        medium=row.medium,
        needs=needs.name.lower(),
        asset=row.asset,
        amount=row.amount,
        step_points=step.points,
        step_minor=step.worth_minor,
        currency=group.row.currency,
        granted_ms=row.granted_ms,
        expires_ms=row.expires_ms,
    )
    return msgspec.json.encode(document).decode()


def _stand(row: LeaseRow) -> api_leases.LeaseStandView:
    return api_leases.LeaseStandView(
        lease_id=row.lease_id,
        terminal_id=row.terminal_id,
        shop_id=row.shop_id,
        member_id=row.member_id,
        state=row.state,  # type: ignore[arg-type]
        amount=row.amount,
        drawn=row.drawn,
        granted_ms=row.granted_ms,
        expires_ms=row.expires_ms,
        lost_from_ms=lost_from_ms(row.expires_ms),
        ended_by=row.ended_by,
        reason=row.reason,
    )
