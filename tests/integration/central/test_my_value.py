"""What a member has, told where a card is shown: as much as the card proves, and never more (P-11, P-19)."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from central.services.core.group import GroupSettings
from tests.central_fixture import (
    CARD,
    GROUP,
    MEMBER,
    OTHER_UID,
    CentralUnderTest,
    Reply,
    a_central,
    by_number,
    by_uid,
)
from tests.integration.central.claim_rules import publish
from tests.integration.central.test_vouchers import earn, paid_with, thanks
from tests.movable_clock import MovableClock

DAY_MS = 86_400_000
BASE: dict[str, Any] = {
    "id": "base",
    "version": 1,
    "kind": "campaign",
    "when": {"fact": "member.is_known"},
    "effects": [{"effect": "points_per_amount", "points": 1, "per_minor": 100, "rounding": "floor"}],
}
TIERS = {
    "count": "spent",
    "period": "calendar",
    "months": 12,
    "steps": [{"tier": "silver", "at": 1_000}, {"tier": "gold", "at": 20_000}],
}
FOR_A_UID = {"redeem": "nfc_uid"}


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        yield running


async def shown(central: CentralUnderTest, holder: dict[str, str] | None = None, **extra: Any) -> Reply:
    return await central.post("holders/value", {"holder": holder or by_uid()}, **extra)


async def number_of(central: CentralUnderTest, voucher_id: str, uid: str = "") -> Reply:
    holder = by_uid(uid) if uid else by_uid()
    return await central.post("holders/vouchers", {"holder": holder, "voucher_id": voucher_id})


async def test_points_their_ends_and_the_way_to_the_next_tier_are_told(central: CentralUnderTest) -> None:
    expiry = {"policy": "months", "months": 24}
    await publish(central, BASE, expiry=expiry, tiers=TIERS, voucher_step={"points": 10, "worth_minor": 100})
    await earn(central)
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += 70 * DAY_MS
    await earn(central)

    told = (await shown(central)).body

    assert (told["points"], told["pending"], told["lasting"], told["worth_minor"]) == (40, 0, 0, 400)
    assert [each["points"] for each in told["expiries"]] == [20, 20], "two months, each with its own"
    assert told["expiries"][0]["last_day"] < told["expiries"][1]["first_day"]
    tier = told["tier"]
    assert (tier["next_tier"], tier["next_at"], tier["by"]) == ("gold", 20_000, "purchases")
    assert tier["missing"] == 20_000 - tier["counted"]
    assert told["vouchers"] == []
    assert (await shown(central, by_uid(OTHER_UID))).body["points"] == 0, "each their own"


async def test_points_that_never_expire_are_lasting(central: CentralUnderTest) -> None:
    await publish(central, BASE, expiry={"policy": "none"})
    await earn(central)
    told = (await shown(central)).body
    assert (told["lasting"], told["expiries"], told["tier"]) == (20, [], None)


async def test_a_number_that_anybody_may_read_is_told_nothing(central: CentralUnderTest) -> None:
    await earn(central)
    refused = await shown(central, by_number(CARD))
    assert (refused.status, refused.code) == (403, "strength_too_low")
    refused = await shown(central, token="office")
    assert (refused.status, refused.code) == (403, "permission_missing")


async def test_vouchers_are_listed_while_they_can_be_used(central: CentralUnderTest) -> None:
    await publish(central, thanks(), identification=FOR_A_UID)
    await central.services.groups.put_group(
        central.operator,
        name="Pharmacies du Lac",
        country="CH",
        currency="CHF",
        programme=(await central.services.groups.get(GROUP)).row.programme,
        settings=GroupSettings(rule_names={"thanks": {"fr": "Merci"}}),
    )
    given = [(await earn(central)).body["vouchers"][0] for _ in range(2)]
    vouchers = (await shown(central)).body["vouchers"]
    assert [each["worth_minor"] for each in vouchers] == [500, 500]
    assert vouchers[0]["names"] == {"fr": "Merci"}
    assert vouchers[0]["last_day"] == given[0]["last_day"]
    assert "code" not in vouchers[0]

    told = await number_of(central, vouchers[0]["voucher_id"])
    assert told.body["code"] in {each["code"] for each in given}, "the number that the ticket printed"
    assert told.body["payload"] == told.body["code"].replace(" ", "")
    used = await central.post("sales", paid_with(central, told.body["code"]))
    assert used.body["total_minor"] == 1000

    left = (await shown(central)).body["vouchers"]
    assert [each["voucher_id"] for each in left] == [vouchers[1]["voucher_id"]]
    over = await number_of(central, vouchers[0]["voucher_id"])
    assert (over.status, over.code) == (404, "voucher_not_there")


async def test_a_vouchers_number_takes_what_spending_takes(central: CentralUnderTest) -> None:
    await publish(central, thanks())
    await earn(central)
    (voucher,) = (await shown(central)).body["vouchers"]
    refused = await number_of(central, voucher["voucher_id"])
    assert (refused.status, refused.code) == (403, "strength_too_low")


async def test_another_members_voucher_is_not_there(central: CentralUnderTest) -> None:
    await publish(central, thanks(), identification=FOR_A_UID)
    await earn(central)
    (voucher,) = (await shown(central)).body["vouchers"]
    refused = await number_of(central, voucher["voucher_id"], OTHER_UID)
    assert (refused.status, refused.code) == (404, "voucher_not_there")
    assert (await central.points_of(MEMBER)) == 0
