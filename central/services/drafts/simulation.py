"""A draft replayed over recorded tickets: the same quotes as at the till, nothing written but who asked.

Lines are found as a return finds them, through each member's own key; tickets of erased members are skipped.
Articles' brands and ranges are those of now, their legal classes and amounts those recorded.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.clock import monotonic_clock
from central.services.core.context import Context
from central.services.core.member_keys import MemberKeys
from central.services.drafts.drafts import DraftsService
from central.services.drafts.tally import Tally
from central.services.drafts.ticket_benefits import RecordedTicket
from central.services.group.groups import GroupsService, compile_programme
from central.services.members.facts import MemberFactsService, earns_in, sealed_in
from central.services.tickets.explanations import parse_reasons
from central.services.tickets.line_keys import LineKeys
from central.services.tickets.terms import recorded_basket
from central.storage.interface.rows import ArticleRow, MemberRow, ReadLogRow, SaleRow, ShopRow, StoredLine
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits import drafts as limits
from loyalty.programme.programme import Programme
from loyalty.rules.language import Value
from wire import api_value

Progress = Callable[[int, int], None]
"""Told how many tickets are done, and of how many."""


class PeriodInvalid(LoyaltyError):
    """A period that ends before it begins."""

    code = "period_invalid"
    text = "The period ends before it begins. Give a later end."


class SimulationTooLarge(LoyaltyError):
    """More tickets than one request may replay."""

    code = "simulation_too_large"
    text = (
        "The period has {tickets} tickets, the limit here is {tickets_max}. Choose a shorter one, or use"
        " `officine rules simulate`."
    )


class SimulationTooSmall(LoyaltyError):
    """So few members that a rule on one article would tell who bought it (DESIGN 11)."""

    code = "simulation_too_small"
    trouble = Trouble.FORBIDDEN
    text = (
        "The tickets of this period belong to fewer than {members_min} members: the figures would tell what"
        " somebody bought. Choose a longer period, or ask somebody who may read purchase lines (lines.read)."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What a simulation looks up again and again."""

    group_id: str
    members: dict[str, MemberRow | None]
    shops: dict[str, ShopRow]
    articles: dict[str, ArticleRow | None]
    to_ms: int


