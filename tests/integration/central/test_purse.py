"""Purses, meal vouchers and services sold ahead over HTTP: paid in, spent, returned, bounded, drawn."""

import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from central.services.core.access import operator_of
from tests.central_fixture import (
    GROUP,
    MEMBER,
    OTHER_UID,
    PROGRAMME,
    SHAMPOO,
    CentralUnderTest,
    Reply,
    a_basket,
    a_central,
    a_return,
    a_sale,
    by_number,
    by_uid,
    in_parallel,
)
from tests.helpers import shops_day
from tests.integration.central.stored import (
    CREAM,
    FOOD,
    PARIS,
    a_french_group,
    balances,
    gift,
    in_euros,
    meals,
    new_id,
    paid,
    purse,
    sold_card,
    sound,
    trust,
)
from tests.integration.central.test_claims import patient
from tests.movable_clock import MovableClock
from wire import api_catalogue, api_members

DAY_MS = 86_400_000


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        yield running


def pass_days(central: CentralUnderTest, days: int) -> None:
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += days * DAY_MS


async def top_up(
    central: CentralUnderTest, amount_minor: int, *, token: str = "terminal", **more: object
) -> Reply:
    body = {"top_up_id": new_id("top"), "holder": by_number(), "amount_minor": amount_minor}
    return await central.post("purses/top-ups", body | more, token=token)


async def in_purse(central: CentralUnderTest, member_id: str = MEMBER) -> int:
    return int((await central.get(f"members/{member_id}/purse", token="office")).body["purse_minor"])


async def test_the_life_of_a_purse(central: CentralUnderTest) -> None:
    """Paid in, spent in parts and mixed, with points as for cash; returned to the same lots; spent up."""
    await trust(central)
    body = {"top_up_id": "top-1", "holder": by_number(), "amount_minor": 3000, "tender": "card"}
    first = await central.post("purses/top-ups", body)
    assert (first.body["balance"], first.body["paid_minor"], first.body["expires_ms"]) == (3000, 3000, None)
    again = await central.post("purses/top-ups", body)
    assert (again.headers["Idempotent-Replayed"], again.body) == ("true", first.body)
    other = await central.post("purses/top-ups", body | {"amount_minor": 3001})
    assert (other.status, other.code) == (409, "idempotency_conflict")
    more = await top_up(central, 1000, token="terminal_2", top_up_id="top-2")
    assert more.body["balance"] == 4000
    assert await central.points_of() == 0, "what is paid in is a debt of the group, no turnover"

    number = (await sold_card(central, 1000))["number"]
    sale = paid(central, 5000, purse(3500), gift(number, 500), quantity=2)
    sold = (await central.post("sales", sale)).body
    assert (sold["total_minor"], sold["points"], sold["other_minor"]) == (5000, 50, 1000)
    assert [(each["kind"], each["balance_minor"]) for each in sold["tenders"]] == [
        ("purse", 500),
        ("gift_card", 500),
    ]
    funders = await central.services.store.list_allotted(GROUP, f"{sale['sale_id']}/tenders")
    assert [(each.funder, each.amount) for each in funders] == [
        ("shop/lac-1", 3000),
        ("shop/lac-2", 500),
        ("shop/lac-1", 500),
    ]

    path = f"sales/{sale['sale_id']}/returns"
    back = (await central.post(path, a_return(central, [(1, 1)]), token="terminal_2")).body
    assert [(each["kind"], each["amount_minor"], each["onto"]) for each in back["tenders"]] == [
        ("purse", 1750, "same"),
        ("gift_card", 250, "same"),
    ]
    assert (back["other_minor"], back["points"]) == (500, 25)
    lots = await central.services.store.list_open_lots(GROUP, f"member/{MEMBER}/purse", "CHF/2")
    assert [(lot.funder, lot.remaining) for lot in lots] == [("shop/lac-1", 1250), ("shop/lac-2", 1000)]
    books = await balances(central)
    assert books["shop/lac-1/value_redeemed", "CHF/2"] == 4000
    assert books["shop/lac-2/value_redeemed", "CHF/2"] == -2000, "it gave back what another shop had taken"
    assert books["shop/lac-1/value_sold", "CHF/2"] == -4000

    found = (await central.post("purses/find", {"holder": by_uid()})).body
    assert (found["purse_minor"], found["purse_held_minor"]) == (2250, 0)
    assert (await central.post("purses/find", {"holder": by_number()})).code == "strength_too_low"
    last = (await central.post("sales", paid(central, 2250, purse(2250)))).body
    assert (last["other_minor"], last["tenders"][0]["is_empty"]) == (0, False)
    assert await in_purse(central) == 0
    assert await sound(central)


