"""The demo group's shops and members: made from lists, always the same for the same seed, nobody real."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tools.demo.catalogue import in_store_code

CARD_PREFIX = "29"
MEMBERS = 500


@dataclass(frozen=True, slots=True)
class DemoShop:
    """A shop of the demo, somewhere around the lake; coordinates in 1e-7 degrees."""

    shop_id: str
    name: str
    city: str
    postcode: str
    street: str
    opening_hours: str
    latitude_e7: int
    longitude_e7: int


@dataclass(frozen=True, slots=True)
class DemoMember:
    """A member of the demo with a card; `uid` empty where the card is a barcode only."""

    member_id: str
    card_number: str
    uid: str
    salutation: str
    given_name: str
    family_name: str
    language: str
    birth_date: str
    home_shop_id: str
    visits: int


_WEEK = "Mo-Fr 08:00-18:30; Sa 08:00-17:00"
_LONG = "Mo-Fr 07:30-20:00; Sa 08:00-18:00; Su 10:00-18:00"
_NOON = "Mo-Fr 08:00-12:15,13:30-18:30; Sa 08:30-16:00"
SHOPS = (
    DemoShop("nyon-gare", "Nyon Gare", "Nyon", "1260", "Place de la Gare 3", _LONG, 463836000, 62355000),
    DemoShop("nyon-centre", "Nyon Centre", "Nyon", "1260", "Rue de la Gare 28", _WEEK, 463826000, 62390000),
    DemoShop("rolle", "Rolle", "Rolle", "1180", "Grand-Rue 41", _NOON, 464585000, 63365000),
    DemoShop("gland", "Gland", "Gland", "1196", "Avenue du Mont-Blanc 12", _WEEK, 464206000, 62700000),
    DemoShop("morges", "Morges", "Morges", "1110", "Grand-Rue 62", _WEEK, 465086000, 64985000),
    DemoShop(
        "lausanne-flon", "Lausanne Flon", "Lausanne", "1003", "Voie du Chariot 5", _LONG, 465211000, 66280000
    ),
    DemoShop(
        "lausanne-ouchy",
        "Lausanne Ouchy",
        "Lausanne",
        "1006",
        "Avenue d’Ouchy 58",
        _WEEK,
        465075000,
        66270000,
    ),
    DemoShop("renens", "Renens", "Renens", "1020", "Rue de Lausanne 19", _WEEK, 465352000, 65883000),
    DemoShop("pully", "Pully", "Pully", "1009", "Rue de la Poste 6", _NOON, 465102000, 66618000),
    DemoShop("lutry", "Lutry", "Lutry", "1095", "Grand-Rue 17", _NOON, 465023000, 66860000),
    DemoShop("vevey", "Vevey", "Vevey", "1800", "Rue du Simplon 30", _WEEK, 464628000, 68433000),
    DemoShop("montreux", "Montreux", "Montreux", "1820", "Grand-Rue 73", _LONG, 464330000, 69115000),
    DemoShop("aigle", "Aigle", "Aigle", "1860", "Rue du Centre 9", _NOON, 463181000, 69647000),
    DemoShop("versoix", "Versoix", "Versoix", "1290", "Route de Suisse 54", _WEEK, 462836000, 61622000),
    DemoShop(
        "geneve-cornavin",
        "Genève Cornavin",
        "Genève",
        "1201",
        "Rue du Mont-Blanc 26",
        _LONG,
        462096000,
        61425000,
    ),
)

_WOMEN = ("Anna", "Chloé", "Clara", "Élodie", "Emma", "Giulia", "Hélène", "Jeanne", "Laura", "Léa", "Lucie", "Mei",
          "Marie", "Nadia", "Nora", "Paola", "Sara", "Sofia", "Ursula", "Zoé")  # fmt: skip
_MEN = ("Adrien", "Alain", "Bruno", "Daniel", "David", "Éric", "Fabio", "Jean", "Julien", "Karim", "Léo", "Luca",
        "Marc", "Mathieu", "Olivier", "Paul", "Pierre", "Samuel", "Stefan", "Wei")  # fmt: skip
_FAMILIES = ("Aubert", "Bachmann", "Berger", "Bernasconi", "Blanc", "Bonvin", "Bovet", "Chen", "Chevalley", "Cuendet",
             "Dubois", "Favre", "Fischer", "Gerber", "Girard", "Huber", "Jaquet", "Keller", "Kunz", "Li", "Martin",
             "Meier", "Monnier", "Moser", "Müller", "Pittet", "Rey", "Rochat", "Rossi", "Roth", "Schmid", "Weber",
             "Widmer", "Zbinden", "Zhang")  # fmt: skip
_LANGUAGES = ("fr",) * 14 + ("de",) * 2 + ("it", "en", "en", "zh")


def demo_members(rng: random.Random) -> Iterator[DemoMember]:
    """`MEMBERS` members; every tenth carries a barcode card without a chip."""
    for number in range(1, MEMBERS + 1):
        is_woman = rng.random() < 0.58
        yield DemoMember(
            member_id=f"m-{number:05d}",
            card_number=in_store_code(CARD_PREFIX, number),
            uid="" if number % 10 == 0 else f"04{rng.getrandbits(48):012X}",
            salutation="ms" if is_woman else "mr",
            given_name=rng.choice(_WOMEN if is_woman else _MEN),
            family_name=rng.choice(_FAMILIES),
            language=rng.choice(_LANGUAGES),
            birth_date=(date(1938, 1, 1) + timedelta(days=rng.randrange(70 * 365))).isoformat(),
            home_shop_id=rng.choice(SHOPS).shop_id,
            visits=min(30, int(rng.expovariate(1 / 5))),
        )
