"""Points that pay, are given, corrected, held, expire and mature: over HTTP, on a real store."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from central.services.core.access import VALUE_APPROVE, VALUE_CORRECT
from central.services.core.clock import Zones
from central.services.core.context import Context
from central.services.core.group import GroupSettings
from central.services.core.known import Known
from central.services.core.ledger_settings import LedgerSettings
from central.services.core.vault import Vault
from central.services.tickets.redeeming import RedeemingTooMuch
from central.services.tickets.undoing import Undoing
from central.storage.base import GuardFailed
from central.storage.interface.rows import SaleRow
from loyalty.ledger.audit import check_holds
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.reversal import points_owed_by
from loyalty.programme.programme import Programme
from tests.central_fixture import (
    FIRST_MILK,
    GROUP,
    MEMBER,
    OTHER_MEMBER,
    OTHER_UID,
    PRESCRIPTION,
    PROGRAMME,
    SHOPS,
    SUN_CREAM,
    CentralUnderTest,
    a_basket,
    a_central,
    a_return,
    a_sale,
    by_number,
    by_uid,
    in_parallel,
)
from tests.movable_clock import MovableClock
from wire import api_parties, api_sales

DAY_MS = 86_400_000
LENIENT = {"redeem": "nfc_uid", "donate": "nfc_uid", "transfer": "nfc_uid"}
"""A group whose programme trusts a tapped card for value: the default does not."""


async def lenient(central: CentralUnderTest, ledger: LedgerSettings | None = None, **changed: Any) -> None:
    """Give the group a programme that lets a tapped card move value, and settings of the ledger."""
    group = await central.services.groups.get(GROUP)
    settings = GroupSettings(names=group.settings.names, ledger=ledger or LedgerSettings())
    red_cross = api_parties.PartyBody(name="Croix-Rouge")
    await central.services.parties.put(central.operator, "association", "red-cross", red_cross)
    await central.services.groups.put_group(
        central.operator,
        name=group.row.name,
        country="CH",
        currency="CHF",
        programme=msgspec.json.encode(PROGRAMME | {"identification": LENIENT} | changed).decode(),
        settings=settings,
    )


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    import time

    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        yield running


async def earn(central: CentralUnderTest, points: int = 1000, **changed: Any) -> dict[str, Any]:
    sale = a_sale(central, [(SUN_CREAM, 1, points * 100)], **changed)
    assert (await central.post("sales", sale)).body["points"] == points
    return sale


async def reserve(central: CentralUnderTest, points: int, reservation_id: str = "res-1") -> Any:
    basket = a_basket([(SUN_CREAM, 2, 3980), (FIRST_MILK, 1, 2500)])
    quote = {"basket": basket, "holder": by_uid()}
    quoted = await central.post("quotes", quote)
    body = {
        "reservation_id": reservation_id,
        "quote_id": quoted.body["quote_id"],
        "quote": quote,
        "redeem_points": points,
    }
    return await central.post("reservations", body)


def paid(central: CentralUnderTest, reservation_id: str = "res-1", **changed: Any) -> dict[str, Any]:
    lines = [(SUN_CREAM, 2, 3980), (FIRST_MILK, 1, 2500)]
    return a_sale(central, lines, reservation_id=reservation_id, **changed)


async def sound(central: CentralUnderTest) -> bool:
    report = await central.services.upkeep.reconcile(GROUP)
    assert report.findings == ()
    store = central.services.store
    holds = await store.list_pending_holds(GROUP, "", 1000)
    accounts, lots = await store.list_accounts(GROUP, "", 1000), await store.list_lots(GROUP, "", 1000)
    assert list(check_holds(holds, accounts, lots)) == []
    return True


async def test_points_pay_under_a_reservation_and_a_return_gives_them_back(central: CentralUnderTest) -> None:
    await lenient(central)
    await earn(central)
    held = await reserve(central, 1000)
    assert (held.body["redeem_points"], held.body["redeem_minor"]) == (1000, 2000)
    balance = (await central.get(f"members/{MEMBER}/balance", token="office")).body
    assert (balance["points"], balance["points_held"]) == (1000, 1000)

    sale = paid(central)
    sold = await central.post("sales", sale)
    assert (sold.body["redeemed_points"], sold.body["redeemed_minor"]) == (1000, 2000)
    assert (sold.body["total_minor"], sold.body["points"]) == (6480, 39), "a tender changes neither"
    assert sold.body["balance_points"] == 39
    again = await central.post("sales", sale)
    assert (again.headers["Idempotent-Replayed"], again.body["redeemed_points"]) == ("true", 1000)

    half = await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)]))
    rest = await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1), (2, 1)]))
    restored = [(each.body["restored_points"], each.body["restored_minor"]) for each in (half, rest)]
    assert restored == [(500, 1000), (500, 1000)], "first milk was not paid with points"
    assert await central.points_of() == 1000
    assert await sound(central)


async def test_a_released_reservation_frees_what_it_held_and_a_sold_one_stays(
    central: CentralUnderTest,
) -> None:
    await lenient(central)
    await earn(central)
    await reserve(central, 1000)

    first = await central.post("reservations/res-1/release", None)
    again = await central.post("reservations/res-1/release", None)

    assert first.status == again.status == 200, first.body
    balance = (await central.get(f"members/{MEMBER}/balance", token="office")).body
    assert (balance["points"], balance["points_held"]) == (1000, 0)
    assert (await reserve(central, 1000, "res-2")).status == 200, "free to be kept for another ticket"
    assert (await central.post("sales", paid(central, "res-2"))).body["redeemed_points"] == 1000
    sold = await central.post("reservations/res-2/release", None)
    unknown = await central.post("reservations/res-9/release", None)
    assert (sold.status, sold.code) == (409, "reservation_used")
    assert (unknown.status, unknown.code) == (404, "reservation_not_found")
    assert await sound(central)


async def test_a_return_decided_on_lines_of_before_another_return_is_decided_again(
    central: CentralUnderTest,
) -> None:
    """Two returns at once: what was read of the lines may be older than what is read of the points."""
    await lenient(central)
    await earn(central)
    await reserve(central, 1000)
    sale = paid(central)
    await central.post("sales", sale)
    await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 2)]))
    row = await central.services.store.find_sale(GROUP, sale["sale_id"])
    assert row is not None
    undoing, head, programme = await undoing_of(central, row)

    with pytest.raises(GuardFailed):
        await undoing.decide(head, row, programme, points=39, restored=1000, returns_before=0)


async def test_what_a_return_makes_owed_is_guarded_by_what_had_expired(central: CentralUnderTest) -> None:
    """Points promised to another ticket are not free, and while this is written they may expire."""
    await lenient(central)
    sale = await earn(central)
    row = await central.services.store.find_sale(GROUP, sale["sale_id"])
    assert row is not None
    undoing, head, programme = await undoing_of(central, row)

    free = await undoing.decide(head, row, programme, points=10, restored=0, returns_before=0)
    await reserve(central, 1000)
    held = await undoing.decide(head, row, programme, points=10, restored=0, returns_before=0)

    assert (points_owed_by(free.reversal), free.expired_before) == (0, None)
    assert (points_owed_by(held.reversal), held.expired_before) == (10, 0)


async def test_what_a_return_takes_of_other_sales_lots_is_guarded_by_what_they_held(
    central: CentralUnderTest,
) -> None:
    """Of two returns at once the second would take what the lot's own sale may still take back."""
    await lenient(central)
    first = await earn(central)
    await reserve(central, 1000)
    goods = paid(central)
    await central.post("sales", goods)
    await central.post(f"sales/{first['sale_id']}/returns", a_return(central, [(1, 1)]))
    settles = await earn(central)
    await central.post(f"sales/{goods['sale_id']}/returns", a_return(central, [(1, 2)]))
    row = await central.services.store.find_sale(GROUP, settles["sale_id"])
    assert row is not None
    undoing, head, programme = await undoing_of(central, row)

    undone = await undoing.decide(head, row, programme, points=10, restored=0, returns_before=0)

    ((lot_id, held),) = undone.lots_before
    assert lot_id.startswith(first["sale_id"])
    assert undone.reversal is not None
    assert [(each.lot_id, each.amount) for each in undone.reversal.lot_changes] == [(lot_id, 10)]
    (lot,) = await central.services.store.list_sale_lots(GROUP, first["sale_id"])
    assert (lot.remaining, points_owed_by(undone.reversal)) == (held, 0)


