"""A month of everything: who pays whom, equal to a recount that shares nothing with it; closed months."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from central.services.core.stored_value_settings import ServiceSettings
from tests.central_fixture import (
    GROUP,
    MEMBER,
    OTHER_UID,
    PRESCRIPTION,
    SHAMPOO,
    SUN_CREAM,
    UID,
    CentralUnderTest,
    a_central,
    a_return,
    a_sale,
    by_uid,
)
from tests.integration.central.claim_rules import bonus, discount, publish
from tests.integration.central.clearing_recount import copied_and_recounted
from tests.integration.central.publishing import BASE, ms
from tests.integration.central.stored import sold_card, trust
from tests.integration.central.test_settlements import settled
from tests.integration.central.test_value import LENIENT
from tests.integration.central.test_vouchers import thanks
from tests.movable_clock import MovableClock

OCTOBER = "clearing/2026-10"
DAY_MS = 86_400_000
STEP = {"points": 100, "worth_minor": 200}
LENIENT_ACTS = LENIENT | {"pay_from_purse": "nfc_uid"}
PAID = {"funder": "supplier/sol"}


@pytest.fixture
async def central(tmp_path: Path, engine: str) -> AsyncIterator[CentralUnderTest]:
    """In the middle of October 2026: a supplier, a club that gets 2 %, in lac-2 3 %; its member is Anne."""
    assert engine
    async with a_central(tmp_path, MovableClock(ms("2026-10-15T10:00:00+02:00"))) as running:
        await running.put("parties/supplier/sol", {"name": "Sol Laboratoires SA"})
        await running.put("parties/association/club", {"name": "FC Nyon"})
        await running.put("associations/club/deals", {"share_bp": 200})
        await running.put("associations/club/deals", {"share_bp": 300, "shop_id": "lac-2"})
        await running.put(f"members/{MEMBER}/association", {"association_id": "club"})
        yield running


async def cleared(central: CentralUnderTest, path: str = OCTOBER) -> dict[str, Any]:
    """A clearing: positions sum to 0, and nets are what the dues come to."""
    answer = await central.get(path, token="office")
    assert answer.status == 200, answer.body
    view: dict[str, Any] = answer.body
    assert sum(each["net_minor"] for each in view["positions"]) == 0
    sums: Counter[str] = Counter()
    for due in view["dues"]:
        sums[due["creditor"]] += due["amount_minor"]
        sums[due["debtor"]] -= due["amount_minor"]
    assert {each["party"]: each["net_minor"] for each in view["positions"]} == {
        party: amount for party, amount in sums.items() if party in {p["party"] for p in view["positions"]}
    }
    return view


def nets(view: dict[str, Any]) -> Counter[tuple[str, str]]:
    return Counter({(each["debtor"], each["creditor"]): each["amount_minor"] for each in view["nets"]})


def later(central: CentralUnderTest, moment: str) -> None:
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms = ms(moment)


async def test_points_given_in_one_shop_and_spent_in_another_are_cleared_between_them(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    await publish(central, *BASE, funder="shop", voucher_step=STEP, identification=LENIENT_ACTS)
    await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 30_000)], by_uid(OTHER_UID)))
    spent = a_sale(central, [(SHAMPOO, 2, 1780)], by_uid(OTHER_UID), redeem_points=200)
    assert (await central.post("sales", spent, token="terminal_2")).status == 200
    assert nets(await cleared(central)) == {("shop/lac-1", "shop/lac-2"): 400}
    back = a_return(central, [(1, 1)])
    assert (await central.post(f"sales/{spent['sale_id']}/returns", back, token="terminal_2")).status == 200
    view = await cleared(central)
    assert nets(view) == {("shop/lac-1", "shop/lac-2"): 200}
    assert nets(view) == await copied_and_recounted(central.services, GROUP, tmp_path / "copy.db")
    page = (await central.get(f"{OCTOBER}/moves", token="office")).body
    moves = [(each["what"], each["cause_id"], each["amount_minor"]) for each in page["moves"]]
    assert moves == [("spent", spent["sale_id"], 400), ("given_back", back["return_id"], 200)]


async def test_a_gift_card_sold_in_one_shop_and_spent_in_another_is_cleared_between_them(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    number = (await sold_card(central, 5000))["number"]
    tender = {"kind": "gift_card", "number": number, "amount_minor": 2000}
    sale = a_sale(central, [(SHAMPOO, 2, 3000)], {}, tenders=[tender])
    paid = await central.post("sales", sale, token="terminal_2")
    assert paid.status == 200, paid.body
    assert nets(await cleared(central)) == {("shop/lac-1", "shop/lac-2"): 2000}
    back = a_return(central, [(1, 1)])
    await central.post(f"sales/{sale['sale_id']}/returns", back, token="terminal_2")
    view = await cleared(central)
    assert nets(view) == {("shop/lac-1", "shop/lac-2"): 1000}
    assert nets(view) == await copied_and_recounted(central.services, GROUP, tmp_path / "copy.db")
    (card,) = [each for each in view["liabilities"] if each["asset"] == "CHF/2"]
    assert (card["funder"], card["amount"], card["worth_minor"]) == ("shop/lac-1", 4000, 4000)
    assert (card["kind"], card["breakage_bp"], card["expected_amount"]) == ("gift_card", 0, 4000)


async def test_points_that_the_programme_does_not_value_are_told_so_and_never_as_worth_nothing(
    central: CentralUnderTest,
) -> None:
    await publish(central, *BASE, identification=LENIENT_ACTS)
    await central.post("sales", a_sale(central, [(SUN_CREAM, 2, 20_000)]))
    gift = {"donation_id": "d-1", "holder": by_uid(), "association_id": "club", "points": 150}
    assert (await central.post("donations", gift)).status == 200
    view = await cleared(central)
    (points,) = [each for each in view["liabilities"] if each["asset"] == "PTS/0"]
    assert (points["amount"], points["worth_minor"]) == (50, None)
    assert [(each["points"], each["amount_minor"]) for each in view["donations"]] == [(150, None)]
    assert not [due for due in view["dues"] if due["what"] == "donation"]


async def test_goods_that_come_back_in_another_shop_are_paid_by_the_shop_that_takes_them(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    """Sold in lac-1 for 40.00: 12.00 by Sol, 20.00 by its card, 8.00 in cash. Half comes back in lac-2."""
    await publish(central, discount(**PAID))
    number = (await sold_card(central, 2000))["number"]
    tender = {"kind": "gift_card", "number": number, "amount_minor": 2000}
    sale = a_sale(central, [(SHAMPOO, 2, 4000)], {}, tenders=[tender])
    sold = await central.post("sales", sale)
    assert (sold.body["total_minor"], sold.body["other_minor"]) == (2800, 800)
    assert nets(await cleared(central)) == {("supplier/sol", "shop/lac-1"): 1200}

    back = a_return(central, [(1, 1)])
    returned = await central.post(f"sales/{sale['sale_id']}/returns", back, token="terminal_2")

    (to_card,) = returned.body["tenders"]
    told = (returned.body["total_minor"], to_card["amount_minor"], returned.body["other_minor"])
    assert told == (1400, 1000, 400), "what lac-2 gives the customer: 10.00 onto the card, 4.00 in cash"
    view = await cleared(central)
    assert nets(view) == {
        ("supplier/sol", "shop/lac-1"): 1200,
        ("shop/lac-2", "supplier/sol"): 600,
        ("shop/lac-2", "shop/lac-1"): 1000,
    }
    owed_by_taker = sum(each["amount_minor"] for each in view["nets"] if each["debtor"] == "shop/lac-2")
    assert owed_by_taker + returned.body["other_minor"] == 2000, "in all the price of the goods it has now"
    assert nets(view) == await copied_and_recounted(central.services, GROUP, tmp_path / "copy.db")
    elsewhere = await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert elsewhere.status == 200
    assert nets(await cleared(central)) == {
        ("supplier/sol", "shop/lac-1"): 600,
        ("shop/lac-2", "supplier/sol"): 600,
        ("shop/lac-2", "shop/lac-1"): 1000,
    }, "the other half comes back where it was sold"


async def test_services_sold_in_one_shop_and_rendered_in_others_are_cleared_at_what_was_paid_for_them(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    """2.33 hours at 80.01 were 186.42; a third of an hour at a time, no centime is lost. Times: 25.00."""
    services = {
        "massage": ServiceSettings(name="Massage", price_minor=8001, unit="hour"),
        "injection": ServiceSettings(name="Injection", price_minor=2500),
    }
    await trust(central, services=services)

    async def act(path: str, token: str, service: str, units: int, name: str) -> dict[str, Any]:
        named = "sale_id" if path == "sales" else "draw_id"
        body = {named: name, "holder": by_uid(), "service_id": service, "units": units}
        reply = await central.post(f"services/{path}", body, token=token)
        assert reply.status == 200, reply.body
        return dict(reply.body)

    sold = await act("sales", "terminal", "massage", 233, "sold-hours")
    assert sold["paid_minor"] == 18_642
    await act("sales", "terminal_2", "injection", 3, "sold-times")
    for number in range(6):
        await act("draws", "terminal_2", "massage", 33, f"drawn-{number}")
    await act("draws", "terminal", "injection", 1, "drawn-time")
    view = await cleared(central)
    dues = {(due["debtor"], due["creditor"], due["what"]): due["amount_minor"] for due in view["dues"]}
    hours = 18_642 * 198 // 233
    assert dues == {
        ("shop/lac-1", "shop/lac-2", "service"): hours,
        ("shop/lac-2", "shop/lac-1", "service"): 2500,
    }
    assert nets(view) == {("shop/lac-1", "shop/lac-2"): hours - 2500}
    assert nets(view) == await copied_and_recounted(central.services, GROUP, tmp_path / "copy.db")
    assert view["unsettled"] == []
    out = {
        each["asset"]: (each["funder"], each["amount"], each["worth_minor"]) for each in view["liabilities"]
    }
    assert out == {
        "HOUR/2": ("shop/lac-1", 35, 18_642 - hours),
        "SRV.injection/0": ("shop/lac-2", 2, 5000),
    }
    moves = (await central.get(f"{OCTOBER}/moves", token="office")).body["moves"]
    assert sum(each["amount_minor"] for each in moves if each["asset"] == "HOUR/2") == hours
    assert [(each["cause_id"], each["sold_by"]) for each in moves[-2:]] == [
        ("drawn-5", ["sold-hours"]),
        ("drawn-time", ["sold-times"]),
    ]
    await act("draws", "terminal_2", "massage", 35, "the-rest")
    assert nets(await cleared(central)) == {("shop/lac-1", "shop/lac-2"): 18_642 - 2500}


async def test_an_association_gets_its_share_what_members_give_and_is_paid_once(
    central: CentralUnderTest,
) -> None:
    await publish(central, *BASE, voucher_step=STEP, identification=LENIENT_ACTS)
    first = a_sale(central, [(SUN_CREAM, 2, 20_000), (PRESCRIPTION, 1, 2500)])
    await central.post("sales", first)
    await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 3333)]), token="terminal_2")
    await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 9999)], by_uid(OTHER_UID)))
    gift = {"donation_id": "d-1", "holder": by_uid(), "association_id": "club", "points": 150}
    assert (await central.post("donations", gift)).status == 200
    path = f"{OCTOBER}/associations/club"
    view = (await central.get(path, token="office")).body
    told = {each["payer"]: each for each in view["shares"]}
    assert (told["shop/lac-1"]["counted_minor"], told["shop/lac-1"]["share_minor"]) == (20_000, 400)
    assert (told["shop/lac-2"]["counted_minor"], told["shop/lac-2"]["share_minor"]) == (3333, 100)
    assert (told["group"]["points"], told["group"]["points_minor"]) == (150, 300)
    assert (view["due_minor"], view["is_paid"], view["state"]) == (800, False, "open")
    assert (await central.post(f"{path}/payout", None, token="office")).code == "month_open"

    later(central, "2026-11-02T09:00:00+01:00")
    assert (await central.post(f"{OCTOBER}/close", None, token="office")).status == 200
    paid = await central.post(f"{path}/payout", None, token="office")
    assert (paid.status, paid.body["paid_minor"], paid.body["is_paid"]) == (200, 800, True)
    again = await central.post(f"{path}/payout", None, token="office")
    assert (again.status, again.code) == (409, "already_paid")
    store = central.services.store
    accounts = {row.account: row.balance for row in await store.list_accounts(GROUP, "", 200)}
    assert accounts["association/club/money"] == 800
    assert accounts["association/club/points"] == 0
    assert accounts["group/value/contributed"] == -800
    whole = (await central.get("associations/club/overview", token="office")).body
    assert (whole["members"], whole["month"], whole["paid_minor"]) == (1, "2026-11", 800)
    told = {name: whole["paid"][0][name] for name in ("month", "share_minor", "points", "points_minor")}
    assert told == {"month": "2026-10", "share_minor": 500, "points": 150, "points_minor": 300}
    assert (await central.get("associations/club/overview")).status == 403
    panel = (await central.get("associations/club/panel")).body
    assert (panel["name"], panel["paid_minor"], panel["months"]) == ("FC Nyon", 800, 1)
    assert "shop" not in str(panel)
    assert (await central.services.upkeep.reconcile(GROUP)).findings == ()

    returned = a_return(central, [(1, 2)])
    assert (await central.post(f"sales/{first['sale_id']}/returns", returned)).status == 200
    assert (await central.get(path, token="office")).body["shares"] == paid.body["shares"]
    november = "clearing/2026-11/associations/club"
    view = (await central.get(november, token="office")).body
    assert [(each["payer"], each["share_minor"]) for each in view["shares"]] == [("shop/lac-1", -400)]
    later(central, "2026-12-02T09:00:00+01:00")
    await central.post("clearing/2026-11/close", None, token="office")
    paid = await central.post(f"{november}/payout", None, token="office")
    assert (paid.body["paid_minor"], paid.body["shares"][0]["due_minor"]) == (0, -400)
    await central.post("sales", a_sale(central, [(SUN_CREAM, 5, 50_000)]))
    later(central, "2027-01-02T09:00:00+01:00")
    await central.post("clearing/2026-12/close", None, token="office")
    paid = await central.post("clearing/2026-12/associations/club/payout", None, token="office")
    (share,) = paid.body["shares"]
    assert (share["share_minor"], share["before_minor"], share["paid_minor"]) == (1000, -400, 600)


async def test_a_member_who_leaves_counts_no_more_and_an_ended_association_takes_nobody(
    central: CentralUnderTest,
) -> None:
    await publish(central, *BASE, voucher_step=STEP)
    left = await central.put(f"members/{MEMBER}/association", {"association_id": None})
    assert left.body["memberships"][0]["to_ms"] is not None
    await central.post("sales", a_sale(central, [(SUN_CREAM, 2, 20_000)]))
    assert (await central.get(f"{OCTOBER}/associations/club", token="office")).body["shares"] == []
    await central.put("parties/association/club", {"name": "FC Nyon", "state": "ended"})
    joined = await central.put(f"members/{MEMBER}/association", {"association_id": "club"})
    assert joined.code == "association_ended"
    assert (
        await central.put("members/m-none/association", {"association_id": None})
    ).code == "member_not_found"


async def test_a_closed_month_never_changes_and_months_are_closed_in_their_order(
    central: CentralUnderTest,
) -> None:
    await publish(central, *BASE, discount(**PAID), voucher_step=STEP)
    sale = a_sale(central, [(SUN_CREAM, 2, 20_000)])
    await central.post("sales", sale)
    assert (await central.post(f"{OCTOBER}/close", None, token="office")).code == "month_not_over"
    later(central, "2026-11-01T00:00:01+01:00")
    closed = await central.post(f"{OCTOBER}/close", None, token="office")
    assert (closed.status, closed.body["state"]) == (200, "closed")
    late = a_sale(central, [(SUN_CREAM, 1, 1000)], occurred_ms=ms("2026-10-31T18:00:00+01:00"))
    assert (await central.post("sales", late)).status == 200
    back = a_return(central, [(1, 1)])
    assert (await central.post(f"sales/{sale['sale_id']}/returns", back)).status == 200
    assert await cleared(central) == closed.body
    again = await central.post(f"{OCTOBER}/close", None, token="office")
    assert (again.headers["Idempotent-Replayed"], again.body) == ("true", closed.body)
    october = await settled(central)
    assert (october["amount_minor"], october["state"]) == (6000, "closed")
    november = await settled(central, "settlements/2026-11/parties/supplier/sol")
    assert november["amount_minor"] == 300 - 3000
    later(central, "2027-02-01T00:00:01+01:00")
    wrong = await central.post("clearing/2026-12/close", None, token="office")
    assert (wrong.status, wrong.code) == (409, "month_out_of_order")
    assert "2026-11" in wrong.body["detail"]
    assert (await central.post("clearing/2026-11/close", None, token="office")).status == 200
    assert (await central.get(OCTOBER, token="terminal")).code == "permission_missing"


async def test_the_first_month_closed_is_the_oldest_that_has_anything_in_it(
    central: CentralUnderTest,
) -> None:
    """Else what October owes could never be closed or paid."""
    await publish(central, discount(**PAID))
    await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 10_000)]))
    number = (await sold_card(central, 5000))["number"]
    later(central, "2026-12-02T10:00:00+01:00")
    tender = {"kind": "gift_card", "number": number, "amount_minor": 1000}
    assert (
        await central.post("sales", a_sale(central, [(SHAMPOO, 1, 1500)], {}, tenders=[tender]))
    ).status == 200
    for skips in ("2026-11", "2026-09"):
        refused = await central.post(f"clearing/{skips}/close", None, token="office")
        assert (refused.status, refused.code) == (409, "month_out_of_order")
        assert refused.body["params"] == {"month": skips, "expected": "2026-10"}
    assert (await central.post(f"{OCTOBER}/close", None, token="office")).status == 200
    assert (await central.post("clearing/2026-11/close", None, token="office")).status == 200
    paid = await central.post(f"{OCTOBER}/associations/club/payout", None, token="office")
    assert (paid.status, paid.body["paid_minor"]) == (200, 140)


@pytest.mark.parametrize("alone", ["a line", "turnover", "stored value"])
async def test_a_month_with_one_thing_alone_in_it_is_not_skipped(
    central: CentralUnderTest, alone: str
) -> None:
    await publish(central, discount(**(PAID if alone == "a line" else {})))
    if alone == "stored value":
        await sold_card(central, 5000)
    else:
        holder = by_uid() if alone == "turnover" else {}
        sold = await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 10_000)], holder))
        assert sold.status == 200
    later(central, "2026-12-02T10:00:00+01:00")
    refused = await central.post("clearing/2026-11/close", None, token="office")
    assert (refused.code, refused.body["params"]["expected"]) == ("month_out_of_order", "2026-10")


@pytest.mark.parametrize("first_back", ["what earned it", "what it paid for"])
async def test_a_voucher_is_owed_by_nobody_once_its_goods_are_back_whichever_ticket_came_back_first(
    central: CentralUnderTest, tmp_path: Path, first_back: str
) -> None:
    """Two lines share the voucher of 5.00 and come back one by one: it goes back with the last, once."""
    await publish(central, thanks() | PAID)
    earning = a_sale(central, [(SUN_CREAM, 1, 2000)], by_uid(OTHER_UID))
    (given,) = (await central.post("sales", earning)).body["vouchers"]
    bought = [(SHAMPOO, 1, 300), (SUN_CREAM, 1, 200), (PRESCRIPTION, 1, 100)]
    paid = a_sale(central, bought, by_uid(OTHER_UID))
    paid["basket"]["vouchers"] = [given["code"]]
    assert (await central.post("sales", paid, token="terminal_2")).body["total_minor"] == 100
    owed = Counter({("supplier/sol", "shop/lac-2"): 500})
    assert nets(await cleared(central)) == owed

    async def bring_back(sale: dict[str, Any], line_no: int, token: str) -> Any:
        back = a_return(central, [(line_no, 1)])
        answer = await central.post(f"sales/{sale['sale_id']}/returns", back, token=token)
        assert answer.status == 200, answer.body
        return answer.body

    earning_first = first_back == "what earned it"
    if earning_first:
        assert (await bring_back(earning, 1, "terminal"))["ended_vouchers"] == ["thanks"]
    assert (await bring_back(paid, 1, "terminal_2"))["restored_vouchers"] == []
    assert nets(await cleared(central)) == owed
    last = await bring_back(paid, 2, "terminal_2")
    assert last["restored_vouchers"] == ([] if earning_first else ["thanks"])
    assert nets(await cleared(central)) == Counter()
    if not earning_first:
        assert (await bring_back(earning, 1, "terminal"))["ended_vouchers"] == ["thanks"]
    await bring_back(paid, 3, "terminal_2")
    view = await cleared(central)
    assert nets(view) == Counter()
    assert nets(view) == await copied_and_recounted(central.services, GROUP, tmp_path / "copy.db")
    assert (await settled(central))["amount_minor"] == 0
    assert (await central.services.upkeep.reconcile(GROUP)).findings == ()


@pytest.mark.parametrize("seed", range(4))
async def test_a_month_of_everything_equals_an_independent_recount(
    central: CentralUnderTest, tmp_path: Path, seed: int
) -> None:
    """Discounts, vouchers, points of a supplier; points, gift cards, hours, donations; returns in parts."""
    draw = random.Random(seed)
    await trust(central)
    rules = [*BASE, discount(**PAID), bonus(**PAID), thanks() | PAID | {"id": "gift"}]
    rules[-1]["when"] = {
        "and": [rules[-1]["when"], {"not": {"has": [{"fact": "basket.vouchers"}, "thanks"]}}]
    }
    await publish(central, *rules, funder="shop", voucher_step=STEP, identification=LENIENT_ACTS)
    number = (await sold_card(central, 50_000))["number"]
    hours = {"sale_id": "hours", "holder": by_uid(), "service_id": "massage", "units": 1_000}
    assert (await central.post("services/sales", hours)).status == 200
    codes: list[tuple[str, str]] = []
    for number_of in range(40):
        token = draw.choice(("terminal", "terminal_2"))
        uid = draw.choice((UID, OTHER_UID))
        units = draw.randint(1, 3)
        lines = [(SUN_CREAM, units, units * draw.randint(900, 5000)), (SHAMPOO, 1, draw.randint(800, 1500))]
        sale = a_sale(central, lines, by_uid(uid))
        spend = draw.random()
        if spend < 0.25:
            sale["redeem_points"] = 100
        elif spend < 0.45:
            sale["tenders"] = [{"kind": "gift_card", "number": number, "amount_minor": draw.randint(50, 700)}]
        mine = [code for owner, code in codes if owner == uid]
        if mine and draw.random() < 0.5:
            sale["basket"]["vouchers"] = [mine[0]]
            codes.remove((uid, mine[0]))
        answer = await central.post("sales", sale, token=token)
        if answer.status != 200:
            assert answer.code in ("balance_too_low", "voucher_taken_back"), answer.body
            continue
        codes += [(uid, each["code"]) for each in answer.body["vouchers"]]
        if draw.random() < 0.4:
            at = draw.choice(("terminal", "terminal_2"))
            parts = [1] * draw.randint(1, units)
            if len(parts) == units:
                parts.append(2)  # the whole ticket: a voucher that paid for it is good again
            for line_no in parts:
                back = a_return(central, [(line_no, 1)])
                assert (await central.post(f"sales/{sale['sale_id']}/returns", back, token=at)).status == 200
        if number_of % 5 == 4:
            rendered = {"draw_id": f"draw-{number_of}", "holder": by_uid(), "service_id": "massage"}
            rendered["units"] = draw.randint(1, 100)
            assert (await central.post("services/draws", rendered, token=token)).status == 200
        if number_of % 9 == 8:
            stands = await central.points_of(MEMBER)
            gift = {"donation_id": f"d-{number_of}", "holder": by_uid(), "association_id": "club"}
            if stands > 10:
                donated = await central.post("donations", gift | {"points": draw.randint(1, stands // 2)})
                assert donated.status == 200, donated.body
    view = await cleared(central)
    counted = await copied_and_recounted(central.services, GROUP, tmp_path / "copy.db")
    assert nets(view) == counted
    assert {due["what"] for due in view["dues"]} >= {
        "discount",
        "points",
        "points_spent",
        "stored_value",
        "service",
    }
    assert (await central.services.upkeep.reconcile(GROUP)).findings == ()
