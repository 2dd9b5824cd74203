"""The whole life of each kind of value in one test: issued, used in parts beside other money, returned in
part, its card blocked and replaced, its member merged with a duplicate, returned to the survivor, expired,
the month closed. That month's clearing equals an independent recount.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.central_fixture import (
    GROUP,
    MEMBER,
    OTHER_CARD,
    OTHER_MEMBER,
    OTHER_UID,
    PROGRAMME,
    SHAMPOO,
    SUN_CREAM,
    CentralUnderTest,
    Reply,
    a_central,
    a_return,
    a_sale,
    by_number,
    by_uid,
)
from tests.integration.central.clearing_recount import copied_and_recounted
from tests.integration.central.publishing import ms
from tests.integration.central.stored import (
    FOOD,
    PARIS,
    TRUSTING,
    a_french_group,
    balances,
    gift,
    holds,
    in_euros,
    meals,
    purse,
    sold_card,
    sound,
    trust,
)
from tests.integration.central.test_clearing import nets
from tests.integration.central.test_merging import merged, number_of
from tests.integration.central.test_vouchers import thanks
from tests.movable_clock import MovableClock

TWIN, TWIN_UID = OTHER_MEMBER, OTHER_UID
NEW_UID = "04A1B2C3D4E599"
OCTOBER = "clearing/2026-10"
SHOP_2 = "terminal_2"


@pytest.fixture
async def central(tmp_path: Path, engine: str) -> AsyncIterator[CentralUnderTest]:
    """In the middle of October 2026; points and vouchers end on the 20th."""
    assert engine
    async with a_central(tmp_path, MovableClock(ms("2026-10-15T10:00:00+02:00"))) as running:
        await trust(running)
        group = await running.services.groups.get(GROUP)
        only_once = {"not": {"has": [{"fact": "basket.vouchers"}, "thanks"]}}
        voucher = thanks(valid_days=5)
        programme: Any = {
            **PROGRAMME,
            "rules": [*PROGRAMME["rules"], voucher | {"when": {"and": [voucher["when"], only_once]}}],  # type: ignore[misc]
            "expiry": {"policy": "fixed_day", "month": 10, "day": 20, "years": 0},
            "identification": TRUSTING,
            "funder": "shop",
        }
        await running.services.groups.put_group(
            running.operator,
            name="Lac",
            country="CH",
            currency="CHF",
            programme=msgspec.json.encode(programme).decode(),
            settings=group.settings,
        )
        yield running


def go_to(central: CentralUnderTest, moment: str) -> None:
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms = ms(moment)


async def give_back(
    central: CentralUnderTest, sale_id: str, *lines: tuple[int, int], token: str = SHOP_2
) -> dict[str, Any]:
    reply = await central.post(f"sales/{sale_id}/returns", a_return(central, lines), token=token)
    assert reply.status == 200, reply.body
    return dict(reply.body)


async def block_and_replace(central: CentralUnderTest, uid: str = TWIN_UID) -> dict[str, str]:
    """The twin's card is lost: it pays nothing any more, a new one does; evidence of the new one."""
    number = OTHER_CARD
    blocked = await central.post("cards/block", {"card_number": number, "reason": "lost"}, token="office")
    assert blocked.status == 200, blocked.body
    refused = await central.post("sales", a_sale(central, [(SHAMPOO, 1, 500)], by_uid(uid)))
    assert refused.code == "blocked_card"
    new = {"card_number": number, "new_card_number": number_of(77), "new_uid": NEW_UID}
    replaced = await central.post("cards/replace", new, token="office")
    assert replaced.status == 200, replaced.body
    return by_uid(NEW_UID)


async def close_and_recount(
    central: CentralUnderTest, folder: Path, group_id: str = GROUP, token: str = "office"
) -> None:
    """October is closed; its statement says what the recount says, and says it for ever."""
    go_to(central, "2026-11-02T10:00:00+01:00")
    closed = await central.post(f"{OCTOBER}/close", None, token=token)
    assert closed.status == 200, closed.body
    view = closed.body
    assert nets(view) == await copied_and_recounted(central.services, group_id, folder / "copy.db")
    assert await sound(central, group_id)