async def undoing_of(central: CentralUnderTest, row: SaleRow) -> tuple[Undoing, EntryHead, Programme]:
    """What decides a return of a sale, the return's head, and the programme."""
    services = central.services
    head = EntryHead(
        transaction_id="ret-late/reversal", cause_id="ret-late", occurred_ms=central.clock(),
        recorded_ms=central.clock(), actor="t-1", terminal_id=None, ruleset_version=row.ruleset_version,
    )  # fmt: skip
    context = Context(
        store=services.store,
        vault=Vault(bytes(32)),
        quote_key=b"",
        clock=central.clock,
        zones=Zones(),
        known=Known(services.store, central.clock),
    )
    return Undoing(context), head, (await services.groups.get(GROUP)).programme


async def test_the_default_policy_lets_no_tapped_uid_redeem(central: CentralUnderTest) -> None:
    await earn(central)
    refused = await reserve(central, 500)
    assert (refused.status, refused.code) == (403, "strength_too_low")
    direct = await central.post("sales", a_sale(central, [(SUN_CREAM, 2, 3980)], redeem_points=500))
    assert direct.code == "strength_too_low"
    assert await central.points_of() == 1000


@pytest.mark.parametrize(
    ("points", "code"),
    [(750, "redeeming_not_in_steps"), (2500, "redeeming_too_much"), (1500, "balance_too_low")],
)
async def test_what_cannot_be_redeemed_is_refused_and_nothing_is_held(
    central: CentralUnderTest, points: int, code: str
) -> None:
    await lenient(central)
    await earn(central)
    refused = await reserve(central, points)
    assert (refused.status, refused.code) == (422, code)
    assert await sound(central)


