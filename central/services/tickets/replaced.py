"""A reservation that takes the place of another: what the other keeps counts as free where it is decided.

A till tells a ticket in parts, and each part means another reservation (ADR 20). The new one is made and the
old one let go in one step of the store; until then the decision looks past what the old one keeps. Whoever
asks names all that may stand: an answer may have been lost, and a request may come after a later one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from central.storage.base import Store
from central.storage.interface.claims import Usage, UseRow
from central.storage.interface.value import HoldRow
from central.storage.interface.vouchers import VoucherStands
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.holds import HoldState
from loyalty.ledger.lots import Lot
from loyalty.values import quick


@quick
@dataclass(frozen=True, slots=True)
class Replaced:
    """What the others still keep; nothing where there are none, or where they have ended."""

    holds: tuple[HoldRow, ...] = ()
    uses: tuple[UseRow, ...] = ()

    def usage(self, usage: Usage) -> Usage:
        """Limits and budgets without what it keeps of them."""
        counters, budgets = dict(usage.counters), dict(usage.budgets)
        for use in self.uses:
            place = (use.claim_key, use.owner)
            if place in counters:
                counters[place] -= use.amount - use.freed
        for hold in self.holds:
            _, kind, name = (*hold.hold_id.split("/", 2), "", "")[:3]
            if kind == "budget" and name in budgets:
                budgets[name] = replace(budgets[name], held=budgets[name].held - hold.amount)
        return Usage(counters, budgets)

    def lots(self, lots: Iterable[Lot]) -> list[Lot]:
        """Lots without what it holds of them."""
        held: dict[str, int] = {}
        for hold in self.holds:
            for change in hold.lots:
                held[change.lot_id] = held.get(change.lot_id, 0) + change.amount
        return [replace(lot, held=lot.held - held.get(lot.lot_id, 0)) for lot in lots]

    def voucher(self, stands: VoucherStands) -> VoucherStands:
        """A voucher without its promise to the other reservation."""
        is_held = any(hold.hold_id.endswith(f"/voucher/{stands.row.voucher_id}") for hold in self.holds)
        return replace(stands, held=stands.held - 1) if is_held else stands


NOTHING_REPLACED: Final = Replaced()


class ReservationNotFound(LoyaltyError):
    """No such reservation in this group."""

    code = "reservation_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no reservation {reservation_id}. Reserve first, or send the sale without it."


class ReservationUsed(LoyaltyError):
    """The reservation belongs to another sale."""

    code = "reservation_used"
    trouble = Trouble.CONFLICT
    text = "The reservation {reservation_id} was used by another sale. Reserve again."


class ReservationReplaced(LoyaltyError):
    """Another reservation, which the request does not know of, stands for the ticket by now."""

    code = "reservation_replaced"
    trouble = Trouble.CONFLICT
    text = "Another reservation took the place of {reservation_id} meanwhile. Name that one too."


async def find_replaced(
    store: Store, group_id: str, named: Sequence[str], *, now_ms: int
) -> tuple[Replaced, tuple[str, ...]]:
    """What the reservations keep that stand of those named, and which these are; unknown ones stand nowhere.

    Raises: ReservationUsed; ReservationReplaced: one stands that is not named, and is younger than that.
    """
    holds: list[HoldRow] = []
    uses: list[UseRow] = []
    standing: dict[str, None] = {}
    for reservation_id in named:
        last = await store.find_standing_reservation(group_id, reservation_id)
        if last not in named:
            raise ReservationReplaced(reservation_id=reservation_id)
        standing[last] = None
    stand = []
    for reservation_id in standing:
        row = await store.find_reservation(group_id, reservation_id)
        if row is None:
            continue
        if row.sale_id is not None:
            raise ReservationUsed(reservation_id=reservation_id)
        stand.append(reservation_id)
        if row.expires_ms <= now_ms:
            continue
        own = await store.find_hold(group_id, reservation_id)
        kept = [*await store.list_holds_of(group_id, reservation_id), *([own] if own is not None else ())]
        holds += [hold for hold in kept if hold.state == HoldState.PENDING]
        uses += [use for use in await store.list_uses(group_id, reservation_id) if use.is_held]
    if not stand:
        return NOTHING_REPLACED, ()
    return Replaced(tuple(holds), tuple(uses)), tuple(stand)
