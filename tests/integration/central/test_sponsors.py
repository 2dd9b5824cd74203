"""Sponsor and sponsored over HTTP (C-10): both are rewarded, once, and both lose it with the goods."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import apsw
import msgspec
import pytest

from central.services.core.group import GroupSettings
from loyalty.limits.ledger import HOLD_LIFETIME_S
from tests.central_fixture import (
    GROUP,
    MEMBER,
    OTHER_MEMBER,
    OTHER_UID,
    PROGRAMME,
    SUN_CREAM,
    CentralUnderTest,
    a_basket,
    a_central,
    a_return,
    a_sale,
    by_uid,
    in_parallel,
)
from tests.integration.central.claim_rules import spent_and_left
from tests.integration.central.publishing import publish_document
from tests.movable_clock import MovableClock
from tests.unit.loyalty.test_rules_cookbook import RECIPES, document_of

BASE = PROGRAMME | {"identification": {"redeem": "nfc_uid"}}
LINE = (SUN_CREAM, 1, 1000)
(RECIPE,) = (each for each in RECIPES if each["title"] == "A sponsor's reward")


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        await bring(running)
        yield running


async def bring(central: CentralUnderTest, sponsor_id: str | None = OTHER_MEMBER) -> None:
    path = f"members/{MEMBER}/traits"
    reply = await central.call("PATCH", path, {"sponsor_id": sponsor_id}, token="office")
    assert reply.status == 200, reply.body


async def publish(central: CentralUnderTest, **changed: Any) -> None:
    """The rule of the cookbook's recipe, and one point a franc."""
    document = BASE | document_of(RECIPE)
    rules = [rule | changed if rule["id"] == "sponsor" else rule for rule in document["rules"]]
    await publish_document(central, document | {"rules": rules})


async def publish_always(central: CentralUnderTest, **changed: Any) -> None:
    """The same reward on any purchase: only the built-in limit keeps it from being given again."""
    await publish(central, when={"fact": "member.is_known"}, **changed)


async def sell(central: CentralUnderTest, lines: Any = (LINE,), **changed: Any) -> Any:
    reply = await central.post("sales", a_sale(central, list(lines), **changed))
    assert reply.status == 200, reply.body
    return reply


async def both(central: CentralUnderTest) -> tuple[int, int]:
    """The points of the sponsored and of the sponsor."""
    return await central.points_of(), await central.points_of(OTHER_MEMBER)


async def sound(central: CentralUnderTest) -> bool:
    return (await central.services.upkeep.reconcile(GROUP)).findings == ()


async def owed(central: CentralUnderTest) -> int:
    return int((await central.get(f"members/{OTHER_MEMBER}/balance", token="office")).body["points_owed"])


async def test_the_first_purchase_rewards_both_and_a_second_neither(central: CentralUnderTest) -> None:
    await publish(central)
    ticket = json.loads(RECIPE["ticket"])
    quote = {"basket": a_basket([LINE]), "holder": by_uid()}
    quoted = await central.post("quotes", quote)
    sale = a_sale(central, [LINE], quote_id=quoted.body["quote_id"])
    sold = await central.post("sales", sale)
    again = await central.post("sales", sale)

    assert quoted.body["points"] == sold.body["points"] == again.body["points"] == ticket["points"] == 110
    assert again.headers["Idempotent-Replayed"] == "true"
    told = {each["code"]: each["points"] for each in sold.body["lines"][0]["reasons"]}
    assert told == {"points_per_amount": 10, "points_sponsor": 100}
    assert await both(central) == (110, 200)
    assert (await sell(central)).body["points"] == 10
    assert await both(central) == (120, 200)
    assert await sound(central)


async def test_the_sponsor_sees_points_and_not_whose_purchase_they_came_from(
    central: CentralUnderTest,
) -> None:
    await publish(central)
    sold = await sell(central)
    events = await central.services.store.list_events(GROUP, 0, 10_000)
    (told,) = [json.loads(each.body) for each in events if each.kind == "sponsor.rewarded"]
    assert told == {"member_id": OTHER_MEMBER, "points": 200}
    seen = (await central.post("identify", {"evidence": by_uid(OTHER_UID)})).body["profile"]
    assert (seen["points"], seen["tickets"]) == (200, [])
    assert sold.body["sale_id"] not in json.dumps(seen)
    assert seen["expiring"]["points"] == 200, "with the programme's own expiry"