async def test_paying_from_a_purse_asks_for_a_card_that_is_strong_enough(central: CentralUnderTest) -> None:
    await top_up(central, 1000)
    assert (await central.post("sales", paid(central, 500, purse(500)))).code == "strength_too_low"
    await trust(central)
    assert (
        await central.post("sales", paid(central, 500, purse(500), holder=by_number()))
    ).code == "strength_too_low"
    assert (await central.post("sales", paid(central, 500, purse(500)))).status == 200
    other = paid(central, 500, purse(500), holder=by_uid(OTHER_UID))
    assert (await central.post("sales", other)).code == "stored_value_too_low", "each pays from their own"
    assert await sound(central)


async def test_a_purse_has_a_ceiling_and_a_limit_for_each_day(central: CentralUnderTest) -> None:
    await trust(central, purse_max_minor=10_000, purse_top_up_per_day_minor=6_000)
    before = await balances(central)
    refused = await top_up(central, 10_001)
    assert (refused.status, refused.code, refused.body["params"]["maximum_minor"]) == (
        422,
        "purse_ceiling",
        10_000,
    )
    assert await balances(central) == before
    assert (await top_up(central, 4_000)).status == 200
    refused = await top_up(central, 2_001)
    assert (refused.code, refused.body["params"]["left_minor"]) == ("top_up_day_limit", 2_000)
    assert (await top_up(central, 2_000)).status == 200
    pass_days(central, 1)
    refused = await top_up(central, 4_001)
    assert (refused.code, refused.body["params"]["balance_minor"]) == ("purse_ceiling", 6_000)
    assert (await top_up(central, 4_000)).status == 200
    assert await in_purse(central) == 10_000
    assert await sound(central)


async def test_top_ups_at_once_never_pass_the_ceiling(central: CentralUnderTest) -> None:
    await trust(central, purse_max_minor=1_000)
    answers = await in_parallel([top_up(central, 300) for _ in range(12)])
    assert [each.status for each in answers].count(200) == 3
    assert {each.code for each in answers if each.status != 200} <= {"purse_ceiling", "try_again"}
    assert await in_purse(central) == 900
    assert await sound(central)


async def test_a_return_is_taken_also_where_it_lifts_the_purse_above_its_ceiling(
    central: CentralUnderTest,
) -> None:
    await trust(central, purse_max_minor=1_000)
    await top_up(central, 1_000)
    sale = paid(central, 1_000, purse(1_000))
    await central.post("sales", sale)
    await top_up(central, 1_000)
    assert (await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)]))).status == 200
    assert await in_purse(central) == 2_000
    assert (await top_up(central, 1)).code == "purse_ceiling"
    assert await sound(central)


async def test_a_reserved_purse_is_not_spent_twice(central: CentralUnderTest) -> None:
    await trust(central)
    await top_up(central, 1_000)
    quote = {"basket": a_basket([(SHAMPOO, 1, 800)]), "holder": by_uid()}
    quoted = (await central.post("quotes", quote)).body
    body = {
        "reservation_id": "res-1",
        "quote_id": quoted["quote_id"],
        "quote": quote,
        "tenders": [purse(800)],
    }
    assert (await central.post("reservations", body)).status == 200
    assert (await central.post("sales", paid(central, 300, purse(300)))).code == "stored_value_too_low"
    other = body | {"tenders": [purse(700)]}
    assert (await central.post("reservations", other)).code == "idempotency_conflict"
    sold = await central.post("sales", a_sale(central, [(SHAMPOO, 1, 800)], reservation_id="res-1"))
    assert sold.body["tenders"][0]["amount_minor"] == 800
    assert await in_purse(central) == 200
    assert await sound(central)


async def test_many_tills_fight_for_the_last_of_a_purse(central: CentralUnderTest) -> None:
    await trust(central)
    await top_up(central, 1_000)
    answers = await in_parallel([patient(central, paid(central, 300, purse(300))) for _ in range(16)])
    assert [each.status for each in answers].count(200) == 3
    assert {each.code for each in answers if each.status != 200} == {"stored_value_too_low"}
    assert await in_purse(central) == 100
    assert await sound(central)