class SimulationService:
    """Simulates drafts."""

    def __init__(
        self, context: Context, groups: GroupsService, drafts: DraftsService, line_keys: LineKeys
    ) -> None:
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._zones = context.zones
        self._groups = groups
        self._drafts = drafts
        self._line_keys = line_keys
        self._facts = MemberFactsService(context)
        self._keys = MemberKeys(context)

    async def simulate(
        self,
        actor: Actor,
        draft_id: str,
        body: api_value.SimulationBody,
        *,
        on_progress: Progress = lambda _done, _total: None,
        tickets_max: int = limits.SIMULATION_API_TICKETS_MAX,
    ) -> api_value.SimulationView:
        """Replay a saved draft. Raises: DraftNotFound, PeriodInvalid, SimulationTooLarge."""
        access.require(actor, access.PROGRAMME_WRITE)
        row = await self._drafts.get_row(actor, draft_id)
        return await self.simulate_text(
            actor,
            row.programme,
            body,
            draft_id=draft_id,
            revision=row.revision,
            on_progress=on_progress,
            tickets_max=tickets_max,
        )

    async def simulate_text(
        self,
        actor: Actor,
        text: str,
        body: api_value.SimulationBody,
        *,
        draft_id: str,
        revision: int = 0,
        on_progress: Progress = lambda _done, _total: None,
        tickets_max: int = limits.SIMULATION_TICKETS_MAX,
    ) -> api_value.SimulationView:
        """Replay a programme that is not saved. Raises: the errors of its check; as `simulate`."""
        access.require(actor, access.PROGRAMME_WRITE)
        if body.from_ms >= body.to_ms:
            raise PeriodInvalid
        started_ms = monotonic_clock()
        group = await self._groups.get(actor.group_id)
        draft = await compile_programme(text, group.row.ruleset_version + 1)
        total = await self._store.count_sales(actor.group_id, body.from_ms, body.to_ms)
        if total > tickets_max:
            raise SimulationTooLarge(tickets=total, tickets_max=tickets_max)
        read = ReadLogRow(
            at_ms=self._clock(), member_id="*", actor=actor.token_id, purpose=f"simulation {draft_id}"
        )
        await self._store.log_read(actor.group_id, read)
        tally = await self._replay(actor.group_id, draft, group.programme, body, total, on_progress)
        if len(tally.members) < limits.SIMULATION_MEMBERS_MIN and not actor.may(access.LINES_READ):
            raise SimulationTooSmall(members_min=limits.SIMULATION_MEMBERS_MIN)
        drafted, today = tally.outcomes()
        return api_value.SimulationView(
            draft_id=draft_id,
            revision=revision,
            from_ms=body.from_ms,
            to_ms=body.to_ms,
            tickets=tally.tickets,
            lines=tally.lines,
            skipped=tally.skipped,
            members=len(tally.members),
            currency=group.row.currency,
            draft=drafted,
            today=today,
            changed_tickets=tally.changed,
            better=tally.better,
            worse=tally.worse,
            stacked_tickets=tally.rules.stacked,
            stacked=tally.rules.pairs(limits.SIMULATION_PAIRS_SHOWN_MAX),
            shops=tally.shops(limits.SIMULATION_SHOPS_SHOWN_MAX),
            rules=tally.rules.rules(limits.SIMULATION_RULES_SHOWN_MAX),
            findings=await self._drafts.findings(actor.group_id, draft),
            tiers=tally.tiers(),
            undecided_tickets=tally.rules.undecided,
            took_ms=monotonic_clock() - started_ms,
        )

    async def _replay(
        self,
        group_id: str,
        draft: Programme,
        today: Programme,
        body: api_value.SimulationBody,
        total: int,
        on_progress: Progress,
    ) -> Tally:
        tally = Tally(draft, today)
        run = _Run(
            group_id=group_id,
            members={},
            shops={shop.shop_id: shop for shop in await self._store.list_shops(group_id)},
            articles={},
            to_ms=body.to_ms,
        )
        after: tuple[int, str] | None = None
        while True:
            rows = await self._store.list_sales(
                group_id, body.from_ms, body.to_ms, after, limits.SIMULATION_PAGE_TICKETS
            )
            if not rows:
                return tally
            after = (rows[-1].occurred_ms, rows[-1].sale_id)
            tickets = await self._tickets(run, rows)
            tally.skipped += len(rows) - len(tickets)
            await asyncio.to_thread(_add_all, tally, tickets)  # pure work, off the loop that serves tills
            on_progress(tally.tickets + tally.skipped, total)

    async def _tickets(self, run: _Run, rows: Sequence[SaleRow]) -> list[RecordedTicket]:
        keys = {row.sale_id: await self._key(run, row) for row in rows}
        known = [key for key in keys.values() if key is not None]
        stored = await self._store.list_lines_of(run.group_id, known)
        reasons = await self._store.list_reasons_of(run.group_id, known)
        await self._learn_articles(run, stored.values())
        tickets = []
        for row in rows:
            key = keys[row.sale_id]
            lines = stored.get(key, ()) if key is not None else ()
            if key is None or not lines:
                continue
            told = reasons.get(key)
            sent = {why.line_no: why.given_minor for why in parse_reasons(told)} if told else {}
            shop = run.shops[row.shop_id]
            at_ms = row.occurred_ms if row.as_of_ms is None else row.as_of_ms
            basket = recorded_basket(
                shop,
                await self._zones.get(shop.time_zone),
                lines,
                articles=run.articles,
                sent_minor=sent,
                at_ms=at_ms,
                currency=row.currency,
            )
            member = None if row.key_of is None else run.members[row.key_of]
            tickets.append(
                RecordedTicket(
                    shop_id=row.shop_id,
                    member_id=row.member_id,
                    at_ms=at_ms,
                    basket=basket,
                    member_facts={
                        **_of_record(member),
                        **self._facts.open(member, sealed_in(row.facts)).values,
                    },
                    earns_minor=earns_in(row.facts),
                )
            )
        return tickets

    async def _key(self, run: _Run, row: SaleRow) -> bytes | None:
        member = None
        if row.key_of is not None:
            if row.key_of not in run.members:
                run.members[row.key_of] = await self._keys.find(run.group_id, row.key_of)
            member = run.members[row.key_of]
            if member is None:
                return None
        return self._line_keys.of_member(run.group_id, member, row.sale_id).line_key

    async def _learn_articles(self, run: _Run, tickets: Iterable[Sequence[StoredLine]]) -> None:
        unseen = {line.code for lines in tickets for line in lines if line.code not in run.articles}
        if unseen:
            found = await self._store.find_articles_by_code(run.group_id, sorted(unseen), run.to_ms)
            run.articles.update({code: found.get(code) for code in unseen})


def _of_record(member: MemberRow | None) -> dict[str, Value | None]:
    """What the member's own record says, whether or not a rule of the day read it: as of now."""
    if member is None:
        return {}
    return {"member.language": member.language, "member.home_shop": member.home_shop_id}


def _add_all(tally: Tally, tickets: Sequence[RecordedTicket]) -> None:
    for ticket in tickets:
        tally.add(ticket)
