"""The demo group's members: made from lists of common names, the same for the same seed, nobody real."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Final, Literal

from loyalty.programme.member import Salutation, display_name
from tools.demo.catalogue import in_store_code
from wire.messages import Language

CARD_PREFIX = "29"
MEMBERS = 500
VISITS_MAX = 30


@dataclass(frozen=True, slots=True)
class DemoMember:
    """A member of the demo with a card; `uid` empty where the card is a barcode only."""

    member_id: str
    card_number: str
    uid: str
    salutation: Literal["mr", "ms"]
    given_name: str
    family_name: str
    language: Language
    birth_date: str
    home_shop_id: str
    visits: int


def label_of(member: DemoMember) -> str:
    """How the screen greets a member."""
    return display_name(member.family_name, Salutation(member.salutation), member.language)


_LANGUAGES: Final[tuple[Language, ...]] = ("fr",) * 14 + ("de",) * 2 + ("it", "en", "en", "zh")


def demo_members(rng: random.Random, shop_ids: Sequence[str]) -> Iterator[DemoMember]:
    """`MEMBERS` members; every tenth carries a barcode card without a chip."""
    names: dict[str, list[str]] = json.loads(
        files("tools.demo").joinpath("data", "names.json").read_text(encoding="utf-8")
    )
    for number in range(1, MEMBERS + 1):
        is_woman = rng.random() < 0.58
        yield DemoMember(
            member_id=f"m-{number:05d}",
            card_number=in_store_code(CARD_PREFIX, number),
            uid="" if number % 10 == 0 else f"04{rng.getrandbits(40):010X}80",
            salutation="ms" if is_woman else "mr",
            given_name=rng.choice(names["women" if is_woman else "men"]),
            family_name=rng.choice(names["families"]),
            language=rng.choice(_LANGUAGES),
            birth_date=(date(1938, 1, 1) + timedelta(days=rng.randrange(70 * 365))).isoformat(),
            home_shop_id=rng.choice(shop_ids),
            visits=min(VISITS_MAX, int(rng.expovariate(1 / 5))),
        )