async def test_points_that_the_law_keeps_from_lines_are_refused_with_it_and_no_class_on_a_till(
    central: CentralUnderTest,
) -> None:
    await lenient(central)
    await earn(central)
    lines = [(SUN_CREAM, 1, 100), (FIRST_MILK, 1, 2500), (PRESCRIPTION, 1, 2500)]
    sale = a_sale(central, lines, redeem_points=500)
    at_the_till = await central.post("sales", sale)
    assert (at_the_till.status, at_the_till.code) == (422, "redeeming_too_much")
    detail = at_the_till.body["detail"]
    assert "only 1.00 CHF of this ticket" in detail
    assert "By law points may not pay for lines 2, 3. Choose fewer points." in detail
    for told in ("medicine", "milk", "OPuM", "http"):
        assert told not in detail, "who stands at the screen reads no class and no law that names one"
    body = msgspec.convert(sale | {"shop_id": SHOPS[0]}, api_sales.SaleBody)
    named = r"lines 2, 3 \(infant_milk_first_age: .*\. medicine_ch_b: .*\)\."
    with pytest.raises(RedeemingTooMuch, match=named):
        await central.services.sales.commit(central.operator, body)
    assert await central.points_of() == 1000


async def test_a_redemption_above_the_ticket_says_nothing_of_a_law_that_has_no_part_in_it(
    central: CentralUnderTest,
) -> None:
    await lenient(central)
    await earn(central)
    refused = await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 100)], redeem_points=500))
    assert refused.code == "redeeming_too_much"
    assert "law" not in refused.body["detail"]


async def test_a_typed_number_and_nobody_cannot_redeem(central: CentralUnderTest) -> None:
    await lenient(central)
    await earn(central)
    lines = [(SUN_CREAM, 2, 3980)]
    typed = await central.post("sales", a_sale(central, lines, holder=by_number(), redeem_points=500))
    nobody = await central.post("sales", a_sale(central, lines, holder={}, redeem_points=500))
    assert [typed.code, nobody.code] == ["strength_too_low", "redeeming_needs_member"]


async def test_a_sale_without_reservation_burns_at_once_or_is_refused(central: CentralUnderTest) -> None:
    await lenient(central)
    await earn(central)
    lines = [(SUN_CREAM, 2, 3980)]
    replies = await in_parallel(
        [central.post("sales", a_sale(central, lines, redeem_points=500)) for _ in range(8)]
    )
    done = [reply for reply in replies if reply.status == 200]
    assert len(done) == 2
    assert {reply.code for reply in replies if reply.status != 200} <= {"balance_too_low", "try_again"}
    assert await central.points_of() == 2 * 39
    assert await sound(central)