async def test_the_reason_is_on_the_receipt_of_the_sponsored(central: CentralUnderTest) -> None:
    await publish(central)
    sold = await sell(central, receipt_columns=42)
    assert "Parrainage" in json.dumps(sold.body["receipt"], ensure_ascii=False)


async def test_a_member_is_rewarded_for_once_also_when_the_rule_does_not_say_so(
    central: CentralUnderTest,
) -> None:
    await publish_always(central)
    first, second = await sell(central), await sell(central)
    assert (first.body["points"], second.body["points"]) == (110, 10)
    assert "limit_reached" in [each["code"] for each in second.body["lines"][0]["reasons"]]
    assert await both(central) == (120, 200)


@pytest.mark.parametrize("when", ["the rule's own", "any purchase"])
async def test_of_purchases_at_once_one_is_rewarded(central: CentralUnderTest, when: str) -> None:
    await (publish if when == "the rule's own" else publish_always)(central)
    replies = await in_parallel([central.post("sales", a_sale(central, [LINE])) for _ in range(6)])
    assert sorted(reply.body["points"] for reply in replies) == [10] * 5 + [110]
    assert await both(central) == (160, 200)
    assert await sound(central)


async def test_a_member_whom_nobody_brought_earns_as_always(central: CentralUnderTest) -> None:
    await publish_always(central)
    other = await sell(central, holder=by_uid(OTHER_UID))
    assert other.body["points"] == 10
    assert "rule_not_met" in [each["code"] for each in other.body["lines"][0]["reasons"]]
    nobody = await sell(central, holder={})
    assert nobody.body["points"] == 0
    assert await both(central) == (0, 10)


async def test_the_whole_ticket_coming_back_takes_both_back(central: CentralUnderTest) -> None:
    await publish_always(central, budget=1000)
    sold = await sell(central, [(SUN_CREAM, 3, 3000)])
    assert await spent_and_left(central, "sponsor", "PTS/0") == (300, 700)
    path = f"sales/{sold.body['sale_id']}/returns"
    seen = []
    for _ in range(3):
        back = a_return(central, [(1, 1)])
        assert (await central.post(path, back)).status == 200
        assert (await central.post(path, back)).headers["Idempotent-Replayed"] == "true"
        seen.append(await both(central))
    assert seen == [(87, 200), (44, 200), (0, 0)], "the sponsor's go with the last unit"
    assert await spent_and_left(central, "sponsor", "PTS/0") == (0, 1000)
    assert await sound(central)
    assert (await sell(central)).body["points"] == 110, "nothing of it stands: another purchase may earn it"
    assert await both(central) == (110, 200)