async def pay_once_more(
    central: CentralUnderTest, holder: dict[str, str], amount: int, **paid: Any
) -> tuple[str, Reply]:
    sale = a_sale(central, [(SHAMPOO, 1, amount)], holder, **paid)
    return sale["sale_id"], await central.post("sales", sale, token=SHOP_2)


async def test_the_whole_life_of_points(central: CentralUnderTest, tmp_path: Path) -> None:
    twin = by_uid(TWIN_UID)
    big = a_sale(central, [(SUN_CREAM, 1, 160_000)], twin, sale_id="a-big")
    assert (await central.post("sales", big)).body["points"] == 1600
    sale = a_sale(central, [(SHAMPOO, 4, 6_000)], twin, redeem_points=1_000, sale_id="b-small")
    sold = (await central.post("sales", sale, token=SHOP_2)).body
    assert (sold["redeemed_minor"], sold["other_minor"]) == (2_000, 4_000)
    part = await give_back(central, sale["sale_id"], (1, 1))
    assert (part["restored_points"], part["points"]) == (250, 15)
    new_card = await block_and_replace(central)
    await merged(central, TWIN, MEMBER)
    stands = (await central.get(f"members/{MEMBER}/balance", token="office")).body
    assert stands["points"] == 1600 - 1000 + 60 + 250 - 15
    assert stands["expiring"]["last_day"] == "2026-10-20"
    again, paid = await pay_once_more(central, new_card, 2_000, redeem_points=500)
    assert paid.body["redeemed_minor"] == 1_000, "the old card's successor pays with what is the survivor's"
    rest = await give_back(central, sale["sale_id"], (1, 3))
    assert (rest["restored_points"], rest["points"]) == (750, 45)
    assert (await give_back(central, again, (1, 1)))["restored_points"] == 500
    assert await central.points_of() == 1600
    lots = await central.services.store.list_open_lots(GROUP, f"member/{MEMBER}/points", "PTS/0")
    assert {lot.expires_ms for lot in lots} == {ms("2026-10-21T00:00:00+02:00")}, (
        "nothing lives longer for it"
    )
    go_to(central, "2026-10-21T10:00:00+02:00")
    assert (await central.services.upkeep.expire(GROUP, "night-1")).amounts["PTS/0"] == 1600
    assert await central.points_of() == 0
    await close_and_recount(central, tmp_path)


async def test_the_whole_life_of_a_voucher(central: CentralUnderTest, tmp_path: Path) -> None:
    twin = by_uid(TWIN_UID)
    codes = []
    for _ in range(3):
        given = await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 2_000)], twin))
        codes += [each["code"] for each in given.body["vouchers"]]
    first, second, third = codes

    def with_voucher(code: str, holder: dict[str, str]) -> dict[str, Any]:
        sale = a_sale(central, [(SHAMPOO, 2, 1_400)], holder)
        return sale | {"basket": sale["basket"] | {"vouchers": [code]}}

    sale = with_voucher(first, twin)
    assert (await central.post("sales", sale, token=SHOP_2)).body["total_minor"] == 900
    part = await give_back(central, sale["sale_id"], (1, 1))
    assert part["restored_vouchers"] == [], "whole, once all of its goods are back"
    new_card = await block_and_replace(central)
    await merged(central, TWIN, MEMBER)
    other = with_voucher(second, new_card)
    assert (await central.post("sales", other, token=SHOP_2)).body["used_vouchers"][0]["used_minor"] == 500
    assert (await central.post("sales", with_voucher(second, new_card))).code == "voucher_used"
    rest = await give_back(central, sale["sale_id"], (1, 1))
    assert rest["restored_vouchers"] == ["thanks"], "used before the merge, good again for the survivor"
    again = with_voucher(first, by_uid())
    assert (await central.post("sales", again, token=SHOP_2)).body["total_minor"] == 900
    held = [key for key in await balances(central) if key[0].endswith("/vouchers")]
    assert held == [(f"member/{MEMBER}/vouchers", "VCH.thanks/0")]
    await close_after_expiry_of_vouchers(central, tmp_path, third)