async def test_less_than_reserved_frees_the_rest_and_more_is_refused(central: CentralUnderTest) -> None:
    await lenient(central)
    await earn(central)
    await reserve(central, 1000)
    more = await central.post("sales", paid(central, redeem_points=1500))
    assert more.code == "redeeming_exceeds_hold"
    less = await central.post("sales", paid(central, redeem_points=500))
    assert less.body["redeemed_points"] == 500
    assert (await central.get(f"members/{MEMBER}/balance", token="office")).body["points_held"] == 0
    assert await central.points_of() == 539
    assert await sound(central)


async def test_what_was_paid_under_an_ended_hold_is_booked_and_the_rest_owed(
    central: CentralUnderTest,
) -> None:
    await lenient(central)
    await earn(central)
    await reserve(central, 1000)
    late = paid(central)
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += 20 * 60_000
    assert await central.services.upkeep.expire_holds(GROUP) == 1
    assert await central.services.upkeep.expire_holds(GROUP) == 0
    spent = await central.post("sales", a_sale(central, [(SUN_CREAM, 2, 3980)], redeem_points=500))
    assert spent.status == 200
    booked = await central.post("sales", late)
    assert (booked.status, booked.body["redeemed_points"]) == (200, 1000)
    balance = (await central.get(f"members/{MEMBER}/balance", token="office")).body
    assert balance["points"] - balance["points_owed"] == 1000 - 500 - 1000 + 39 + 39
    assert await sound(central)


async def test_points_expire_once_at_their_end(central: CentralUnderTest) -> None:
    await lenient(central, expiry={"policy": "months", "months": 1})
    await earn(central, 40)
    assert isinstance(central.clock, MovableClock)
    assert (await central.services.upkeep.expire(GROUP, "run-1")).lots == 0
    central.clock.now_ms += 40 * DAY_MS
    reports = await asyncio.gather(*(central.services.upkeep.expire(GROUP, "run-2") for _ in range(5)))
    assert sum(report.amounts.get("PTS/0", 0) for report in reports) == 40
    assert (await central.services.upkeep.expire(GROUP, "run-3")).lots == 0
    assert await central.points_of() == 0
    assert await sound(central)


async def test_what_expired_is_not_owed_by_returns_in_any_steps(central: CentralUnderTest) -> None:
    await lenient(
        central, expiry={"policy": "months", "months": 1}, voucher_step={"points": 3, "worth_minor": 5}
    )
    sale = a_sale(central, [(SUN_CREAM, 10, 1000)])
    await central.post("sales", sale)
    spent = a_sale(central, [(SUN_CREAM, 1, 99)], redeem_points=3)
    assert (await central.post("sales", spent)).body["balance_points"] == 7
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += 40 * DAY_MS
    await central.services.upkeep.expire(GROUP, "run-1")
    owed = []
    for units in (1, 4, 5):
        reply = await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, units)]))
        owed.append(reply.body["points_owed"])
    assert sum(owed) == 3, "3 were spent; 7 had expired"
    assert await sound(central)


async def test_pending_points_wait_for_their_day_and_a_return_takes_them_first(
    central: CentralUnderTest,
) -> None:
    await lenient(central, LedgerSettings(pending_days=14))
    sale = await earn(central, 40)
    balance = (await central.get(f"members/{MEMBER}/balance", token="office")).body
    assert (balance["points"], balance["points_pending"]) == (0, 40)
    await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)]))
    await earn(central, 30)
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += 13 * DAY_MS
    assert await central.services.upkeep.mature(GROUP) == 0
    central.clock.now_ms += DAY_MS
    assert await central.services.upkeep.mature(GROUP) == 30
    assert await central.services.upkeep.mature(GROUP) == 0
    assert await central.points_of() == 30
    assert await sound(central)


async def test_points_that_await_an_event_are_released_by_it_for_one_sale_or_all(
    central: CentralUnderTest,
) -> None:
    await lenient(central, LedgerSettings(pending_awaits="collected"))
    first = await earn(central, 40)
    await earn(central, 30)
    release = {"release_id": "r-1", "awaits": "collected", "sale_id": first["sale_id"]}
    assert (await central.post("points/releases", release, token="office")).body["points"] == 40
    assert (await central.post("points/releases", release, token="office")).body["points"] == 0
    everything = {"release_id": "r-2", "awaits": "collected"}
    assert (await central.post("points/releases", everything, token="office")).body["points"] == 30
    assert (await central.post("points/releases", everything)).status == 403
    assert await central.points_of() == 70
    assert await sound(central)


