"""What the tests of stored value do over and over: settings, cards, tickets paid with them, the books."""

import uuid
from typing import Any

import msgspec

from central.services.core.access import Actor, operator_of
from central.services.core.group import GroupSettings
from central.services.core.stored_value_settings import ServiceSettings, StoredValueSettings
from tests.central_fixture import GROUP, PROGRAMME, SHAMPOO, UID, CentralUnderTest, Reply, a_sale
from wire import api_catalogue, api_members, api_parties

TRUSTING = {"pay_from_purse": "nfc_uid", "redeem": "nfc_uid"}
"""A group that trusts a tapped card with money: the default asks for one that proves itself."""
SERVICES = {
    "massage": ServiceSettings(name="Massage", price_minor=8000, unit="hour"),
    "injection": ServiceSettings(name="Injection", price_minor=2500),
}


async def trust(central: CentralUnderTest, **settings: Any) -> None:
    """Give the group settings of stored value, and a programme that trusts a tapped card."""
    stored = StoredValueSettings(**{"services": SERVICES} | settings)
    await central.services.groups.put_group(
        central.operator,
        name="Pharmacies du Lac",
        country="CH",
        currency="CHF",
        programme=msgspec.json.encode(PROGRAMME | {"identification": TRUSTING}).decode(),
        settings=GroupSettings(names={"de": "See-Apotheken"}, stored_value=stored),
    )


def new_id(kind: str = "act") -> str:
    return f"{kind}-{uuid.uuid4()}"


async def make_card(central: CentralUnderTest, gift_card_id: str = "") -> dict[str, Any]:
    """A card that is worth nothing; its answer."""
    made = await central.post("gift-cards", {"gift_card_id": gift_card_id or new_id("gift")})
    assert made.status == 200, made.body
    return dict(made.body)


async def activate(
    central: CentralUnderTest, number: str, amount_minor: int, *, token: str = "terminal", **changed: Any
) -> Reply:
    body = {"activation_id": new_id(), "number": number, "amount_minor": amount_minor}
    return await central.post("gift-cards/activations", body | changed, token=token)


async def sold_card(
    central: CentralUnderTest, amount_minor: int, *, token: str = "terminal"
) -> dict[str, Any]:
    """A card made and sold; the answer of its making."""
    card = await make_card(central)
    sold = await activate(central, card["number"], amount_minor, token=token)
    assert sold.status == 200, sold.body
    return card


def gift(number: str, amount_minor: int) -> dict[str, Any]:
    return {"kind": "gift_card", "number": number, "amount_minor": amount_minor}


def purse(amount_minor: int) -> dict[str, Any]:
    return {"kind": "purse", "amount_minor": amount_minor}


def paid(
    central: CentralUnderTest, amount: int, *tenders: dict[str, Any], quantity: int = 1, **changed: Any
) -> dict[str, Any]:
    """A ticket of one line, paid with these tenders."""
    return a_sale(central, [(SHAMPOO, quantity, amount)], **changed) | {"tenders": list(tenders)}


async def holds(central: CentralUnderTest, number: str, *, token: str = "terminal") -> int:
    """What a gift card holds."""
    found = await central.post("gift-cards/find", {"number": number}, token=token)
    assert found.status == 200, found.body
    return int(found.body["balance_minor"])


async def sound(central: CentralUnderTest, group_id: str = GROUP) -> bool:
    return (await central.services.upkeep.reconcile(group_id)).findings == ()


async def balances(central: CentralUnderTest, group_id: str = GROUP) -> dict[tuple[str, str], int]:
    """All accounts of the books that are not 0."""
    rows, after = {}, ""
    while page := await central.services.store.list_accounts(group_id, after, 200):
        rows |= {(row.account, row.asset): row.balance for row in page if row.balance}
        after = page[-1].account
    return rows


FOOD, CREAM = "2000000000077", "2000000000084"
PARIS = "seine"


async def a_french_group(central: CentralUnderTest) -> Actor:
    """A group in France with a shop, food and cosmetics, a member, an issuer; its tokens `paris`, `siege`."""
    operator, services = operator_of(PARIS), central.services
    await services.groups.put_group(
        operator,
        name="Pharmacies de la Seine",
        country="FR",
        currency="EUR",
        programme=msgspec.json.encode(PROGRAMME | {"identification": TRUSTING}).decode(),
    )
    shop = api_catalogue.ShopBody(name="Paris", country="FR", time_zone="Europe/Paris")
    await services.shops.put_shop(operator, "paris-1", shop)
    articles = [
        (name, api_catalogue.ArticleBody(name=name, article_class=kind, codes=[code], price_minor=500))
        for name, kind, code in (("soup", "food", FOOD), ("cream", "cosmetic", CREAM))
    ]
    await services.articles.put_articles(operator, articles)
    await services.members.enrol(operator, api_members.MemberBody(member_id="m-dora", family_name="Petit"))
    await services.cards.put_card(
        operator, api_members.CardBody(card_number="2900000000055", uid=UID, member_id="m-dora")
    )
    party = api_parties.PartyBody(name="Tickets")
    await services.parties.put(operator, "supplier", "tickets", party)
    for name, role, more in (
        ("paris", "terminal", {"shop_id": "paris-1", "terminal_id": "t-9"}),
        ("siege", "office", {}),
    ):
        issued = await services.access.issue_token(operator, role=role, label=name, **more)
        central.tokens[name] = issued.token
    return operator


def in_euros(
    central: CentralUnderTest, lines: Any, *tenders: dict[str, Any], **changed: Any
) -> dict[str, Any]:
    """A ticket of the French group, paid with these tenders."""
    sale = a_sale(central, lines, **changed)
    return sale | {"basket": sale["basket"] | {"currency": "EUR"}, "tenders": list(tenders)}


def meals(amount_minor: int) -> dict[str, Any]:
    return {"kind": "meal_vouchers", "amount_minor": amount_minor}
