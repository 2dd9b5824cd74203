"""Leases over HTTP: granted as the programme says, settled by late tickets, proved by the card, ended."""

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from loyalty.ledger.chart import OFFLINE_RISK
from loyalty.limits.cards import TAP_VALID_S
from loyalty.limits.leases import LEASE_LOST_AFTER_S
from tests.central_fixture import (
    CARD,
    MEMBER,
    OTHER_MEMBER,
    OTHER_UID,
    SUN_CREAM,
    UID,
    CentralUnderTest,
    Reply,
    a_central,
    a_return,
    a_sale,
    by_uid,
    in_parallel,
)
from tests.integration.central.publishing import publish
from tests.integration.central.stored import TRUSTING, balances, new_id, sound
from tests.integration.central.test_chip_messages import a_chip, tap
from tests.integration.central.test_merging import merged
from tests.integration.central.test_value import reserve
from tests.movable_clock import MovableClock
from wire.api_erasure import ErasureBody
from wire.api_leases import SIGNED_AS, LeaseDocument, card_mark
from wire.offline import OfflineDocumentRefused, check

LEASE = {"points": 200, "share_bp": 6000, "hours": 48, "terminal_points": 1000, "terminal_leases": 2}
STEP = {"points": 10, "worth_minor": 20}
RISK = (OFFLINE_RISK, "PTS/0")
HOUR_MS = 3_600_000


async def offer(central: CentralUnderTest, *, trusting: bool = True, **lease: Any) -> None:
    """A programme with leases; `trusting`: a tapped card's UID may redeem."""
    await publish(
        central,
        voucher_step=STEP,
        identification=TRUSTING if trusting else {},
        offline={"lease": LEASE | lease},
    )


async def earn(central: CentralUnderTest, points: int, uid: str = UID) -> None:
    sold = await central.post("sales", a_sale(central, [(SUN_CREAM, 1, points * 100)], holder=by_uid(uid)))
    assert sold.status == 200, sold.body


async def ask(
    central: CentralUnderTest, holder: dict[str, str] | None = None, *, token: str = "terminal", **more: Any
) -> Reply:
    body = {"lease_id": new_id("lease"), "holder": holder or by_uid()} | more
    return await central.post("leases", body, token=token)


async def granted(central: CentralUnderTest, holder: dict[str, str] | None = None, **more: Any) -> Any:
    reply = await ask(central, holder, **more)
    assert reply.status == 200, reply.body
    return reply.body


def late(
    central: CentralUnderTest,
    lease: dict[str, Any],
    points: int,
    *,
    holder: dict[str, str] | None = None,
    drawn_ms: int | None = None,
    **changed: Any,
) -> dict[str, Any]:
    """A ticket of a cut, paid with points of a lease."""
    burn = {
        "lease_id": lease["lease_id"],
        "points": points,
        "drawn_ms": central.clock() if drawn_ms is None else drawn_ms,
    }
    return a_sale(central, [(SUN_CREAM, 1, 1990)], holder=holder or by_uid(), **changed) | {"lease": burn}


async def give_back(
    central: CentralUnderTest, lease: dict[str, Any], drawn: int, token: str = "terminal"
) -> Reply:
    return await central.post(f"leases/{lease['lease_id']}/return", {"drawn": drawn}, token=token)


async def stands(central: CentralUnderTest, member_id: str = MEMBER) -> tuple[int, int, int]:
    """Points, of them held, of those set aside by leases."""
    body = (await central.get(f"members/{member_id}/balance", token="office")).body
    return body["points"], body["points_held"], body["points_leased"]


async def risked(central: CentralUnderTest) -> int:
    return -(await balances(central)).get(RISK, 0)


async def test_without_a_word_of_the_programme_nothing_is_set_aside(central: CentralUnderTest) -> None:
    await publish(central, voucher_step=STEP, identification=TRUSTING)
    await earn(central, 100)
    assert (await ask(central)).code == "lease_not_granted"
    assert await stands(central) == (100, 0, 0)


