"""What a return does to points: those earned are taken back, those that paid are given back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from central.services.core.context import Context
from central.services.core.lots import lot_of
from central.storage.base import GuardFailed
from central.storage.interface.claims import SponsorPoints
from central.storage.interface.rows import SaleRow
from central.storage.interface.value import SalePoints
from loyalty.durations import DAY_MS
from loyalty.ledger.chart import member_points, member_points_pending
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.leases import at_risk
from loyalty.ledger.lots import Lot
from loyalty.ledger.postings import Posting, Transaction
from loyalty.ledger.restoration import restoration
from loyalty.ledger.reversal import points_owed_by, reversal, spare_lots
from loyalty.ledger.sponsorship import SPONSORSHIP_RETURN
from loyalty.limits.ledger import RESTORED_POINTS_DAYS
from loyalty.programme.programme import Programme


@dataclass(frozen=True, slots=True)
class Undone:
    """The two transactions of a return. `expired_before`, `lots_before`: guards of the first."""

    reversal: Transaction | None = None
    restoration: Transaction | None = None
    expired_before: int | None = None
    lots_before: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Reversed:
    """`lots_before`: what each spare lot that it takes from held: beyond that much nothing is spare."""

    transaction: Transaction | None
    lots_before: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """What the same return takes from the buyer: `points` earned, by `reversal`; None: nothing moved."""

    points: int
    reversal: Transaction | None

    @property
    def taken(self) -> dict[str, int]:
        """By lot what it takes."""
        changes = () if self.reversal is None else self.reversal.lot_changes
        return {change.lot_id: change.amount for change in changes}

    @property
    def expired(self) -> int:
        """Points that it neither takes nor makes owed: they had expired."""
        return self.points - sum(each.amount for each in self._postings)

    def out_of(self, account: str) -> int:
        """What it takes out of an account."""
        return sum(each.amount for each in self._postings if each.source == account)

    @property
    def _postings(self) -> Sequence[Posting]:
        return () if self.reversal is None else self.reversal.postings


_NOTHING_BESIDE: Final = Beside(0, None)
_NOTHING_REVERSED: Final = _Reversed(None, ())


class Undoing:
    """Decides a return's transactions on what stands now; the store's guards catch what comes in between."""

    def __init__(self, context: Context) -> None:
        self._store = context.store

    async def decide(
        self,
        head: EntryHead,
        sale: SaleRow,
        programme: Programme,
        *,
        points: int,
        restored: int,
        returns_before: int,
    ) -> Undone:
        """Take back `points` earned, give back `restored` redeemed (both >= 0); `head` names the return.

        Args:
            returns_before: returns of the sale there were before its lines were read, which both come from.
        Raises: GuardFailed: another return was recorded since.
        """
        if sale.member_id is None:
            return Undone(None, await self._group_restoration(head, sale, restored, returns_before))
        known = await self._store.find_sale_points(sale.group_id, sale.sale_id, sale.member_id)
        if known.returns != returns_before:
            raise GuardFailed(guard=f"That the sale {sale.sale_id} had no other return in between")
        taken, given = _NOTHING_REVERSED, None
        if points:
            taken = await self._reversal(head, sale, sale.member_id, programme, points, known)
        if restored:
            newly_owed = points_owed_by(taken.transaction)
            given = await self._restoration(head, sale, sale.member_id, restored, known, newly_owed)
        guard = _guard_of(taken.transaction, known)
        return Undone(taken.transaction, given, guard, taken.lots_before)

    async def take_from_sponsor(
        self,
        head: EntryHead,
        sale: SaleRow,
        programme: Programme,
        *,
        sponsor_id: str,
        points: int,
        beside: Beside,
    ) -> SponsorPoints:
        """Take back what the sponsor of the sale's member got for it, all at once; as from a buyer.

        `beside`: what the return takes from the buyer, who may have been merged with the sponsor since.
        """
        found = await self._store.find_sale_points(sale.group_id, sale.sale_id, sponsor_id)
        known = replace(found, undone=0, reversed=0, owed=0)  # those are of the buyer
        told = head.named(f"{head.cause_id}/sponsor")
        is_buyer = sponsor_id == sale.member_id
        taken = await self._reversal(
            told, sale, sponsor_id, programme, points, known, beside if is_buyer else _NOTHING_BESIDE
        )
        transaction = taken.transaction
        if transaction is not None:
            transaction = replace(transaction, kind=SPONSORSHIP_RETURN)
        return SponsorPoints(
            sponsor_id,
            points,
            transaction,
            expired_before=_guard_of(transaction, known),
            lots_before=taken.lots_before,
        )

    async def _reversal(
        self,
        head: EntryHead,
        sale: SaleRow,
        member_id: str,
        programme: Programme,
        points: int,
        known: SalePoints,
        beside: Beside = _NOTHING_BESIDE,
    ) -> _Reversed:
        account, waiting = member_points(member_id), member_points_pending(member_id)
        rows = await self._store.list_source_lots(sale.group_id, sale.sale_id)
        own = [_less(lot_of(row), beside) for row in rows if row.account == account]
        pending = [_less(lot_of(row), beside) for row in rows if row.account == waiting]
        stands = await self._store.find_points(sale.group_id, member_id)
        # What earlier returns undid, neither took nor made owed: that had expired, and is counted.
        counted = max(0, known.undone - known.reversed - known.owed)
        spare, held = list[Lot](), dict[str, int]()
        if sum(lot.free for lot in own + pending) < points:
            claimed = await self._store.list_claimed_lots(sale.group_id, member_id)
            others = [(_less(lot_of(each.lot), beside), each.claimable) for each in claimed]
            spare = spare_lots([each for each in others if each[0].source_id != sale.sale_id])
            held = {each.lot.lot_id: each.lot.remaining for each in claimed}
        transaction = reversal(
            head,
            member_id=member_id,
            points=points,
            lot=own[0] if own else None,
            more=own[1:],
            spare=spare,
            pending=pending,
            balance=stands.balance - stands.held - beside.out_of(account),
            spent=programme.spent_points,
            expired=max(0, known.expired - counted - beside.expired),
        )
        changes = () if transaction is None else transaction.lot_changes
        mine = {lot.lot_id for lot in own + pending}
        beyond = [change.lot_id for change in changes if change.lot_id not in mine]
        return _Reversed(transaction, tuple((lot_id, held[lot_id]) for lot_id in beyond))

    async def _restoration(
        self,
        head: EntryHead,
        sale: SaleRow,
        member_id: str,
        restored: int,
        known: SalePoints,
        newly_owed: int,
    ) -> Transaction:
        """Into the lots the points were taken from, after what the member owes, this return included."""
        assert sale.redemption_id is not None, "lines share what a redemption paid"
        stands = await self._store.find_points(sale.group_id, member_id)
        return restoration(
            head.named(f"{head.cause_id}/restoration"),
            member_id=member_id,
            points=restored,
            taken=await self._store.list_allocations(sale.group_id, sale.redemption_id),
            redeemed=sale.points_redeemed,
            already_restored=known.restored,
            points_owed=stands.owed + newly_owed,
            now_ms=head.recorded_ms,
            fresh_expires_ms=head.recorded_ms + RESTORED_POINTS_DAYS * DAY_MS,
            at_risk=await self._at_risk(sale),
        )

    async def _at_risk(self, sale: SaleRow) -> int:
        """Points of the sale that the group paid in a member's place."""
        if sale.redemption_id is None:
            return 0
        return at_risk(await self._store.list_postings(sale.group_id, sale.redemption_id))

    async def _group_restoration(
        self, head: EntryHead, sale: SaleRow, restored: int, returns_before: int
    ) -> Transaction | None:
        """Of a ticket of nobody the group alone can have paid with points."""
        if not restored:
            return None
        known = await self._store.find_sale_points(sale.group_id, sale.sale_id, "")
        if known.returns != returns_before:
            raise GuardFailed(guard=f"That the sale {sale.sale_id} had no other return in between")
        return restoration(
            head.named(f"{head.cause_id}/restoration"),
            member_id=None,
            points=restored,
            taken=(),
            redeemed=sale.points_redeemed,
            already_restored=known.restored,
            points_owed=0,
            now_ms=head.recorded_ms,
            fresh_expires_ms=None,
            at_risk=await self._at_risk(sale),
        )


def _guard_of(taken: Transaction | None, known: SalePoints) -> int | None:
    """What had expired when it was decided what is owed; where nothing is, the lots are guard enough."""
    return known.expired if points_owed_by(taken) else None


def _less(lot: Lot, beside: Beside) -> Lot:
    """The lot as it will be after what is taken beside."""
    return replace(lot, remaining=lot.remaining - beside.taken.get(lot.lot_id, 0))
