"""A ticket that was paid with points in a cut: whether its card proves it, and who pays (docs/offline.md).

The customer has the goods, so the ticket is booked whatever the card turns out to be. What it does not prove
is the group's risk, and the member keeps what was set aside.
"""

from dataclasses import dataclass, replace
from typing import Final

from central.services.cards.chip_messages import ChipMessages, GenuineTap
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.lots import lot_of
from central.services.members.holder import CardKey, Holder
from central.services.members.identify import IdentifyService
from central.services.tickets.leases.granting import LeaseUnknown
from central.services.tickets.redeeming import Burned
from central.storage.interface.leases import LeaseDraw, LeaseRow
from central.storage.interface.lookups import SaleFacts
from central.storage.interface.value import HoldRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.assets import POINTS
from loyalty.ledger.chart import member_points
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.holds import posted_lots
from loyalty.ledger.leases import at_risk, leased_redemption
from loyalty.limits.cards import TAP_VALID_S
from loyalty.limits.tickets import OCCURRED_AHEAD_MAX_S
from loyalty.programme.card import CardState
from loyalty.programme.identification import Act, in_cut, permits, strength_of
from wire import api_sales

_LEASE_OVER: Final = "lease_over"
_CARD_OF_ANOTHER: Final = "lease_of_another_card"
_MESSAGE_OLD: Final = "card_message_replayed"
_TOO_WEAK: Final = "strength_too_low"
_CARD_STOPPED: Final = "card_stopped"
_NO_CARD: Final = "card_missing"


class LeaseNotAlone(LoyaltyError):
    """A ticket is paid in a cut or with central, not both."""

    code = "lease_not_alone"
    text = (
        "Points of a lease come with neither a reservation nor redeem_points nor tenders. Send what was"
        " agreed with central as a ticket without a lease."
    )


class LeaseExceeded(LoyaltyError):
    """More than the lease has left."""

    code = "lease_exceeded"
    trouble = Trouble.CONFLICT
    text = (
        "Of the lease {lease_id} {left} points are not settled yet, not {points}. A terminal burns no more"
        " than its lease: check whether it was restored from an old copy."
    )


@dataclass(frozen=True, slots=True)
class OfflineCard:
    """The card of such a ticket: who earns (None: nobody), the chip's message, why it proves nothing."""

    holder: Holder | None
    tap: GenuineTap | None
    reason: str = ""


