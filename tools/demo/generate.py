"""Filling a store with the demo group, through central's services: nothing here writes a table."""

import asyncio
import json
import random
from collections.abc import Callable, Sequence
from typing import Any, Final

from central.services.bundle import Services
from central.services.core.access import Actor, operator_of
from central.services.core.group import GroupSettings
from tools.demo.catalogue import DemoArticle, demo_articles, demo_shops
from tools.demo.games import demo_games
from tools.demo.life import IDENTIFICATION, NAMES, TIER_NAMES, TIERS, give_life, join_associations, offers
from tools.demo.people import DemoMember, demo_members
from tools.demo.posters import demo_poster
from tools.demo.trying import tell_packs
from wire import api, api_catalogue, api_members, api_sales

GROUP_ID: Final = "leman"
CURRENCY: Final = "CHF"
COUNTRY: Final = "CH"
TIME_ZONE: Final = "Europe/Zurich"
HISTORY_DAYS: Final = 400
SALES_AT_ONCE: Final = 64
DAY_MS: Final = 24 * 3600 * 1000

PROGRAMME: Final[dict[str, Any]] = {
    "rules": [
        {
            "id": "one-point-per-franc",
            "version": 1,
            "kind": "campaign",
            "when": {"fact": "member.is_known"},
            "effects": [{"effect": "points_per_amount", "points": 1, "per_minor": 100, "rounding": "floor"}],
        }
    ],
    "expiry": {"policy": "end_of_year", "years": 1},
    "voucher_step": {"points": 300, "worth_minor": 300},
    "benefits_valid_in": "every_shop",
    "tiers": TIERS,
    "identification": IDENTIFICATION,
}
"""One point per whole franc, valid in every shop; points of a year live until the end of the next."""


def programme(now_ms: int) -> str:
    """The programme, with the offers of the day the group is made."""
    return json.dumps(PROGRAMME | {"rules": [*PROGRAMME["rules"], *offers(now_ms)]})


def founded_ms(now_ms: int) -> int:
    """When the demo group began: before its first ticket."""
    return now_ms - (HISTORY_DAYS + 1) * DAY_MS


OnProgress = Callable[[str, int, int | None], None]


def settings() -> GroupSettings:
    """The face of the demo group."""
    return GroupSettings(
        names={
            "fr": "Pharmacies du Léman",
            "de": "Léman-Apotheken",
            "it": "Farmacie del Lemano",
            "en": "Léman Pharmacies",
            "zh": "莱芒药房",
        },
        rule_names={
            "one-point-per-franc": {
                "fr": "1 point par franc entier",
                "de": "1 Punkt pro ganzen Franken",
                "it": "1 punto per franco intero",
                "en": "1 point per whole franc",
                "zh": "每满 1 瑞郎积 1 分",
            },
            **NAMES,
        },
        tier_names=TIER_NAMES,
        notices=(
            api_catalogue.NoticeView(
                title={
                    "fr": "Vaccin contre la grippe",
                    "de": "Grippeimpfung",
                    "it": "Vaccino antinfluenzale",
                    "en": "Flu vaccination",
                    "zh": "流感疫苗",
                },
                text={
                    "fr": "sans rendez-vous, dans nos 15 pharmacies",
                    "de": "ohne Termin, in allen 15 Apotheken",
                    "it": "senza appuntamento, in tutte le 15 farmacie",
                    "en": "no appointment, in all 15 pharmacies",
                    "zh": "无需预约，15 家药房均可接种",
                },
            ),
            api_catalogue.NoticeView(
                title={
                    "fr": "1 point par franc",
                    "de": "1 Punkt pro Franken",
                    "it": "1 punto per franco",
                    "en": "1 point per franc",
                    "zh": "每消费 1 瑞郎积 1 分",
                },
                text={
                    "fr": "valable dans toutes les pharmacies du groupe",
                    "de": "gültig in allen Apotheken der Gruppe",
                    "it": "valido in tutte le farmacie del gruppo",
                    "en": "valid in every pharmacy of the group",
                    "zh": "集团所有药房通用",
                },
            ),
        ),
    )