async def test_a_donation_reaches_the_association_once(central: CentralUnderTest) -> None:
    await lenient(central)
    await earn(central)
    body = {"donation_id": "d-1", "holder": by_uid(), "association_id": "red-cross", "points": 300}
    given = await central.post("donations", body)
    again = await central.post("donations", body)
    assert (given.body["balance_points"], again.headers["Idempotent-Replayed"]) == (700, "true")
    assert (await central.post("donations", body | {"points": 301})).status == 409
    unknown = await central.post("donations", body | {"donation_id": "d-2", "association_id": "x"})
    too_much = await central.post("donations", body | {"donation_id": "d-3", "points": 701})
    assert [unknown.code, too_much.code] == ["association_not_found", "balance_too_low"]
    accounts = {row.account: row.balance for row in await central.services.store.list_accounts(GROUP, "", 99)}
    assert accounts["association/red-cross/points"] == 300
    assert await sound(central)


async def test_points_move_within_a_household_alone(central: CentralUnderTest) -> None:
    await lenient(central)
    await earn(central)
    body = {"transfer_id": "t-1", "holder": by_uid(), "to_member_id": OTHER_MEMBER, "points": 300}
    assert (await central.post("transfers", body)).code == "not_one_household"
    home = {"member_ids": [MEMBER, OTHER_MEMBER]}
    assert (await central.put("households/h-1", home)).body["member_ids"] == [MEMBER, OTHER_MEMBER]
    assert (await central.put("households/h-1", {"member_ids": ["nobody"]})).status == 404
    moved = await central.post("transfers", body)
    assert moved.body["balance_points"] == 700
    assert await central.points_of(OTHER_MEMBER) == 300
    replies = await in_parallel([central.post("transfers", body) for _ in range(10)])
    assert {reply.headers["Idempotent-Replayed"] for reply in replies} == {"true"}
    own = await central.post("transfers", body | {"transfer_id": "t-2", "to_member_id": MEMBER})
    assert own.code == "not_one_household"
    back = body | {"transfer_id": "t-3", "holder": by_uid(OTHER_UID), "to_member_id": MEMBER}
    assert (await central.post("transfers", back)).status == 200
    assert await central.points_of() == 1000
    assert await sound(central)


async def test_members_who_move_house_together_may_give_each_other_points_meanwhile(
    central: CentralUnderTest,
) -> None:
    """They are of one household at every moment: what is read of one is never older than of the other."""
    await lenient(central)
    await earn(central)
    home = {"member_ids": [MEMBER, OTHER_MEMBER]}
    await central.put("households/h-1", home)
    body = {"holder": by_uid(), "to_member_id": OTHER_MEMBER, "points": 1}
    for number in range(10):
        moving = [central.put(f"households/h-{at}", home) for at in (2, 1, 2, 1)]
        giving = [central.post("transfers", body | {"transfer_id": f"t-{number}-{at}"}) for at in range(6)]
        mixed = [call for pair in zip(giving, [*moving, *[None] * 2], strict=True) for call in pair if call]
        replies = await in_parallel(mixed)
        assert {reply.code for reply in replies if reply.status != 200} <= {"try_again"}
    assert await sound(central)


async def test_a_large_correction_waits_for_a_second_person(central: CentralUnderTest) -> None:
    boss = await central.services.access.issue_token(central.operator, role="office", label="boss")
    body = {"correction_id": "c-1", "member_id": MEMBER, "points": 501, "reason": "moved house"}
    asked = await central.post("corrections", body, token="office")
    assert asked.body["state"] == "pending"
    assert await central.points_of() == 0
    own = await central.post("corrections/c-1/decision", {"approve": True}, token="office")
    assert (own.status, own.code) == (422, "second_person_needed")
    waiting = await central.get("corrections", token=boss.token)
    assert [each["correction_id"] for each in waiting.body["corrections"]] == ["c-1"]
    done = await central.post("corrections/c-1/decision", {"approve": True}, token=boss.token)
    again = await central.post("corrections/c-1/decision", {"approve": True}, token=boss.token)
    assert (done.body["state"], again.headers["Idempotent-Replayed"]) == ("posted", "true")
    other = await central.post("corrections/c-1/decision", {"approve": False}, token=boss.token)
    assert other.code == "correction_decided"
    assert await central.points_of() == 501
    assert await sound(central)


