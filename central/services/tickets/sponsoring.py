"""Sponsors (C-10): who brought a member gets points with the sale that a rule rewards, in its transaction.

The points of the sponsored member are points of the sale like any. Those of the sponsor are one transaction
more, on the sponsor's account. The sponsor is the one of the moment that decides, as facts are. That a
member's sponsor is rewarded once is a limit of the rule, guarded at the commit (`rules.rule`); how many
rewards a sponsor gets in a month is one of the group, guarded as those are.
"""

from dataclasses import dataclass, replace
from typing import Final

from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.member_keys import MemberKeys
from central.services.tickets.terms import SPONSOR_MONTH_FULL, Remark, Terms
from central.services.tickets.undoing import Beside, Undoing
from central.storage.interface.claims import CounterUse, SponsorPoints
from central.storage.interface.facts import FactsAsked
from central.storage.interface.rows import MemberRow, SaleRow
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.lots import expires_ms
from loyalty.ledger.sponsorship import rewarded, sponsorship, sponsorship_id
from loyalty.pricing.quote import Counts, Quote
from loyalty.programme.party import funder_in
from loyalty.programme.programme import Programme
from loyalty.programme.traits import TraitKind
from loyalty.rules.effects import PointsSponsor

REWARDS: Final = "sponsor_rewards"
"""What the month's count of a sponsor stands under where rules have their id."""


@dataclass(frozen=True, slots=True)
class Rewarded:
    """What a sale gives the sponsor of its member, the terms as they then are, and what it counts on."""

    terms: Terms
    points: SponsorPoints | None = None
    uses: tuple[CounterUse, ...] = ()


class Sponsoring:
    """Decides a sponsor's points on what stands now; the ledger's guards catch what comes in between."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._undoing = Undoing(context)
        self._keys = MemberKeys(context)

    async def reward(self, head: EntryHead, member: MemberRow, terms: Terms, group: Group) -> Rewarded:
        """The sponsor's points of a sale; none for a sponsor who is gone or had all rewards of the month."""
        promised = _promised(terms.quote)
        points = sum(promised.values())
        if not points:
            return Rewarded(terms)
        unrewarded = replace(terms, quote=_without(terms.quote, promised))
        sponsor = await self._sponsor_of(member, terms.at_ms)
        if sponsor is None:
            return Rewarded(unrewarded)
        use = _use_of_month(head, sponsor, terms, group)
        usage = await self._store.find_usage(member.group_id, [(use.claim_key, use.owner)], [])
        if usage.counters[use.claim_key, use.owner] >= group.settings.sponsor_rewards_per_month:
            remark = Remark(code=SPONSOR_MONTH_FULL, amount=points)
            told = replace(unrewarded, remarks=(*unrewarded.remarks, remark))
            return Rewarded(told, SponsorPoints(sponsor.member_id, points, None, refused="month_limit"))
        known = await self._store.find_points(member.group_id, sponsor.member_id)
        transaction = sponsorship(
            head,
            sponsor_id=sponsor.member_id,
            points=points,
            points_owed=known.owed,
            expires_ms=expires_ms(
                terms.programme.expiry, local_day(head.occurred_ms, terms.zone), terms.zone
            ),
            funder=funder_in(terms.programme.funder, terms.shop.shop_id),
            pending=group.settings.ledger.pending,
        )
        return Rewarded(terms, SponsorPoints(sponsor.member_id, points, transaction), (use,))

    async def take_back(
        self, head: EntryHead, sale: SaleRow, programme: Programme, beside: Beside
    ) -> SponsorPoints | None:
        """What a return that brings the rest of a ticket back takes from the sponsor; None: nothing given.

        `beside`: what it takes from the buyer.
        """
        given = rewarded(await self._store.list_postings(sale.group_id, sponsorship_id(sale.sale_id)))
        if given is None:
            return None
        told, points = given
        sponsor = await self._keys.living(sale.group_id, told)
        sponsor_id = told if sponsor is None else sponsor.member_id
        return await self._undoing.take_from_sponsor(
            head, sale, programme, sponsor_id=sponsor_id, points=points, beside=beside
        )

    async def _sponsor_of(self, member: MemberRow, at_ms: int) -> MemberRow | None:
        """Who brought the member, as of a moment; None also when that one was erased since."""
        asked = FactsAsked(at_ms=at_ms, traits=True)
        found = await self._store.read_facts(member.group_id, member.member_id, asked)
        for trait in found.traits:
            if trait.kind == TraitKind.SPONSOR:
                row = await self._keys.living(member.group_id, trait.value)
                return None if row is None or row.member_id == member.member_id else row
        return None


def _use_of_month(head: EntryHead, sponsor: MemberRow, terms: Terms, group: Group) -> CounterUse:
    """One of the sponsor's rewards of the month in which the ticket was made, where it was made."""
    month = local_day(head.occurred_ms, terms.zone).isoformat()[:7]
    return CounterUse(
        f"{REWARDS}/{month}",
        f"member/{sponsor.member_id}",
        REWARDS,
        1,
        group.settings.sponsor_rewards_per_month,
    )


def _promised(quote: Quote) -> dict[str, int]:
    """Points for the sponsor by the rule that promised them."""
    found: dict[str, int] = {}
    for promise in quote.promises:
        if isinstance(promise.effect, PointsSponsor):
            found[promise.rule_id] = found.get(promise.rule_id, 0) + promise.effect.sponsor_points
    return found


def _without(quote: Quote, promised: dict[str, int]) -> Quote:
    """The quote with budgets less by what a sponsor who is gone does not get."""
    claims = tuple(
        replace(claim, amount=claim.amount - promised.get(claim.rule_id, 0))
        if claim.counts is Counts.POINTS
        else claim
        for claim in quote.claims
    )
    return replace(quote, claims=claims)
