"""Erasing members: destroying the key erases the person; value ends by a stated policy; the ledger stays.

Points and vouchers end with the membership. Stored value was paid for: it is paid out or used first, and an
erasure is refused while there is any, unless whoever asks confirms that it is to be lost. What the member
owes is forgiven. Nobody is erased who is paying right now.
"""

from collections.abc import Mapping
from datetime import tzinfo

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.lots import lot_of
from central.services.core.requests import TryAgain
from central.services.core.sealed_people import MemberMerged, MemberNotFound
from central.storage.base import GuardFailed
from central.storage.interface.erasure import ErasureRecord, MemberValue
from central.storage.interface.leases import LeaseEnd
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.assets import parse_asset
from loyalty.ledger.chart import member_points_owed
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.erasure import erasure, is_paid_for
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.money import show_asset
from wire import api_erasure


class StoredValueLeft(LoyaltyError):
    """The member holds what was paid for."""

    code = "stored_value_left"
    trouble = Trouble.REFUSED
    text = (
        "{member_id} still holds {held}, which was paid for. Pay it out or let it be used first; or confirm"
        " (confirm_value) that it is lost."
    )


class MemberIsPaying(LoyaltyError):
    """Value of the member is held for a ticket that is not paid yet."""

    code = "member_is_paying"
    trouble = Trouble.CONFLICT
    text = "A ticket of {member_id} is being paid. Try again when it is paid or its reservation has ended."


class ErasureService:
    """Erases members."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._clock = context.clock
        self._zones = context.zones

    async def erase(
        self, actor: Actor, member_id: str, body: api_erasure.ErasureBody
    ) -> api_erasure.ErasureView:
        """Erase a member for good; again it ends what reached the id since, if anything did.

        Raises: MemberNotFound, MemberMerged, StoredValueLeft, MemberIsPaying, TryAgain.
        """
        access.require(actor, access.MEMBERS_ERASE)
        shops = await self._store.list_shops(actor.group_id)
        zones = {shop.shop_id: await self._zones.get(shop.time_zone) for shop in shops}
        for _ in range(COMMIT_TRIES_MAX):
            row = await self._store.find_member(actor.group_id, member_id)
            if row is None:
                raise MemberNotFound(member_id=member_id)
            if row.merged_into is not None:
                raise MemberMerged(member_id=member_id, survivor_id=row.merged_into)
            value = await self._store.read_member_value(actor.group_id, member_id)
            leases = await self._store.list_leases_of_member(actor.group_id, member_id)
            leased = sum(lease.left for lease in leases)
            _require_free(member_id, value, leased=leased, is_confirmed=body.confirm_value)
            try:
                for lease in leases:  # what a terminal burns of it now is the group's risk
                    end = LeaseEnd(state="ended", by=actor.token_id, at_ms=self._clock(), reason="erased")
                    await self._store.end_lease(actor.group_id, lease.lease_id, end)
                if leases:
                    value = await self._store.read_member_value(actor.group_id, member_id)
                record = self._record(actor, member_id, value, zones)
                if row.key_wrapped is not None:
                    await self._store.erase_member(record)
                elif record.transaction is not None:  # what came in the moment of the erasure ends too
                    await self._store.post_once(actor.group_id, record.transaction)
            except GuardFailed:
                continue
            return api_erasure.ErasureView(member_id=member_id, ended=_ended(member_id, value))
        raise TryAgain

    def _record(
        self, actor: Actor, member_id: str, value: MemberValue, zones: Mapping[str, tzinfo]
    ) -> ErasureRecord:
        now_ms = self._clock()
        head = EntryHead(
            transaction_id=f"erasure/{member_id}/{now_ms}",
            cause_id=f"erasure/{member_id}",
            occurred_ms=now_ms,
            recorded_ms=now_ms,
            actor=actor.token_id,
            terminal_id=actor.terminal_id,
            ruleset_version=0,
        )
        owed = sum(-row.balance for row in value.accounts if row.account == member_points_owed(member_id))
        return ErasureRecord(
            group_id=actor.group_id,
            member_id=member_id,
            actor=actor.token_id,
            now_ms=now_ms,
            zones=zones,
            transaction=erasure(
                head,
                member_id=member_id,
                lots=[(lot_of(row), parse_asset(row.asset)) for row in value.lots],
                points_owed=owed,
            ),
        )


def _require_free(member_id: str, value: MemberValue, *, leased: int, is_confirmed: bool) -> None:
    for_tickets = sum(row.held for row in value.accounts) - leased
    if for_tickets or sum(row.held for row in value.lots) != leased:
        raise MemberIsPaying(member_id=member_id)
    paid_for = [row for row in value.accounts if row.balance > 0 and is_paid_for(parse_asset(row.asset))]
    if paid_for and not is_confirmed:
        held = ", ".join(show_asset(row.balance, row.asset, is_named=True) for row in paid_for)
        raise StoredValueLeft(member_id=member_id, held=held)


def _ended(member_id: str, value: MemberValue) -> list[api_erasure.EndedView]:
    return [
        api_erasure.EndedView(
            what=row.account.removeprefix(f"member/{member_id}/"), asset=row.asset, amount=row.balance
        )
        for row in value.accounts
        if row.balance
    ]
