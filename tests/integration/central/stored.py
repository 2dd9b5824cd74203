"""What the tests of stored value do over and over: settings, cards, tickets paid with them, the books."""

import uuid
from typing import Any

import msgspec

from central.services.groups import GroupSettings
from central.services.stored_value.settings import ServiceSettings, StoredValueSettings
from tests.central_fixture import GROUP, PROGRAMME, SHAMPOO, CentralUnderTest, Reply, a_sale

TRUSTING = {"pay_from_purse": "nfc_uid", "redeem": "nfc_uid"}
"""A group that trusts a tapped card with money: the default asks for one that proves itself."""
SERVICES = {
    "massage": ServiceSettings(name="Massage", price_minor=8000, unit="hour"),
    "injection": ServiceSettings(name="Injection", price_minor=2500),
}


async def trust(central: CentralUnderTest, **settings: Any) -> None:
    """Give the group settings of stored value, and a programme that trusts a tapped card."""
    stored = StoredValueSettings(services=SERVICES, **settings)
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