async def test_a_small_correction_is_posted_at_once_and_never_below_zero(central: CentralUnderTest) -> None:
    body = {"correction_id": "c-1", "member_id": MEMBER, "points": 20, "reason": "goodwill"}
    first = await central.post("corrections", body, token="office")
    again = await central.post("corrections", body, token="office")
    assert (first.body["state"], again.headers["Idempotent-Replayed"]) == ("posted", "true")
    down = body | {"correction_id": "c-2", "points": -21}
    assert (await central.post("corrections", down, token="office")).code == "balance_too_low"
    nothing = body | {"correction_id": "c-3", "points": 0}
    assert (await central.post("corrections", nothing, token="office")).code == "correction_of_nothing"
    assert (await central.post("corrections", body | {"correction_id": "c-4"})).status == 403
    assert await central.points_of() == 20


async def test_many_small_corrections_of_one_person_need_a_second_one_too(central: CentralUnderTest) -> None:
    limits = LedgerSettings(correction_alone_points=100, correction_alone_points_per_day=250)
    await lenient(central, limits)
    issued = await central.services.access.issue_token(
        central.operator, role="terminal", label="counter", shop_id="lac-1", also=frozenset({VALUE_CORRECT})
    )
    replies = await in_parallel(
        [
            central.post(
                "corrections",
                {"correction_id": f"c-{n}", "member_id": MEMBER, "points": 100, "reason": "goodwill"},
                token=issued.token,
            )
            for n in range(6)
        ]
    )
    states = sorted(reply.body["state"] for reply in replies if reply.status == 200)
    assert states.count("posted") == 2
    assert await central.points_of() == 200
    assert VALUE_APPROVE not in (await central.services.access.authenticate(issued.token)).permissions
    assert await sound(central)


async def test_the_answer_and_the_ticket_say_why(central: CentralUnderTest) -> None:
    sale = a_sale(central, [(SUN_CREAM, 2, 3780), (FIRST_MILK, 1, 2500)])
    sold = await central.post("sales", sale)
    assert sold.body["receipt"] == [
        "Vos points, ligne par ligne",
        "Ligne 1                          37 points",
        "  Points sur le montant                +37",
        "Ligne 2                            0 point",
        "  Lait 1er âge : pas de points, aucune",
        "  règle de droit connue ne le permet",
        "-" * 42,
        "Points gagnés                    37 points",
        "Solde                            37 points",
    ]

    till = (await central.get(f"sales/{sale['sale_id']}/why")).body
    assert till["rules"] == [
        {"rule_id": "base", "rule_version": 1, "code": "points_per_amount", "points": 37}
    ]
    assert (till["currency"], till["sent_minor"]) == ("CHF", 6280)
    assert [(step["stage"], step["rule_id"], step["points_after"]) for step in till["steps"]] == [
        ("accrual", "base", 37)
    ]
    assert (till["is_known"], till["points"], till["lines"]) == (True, 37, [])

    care = (await central.get(f"sales/{sale['sale_id']}/why", token="reader")).body
    assert [(line["line_no"], line["points"]) for line in care["lines"]] == [(1, 37), (2, 0)]
    assert care["lines"][1]["reasons"][0]["rule_id"] == "law.CH"
    assert [step["rule_id"] for step in care["steps"]] == ["law.CH", "base"]
    reads = await central.services.store.list_reads(GROUP, MEMBER, 10)
    assert [read.purpose for read in reads] == ["why"]
    assert (await central.get("sales/none/why")).status == 404
    assert (await central.get(f"sales/{sale['sale_id']}/why", token="terminal_2")).status == 404


async def test_why_stays_what_it_was_when_the_rules_change(central: CentralUnderTest) -> None:
    sale = await earn(central, 10)
    await lenient(central, rules=[])
    why = (await central.get(f"sales/{sale['sale_id']}/why")).body
    assert (why["ruleset_version"], why["rules"][0]["points"]) == (1, 10)
    again = await central.post("sales", sale)
    assert "Points gagnés                    10 points" in again.body["receipt"]
    narrow = await central.post("sales", sale | {"receipt_columns": 32})
    assert narrow.status == 200, "the paper is no part of what makes it the same ticket"
    assert "Points gagnés          10 points" in narrow.body["receipt"]
