"""What quotes claim of limits and budgets: what is used now, what a reservation keeps, what a sale takes.

What is taken is guarded by storage in the sale's own transaction. What is read here is only what a decision
is made on: whoever comes second finds a guard that no longer holds, and decides again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

import msgspec

from central.services.core.context import Context
from central.services.tickets.replaced import NOTHING_REPLACED, Replaced
from central.storage.interface.claims import BudgetUse, Claimed, CounterUse, Usage
from central.storage.interface.rows import ReservationRow
from central.storage.interface.value import HoldRow
from loyalty.ledger.assets import POINTS, Asset, money
from loyalty.ledger.budget import Budget, BudgetStands, spend
from loyalty.ledger.chart import campaign_budget
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.holds import Hold, HoldState
from loyalty.limits.ledger import HOLD_LIFETIME_S
from loyalty.pricing.basket import Basket
from loyalty.pricing.quote import Claim, Counts, Quote
from loyalty.programme.latitude import LATITUDE
from loyalty.programme.programme import Programme
from loyalty.rules.kinds import RuleKind
from loyalty.rules.rule import LimitPer
from loyalty.values import quick

NOTHING_USED: Mapping[str, int] = MappingProxyType({})


class UsageSource(Protocol):
    """Where a quote learns how much of limits and budgets is used."""

    async def of(self, basket: Basket, possible: Sequence[Claim]) -> Mapping[str, int]:
        """Usage by the key of a claim, for every claim that this quote can make."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved:
    """What a reservation agreed on and still keeps.

    `usage`: what was used when it was agreed. `holds`: of budgets, by rule. `vouchers`: holds by voucher.
    `uses`: limits it keeps. `is_live`: nothing of it has ended yet.
    """

    usage: Mapping[str, int]
    holds: Mapping[str, HoldRow]
    vouchers: Mapping[str, HoldRow]
    uses: int
    is_live: bool


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What a budget lacked for a benefit that the customer had been given already."""

    rule_id: str
    amount: int


@quick
@dataclass(frozen=True, slots=True)
class Taken:
    """What a sale takes, and where a late one found less than it had been promised."""

    claimed: Claimed
    shortfalls: tuple[Shortfall, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What a reservation keeps: holds of budgets, uses of limits."""

    holds: tuple[Hold, ...]
    uses: tuple[CounterUse, ...]


class Claims:
    """Decides on what is used now; the store's guards catch what comes in between."""

    def __init__(self, context: Context) -> None:
        self._store = context.store

    def now(self, group_id: str, member_id: str | None, replaced: Replaced = NOTHING_REPLACED) -> UsageSource:
        """Usage as it stands; without what the reservation keeps whose place is taken."""
        return _Now(self, group_id, member_id, replaced)

    def agreed(
        self, group_id: str, member_id: str | None, reserved: Reserved, programme: Programme
    ) -> UsageSource:
        """Usage for a sale under a reservation."""
        return _Agreed(self, group_id, member_id, reserved, programme)

    async def read(
        self,
        group_id: str,
        member_id: str | None,
        basket: Basket,
        claims: Sequence[Claim],
        replaced: Replaced = NOTHING_REPLACED,
    ) -> dict[str, int]:
        """What is used of these claims now, without what `replaced` keeps of them."""
        if not claims:
            return {}
        limits = [claim for claim in claims if claim.counts is Counts.TICKETS]
        budgets = [claim for claim in claims if claim.counts is not Counts.TICKETS]
        usage = await self._store.find_usage(
            group_id,
            [(claim.key, _owner(claim, basket, member_id)) for claim in limits],
            [(claim.rule_id, str(_asset(claim, basket.currency))) for claim in budgets],
        )
        if replaced is not NOTHING_REPLACED:
            usage = replaced.usage(usage)
        counted = {claim.key: usage.counters[claim.key, _owner(claim, basket, member_id)] for claim in limits}
        return counted | {claim.key: _budget_used(claim, usage) for claim in budgets}

    async def reserved(self, row: ReservationRow) -> Reserved:
        """What a reservation agreed on, and what it still keeps."""
        holds = await self._store.list_holds_of(row.group_id, row.reservation_id)
        uses = await self._store.list_uses(row.group_id, row.reservation_id)
        return Reserved(
            usage=msgspec.json.decode(row.usage or "{}", type=dict[str, int]),
            holds=_holds_by(f"{row.reservation_id}/budget/", holds),
            vouchers=_holds_by(f"{row.reservation_id}/voucher/", holds),
            uses=sum(use.is_held for use in uses),
            is_live=all(hold.state == HoldState.PENDING for hold in holds)
            and all(use.is_held for use in uses),
        )

    def keep(
        self, quote: Quote, basket: Basket, *, member_id: str | None, reservation_id: str, head: EntryHead
    ) -> Kept:
        """What a reservation of this quote keeps, beside points; `head` says who and when."""
        budgets = [_budget(claim, basket) for claim in _spending(quote)]
        holds = tuple(
            Hold(
                hold_id=f"{reservation_id}/budget/{budget.rule_id}",
                account=campaign_budget(budget.rule_id),
                asset=budget.asset,
                amount=budget.amount,
                lots=(),
                cause_id=reservation_id,
                made_ms=head.recorded_ms,
                expires_ms=head.recorded_ms + HOLD_LIFETIME_S * 1000,
                actor=head.actor,
                terminal_id=head.terminal_id,
            )
            for budget in budgets
        )
        return Kept(holds, tuple(_use(claim, basket, member_id) for claim in _counting(quote)))

    async def take(
        self,
        group_id: str,
        head: EntryHead,
        quote: Quote,
        basket: Basket,
        *,
        programme: Programme,
        member_id: str | None,
        reserved: Reserved | None,
    ) -> Taken:
        """What a sale takes: guarded without a reservation, under a live one never refused.

        A late sale, whose reservation has ended, keeps the price that was paid: its promotions are counted
        whatever the limit, and take what is left of their budgets.
        """
        promotions: set[str] = set()
        if reserved is not None:
            promotions = {rule.rule_id for rule in programme.rules if rule.kind is RuleKind.PROMOTION}
            promotions.add(LATITUDE)  # a part of the price, as they are
        uses = []
        for claim in _counting(quote):
            is_promised = reserved is not None and (reserved.is_live or claim.rule_id in promotions)
            use = _use(claim, basket, member_id)
            uses.append(replace(use, limit=None) if is_promised else use)
        spent: list[Budget] = []
        short: list[Shortfall] = []
        for claim in _spending(quote):
            wanted = _budget(claim, basket)
            given = wanted.amount
            if reserved is not None and (reserved.is_live or claim.rule_id in promotions):
                given = min(given, await self._available(group_id, wanted, reserved))
            if given < wanted.amount:
                short.append(Shortfall(claim.rule_id, wanted.amount - given))
            if given:
                spent.append(replace(wanted, amount=given))
        amounts = {budget.rule_id: budget.amount for budget in spent}
        keys = {claim.rule_id: claim.key for claim in _spending(quote)}
        transaction = spend(head.named(f"{head.cause_id}/budget"), spent)
        pending = (
            {}
            if reserved is None
            else {
                rule_id: hold for rule_id, hold in reserved.holds.items() if hold.state == HoldState.PENDING
            }
        )
        claimed = Claimed(
            uses=tuple(uses),
            budgets=tuple(
                BudgetUse(keys[each.rule_id], each.rule_id, each.asset, each.amount) for each in spent
            ),
            holds=tuple(
                (hold.hold_id, min(hold.amount, amounts.get(rule_id, 0))) for rule_id, hold in pending.items()
            ),
            reserved=0 if reserved is None else reserved.uses,
            transactions=() if transaction is None else (transaction,),
        )
        return Taken(claimed, tuple(short))

    async def _available(self, group_id: str, wanted: Budget, reserved: Reserved) -> int:
        """What a promised benefit may take: what is held for it, and where that ended what is left."""
        hold = reserved.holds.get(wanted.rule_id)
        kept = hold.amount if hold is not None and hold.state == HoldState.PENDING else 0
        if reserved.is_live:
            return kept
        usage = await self._store.find_usage(group_id, [], [(wanted.rule_id, str(wanted.asset))])
        return kept + _free(usage.budgets[wanted.rule_id])