async def generate(
    founding: Services, services: Services, now_ms: int, on_progress: OnProgress, seed: int = 1
) -> list[DemoMember]:
    """Make the group, its shops, articles, members, cards and about 13 months of sales; safe to run again.

    `founding` are the services under the clock of the day the group began (`founded_ms`): prices and
    members are as old as the tickets that name them. `services` run under today's.
    """
    actor = operator_of(GROUP_ID)
    rng = random.Random(seed)
    await founding.groups.put_group(
        actor,
        name="Pharmacies du Léman",
        country=COUNTRY,
        currency=CURRENCY,
        programme=programme(now_ms),
        settings=settings(),
    )
    for shop in demo_shops():
        body = api_catalogue.ShopBody(
            name=shop.name,
            country=COUNTRY,
            time_zone=TIME_ZONE,
            street=shop.street,
            postcode=shop.postcode,
            city=shop.city,
            opening_hours=shop.opening_hours,
            latitude_e7=shop.latitude_e7,
            longitude_e7=shop.longitude_e7,
        )
        await founding.shops.put_shop(actor, shop.shop_id, body)
    articles = demo_articles()
    await founding.articles.put_articles(actor, [(each.article_id, _article_body(each)) for each in articles])
    for game_id, game in demo_games(now_ms).items():
        await services.games.pools.put(actor, game_id, game)
    await give_life(services, actor, demo_shops(), now_ms)
    poster = await asyncio.to_thread(demo_poster, now_ms)
    await services.visits.posters.put(actor, "sun", poster)
    await tell_packs(services, actor, shops=demo_shops(), articles=articles, now_ms=now_ms)
    members = list(demo_members(rng, [shop.shop_id for shop in demo_shops()]))
    await _enrol_all(founding, actor, members, on_progress)
    await join_associations(founding, actor, members, random.Random(seed))
    await _sell_all(
        services, actor, [_history(rng, member, articles, now_ms) for member in members], on_progress
    )
    return members


def _article_body(article: DemoArticle) -> api_catalogue.ArticleBody:
    return api_catalogue.ArticleBody(
        name=article.name,
        article_class=article.article_class.value,
        codes=[article.code],
        brand=article.brand,
        range=article.range,
        price_minor=article.price_minor,
        source="demo",
        atc=article.atc,
    )


async def _enrol_all(
    services: Services, actor: Actor, members: Sequence[DemoMember], on_progress: OnProgress
) -> None:
    async def enrol(member: DemoMember) -> None:
        await services.members.enrol(
            actor,
            api_members.MemberBody(
                member_id=member.member_id,
                family_name=member.family_name,
                given_name=member.given_name,
                salutation=member.salutation,
                language=member.language,
                email=f"{member.member_id}@example.org",
                phone=f"+4179000{int(member.member_id.removeprefix('m-')):04d}",
                birth_date=member.birth_date,
                home_shop_id=member.home_shop_id,
            ),
        )
        await services.cards.put_card(
            actor,
            api_members.CardBody(card_number=member.card_number, uid=member.uid, member_id=member.member_id),
        )

    for start in range(0, len(members), SALES_AT_ONCE):
        await asyncio.gather(*(enrol(member) for member in members[start : start + SALES_AT_ONCE]))
        on_progress("Members", min(start + SALES_AT_ONCE, len(members)), len(members))


def _history(
    rng: random.Random, member: DemoMember, articles: Sequence[DemoArticle], now_ms: int
) -> list[api_sales.SaleBody]:
    """A member's tickets in the order of time."""
    moments = sorted(now_ms - rng.randrange(DAY_MS, HISTORY_DAYS * DAY_MS) for _ in range(member.visits))
    return [
        api_sales.SaleBody(
            sale_id=f"demo-{member.member_id}-{index}",
            business_key=f"demo-{member.member_id}-{index}",
            occurred_ms=moment,
            sent_ms=now_ms,
            shop_id=member.home_shop_id,
            holder=api.EvidenceBody(medium="barcode", value=member.card_number),
            basket=api_sales.BasketBody(currency=CURRENCY, lines=_lines(rng, articles)),
        )
        for index, moment in enumerate(moments)
    ]


def _lines(rng: random.Random, articles: Sequence[DemoArticle]) -> list[api_sales.LineBody]:
    chosen = rng.sample(articles, k=rng.choice((1, 1, 2, 2, 3, 4)))
    lines = []
    for line_no, article in enumerate(chosen, start=1):
        quantity = rng.choice((1, 1, 1, 2))
        lines.append(
            api_sales.LineBody(
                line_no=line_no,
                code=article.code,
                quantity=quantity,
                amount_minor=quantity * article.price_minor,
                label=article.name,
            )
        )
    return lines


async def _sell_all(
    services: Services, actor: Actor, histories: Sequence[list[api_sales.SaleBody]], on_progress: OnProgress
) -> None:
    """Commit members in parallel, each member's tickets one after the other."""
    total = sum(len(history) for history in histories)
    done = 0
    queue = iter(histories)

    async def work() -> None:
        nonlocal done
        for history in queue:
            for sale in history:
                await services.sales.commit(actor, sale)
                done += 1
            on_progress("Tickets", done, total)

    await asyncio.gather(*(work() for _ in range(SALES_AT_ONCE)))
