"""Recipes of the cookbook that look at the member, the hour or the tax: through the API, on real facts.

Nothing hands the facts in: each is brought about as in a shop, by enrolment, traits and purchases.
"""

import json
from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.central_fixture import (
    PROGRAMME,
    SUN_CREAM,
    CentralUnderTest,
    a_basket,
    a_central,
    a_sale,
    by_number,
)
from tests.integration.central.publishing import ms, publish, publish_document
from tests.movable_clock import MovableClock
from tests.unit.loyalty.test_rules_cookbook import RECIPES, document_of

CARD = "2900000000116"
WHO = "m-recipe"
DAY = "2026-11-22"
DAY_MS = 86_400_000

WITH_FACTS = [
    recipe
    for recipe in RECIPES
    if {"member", "time", "tax_rate_bp"} & json.loads(recipe["ticket"]).keys()
    and not {"usage", "promises"} & json.loads(recipe["ticket"]).keys()
]
"""Promises have tests of their own (vouchers, sponsors), what was used before is a test of limits."""


class Place:
    """A central, a movable clock, and a member whose facts are being brought about."""

    def __init__(self, central: CentralUnderTest, clock: MovableClock) -> None:
        self.central = central
        self.clock = clock
        self.day = date.fromisoformat(DAY)
        self.birth_date = ""
        self.traits: dict[str, Any] = {}
        self.before: list[tuple[int, int]] = []
        """Purchases before: how many days ago, how much."""

    async def bring_about(self) -> None:
        """Enrol the member, change the traits, make the purchases; the clock ends where it was."""
        now_ms = self.clock.now_ms
        self.clock.now_ms -= 400 * DAY_MS
        body = {"member_id": WHO, "family_name": "Rey", "birth_date": self.birth_date, "card_number": CARD}
        assert (await self.central.post("members", body, token="office")).status == 200
        for days, amount_minor in sorted(self.before, reverse=True):
            self.clock.now_ms = now_ms - days * DAY_MS
            sale = a_sale(self.central, [(SUN_CREAM, 1, amount_minor)], holder=by_number(CARD))
            sold = await self.central.post("sales", sale, token="terminal")
            assert sold.status == 200, sold.body
        self.clock.now_ms = now_ms
        if self.traits:
            reply = await self.central.call("PATCH", f"members/{WHO}/traits", self.traits, token="office")
            assert reply.status == 200, reply.body


Arrange = Callable[[Place, Any], None]


def born(place: Place, days: int) -> str:
    """A birth date whose nearest birthday is so many days away."""
    return (place.day + timedelta(days=days)).replace(year=1988).isoformat()


def _birthday(place: Place, days: int) -> None:
    place.birth_date = born(place, days)


def _child(place: Place, days: int) -> None:
    place.traits["child_birth_dates"] = ["2010-05-05", born(place, days)]


def _tier(place: Place, tier: str) -> None:
    place.traits["tier"] = tier


def _segments(place: Place, names: list[str]) -> None:
    place.traits["join_segments"] = names


def _first(place: Place, is_first: bool) -> None:
    assert is_first
    assert not place.before


def _visits(place: Place, number: int) -> None:
    place.before += [(1, 500)] * (number - 1)


def _visits_lately(place: Place, number: int) -> None:
    place.before += [(30, 100)] * (number - 1)
    place.before.append((93, 100))  # three months and a day ago: too long


def _spent_lately(place: Place, minor: int) -> None:
    place.before.append((89, minor - 3 * 100))


def _since_purchase(place: Place, days: int) -> None:
    place.before.append((days, 1000))


def _points(place: Place, points: int) -> None:
    place.before.append((5, points * 100))


ARRANGE: dict[str, Arrange] = {
    "member.birthday_days": _birthday,
    "member.child_birthday_days": _child,
    "member.tier": _tier,
    "member.segments": _segments,
    "member.is_first_purchase": _first,
    "member.visits": _visits,
    "member.visits_3_months": _visits_lately,
    "member.spent_3_months_minor": _spent_lately,
    "member.days_since_purchase": _since_purchase,
    "member.points": _points,
}


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    clock = MovableClock(ms(f"{DAY}T12:00:00+01:00"))
    async with a_central(tmp_path, clock) as central:
        yield Place(central, clock)