@quick
@dataclass(frozen=True, slots=True)
class _Now:
    claims: Claims
    group_id: str
    member_id: str | None
    replaced: Replaced

    async def of(self, basket: Basket, possible: Sequence[Claim]) -> Mapping[str, int]:
        return await self.claims.read(self.group_id, self.member_id, basket, possible, self.replaced)


@dataclass(frozen=True, slots=True)
class _Agreed:
    """What was agreed comes out again: a rule sees what was used then, and one that is new sees nothing left.

    When the reservation has ended, campaigns see what is used now: points can still be given or not, while
    the price was paid.
    """

    claims: Claims
    group_id: str
    member_id: str | None
    reserved: Reserved
    programme: Programme

    async def of(self, basket: Basket, possible: Sequence[Claim]) -> Mapping[str, int]:
        agreed = {claim.key: self.reserved.usage.get(claim.key, claim.limit) for claim in possible}
        if self.reserved.is_live:
            return agreed
        campaigns = {rule.rule_id for rule in self.programme.rules if rule.kind is RuleKind.CAMPAIGN}
        open_now = [claim for claim in possible if claim.rule_id in campaigns]
        return agreed | await self.claims.read(self.group_id, self.member_id, basket, open_now)


def _holds_by(prefix: str, holds: Sequence[HoldRow]) -> dict[str, HoldRow]:
    return {hold.hold_id.removeprefix(prefix): hold for hold in holds if hold.hold_id.startswith(prefix)}


def _counting(quote: Quote) -> list[Claim]:
    """The claims on limits, each counter once, with the narrower limit."""
    found: dict[str, Claim] = {}
    for claim in quote.claims:
        if claim.counts is Counts.TICKETS:
            known = found.get(claim.key, claim)
            found[claim.key] = min(known, claim, key=lambda each: each.limit)
    return list(found.values())


def _spending(quote: Quote) -> list[Claim]:
    return [claim for claim in quote.claims if claim.counts is not Counts.TICKETS and claim.amount]


def _use(claim: Claim, basket: Basket, member_id: str | None) -> CounterUse:
    return CounterUse(claim.key, _owner(claim, basket, member_id), claim.rule_id, claim.amount, claim.limit)


def _owner(claim: Claim, basket: Basket, member_id: str | None) -> str:
    match claim.per:
        case LimitPer.MEMBER:
            return f"member/{member_id}"
        case LimitPer.SHOP:
            return f"shop/{basket.shop_id}"
        case LimitPer.GROUP:
            return ""


def _asset(claim: Claim, currency: str) -> Asset:
    return POINTS if claim.counts is Counts.POINTS else money(currency)


def _budget(claim: Claim, basket: Basket) -> Budget:
    return Budget(claim.rule_id, _asset(claim, basket.currency), claim.amount)


def _free(stands: BudgetStands) -> int:
    return stands.left - stands.held


def _budget_used(claim: Claim, usage: Usage) -> int:
    """So much that neither more than is left is given, nor more in all than this version allows."""
    stands = usage.budgets[claim.rule_id]
    return max(claim.limit - _free(stands), stands.spent)