@pytest.mark.parametrize(("policy", "debt"), [("owed", 200), ("forgiven", 0)])
async def test_what_the_sponsor_has_spent_is_owed_or_forgiven(
    central: CentralUnderTest, policy: str, debt: int
) -> None:
    document = BASE | document_of(RECIPE) | {"spent_points": policy}
    step = {"points": 200, "worth_minor": 400}
    await publish_document(central, document | {"voucher_step": step})
    sold = await sell(central)
    paid = await sell(central, holder=by_uid(OTHER_UID), redeem_points=200)
    assert paid.body["redeemed_points"] == 200
    await central.post(f"sales/{sold.body['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert (await both(central), await owed(central)) == ((0, 10), debt)
    assert await sound(central)


async def test_a_sponsor_who_owes_settles_with_the_reward(central: CentralUnderTest) -> None:
    await publish_always(central)
    other = await sell(central, [(SUN_CREAM, 1, 50_000)], holder=by_uid(OTHER_UID))
    await sell(central, holder=by_uid(OTHER_UID), redeem_points=500)
    await central.post(f"sales/{other.body['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert (await both(central), await owed(central)) == ((0, 10), 500)
    sold = await sell(central)
    assert (await both(central), await owed(central)) == ((110, 10), 300)
    await central.post(f"sales/{sold.body['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert (await both(central), await owed(central)) == ((0, 10), 500)
    assert await sound(central)


async def test_a_budget_gives_the_sponsored_first_and_the_sponsor_the_rest(central: CentralUnderTest) -> None:
    await publish_always(central, budget=150)
    assert (await sell(central)).body["points"] == 110
    assert await both(central) == (110, 50)
    assert await spent_and_left(central, "sponsor", "PTS/0") == (150, 0)
    assert await sound(central)


async def test_a_sponsor_who_was_erased_gets_nothing_and_the_sponsored_does(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    await publish_always(central, budget=1000)
    with apsw.Connection(str(tmp_path / "central.db")) as database:
        database.execute("UPDATE member SET key_wrapped = NULL WHERE member_id = ?", (OTHER_MEMBER,))
    assert (await sell(central)).body["points"] == 110
    accounts = await central.services.store.list_accounts(GROUP, "", 1000)
    assert not [each for each in accounts if each.account == f"member/{OTHER_MEMBER}/points"]
    assert await spent_and_left(central, "sponsor", "PTS/0") == (100, 900), "only what was given"
    assert await sound(central)


async def test_the_sponsor_is_the_one_of_the_moment_that_decides(central: CentralUnderTest) -> None:
    await publish_always(central)
    early = a_sale(central, [LINE])
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += 1000
    await bring(central, None)
    now = await sell(central)
    late = await central.post("sales", early)
    assert (now.body["points"], late.body["points"]) == (10, 110)
    assert await both(central) == (120, 200)


async def test_where_points_wait_the_sponsor_s_wait_too(central: CentralUnderTest) -> None:
    await publish_always(central)
    group = await central.services.groups.get(GROUP)
    waiting = json.loads(group.row.settings or "{}") | {"ledger": {"pending_days": 14}}

    await central.services.groups.put_group(
        central.operator,
        name=group.row.name,
        country="CH",
        currency="CHF",
        programme=group.row.programme,
        settings=msgspec.convert(waiting, GroupSettings),
    )
    sold = await sell(central)
    assert await both(central) == (0, 0)
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += 15 * 86_400_000
    await central.services.upkeep.mature(GROUP)
    assert await both(central) == (110, 200)
    await central.post(f"sales/{sold.body['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert await both(central) == (0, 0)
    assert await sound(central)


async def test_a_simulation_counts_what_sponsors_would_get(central: CentralUnderTest) -> None:
    await publish_always(central)
    await sell(central)
    await sell(central)
    rule = {"sponsor_points": 70, "sponsored_points": 30, "effect": "points_sponsor"}
    draft = json.loads(RECIPE["rule"]) | {
        "id": "draft",
        "when": {"fact": "member.is_known"},
        "effects": [rule],
    }
    saved = {"programme": PROGRAMME | {"rules": [draft]}, "revision": 0}
    assert (await central.put("programme/drafts/d", saved)).status == 200
    span = {"from_ms": 0, "to_ms": central.clock() + 1}
    seen = (await central.post("programme/drafts/d/simulation", span, token="reader")).body
    assert (seen["draft"]["points"], seen["today"]["points"]) == (100, 320)
    assert [(each["rule_id"], each["points"], each["tickets"]) for each in seen["rules"]] == [
        ("draft", 100, 1)
    ]


async def test_a_reservation_keeps_the_reward_and_a_late_ticket_gets_what_is_left(
    central: CentralUnderTest,
) -> None:
    await publish_always(central, budget=1000)
    quote = {"basket": a_basket([LINE]), "holder": by_uid()}
    for name in ("res-1", "res-2"):
        quoted = await central.post("quotes", quote)
        assert quoted.body["points"] == (110 if name == "res-1" else 10), "held for the first"
        body = {"reservation_id": name, "quote_id": quoted.body["quote_id"], "quote": quote}
        assert (await central.post("reservations", body)).status == 200
    late = a_sale(central, [LINE], reservation_id="res-1")
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += (HOLD_LIFETIME_S + 1) * 1000
    await central.services.upkeep.expire_holds(GROUP)
    assert (await sell(central)).body["points"] == 110, "free again for another purchase"
    sold = await central.post("sales", late | {"sent_ms": central.clock()})
    assert (sold.status, sold.body["total_minor"], sold.body["points"]) == (200, 1000, 10)
    assert "terms_changed" in [each["code"] for each in sold.body["warnings"]]
    assert await both(central) == (120, 200)
    assert await spent_and_left(central, "sponsor", "PTS/0") == (300, 700)
    assert await sound(central)


async def test_a_reservation_that_is_paid_rewards_both(central: CentralUnderTest) -> None:
    await publish_always(central, budget=300)
    quote = {"basket": a_basket([LINE]), "holder": by_uid()}
    quoted = await central.post("quotes", quote)
    body = {"reservation_id": "res-1", "quote_id": quoted.body["quote_id"], "quote": quote}
    assert (await central.post("reservations", body)).body["points"] == 110
    assert (await sell(central)).body["points"] == 10
    assert (await sell(central, reservation_id="res-1")).body["points"] == 110
    assert await both(central) == (120, 200)
    assert await spent_and_left(central, "sponsor", "PTS/0") == (300, 0)
    assert await sound(central)