async def close_after_expiry_of_vouchers(central: CentralUnderTest, folder: Path, last: str) -> None:
    go_to(central, "2026-10-21T10:00:00+02:00")
    assert (await central.services.upkeep.expire(GROUP, "night-1")).amounts["VCH.thanks/0"] == 1
    sale = a_sale(central, [(SHAMPOO, 1, 1_400)])
    late = sale | {"basket": sale["basket"] | {"vouchers": [last]}}
    assert (await central.post("sales", late)).code == "voucher_expired"
    await close_and_recount(central, folder)


async def test_the_whole_life_of_a_purse(central: CentralUnderTest, tmp_path: Path) -> None:
    twin = by_uid(TWIN_UID)
    top_up = {"top_up_id": "top-1", "holder": twin, "amount_minor": 4_000}
    assert (await central.post("purses/top-ups", top_up)).status == 200
    sale = a_sale(central, [(SHAMPOO, 3, 4_500)], twin, tenders=[purse(3_000)])
    assert (await central.post("sales", sale, token=SHOP_2)).body["other_minor"] == 1_500
    part = await give_back(central, sale["sale_id"], (1, 1))
    assert (part["tenders"][0]["amount_minor"], part["other_minor"]) == (1_000, 500)
    new_card = await block_and_replace(central)
    await merged(central, TWIN, MEMBER)
    _, paid = await pay_once_more(central, new_card, 2_000, tenders=[purse(1_500)])
    assert paid.body["tenders"][0]["balance_minor"] == 500
    rest = await give_back(central, sale["sale_id"], (1, 2))
    assert rest["tenders"] == [{"kind": "purse", "amount_minor": 2_000, "number_end": "", "onto": "same"}]
    view = (await central.get(f"members/{MEMBER}/purse", token="office")).body
    assert view["purse_minor"] == 2_500
    await close_and_recount(central, tmp_path)
    go_to(central, "2046-11-02T10:00:00+01:00")
    assert "CHF/2" not in (await central.services.upkeep.expire(GROUP, "night-1")).amounts, (
        "paid for: for ever"
    )


async def test_the_whole_life_of_services_sold_ahead(central: CentralUnderTest, tmp_path: Path) -> None:
    twin = by_uid(TWIN_UID)
    hours = {"sale_id": "ahead-1", "holder": twin, "service_id": "massage", "units": 250}
    assert (await central.post("services/sales", hours)).body["paid_minor"] == 20_000
    draw = {"draw_id": "draw-1", "holder": twin, "service_id": "massage", "units": 100}
    assert (await central.post("services/draws", draw, token=SHOP_2)).body["balance"] == 150
    new_card = await block_and_replace(central)
    done = await merged(central, TWIN, MEMBER)
    assert (done["value_minor"], done["decided_by"]) == (12_000, central.token_ids["reader"])
    again = draw | {"draw_id": "draw-2", "holder": new_card, "units": 50}
    assert (await central.post("services/draws", again, token=SHOP_2)).body["balance"] == 100
    (lot,) = await central.services.store.list_open_lots(GROUP, f"member/{MEMBER}/services", "HOUR/2")
    assert (lot.source_id, lot.funder, lot.remaining) == ("ahead-1", "shop/lac-1", 100)
    await close_and_recount(central, tmp_path)