async def test_a_purse_of_an_unknown_or_blocked_card_takes_nothing(central: CentralUnderTest) -> None:
    assert (await top_up(central, 500, holder=by_number("2900000000031"))).code == "blocked_card"
    assert (await top_up(central, 500, holder=by_number("2900000009999"))).code == "unknown_card"
    assert await balances(central) == {}


# Meal vouchers ----------------------------------------------------------------------------------------------


async def load_meals(central: CentralUnderTest, amount_minor: int, **more: object) -> Reply:
    body = {
        "load_id": new_id("meal"),
        "member_id": "m-dora",
        "amount_minor": amount_minor,
        "funder": "supplier/tickets",
    }
    return await central.post("meal-vouchers", body | more, token="siege")


async def test_the_life_of_meal_vouchers(central: CentralUnderTest) -> None:
    """Loaded by their issuer, they buy food alone, so much a day; returned; the rest expires."""
    await a_french_group(central)
    last_day = (shops_day(central.clock()) + timedelta(days=10)).isoformat()
    loaded = await load_meals(central, 6000, last_day=last_day)
    assert (loaded.body["asset"], loaded.body["balance"]) == ("MEAL.EUR/2", 6000)
    lines = [(FOOD, 2, 2000), (CREAM, 1, 1000)]
    too_much = await central.post("sales", in_euros(central, lines, meals(2001)), token="paris")
    assert (too_much.code, too_much.body["params"]["payable_minor"]) == ("tender_too_much", 2000)
    sale = in_euros(central, lines, meals(1800))
    sold = await central.post("sales", sale, token="paris")
    assert (sold.body["other_minor"], sold.body["tenders"][0]["balance_minor"]) == (1200, 4200)
    more = await central.post("sales", in_euros(central, [(FOOD, 1, 800)], meals(701)), token="paris")
    assert (more.code, more.body["params"]["left_minor"]) == ("meal_vouchers_day_limit", 700)

    path = f"sales/{sale['sale_id']}/returns"
    cream = (await central.post(path, a_return(central, [(2, 1)]), token="paris")).body
    assert (cream["tenders"], cream["other_minor"]) == ([], 1000), "no food came back"
    food = (await central.post(path, a_return(central, [(1, 1)]), token="paris")).body
    assert (food["tenders"][0]["amount_minor"], food["other_minor"]) == (900, 100)
    pass_days(central, 1)
    assert (
        await central.post("sales", in_euros(central, [(FOOD, 1, 700)], meals(700)), token="paris")
    ).status == 200
    view = (await central.get("members/m-dora/purse", token="siege")).body
    assert (view["meal_vouchers_minor"], view["purse_minor"]) == (4400, 0)
    pass_days(central, 11)
    assert (await central.services.upkeep.expire(PARIS, "night")).amounts == {"MEAL.EUR/2": 4400}
    books = await balances(central, PARIS)
    assert books["shop/paris-1/value_redeemed", "MEAL.EUR/2"] == 1600
    assert await sound(central, PARIS)


async def test_meal_vouchers_of_an_unknown_issuer_or_for_a_day_that_is_over_are_refused(
    central: CentralUnderTest,
) -> None:
    await a_french_group(central)
    for funder in ("supplier/nobody", "shop/paris-1", "group"):
        refused = await load_meals(central, 1000, funder=funder)
        assert refused.code == "funder_not_there"
        assert "issued by a supplier" in refused.body["detail"], "it is no shop's and no group's"
    assert (await load_meals(central, 1000, last_day="2020-01-01")).code == "last_day_invalid"
    assert (await load_meals(central, 1000, last_day="2027-02-30")).code == "last_day_invalid"
    assert (await load_meals(central, 1000, member_id="m-nobody")).code == "member_not_found"
    assert (await load_meals(central, 100_001)).code == "purse_ceiling"
    assert await balances(central, PARIS) == {}


