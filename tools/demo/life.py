"""What makes the demo group live: services and events of shops, associations with members, words for offers.

Days are counted from the day the group is made, so that nothing is over on the day it is shown.
"""

import random
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from central.services.bundle import Services
from central.services.core.access import Actor
from tools.demo.catalogue import DemoShop
from tools.demo.people import DemoMember
from wire.api_parties import PartyBody
from wire.api_settlement import AssociationChoiceBody
from wire.api_shop_pages import ShopEventBody, ShopEventsBody, ShopServiceBody, ShopServicesBody

Texts = dict[str, str]


def said(fr: str, de: str, it: str, en: str, zh: str) -> Texts:
    """A text in the languages of the kiosk."""
    return {"fr": fr, "de": de, "it": it, "en": en, "zh": zh}


TIERS: Final = {
    "count": "spent",
    "period": "calendar",
    "months": 12,
    "steps": [{"tier": "Argent", "at": 30_000}, {"tier": "Or", "at": 80_000}],
}
TIER_NAMES: Final = {
    "Argent": said("Argent", "Silber", "Argento", "Silver", "银级"),
    "Or": said("Or", "Gold", "Oro", "Gold", "金级"),
}
IDENTIFICATION: Final = {
    "redeem": {"nfc_uid": 3_000, "chip_challenge": None},
    "donate": {"nfc_uid": 100, "card_and_pin": None},
}
"""No card of the demo answers a challenge, so that a tap pays here: a real group leaves that as it is. Above
100 points a gift takes the PIN, which is to be tried."""


def offers(now_ms: int) -> list[dict[str, Any]]:
    """A voucher for a large ticket, and a tenth off sun care for the highest tier, for half a year."""
    until = (datetime.fromtimestamp(now_ms / 1000, UTC) + timedelta(days=180)).date().isoformat()
    known = {"fact": "member.is_known"}
    return [
        {
            "id": "large-ticket",
            "version": 1,
            "kind": "promotion",
            "when": {"and": [known, {"ge": [{"fact": "basket.total_minor"}, 8_000]}]},
            "effects": [
                {
                    "effect": "next_purchase_voucher",
                    "voucher": "thanks5",
                    "worth_minor": 500,
                    "valid_days": 90,
                }
            ],
        },
        {
            "id": "gold-hundred",
            "version": 1,
            "kind": "promotion",
            "when": {
                "and": [
                    {"eq": [{"fact": "member.tier"}, "Or"]},
                    {"ge": [{"fact": "basket.total_minor"}, 10_000]},
                ]
            },
            "period": {"from": "2020-01-01", "to": until},
            "effects": [{"effect": "percent_off", "rate_bp": 500, "rounding": "floor"}],
        },
    ]


NAMES: Final = {
    "large-ticket": said(
        "Bon de CHF 5.00 dès CHF 80.00 d’achats",
        "Gutschein CHF 5.00 ab CHF 80.00 Einkauf",
        "Buono da CHF 5.00 da CHF 80.00 di acquisti",
        "Voucher of CHF 5.00 from CHF 80.00 on",
        "满 CHF 80.00 送 CHF 5.00 代金券",
    ),
    "gold-hundred": said(
        "5 % dès CHF 100.00 d’achats",
        "5 % ab CHF 100.00 Einkauf",
        "5 % da CHF 100.00 di acquisti",
        "5% off from CHF 100.00 on",
        "满 CHF 100.00 享 95 折",
    ),
}
_SERVICES: Final = (
    (
        said(
            "Tension artérielle", "Blutdruck messen", "Misura della pressione", "Blood pressure", "血压测量"
        ),
        said("sans rendez-vous", "ohne Termin", "senza appuntamento", "no appointment", "无需预约"),
    ),
    (
        said(
            "Vaccin contre la grippe",
            "Grippeimpfung",
            "Vaccino antinfluenzale",
            "Flu vaccination",
            "流感疫苗",
        ),
        said(
            "du lundi au vendredi",
            "Montag bis Freitag",
            "da lunedì a venerdì",
            "Monday to Friday",
            "周一至周五",
        ),
    ),
    (
        said(
            "Location de béquilles", "Krücken mieten", "Noleggio stampelle", "Crutches for rent", "拐杖租赁"
        ),
        said("caution demandée", "gegen Kaution", "su cauzione", "with a deposit", "需付押金"),
    ),
)
_EVENTS: Final = (
    (said("Journée du cœur", "Herztag", "Giornata del cuore", "Heart day", "心脏健康日"), 9, "10:00-17:00"),
    (
        said("Conseil peau", "Hautberatung", "Consulenza pelle", "Skin advice", "皮肤护理咨询"),
        23,
        "14:00-18:00",
    ),
)
_ASSOCIATIONS: Final = (
    ("choir", "Chœur du Léman", "Nyon"),
    ("swimming", "Club de natation de la Côte", "Rolle"),
    ("parents", "Association des parents d’élèves", "Morges"),
)
_IN_ASSOCIATIONS: Final = 120
"""So many members belong to one; those whose cards are on the desk are among them."""


async def give_life(services: Services, actor: Actor, shops: list[DemoShop], now_ms: int) -> None:
    """Services and events of each shop; associations that members may belong to and give to."""
    today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
    for at, shop in enumerate(shops):
        own = [_SERVICES[(at + step) % len(_SERVICES)] for step in range(2)]
        await services.visits.shop_pages.put_services(
            actor,
            shop.shop_id,
            ShopServicesBody(services=[ShopServiceBody(names=names, notes=notes) for names, notes in own]),
        )
        names, away, hours = _EVENTS[at % len(_EVENTS)]
        day = today + timedelta(days=away + at)
        event = ShopEventBody(names=names, from_day=day.isoformat(), hours=hours)
        await services.visits.shop_pages.put_events(actor, shop.shop_id, ShopEventsBody(events=[event]))
    for party_id, name, city in _ASSOCIATIONS:
        await services.parties.put(actor, "association", party_id, PartyBody(name=name, city=city))


async def join_associations(
    services: Services, actor: Actor, members: list[DemoMember], rng: random.Random
) -> None:
    """Some members belong to an association."""
    for member in members[:_IN_ASSOCIATIONS]:
        party_id = rng.choice(_ASSOCIATIONS)[0]
        await services.clearing.associations.join(
            actor, member.member_id, AssociationChoiceBody(association_id=party_id)
        )
