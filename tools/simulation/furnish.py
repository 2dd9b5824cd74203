"""The disks that every seed begins with: a small group at central, an empty agent's store."""

import json
import random
from dataclasses import dataclass
from functools import cache

import msgspec

from central.services.bundle import Services
from central.services.core.access import LINES_READ, VALUE_APPROVE, Actor, operator_of
from central.services.core.group import GroupSettings
from central.services.core.ledger_settings import LedgerSettings
from central.services.core.stored_value_settings import ServiceSettings, StoredValueSettings
from central.services.core.tokens import IssuedToken
from central.settings import Secrets
from loyalty.programme.articles import ArticleClass
from terminal.database import Database
from tools.faults.model_disk import Image
from tools.simulation import catalogue as it
from tools.simulation import offers, prizes
from tools.simulation.asked import Asked
from tools.simulation.central import Central
from tools.simulation.disk import Disks, End
from tools.simulation.entropy import seeded
from tools.simulation.loop import SimLoop
from tools.simulation.machine import Machine, Surroundings
from tools.simulation.terminal import DATABASE
from tools.simulation.trace import Trace
from wire import api_catalogue, api_games, api_members, api_parties, api_sales, api_traits, api_value

OPENING_MINOR = 20_000
"""What each member has bought before the simulation begins."""


@dataclass(frozen=True, slots=True)
class Start:
    """Disks, keys, tokens by name, and the tickets that are in the books already."""

    central: Image
    terminal: Image
    secrets: Secrets
    tokens: dict[str, str]
    token_ids: dict[str, str]
    tickets: tuple[it.Ticket, ...]

    def asked(self) -> Asked:
        """What was asked of central before the seed begins."""
        asked = Asked()
        for ticket in self.tickets:
            asked.ticket(ticket, it.BEGAN_MS)
        for household, members in it.HOMES.items():
            asked.households[household] = [frozenset(members)]
        return asked


@cache
def furnished() -> Start:
    """Made once in a process, always the same. A place for disks of its own: none may be in use."""
    from tools.simulation.disk import disks

    rng = random.Random("furnish")
    loop = SimLoop(rng)
    with disks() as place, seeded(rng, loop, it.BEGAN_MS):
        try:
            around = Surroundings(loop, rng, place, Trace(loop), it.BEGAN_MS)
            return loop.run_until_complete(_furnish(around, place))
        finally:
            loop.close()


async def _furnish(around: Surroundings, _: Disks) -> Start:
    secrets = Secrets(master_key=around.rng.randbytes(32), quote_key=around.rng.randbytes(32))
    central = Central(around, {}, secrets)
    await central.start(central.boot())
    tokens, ids, tickets = await central.start(_seed(central))
    await central.start(central.stop())
    central.go_down(End.KILL)
    terminal = Machine("terminal", around, {})
    await terminal.start(_make_store(terminal))
    terminal.go_down(End.KILL)
    return Start(
        central=central.contents,
        terminal=terminal.contents,
        secrets=secrets,
        tokens=tokens,
        token_ids=ids,
        tickets=tickets,
    )


async def _make_store(terminal: Machine) -> None:
    async with Database(terminal.insert_disk() / DATABASE):
        pass