async def test_a_lease_is_the_programmes_share_in_whole_steps_signed_and_shown(
    central: CentralUnderTest,
) -> None:
    await offer(central)
    await earn(central, 105)
    lease = await granted(central)
    assert (lease["amount"], lease["state"], lease["drawn"], lease["is_wanted"]) == (60, "live", 0, True)
    assert await stands(central) == (105, 60, 60)

    own = (await central.get("leases")).body
    assert own["leases"] == [lease]
    keys = (await central.get("offline/keys")).body
    check(keys["signing_key"], SIGNED_AS, lease["document"], lease["signature"])
    with pytest.raises(OfflineDocumentRefused):
        check(keys["signing_key"], SIGNED_AS, lease["document"].replace("60", "90"), lease["signature"])
    document = msgspec.json.decode(lease["document"], type=LeaseDocument)
    assert (document.amount, document.step_points, document.step_minor) == (60, 10, 20)
    assert document.card == card_mark(lease["lease_id"], UID)
    assert (document.terminal_id, document.medium, document.needs) == ("t-1", "nfc_uid", "nfc_uid")
    assert document.expires_ms - document.granted_ms == 48 * HOUR_MS
    assert await sound(central)


async def test_all_leases_of_a_member_together_keep_the_share_and_a_terminal_has_one(
    central: CentralUnderTest,
) -> None:
    await offer(central, points=40)
    await earn(central, 100)
    assert (await granted(central))["amount"] == 40
    assert (await ask(central)).code == "lease_not_granted", "one per member and terminal"
    assert (await granted(central, token="terminal_2"))["amount"] == 20, "60 of 100 in all"
    assert await stands(central) == (100, 60, 60)


async def test_a_terminal_has_so_many_leases_and_so_many_points(central: CentralUnderTest) -> None:
    await offer(central, terminal_leases=1)
    await earn(central, 100)
    await earn(central, 100, OTHER_UID)
    await granted(central)
    assert (await ask(central, by_uid(OTHER_UID))).code == "lease_not_granted"
    await offer(central, terminal_points=70)
    assert (await granted(central, by_uid(OTHER_UID)))["amount"] == 10


async def test_the_programme_may_ask_for_regulars(central: CentralUnderTest) -> None:
    await offer(central, seen_days=30)
    await earn(central, 100)
    assert (await ask(central, token="terminal_2")).code == "lease_not_granted", "bought at shop 1"
    assert (await granted(central))["amount"] == 60


async def test_the_same_request_again_is_the_same_lease_and_other_content_a_conflict(
    central: CentralUnderTest,
) -> None:
    await offer(central)
    await earn(central, 200)
    lease_id = new_id("lease")
    first, *others = await in_parallel([ask(central, lease_id=lease_id) for _ in range(8)])
    assert {each.status for each in others} == {first.status} == {200}
    assert len({each.body["signature"] for each in (first, *others)}) == 1
    assert (await stands(central))[1] == first.body["amount"]
    assert (await ask(central, by_uid(OTHER_UID), lease_id=lease_id)).code == "idempotency_conflict"


async def test_only_terminals_have_leases_and_only_their_own(central: CentralUnderTest) -> None:
    await offer(central)
    await earn(central, 100)
    assert (await ask(central, token="importer")).code == "lease_needs_terminal"
    lease = await granted(central)
    assert (await give_back(central, lease, 0, "terminal_2")).code == "lease_unknown"
    assert (await central.post("sales", late(central, lease, 10), token="terminal_2")).code == "lease_unknown"
    assert (await central.get("leases/live")).code == "permission_missing"
    assert (await central.get("leases", token="terminal_2")).body["leases"] == []


async def test_a_card_that_may_not_redeem_gets_no_lease(central: CentralUnderTest) -> None:
    await offer(central, trusting=False)
    await earn(central, 100)
    assert (await ask(central)).code == "strength_too_low"


