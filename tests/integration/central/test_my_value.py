"""What a member has, told where a card is shown: as much as the card proves, and never more (P-11, P-19)."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from central.services.core.group import GroupSettings
from loyalty.limits.my_value import MEMBER_INCIDENTS_PER_DAY
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


async def named(central: CentralUnderTest, settings: GroupSettings) -> None:
    await central.services.groups.put_group(
        central.operator,
        name="Pharmacies du Lac",
        country="CH",
        currency="CHF",
        programme=(await central.services.groups.get(GROUP)).row.programme,
        settings=settings,
    )


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
    assert (tier["names"], tier["next_names"]) == ({}, {})
    await named(central, GroupSettings(tier_names={"gold": {"fr": "Or", "de": "Gold"}}))
    tier = (await shown(central)).body["tier"]
    assert (tier["names"], tier["next_names"]) == ({}, {"fr": "Or", "de": "Gold"})
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
    await named(central, GroupSettings(rule_names={"thanks": {"fr": "Merci"}}))
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


async def an_association(central: CentralUnderTest, name: str, title: str) -> None:
    put = await central.put(f"parties/association/{name}", {"name": title})
    assert put.status == 200, put.body


async def test_associations_are_listed_with_the_own_one_first_and_take_points_once(
    central: CentralUnderTest,
) -> None:
    await publish(central, BASE, identification={"donate": "nfc_uid"})
    await an_association(central, "choir", "Choeur du Lac")
    await an_association(central, "swim", "Club de natation")
    joined = await central.put(f"members/{MEMBER}/association", {"association_id": "swim"})
    assert joined.status == 200, joined.body
    await earn(central)

    told = (await central.post("holders/associations", {"holder": by_uid()})).body

    listed = [(each["association_id"], each["is_mine"]) for each in told["associations"]]
    assert (told["points"], listed) == (20, [("swim", True), ("choir", False)])
    assert told["associations"][0]["paid_minor"] == 0
    gift = {"donation_id": "d-1", "holder": by_uid(), "association_id": "swim", "points": 15}
    given = await central.post("donations", gift)
    assert given.body["balance_points"] == 5
    proved_anew = gift | {"holder": by_uid() | {"proof_id": "of-a-second-try"}}
    again = await central.post("donations", proved_anew)
    assert (again.status, again.body) == (200, given.body), (
        "a retry proves the card anew and gives nothing more"
    )
    assert (await central.post("holders/associations", {"holder": by_uid()})).body["points"] == 5
    refused = await central.post("holders/associations", {"holder": by_number(CARD)})
    assert refused.code == "strength_too_low"


async def test_a_ticket_is_called_wrong_once_and_lies_with_head_office(central: CentralUnderTest) -> None:
    sale_id = (await earn(central)).body["sale_id"]
    report = {"holder": by_uid(), "sale_id": sale_id}

    first = await central.post("holders/reports", report)
    again = await central.post("holders/reports", report)

    assert (first.status, first.body["state"]) == (200, "open")
    assert (again.body, again.headers["Idempotent-Replayed"]) == (first.body, "true")
    (waiting,) = (await central.get("incidents", token="office")).body["incidents"]
    assert (waiting["sale_id"], waiting["member_id"], waiting["staff_id"]) == (sale_id, MEMBER, "")
    assert waiting["kind"] == "points_missing"
    foreign = await central.post("holders/reports", {"holder": by_uid(OTHER_UID), "sale_id": sale_id})
    assert (foreign.status, foreign.code) == (404, "sale_not_found")


async def test_a_member_calls_only_so_many_tickets_wrong_in_a_day(central: CentralUnderTest) -> None:
    for at in range(MEMBER_INCIDENTS_PER_DAY + 1):
        sale_id = (await earn(central)).body["sale_id"]
        told = await central.post("holders/reports", {"holder": by_uid(), "sale_id": sale_id})
        assert told.status == (200 if at < MEMBER_INCIDENTS_PER_DAY else 422), told.body
    assert told.code == "counter_limit"