class LeaseSettling:
    """Judges cards of tickets from a cut, and settles what they burned."""

    def __init__(self, context: Context, identify: IdentifyService, messages: ChipMessages) -> None:
        self._store = context.store
        self._identify = identify
        self._messages = messages

    async def find_holder(
        self, actor: Actor, group: Group, body: api_sales.SaleBody, key: CardKey | None, found: SaleFacts
    ) -> OfflineCard:
        """Who earns on a ticket from a cut, by the card as it stood then; nobody by a card that is refused.

        Raises: LeaseNotAlone.
        """
        assert body.lease is not None, "only tickets with a lease come here"
        if body.reservation_id is not None or body.redeem_points is not None or body.tenders is not None:
            raise LeaseNotAlone
        if body.holder is None:
            return OfflineCard(None, None, _NO_CARD)
        try:
            key = key or await self._identify.find_key(actor, body.holder)
            card = found.card
            if card is not None and card.state != CardState.ACTIVE:
                state = await self._store.find_card_state_at(
                    actor.group_id, card.card_number, body.lease.drawn_ms
                )
                card = replace(card, state=state or CardState.ACTIVE)
            holder = self._identify.judge_late(
                group, body.holder, card, found.member, at_ms=body.lease.drawn_ms
            )
        except LoyaltyError as error:
            if error.trouble is Trouble.UNAVAILABLE:
                raise
            return OfflineCard(None, None, error.code)
        return OfflineCard(holder, key.tap)

    async def settle(
        self, actor: Actor, group: Group, body: api_sales.SaleBody, card: OfflineCard, head: EntryHead
    ) -> Burned:
        """What is booked for the points of a lease, decided on what stands now.

        Raises: LeaseUnknown: no such lease of this terminal. LeaseExceeded.
        """
        burn = body.lease
        assert burn is not None, "only tickets with a lease come here"
        row = await self._store.find_lease(actor.group_id, burn.lease_id)
        if row is None or row.terminal_id != actor.terminal_id:
            raise LeaseUnknown(lease_id=burn.lease_id)
        if burn.points > row.left:
            raise LeaseExceeded(lease_id=row.lease_id, left=row.left, points=burn.points)
        reason = card.reason or await self._doubt(actor, group, body, card, row)
        hold = await self._store.find_hold(actor.group_id, row.hold_id) if row.state == "live" else None
        lots = [] if hold else await self._store.list_open_lots(
            actor.group_id, member_points(row.member_id), str(POINTS)
        )  # fmt: skip
        transaction = leased_redemption(
            head,
            member_id=row.member_id,
            points=burn.points,
            kept=() if hold is None else posted_lots(hold.lots, burn.points),
            lots=[lot_of(lot) for lot in lots],
            now_ms=head.recorded_ms,
            is_proven=not reason,
        )
        risked = at_risk(transaction.postings)
        drawn = LeaseDraw(
            lease_id=row.lease_id,
            terminal_id=row.terminal_id,
            points=burn.points,
            hold_id=None if hold is None else row.hold_id,
            from_hold=_from_hold(hold, burn.points, is_proven=not reason),
            at_risk=risked,
            reason=reason or (f"lease_{row.state}" if risked else ""),
            tap_uid=card.tap.uid if card.tap else None,
            tap_counter=card.tap.counter if card.tap else None,
            drawn_ms=burn.drawn_ms,
        )
        return Burned(burn.points, transaction, lease=drawn)

    async def _doubt(
        self, actor: Actor, group: Group, body: api_sales.SaleBody, card: OfflineCard, row: LeaseRow
    ) -> str:
        """Why it was not the member's card, in time and as strong as the programme asks; empty: it was."""
        assert body.lease is not None, "only tickets with a lease come here"
        assert body.holder is not None, "without a card the reason is known"
        if card.holder is None or card.holder.member.member_id != row.member_id:
            return _CARD_OF_ANOTHER
        if card.holder.shown.state != CardState.ACTIVE:
            return _CARD_STOPPED
        ahead_ms = OCCURRED_AHEAD_MAX_S * 1000
        if not row.granted_ms - ahead_ms <= body.lease.drawn_ms < row.expires_ms:
            return _LEASE_OVER
        if body.holder.medium != row.medium:
            return _TOO_WEAK
        if card.tap is not None and not await self._is_new(actor, body.lease.drawn_ms, card.tap, row):
            return _MESSAGE_OLD
        strength = strength_of(body.holder.medium, is_verified=card.tap is not None)
        table, points = group.programme.strength_table, body.lease.points
        return "" if permits(table, in_cut(strength), Act.REDEEM, points) else _TOO_WEAK

    async def _is_new(self, actor: Actor, drawn_ms: int, tap: GenuineTap, row: LeaseRow) -> bool:
        """Whether the chip's message is newer than the tap of the grant, or that very tap a moment later, and
        nobody else used it. Taps elsewhere in the meantime may be newer still.
        """
        if row.tap_counter is None or tap.counter < row.tap_counter:
            return False
        if tap.counter == row.tap_counter and drawn_ms - row.granted_ms > TAP_VALID_S * 1000:
            return False
        if await self._store.is_tap_drawn(actor.group_id, tap.uid, tap.counter, row.terminal_id):
            return False
        return await self._messages.is_unused_elsewhere(actor, tap)


def _from_hold(hold: HoldRow | None, points: int, *, is_proven: bool) -> int:
    return points if hold is not None and is_proven else 0