async def put_lines(central: CentralUnderTest, ticket: dict[str, Any]) -> dict[str, Any]:
    """The recipe's lines as a basket, their articles put before."""
    lines = []
    for number, facts in enumerate(ticket["ticket"], start=1):
        quantity, amount, kind, brand, article_range, article = (*facts, *[""] * (6 - len(facts)))
        body = {"name": "recipe", "article_class": kind, "codes": [f"R{number}"]}
        body |= {"brand": brand, "range": article_range}
        if "tax_rate_bp" in ticket:
            body["tax_rate_bp"] = ticket["tax_rate_bp"]
        reply = await central.put(f"articles/{article or f'recipe-{number}'}", body)
        assert reply.status == 200, reply.body
        lines.append((f"R{number}", quantity, amount))
    return a_basket(lines)


def named(part: str) -> dict[str, str]:
    (recipe,) = (each for each in WITH_FACTS if part in each["title"])
    return recipe


async def came_out(place: Place, recipe: dict[str, str]) -> tuple[Any, Any]:
    """What a quote, and then the sale under it, say of a recipe's ticket."""
    ticket = json.loads(recipe["ticket"])
    moment = f"{ticket.get('day', DAY)}T{ticket.get('time', '12:00')}:00+01:00"
    place.clock.now_ms = ms(moment)
    place.day = date.fromisoformat(ticket.get("day", DAY))
    for name, value in ticket.get("member", {}).items():
        ARRANGE[name](place, value)
    await publish(place.central)
    await place.bring_about()
    await publish_document(place.central, PROGRAMME | document_of(recipe))
    basket = await put_lines(place.central, ticket)
    quote = await place.central.post("quotes", {"basket": basket, "holder": by_number(CARD)})
    assert quote.status == 200, quote.body
    sale = a_sale(place.central, holder=by_number(CARD), basket=basket, quote_id=quote.body["quote_id"])
    sold = await place.central.post("sales", sale)
    assert sold.status == 200, sold.body
    return quote.body, sold.body


@pytest.mark.parametrize("recipe", WITH_FACTS, ids=lambda recipe: recipe["title"])
async def test_a_recipe_on_facts_does_through_the_api_what_the_page_says(
    place: Place, recipe: dict[str, str]
) -> None:
    ticket = json.loads(recipe["ticket"])
    quoted, sold = await came_out(place, recipe)
    assert (quoted["total_minor"], quoted["points"]) == (ticket["pays"], ticket["points"])
    assert (sold["total_minor"], sold["points"]) == (ticket["pays"], ticket["points"])


def test_the_recipes_meet_every_kind_of_fact() -> None:
    titles = " ".join(recipe["title"] for recipe in WITH_FACTS)
    for word in (
        "Happy hour",
        "first purchase",
        "Birthday",
        "child",
        "Tiers",
        "segment",
        "tenth",
        "tax",
    ):
        assert word in titles
    facts = {name for each in WITH_FACTS for name in json.loads(each["ticket"]).get("member", {})}
    assert facts == ARRANGE.keys()


NEIGHBOURS: list[tuple[str, Callable[[Place], None]]] = [
    ("Birthday week", lambda place: _birthday(place, 4)),
    ("Birthday week", lambda place: None),
    ("Gold members", lambda place: _tier(place, "silver")),
    ("Gold members", lambda place: None),
    ("The spouse's", lambda place: None),
    ("filled by hand", lambda place: _segments(place, ["sport"])),
    ("first purchase", lambda place: place.before.append((300, 1000))),
    ("tenth purchase", lambda place: _visits(place, 19)),
    ("not bought for", lambda place: _since_purchase(place, 89)),
    ("not bought for", lambda place: None),
    ("rule defines", lambda place: place.before.extend([(93, 50_000), (1, 100), (1, 100), (1, 100)])),
]


@pytest.mark.parametrize(("title", "arrange"), NEIGHBOURS)
async def test_beside_its_condition_or_unknown_a_recipe_gives_nothing(
    place: Place, title: str, arrange: Callable[[Place], None]
) -> None:
    recipe = named(title)
    ticket = json.loads(recipe["ticket"])
    del ticket["member"]
    arrange(place)
    quoted, _ = await came_out(place, recipe | {"ticket": json.dumps(ticket)})
    full = sum(line[1] for line in ticket["ticket"])
    assert (quoted["total_minor"], quoted["points"]) == (full, full // 100)