@pytest.mark.parametrize(
    ("country", "currency"), [("CH", "CHF"), ("DE", "EUR"), ("CN", "CNY"), ("IT", "EUR")]
)
async def test_where_no_source_says_what_meal_vouchers_buy_none_are_kept(
    central: CentralUnderTest, country: str, currency: str
) -> None:
    """France alone has one (Code du travail R. 3262-10); the refusal names the country."""
    head_office = operator_of("elsewhere")
    await central.services.groups.put_group(
        head_office, name="Elsewhere", country=country, currency=currency, programme=json.dumps(PROGRAMME)
    )
    await central.services.members.enrol(
        head_office, api_members.MemberBody(member_id="m-1", family_name="Rey")
    )
    issued = await central.services.access.issue_token(head_office, role="office", label="o")
    body = {"load_id": "meal-1", "member_id": "m-1", "amount_minor": 1000, "funder": "group"}
    refused = await central.post("meal-vouchers", body, token=issued.token)
    assert (refused.status, refused.code) == (422, "meal_vouchers_not_here")
    assert refused.body["params"] == {"country": country}
    assert refused.body["detail"].startswith(f"In {country} nothing says what meal vouchers may buy")
    assert await balances(central, "elsewhere") == {}


async def test_meal_vouchers_of_a_french_group_buy_nothing_in_its_shop_abroad(
    central: CentralUnderTest,
) -> None:
    """The law is that of the shop: food in Cologne is nothing that a French meal voucher may pay."""
    french = await a_french_group(central)
    shop = api_catalogue.ShopBody(name="Koeln", country="DE", time_zone="Europe/Berlin")
    await central.services.shops.put_shop(french, "koeln-1", shop)
    issued = await central.services.access.issue_token(
        french, role="terminal", label="k", shop_id="koeln-1", terminal_id="t-k"
    )
    assert (await load_meals(central, 2000)).status == 200
    meals = {"kind": "meal_vouchers", "amount_minor": 500}
    refused = await central.post("sales", in_euros(central, [(FOOD, 1, 500)], meals), token=issued.token)
    assert (refused.status, refused.code) == (422, "tender_too_much")
    assert (await balances(central, PARIS))["member/m-dora/meal_vouchers", "MEAL.EUR/2"] == 2000
    at_home = await central.post("sales", in_euros(central, [(FOOD, 1, 500)], meals), token="paris")
    assert at_home.status == 200


# Services ---------------------------------------------------------------------------------------------------


async def test_the_life_of_services_sold_ahead(central: CentralUnderTest) -> None:
    """Hours and times are paid ahead in one shop, drawn in another, never more than there are."""
    await trust(central)
    hours = {"sale_id": "ahead-1", "holder": by_number(), "service_id": "massage", "units": 250}
    sold = await central.post("services/sales", hours)
    assert (sold.body["asset"], sold.body["balance"], sold.body["paid_minor"]) == ("HOUR/2", 250, 20000)
    assert (await central.post("services/sales", hours)).headers["Idempotent-Replayed"] == "true"
    times = {"sale_id": "ahead-2", "holder": by_number(), "service_id": "injection", "units": 3}
    assert (await central.post("services/sales", times)).body["paid_minor"] == 7500
    assert await central.points_of() == 0

    draw = {"draw_id": "draw-1", "holder": by_uid(), "service_id": "massage", "units": 100}
    drawn = await central.post("services/draws", draw, token="terminal_2")
    assert (drawn.body["balance"], drawn.body["shop_id"]) == (150, "lac-2")
    assert (await central.post("services/draws", draw, token="terminal_2")).headers[
        "Idempotent-Replayed"
    ] == "true"
    weak = draw | {"draw_id": "draw-2", "holder": by_number()}
    assert (await central.post("services/draws", weak)).code == "strength_too_low"
    over = await central.post("services/draws", draw | {"draw_id": "draw-3", "units": 151})
    assert (over.code, over.body["params"]["available_minor"]) == ("stored_value_too_low", 150)
    unknown = await central.post("services/draws", draw | {"draw_id": "draw-4", "service_id": "yoga"})
    assert (unknown.status, unknown.code) == (404, "service_not_found")
    view = (await central.get(f"members/{MEMBER}/purse", token="office")).body
    assert {each["service_id"]: each["units"] for each in view["services"]} == {
        "massage": 150,
        "injection": 3,
    }
    books = await balances(central)
    assert books["shop/lac-2/value_redeemed", "HOUR/2"] == 100
    assert books["shop/lac-1/value_sold", "HOUR/2"] == -250
    draws = [draw | {"draw_id": f"race-{n}", "units": 40} for n in range(8)]
    answers = await in_parallel([central.post("services/draws", body) for body in draws])
    assert [each.status for each in answers].count(200) == 3
    acts = (await central.get("stored-value/acts", token="office")).body["acts"]
    assert [act["kind"] for act in acts].count("service_drawn") == 4
    assert await sound(central)