async def _seed(central: Central) -> tuple[dict[str, str], dict[str, str], tuple[it.Ticket, ...]]:
    services = central.services
    assert services is not None
    operator = operator_of(it.GROUP)
    await services.groups.put_group(
        operator,
        name="Pharmacies du Lac",
        country="CH",
        currency="CHF",
        programme=json.dumps(offers.PROGRAMME),
        settings=GroupSettings(
            sponsor_rewards_per_month=offers.REWARDS_PER_MONTH,
            ledger=LedgerSettings(merge_alone_points=it.MERGE_POINTS, merge_alone_minor=it.MERGE_MINOR),
            stored_value=StoredValueSettings(
                purse_max_minor=it.PURSE_MAX_MINOR,
                purse_top_up_per_day_minor=it.PURSE_PER_DAY_MINOR,
                services={it.SERVICE: ServiceSettings(name="Massage", price_minor=it.SERVICE_MINOR)},
            ),
        ),
    )
    red_cross = api_parties.PartyBody(name="Croix-Rouge")
    await services.parties.put(operator, "association", it.ASSOCIATION, red_cross)
    for shop_id in it.SHOPS:
        body = api_catalogue.ShopBody(name=shop_id, country="CH", time_zone=it.ZONE.key)
        await services.shops.put_shop(operator, shop_id, body)
    for article_id, code, kind, price_minor in it.ARTICLES:
        article = api_catalogue.ArticleBody(
            name=article_id, article_class=kind, codes=[code], price_minor=price_minor
        )
        await services.articles.put_article(operator, article_id, article)
    for person in it.EVERYBODY:
        await services.members.enrol(
            operator, api_members.MemberBody(member_id=person.member_id, family_name="Sim", language="de")
        )
    for person in (*it.EVERYBODY, it.LOST_CARD):
        card = api_members.CardBody(card_number=person.card, uid=person.uid, member_id=person.member_id)
        await services.cards.put_card(operator, card)
    for household, members in it.HOMES.items():
        await services.gifts.put_household(operator, household, api_value.HouseholdBody(member_ids=members))
    for member_id, sponsor_id in offers.SPONSORS.items():
        await services.traits.change(operator, member_id, api_traits.TraitsBody(sponsor_id=sponsor_id))
    await services.games.pools.put(operator, it.GAME, _game())
    issued = await _issue(services, operator)
    tickets = await _open_books(services, operator, central.clock())
    return (
        {name: each.token for name, each in issued.items()},
        {name: each.token_id for name, each in issued.items()},
        tickets,
    )


def _game() -> api_games.GameBody:
    return api_games.GameBody(
        kind="wheel",
        names={"fr": "La roue"},
        countries=["CH"],
        first_day="2026-03-01",
        last_day="2027-04-01",
        plays_per_day=it.PLAYS_PER_DAY,
        out_of=prizes.OUT_OF,
        prizes=[
            api_games.PrizeBody(
                prize_id=each.prize_id,
                kind="points" if each.points else "gift",
                names={"fr": each.prize_id},
                odds=each.odds,
                stock=each.stock,
                cost_minor=each.cost_minor,
                points=each.points,
                article_class=None if each.points else ArticleClass.COSMETIC,
            )
            for each in prizes.PRIZES
        ],
        fallback_id=prizes.FALLBACK.prize_id,
        budget_minor=prizes.BUDGET_MINOR,
    )


async def _issue(services: Services, operator: Actor) -> dict[str, IssuedToken]:
    """One token for each terminal, two for the office."""
    return {
        "t-1": await services.access.issue_token(
            operator, role="terminal", label="T1", shop_id=it.SHOPS[0], terminal_id="t-1"
        ),
        "t-2": await services.access.issue_token(
            operator, role="terminal", label="T2", shop_id=it.SHOPS[1], terminal_id="t-2"
        ),
        "office": await services.access.issue_token(
            operator, role="office", label="office", also=frozenset({LINES_READ})
        ),
        "second": await services.access.issue_token(
            operator, role="office", label="second", also=frozenset({VALUE_APPROVE})
        ),
    }


async def _open_books(services: Services, operator: Actor, now_ms: int) -> tuple[it.Ticket, ...]:
    """Each member has bought something."""
    tickets = []
    for number, person in enumerate(it.EVERYBODY, start=1):
        ticket = it.Ticket(
            shop_id=it.SHOPS[0],
            business_key=f"opening-{number}",
            sale_id=f"opening-{number}",
            lines=(it.Line(1, it.SUN_CREAM, 10, OPENING_MINOR),),
            member_id=person.member_id,
            card=person.card,
            occurred_ms=now_ms,
        )
        sale = {
            "sale_id": ticket.sale_id,
            "business_key": ticket.business_key,
            "occurred_ms": ticket.occurred_ms,
            "sent_ms": ticket.occurred_ms,
            "shop_id": ticket.shop_id,
            "holder": {"medium": "nfc_uid", "value": person.uid},
            "basket": {
                "currency": "CHF",
                "lines": [
                    {"line_no": 1, "code": it.SUN_CREAM, "quantity": 10, "amount_minor": OPENING_MINOR}
                ],
            },
        }
        await services.sales.commit(operator, msgspec.convert(sale, api_sales.SaleBody))
        tickets.append(ticket)
    return tuple(tickets)