async def test_late_tickets_settle_in_order_once_and_the_rest_is_given_back(
    central: CentralUnderTest,
) -> None:
    await offer(central)
    await earn(central, 100)
    lease = await granted(central)
    first, second = late(central, lease, 30), late(central, lease, 20)
    booked = await central.post("sales", first)
    assert booked.status == 200, booked.body
    assert (booked.body["redeemed_points"], booked.body["redeemed_minor"]) == (30, 60)
    assert (await central.post("sales", first)).headers["Idempotent-Replayed"] == "true"
    assert (await give_back(central, lease, 50)).code == "lease_unsettled"
    await central.post("sales", second)
    assert await stands(central) == (100 - 50 + 19 + 19, 10, 10)
    assert (await central.post("sales", late(central, lease, 20))).code == "lease_exceeded"
    back = await give_back(central, lease, 50)
    assert (back.body["state"], back.body["drawn"]) == ("returned", 50)
    assert (await give_back(central, lease, 50)).body == back.body
    assert await stands(central) == (88, 0, 0)
    assert await risked(central) == 0
    assert await sound(central)


async def test_leases_and_online_burns_stay_within_the_balance(central: CentralUnderTest) -> None:
    await offer(central)
    await earn(central, 100)
    lease = await granted(central)
    refused = await reserve(central, 50)
    assert refused.code == "balance_too_low"
    assert (await reserve(central, 40, "res-2")).status == 200
    assert (await central.post("sales", late(central, lease, 60))).status == 200
    assert await stands(central) == (100 - 60 + 19, 40, 0)
    assert await risked(central) == 0


async def test_a_message_of_the_chip_proves_a_burn_though_the_card_was_tapped_elsewhere_since(
    central: CentralUnderTest,
) -> None:
    await offer(central, trusting=False)
    await earn(central, 100)
    card = await a_chip(central)
    lease = await granted(central, tap(card))
    offline = tap(card)
    elsewhere = await central.post("identify", {"evidence": tap(card)}, token="terminal_2")
    assert elsewhere.body["strength"] == "aes_card"
    assert (await central.post("sales", late(central, lease, 30, holder=offline))).status == 200
    assert (await stands(central))[0] == 100 - 30 + 19
    assert await risked(central) == 0