async def test_the_whole_life_of_a_gift_card(central: CentralUnderTest, tmp_path: Path) -> None:
    """Nobody's until it is empty: then its holder becomes a member, who turns out to be one already."""
    card = await sold_card(central, 5_000)
    sale = a_sale(central, [(SHAMPOO, 4, 4_800)], {}, tenders=[gift(card["number"], 4_000)])
    assert (await central.post("sales", sale, token=SHOP_2)).body["other_minor"] == 800
    part = await give_back(central, sale["sale_id"], (1, 1))
    assert part["tenders"][0]["amount_minor"] == 1_000
    block = {"block_id": "block-1", "reason": "lost", "gift_card_id": card["gift_card_id"]}
    assert (await central.post("gift-cards/blocks", block)).status == 200
    new = {"replacement_id": "rep-1", "gift_card_id": card["gift_card_id"], "new_gift_card_id": "gift-new"}
    number = (await central.post("gift-cards/replacements", new, token="office")).body["card"]["number"]
    assert await holds(central, number) == 2_000
    emptied = a_sale(central, [(SHAMPOO, 1, 2_000)], {}, tenders=[gift(number, 2_000)])
    assert (await central.post("sales", emptied, token=SHOP_2)).status == 200
    carla = {"member_id": "m-carla", "family_name": "Rochat"}
    conversion = {"conversion_id": "conv-1", "number": number, "member": carla}
    assert (await central.post("gift-cards/conversions", conversion, token="office")).status == 200
    await merged(central, "m-carla", MEMBER)
    rest = await give_back(central, sale["sale_id"], (1, 3))
    assert rest["tenders"][0]["onto"] == "purse"
    view = (await central.get(f"members/{MEMBER}/purse", token="office")).body
    assert view["purse_minor"] == 3_000
    earned = await central.post("sales", a_sale(central, [(SHAMPOO, 1, 1_000)], by_number(number)))
    assert earned.body["profile"]["member_id"] == MEMBER, "the gift card is the survivor's card"
    assert not [key for key in await balances(central) if key[0].startswith("member/m-carla/")]
    await close_and_recount(central, tmp_path)


async def test_the_whole_life_of_meal_vouchers(central: CentralUnderTest, tmp_path: Path) -> None:
    operator = await a_french_group(central)
    again = {"member_id": "m-dora-2", "family_name": "Petit"}
    assert (await central.post("members", again, token="siege")).status == 200
    loaded = {"load_id": "meal-1", "member_id": "m-dora", "amount_minor": 4_000, "funder": "supplier/tickets"}
    loaded["last_day"] = "2026-10-20"
    assert (await central.post("meal-vouchers", loaded, token="siege")).status == 200
    sale = in_euros(central, [(FOOD, 2, 2_000)], meals(1_500))
    assert (await central.post("sales", sale, token="paris")).body["other_minor"] == 500
    part = await give_back(central, sale["sale_id"], (1, 1), token="paris")
    assert part["tenders"][0]["amount_minor"] == 750
    lost = {"card_number": "2900000000055", "reason": "lost"}
    assert (await central.post("cards/block", lost, token="siege")).status == 200
    new = {"card_number": lost["card_number"], "new_card_number": number_of(78), "new_uid": NEW_UID}
    assert (await central.post("cards/replace", new, token="siege")).status == 200
    merge = {"merge_id": "merge-1", "duplicate_id": "m-dora", "reason": "One person"}
    done = await central.post("members/m-dora-2/merge", merge, token="siege")
    assert (done.body["state"], done.body["value_minor"]) == ("done", 3_250)
    more = in_euros(central, [(FOOD, 1, 900)], meals(900), holder=by_uid(NEW_UID))
    assert (await central.post("sales", more, token="paris")).status == 200
    over = in_euros(central, [(FOOD, 1, 200)], meals(200), holder=by_uid(NEW_UID))
    refused = await central.post("sales", over, token="paris")
    assert refused.code == "meal_vouchers_day_limit", "what both records paid today counts together"
    rest = await give_back(central, sale["sale_id"], (1, 1), token="paris")
    assert rest["tenders"][0]["amount_minor"] == 750
    view = (await central.get("members/m-dora-2/purse", token="siege")).body
    assert view["meal_vouchers_minor"] == 4_000 - 900
    go_to(central, "2026-10-21T10:00:00+02:00")
    assert (await central.services.upkeep.expire(PARIS, "night")).amounts == {"MEAL.EUR/2": 3_100}
    assert operator.group_id == PARIS
    await close_and_recount(central, tmp_path, PARIS, "siege")