async def test_the_very_tap_of_the_grant_pays_for_a_moment(tmp_path: Path) -> None:
    clock = MovableClock(time.time_ns() // 1_000_000)
    async with a_central(tmp_path, clock) as central:
        await offer(central, trusting=False)
        await earn(central, 100)
        shown = tap(await a_chip(central))
        lease = await granted(central, shown)
        assert (await central.post("sales", late(central, lease, 10, holder=shown))).status == 200
        assert await risked(central) == 0
        clock.now_ms += TAP_VALID_S * 1000 + 1
        assert (await central.post("sales", late(central, lease, 10, holder=shown))).status == 200
        assert await risked(central) == 10


async def test_what_a_card_does_not_prove_is_the_groups_and_the_ticket_is_booked(
    central: CentralUnderTest,
) -> None:
    await offer(central, trusting=False, points=90, share_bp=9000)
    await earn(central, 100)
    card = await a_chip(central)
    before = tap(card)
    used = tap(card)
    assert (await central.post("identify", {"evidence": used}, token="terminal_2")).status == 200
    lease = await granted(central, tap(card))
    forged = tap(card)
    forged["value"] = forged["value"][:-1] + ("0" if forged["value"][-1] != "0" else "1")
    doubts = [before, used, forged, by_uid(), by_uid(OTHER_UID)]
    for number, holder in enumerate(doubts, start=1):
        booked = await central.post("sales", late(central, lease, 10, holder=holder))
        assert booked.status == 200, booked.body
        assert await risked(central) == 10 * number
    assert (await central.post("sales", late(central, lease, 10) | {"holder": None})).status == 200
    assert await risked(central) == 60
    points, held, leased = await stands(central)
    assert (held, leased) == (30, 30), "set aside no longer, and not burned"
    assert points >= 100
    assert await sound(central)
    events = await central.services.store.list_events("lac", 0, 1000)
    assert [each.kind for each in events].count("lease.at_risk") == 6


async def test_one_message_pays_at_one_terminal_of_two_in_a_cut(central: CentralUnderTest) -> None:
    await offer(central, trusting=False, points=30)
    await earn(central, 100)
    card = await a_chip(central)
    here, there = await granted(central, tap(card)), await granted(central, tap(card), token="terminal_2")
    copied = tap(card)
    await central.post("sales", late(central, here, 10, holder=copied))
    assert await risked(central) == 0
    await central.post("sales", late(central, there, 10, holder=copied), token="terminal_2")
    assert await risked(central) == 10


async def test_a_card_blocked_before_the_burn_proves_nothing_and_one_blocked_after_does(
    tmp_path: Path,
) -> None:
    clock = MovableClock(time.time_ns() // 1_000_000)
    async with a_central(tmp_path, clock) as central:
        await offer(central)
        await earn(central, 100)
        lease = await granted(central)
        before_ms = central.clock()
        clock.now_ms += 10
        blocked = await central.post("cards/block", {"card_number": CARD, "reason": "lost"})
        assert blocked.status == 200, blocked.body
        own = (await central.get("leases")).body["leases"]
        assert [each["is_wanted"] for each in own] == [False]
        clock.now_ms += 10
        await central.post("sales", late(central, lease, 10, drawn_ms=before_ms))
        assert (await risked(central), (await stands(central))[0]) == (0, 100 - 10 + 19)
        await central.post("sales", late(central, lease, 10))
        assert (await risked(central), (await stands(central))[0]) == (10, 109)


async def test_a_card_replaced_while_its_lease_is_out_proves_burns_of_before(tmp_path: Path) -> None:
    clock = MovableClock(time.time_ns() // 1_000_000)
    async with a_central(tmp_path, clock) as central:
        await offer(central)
        await earn(central, 100)
        lease = await granted(central)
        before_ms = central.clock()
        clock.now_ms += 10
        body = {"card_number": CARD, "new_card_number": "2900000000055", "new_uid": "04A1B2C3D4E599"}
        assert (await central.post("cards/replace", body, token="office")).status == 200
        clock.now_ms += 10
        await central.post("sales", late(central, lease, 10, drawn_ms=before_ms))
        assert await risked(central) == 0
        await central.post("sales", late(central, lease, 10))
        assert await risked(central) == 10
        assert (await give_back(central, lease, 20)).body["state"] == "returned"
        assert (await granted(central, by_uid("04A1B2C3D4E599")))["amount"] == 60


async def test_a_burn_after_the_lease_is_over_is_the_groups(central: CentralUnderTest) -> None:
    await offer(central, hours=1)
    await earn(central, 100)
    lease = await granted(central)
    ended_ms = lease["expires_ms"]
    await central.post("sales", late(central, lease, 10, drawn_ms=ended_ms - 1))
    assert await risked(central) == 0
    await central.post("sales", late(central, lease, 10, drawn_ms=ended_ms))
    assert await risked(central) == 10


async def test_a_loss_is_declared_after_a_grace_time_and_kept_with_its_reason(tmp_path: Path) -> None:
    clock = MovableClock(time.time_ns() // 1_000_000)
    async with a_central(tmp_path, clock) as central:
        await offer(central)
        await earn(central, 100)
        lease = await granted(central)
        path = f"leases/{lease['lease_id']}/lost"
        reason = {"reason": "Stolen with the till"}
        assert (await central.post(path, reason)).code == "permission_missing"
        clock.now_ms = lease["expires_ms"] + LEASE_LOST_AFTER_S * 1000 - 1
        assert (await central.post(path, reason, token="office")).code == "lease_not_lost"
        assert (await stands(central))[1] == 60, "its own end frees nothing"
        listed = (await central.get("leases/live", token="office")).body["leases"]
        assert [(each["lease_id"], each["lost_from_ms"]) for each in listed] == [
            (lease["lease_id"], clock.now_ms + 1)
        ]
        clock.now_ms += 1
        lost = await central.post(path, reason, token="office")
        assert (lost.status, lost.body["state"], lost.body["reason"]) == (200, "lost", reason["reason"])
        assert lost.body["ended_by"] == central.token_ids["office"]
        assert (await central.post(path, reason, token="office")).body == lost.body
        assert (await central.post(path, {"reason": "x"}, token="office")).code == "lease_ended"
        assert await stands(central) == (100, 0, 0)
        assert (await give_back(central, lease, 0)).body["state"] == "lost"
        assert await sound(central)


async def test_a_late_burn_of_a_lost_lease_takes_what_is_there_and_the_rest_is_the_groups(
    tmp_path: Path,
) -> None:
    clock = MovableClock(time.time_ns() // 1_000_000)
    async with a_central(tmp_path, clock) as central:
        await offer(central)
        await earn(central, 100)
        lease = await granted(central)
        drawn_ms = clock.now_ms
        clock.now_ms = lease["expires_ms"] + LEASE_LOST_AFTER_S * 1000
        await central.post(f"leases/{lease['lease_id']}/lost", {"reason": "Burned down"}, token="office")
        assert (await reserve(central, 80)).status == 200
        assert (await central.post("sales", late(central, lease, 60, drawn_ms=drawn_ms))).status == 200
        assert await risked(central) == 40
        assert await stands(central) == (80 + 19, 80, 0)
        assert await sound(central)


async def test_goods_paid_in_a_cut_come_back_to_who_paid(central: CentralUnderTest) -> None:
    await offer(central)
    await earn(central, 100)
    lease = await granted(central)
    proven, doubted, nobodys = (
        late(central, lease, 20),
        late(central, lease, 20, holder=by_uid(OTHER_UID)),
        late(central, lease, 20, holder=by_uid("04DEADBEEF0000")),
    )
    for ticket in (proven, doubted, nobodys):
        booked = await central.post("sales", ticket)
        assert (booked.status, booked.body["redeemed_minor"]) == (200, 40), booked.body
    assert await risked(central) == 40
    for ticket, left in ((proven, 40), (doubted, 20), (nobodys, 0)):
        back = await central.post(f"sales/{ticket['sale_id']}/returns", a_return(central, [(1, 1)]))
        assert back.status == 200, back.body
        assert back.body["other_minor"] == 1990 - 40, "what points paid is not paid out in money"
        assert await risked(central) == left
    assert (await stands(central))[0] == 100
    assert (await stands(central, OTHER_MEMBER))[0] == 0
    assert await sound(central)


async def test_points_of_a_lease_come_alone(central: CentralUnderTest) -> None:
    await offer(central)
    await earn(central, 100)
    lease = await granted(central)
    for more in ({"redeem_points": 10}, {"tenders": []}, {"reservation_id": "r-1"}):
        assert (await central.post("sales", late(central, lease, 10) | more)).code == "lease_not_alone"
    assert (await stands(central))[0] == 100


async def test_a_merged_members_leases_follow_and_settle_on_the_survivor(central: CentralUnderTest) -> None:
    await offer(central)
    await earn(central, 30)
    await earn(central, 100, OTHER_UID)
    lease = await granted(central, by_uid(OTHER_UID))
    assert lease["amount"] == 60
    await merged(central)
    assert await stands(central) == (130, 60, 60)
    assert await stands(central, OTHER_MEMBER) == (0, 0, 0)
    assert await sound(central)
    booked = await central.post("sales", late(central, lease, 50, holder=by_uid(OTHER_UID)))
    assert booked.status == 200, booked.body
    assert await stands(central) == (130 - 50 + 19, 10, 10)
    assert (await give_back(central, lease, 50)).body["state"] == "returned"
    assert await stands(central) == (99, 0, 0)
    assert await risked(central) == 0
    assert await sound(central)


async def test_an_erased_members_lease_ends_and_what_was_burned_of_it_is_the_groups(
    central: CentralUnderTest,
) -> None:
    await offer(central)
    await earn(central, 100)
    lease = await granted(central)
    erased = await central.services.erasure.erase(central.operator, MEMBER, ErasureBody())
    assert erased.member_id == MEMBER
    assert (await give_back(central, lease, 0)).body["state"] == "ended"
    booked = await central.post("sales", late(central, lease, 50))
    assert booked.status == 200, booked.body
    assert await risked(central) == 50
    assert await sound(central)
