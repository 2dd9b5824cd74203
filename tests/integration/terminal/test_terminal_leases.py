"""Points in a cut: a member who was here before burns inside the lease, once; central settles it later."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from loyalty.ledger.chart import OFFLINE_RISK
from terminal.agent import Agent
from terminal.clock import TrustedTime
from tests.central_fixture import CARD, MEMBER, OTHER_UID, PRESCRIPTION, SUN_CREAM, UID
from tests.helpers import eventually
from tests.integration.central.stored import balances, sound
from tests.integration.central.test_chip_messages import a_chip
from tests.integration.central.test_leases import offer
from tests.integration.terminal.test_terminal_value import held_points, redeem, reference, told
from tests.terminal_fixture import CREAM, Shop, a_terminal
from tools.till import Item, SimulatedTill, requests
from wire.nexo.loyalty import LoyaltyResponse

POINTS = 1_000


@pytest.fixture
def boot_id_file(tmp_path: Path) -> Path:
    path = tmp_path / "boot_id"
    path.write_text("boot-1\n")
    return path


@pytest.fixture
async def shop(tmp_path: Path, socket_dir: Path, boot_id_file: Path) -> AsyncIterator[Shop]:
    """A shop whose member has 1,000 points, was here, and left a lease of 200."""
    async with a_terminal(tmp_path, socket_dir, boot_id_file=boot_id_file) as running:
        await offer(running.central, points=200)
        big = Item(line_no=1, code=SUN_CREAM, quantity=1, amount_minor=POINTS * 100)
        assert (await running.till.award([big], card=CARD)).response.result == "Success"
        await running.tap_known()
        await leased(running)
        yield running


async def leased(shop: Shop, points: int = 200) -> None:
    """Wait until a lease is here, and what it takes to burn by it."""

    async def is_here() -> bool:
        data = shop.agent.offline
        rows = await shop.agent.leases._store.list_all()
        is_live = [(lease.state, lease.amount) for lease in rows] == [("live", points)]
        return is_live and data.usable() is not None and data.may_redeem()

    await eventually(is_here)


async def laid_down(shop: Shop, tap_id: str) -> None:
    """Wait until the agent has the card of this tap, and knows whether central answers about it."""

    def is_there() -> bool:
        card = shop.agent.desk.current
        return card is not None and card.tap_id == tap_id and not card.is_asking

    await eventually(is_there)


async def drawn(shop: Shop) -> int:
    return sum(lease.drawn for lease in await shop.agent.leases._store.list_all())


async def risked(shop: Shop) -> int:
    return -(await balances(shop.central)).get((OFFLINE_RISK, "PTS/0"), 0)


async def settled(shop: Shop) -> None:
    await shop.mend()
    await shop.drained()


async def restarted(shop: Shop) -> Agent:
    """The agent dies and comes back on the same disk; a till and a kiosk find it again."""
    await shop.agent.__aexit__()
    agent = await shop.stack.enter_async_context(Agent(shop.settings, clock=shop.clock))
    shop.agent = agent
    shop.till = await shop.stack.enter_async_context(SimulatedTill(f"https://127.0.0.1:{agent.nexo_port}"))
    return agent


async def test_points_pay_in_a_cut_and_are_burned_once_when_the_line_is_back(shop: Shop) -> None:
    await shop.cut()
    ticket = shop.till.new_ticket()

    first = await redeem(shop, 150, ticket)
    again = await redeem(shop, 150, ticket)
    assert (told(first)["redeemedMinor"], await drawn(shop)) == ("300", 150)
    assert reference(first) == reference(again)
    award = await shop.till.award([CREAM], ticket=ticket)
    assert told(award)["queued"] == "true"
    assert await shop.central.points_of() == POINTS

    await settled(shop)
    assert await shop.central.points_of() == POINTS - 150 + 39
    assert await risked(shop) == 0
    assert await sound(shop.central)


async def test_no_more_than_the_lease_is_burned_in_a_cut_by_all_tills_together(shop: Shop) -> None:
    await shop.cut()
    assert told(await redeem(shop, 150, shop.till.new_ticket()))["result"] == "Success"

    answer = told(await redeem(shop, 60, shop.till.new_ticket()))
    assert (answer["result"], answer["code"]) == ("Failure", "lease_too_small")
    assert await drawn(shop) == 150
    assert told(await redeem(shop, 50, shop.till.new_ticket()))["result"] == "Success"
    assert await drawn(shop) == 200


async def test_a_card_without_a_lease_and_a_typed_number_burn_nothing_in_a_cut(shop: Shop) -> None:
    await shop.cut()
    await shop.tap(OTHER_UID)
    await eventually(lambda: shop.kiosk.session.state == "refused")
    other = told(await redeem(shop, 10, shop.till.new_ticket()))
    typed = told(await redeem(shop, 10, shop.till.new_ticket(), card=CARD))
    assert (other["code"], typed["code"]) == ("lease_missing", "lease_missing")
    assert await drawn(shop) == 0


async def test_the_law_and_the_steps_hold_in_a_cut(shop: Shop) -> None:
    await shop.cut()
    medicine = Item(line_no=1, code=PRESCRIPTION, quantity=1, amount_minor=2500)
    unknown = Item(line_no=1, code="2999999999999", quantity=1, amount_minor=2500)
    for items in ((medicine,), (unknown,)):
        answer = told(await redeem(shop, 10, shop.till.new_ticket(), items))
        assert answer["code"] == "redeeming_too_much"
    assert told(await redeem(shop, 15, shop.till.new_ticket()))["code"] == "redeeming_not_in_steps"
    assert await drawn(shop) == 0


async def test_points_taken_back_before_the_award_are_in_the_lease_again(shop: Shop) -> None:
    await shop.cut()
    ticket = shop.till.new_ticket()
    answer = await redeem(shop, 150, ticket)
    refund = requests.loyalty(
        shop.till, "RedemptionRefund", ticket=ticket, original=reference(answer), items=()
    )
    assert told(await shop.till.ask(refund, LoyaltyResponse))["result"] == "Success"
    assert await drawn(shop) == 0
    assert told(await redeem(shop, 200, shop.till.new_ticket()))["result"] == "Success"


async def test_what_was_burned_survives_a_crash_of_the_agent(shop: Shop) -> None:
    await shop.cut()
    ticket = shop.till.new_ticket()
    await redeem(shop, 150, ticket)

    await restarted(shop)
    assert await drawn(shop) == 150
    now_ms = shop.agent.time.now_ms()
    assert now_ms is not None, "a restart of the program alone leaves the time known"
    await laid_down(shop, await shop.tap())
    assert told(await redeem(shop, 60, shop.till.new_ticket()))["code"] == "lease_too_small"
    assert told(await shop.till.award([CREAM], ticket=ticket))["queued"] == "true"
    await settled(shop)
    assert await shop.central.points_of() == POINTS - 150 + 39


async def test_a_reboot_without_central_voids_burning_until_the_time_is_known_again(
    shop: Shop, boot_id_file: Path
) -> None:
    await shop.cut()
    await asyncio.to_thread(boot_id_file.write_text, "boot-2\n")
    await restarted(shop)
    assert shop.agent.time.now_ms() is None
    await laid_down(shop, await shop.tap())
    answer = told(await redeem(shop, 50, shop.till.new_ticket()))
    assert (answer["result"], answer["code"]) == ("Failure", "lease_time_unknown")

    await shop.mend()
    await shop.cut()
    assert told(await redeem(shop, 50, shop.till.new_ticket()))["result"] == "Success"


async def test_online_the_lease_of_this_very_terminal_is_no_hindrance(shop: Shop) -> None:
    assert await held_points(shop) == 200
    answer = told(await redeem(shop, 900, shop.till.new_ticket(), (_big(),)))
    assert answer["result"] == "Success", answer
    assert await held_points(shop) == 900
    assert await drawn(shop) == 0


async def test_a_lease_is_renewed_by_the_next_tap_and_given_back_when_its_card_is_blocked(
    shop: Shop,
) -> None:
    await shop.cut()
    ticket = shop.till.new_ticket()
    await redeem(shop, 100, ticket)
    await shop.till.award([CREAM], ticket=ticket)
    await settled(shop)
    await shop.remove()
    await shop.tap_known()

    async def is_new() -> bool:
        rows = await shop.agent.leases._store.list_all()
        return [(lease.drawn, lease.amount) for lease in rows] == [(0, 200)]

    await eventually(is_new)
    assert await held_points(shop) == 200
    await shop.central.post("cards/block", {"card_number": CARD, "reason": "lost"})
    await shop.agent.leases.look()
    assert await held_points(shop) == 0
    assert await sound(shop.central)


async def test_a_lease_edited_on_the_disk_is_worth_nothing(shop: Shop) -> None:
    await shop.cut()
    database = apsw.Connection(str(shop.settings.database))
    database.execute(
        "UPDATE lease SET amount = 5000, document = replace(document, '\"amount\":200', '\"amount\":5000')"
    )
    database.close()
    assert told(await redeem(shop, 250, shop.till.new_ticket()))["code"] == "lease_missing"
    assert told(await redeem(shop, 10, shop.till.new_ticket()))["code"] == "lease_missing"


async def test_a_chips_message_pays_in_a_cut_and_central_verifies_it_later(
    tmp_path: Path, socket_dir: Path
) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        await offer(shop.central, points=200, trusting=False)
        big = Item(line_no=1, code=SUN_CREAM, quantity=1, amount_minor=POINTS * 100)
        await shop.till.award([big], card=CARD)
        chip = await a_chip(shop.central)

        async def tap(message: str = "") -> None:
            chip.counter += 1
            await laid_down(shop, await shop.tap(message or chip.sun_url(), "ntag424", uid=UID))

        await tap()
        await eventually(lambda: shop.kiosk.session.state == "open")
        await leased(shop)
        await shop.cut()
        await shop.remove()
        await tap()
        await eventually(lambda: shop.kiosk.session.state == "refused")
        ticket = shop.till.new_ticket()
        assert told(await redeem(shop, 50, ticket))["result"] == "Success"
        await shop.till.award([CREAM], ticket=ticket)
        await shop.remove()
        forged = chip.sun_url()[:-1] + "0"
        await tap(forged if forged != chip.sun_url() else chip.sun_url()[:-1] + "1")
        ticket = shop.till.new_ticket()
        assert told(await redeem(shop, 30, ticket))["result"] == "Success", "keys of cards are not here"
        await shop.till.award([CREAM], ticket=ticket)
        await settled(shop)

        assert await risked(shop) == 30
        assert await shop.central.points_of(MEMBER) == POINTS - 50 + 39
        assert await sound(shop.central)


async def test_time_is_trusted_by_ticks_of_the_same_boot_whatever_the_wall_clock_says(tmp_path: Path) -> None:
    kept: dict[str, bytes] = {}
    ticks = [1_000]

    class Store:
        async def keep(self, name: str, value: bytes) -> None:
            kept[name] = value

        async def find_kept(self, name: str) -> bytes | None:
            return kept.get(name)

    boot = tmp_path / "boot"
    await asyncio.to_thread(boot.write_text, "one")

    async def program() -> TrustedTime:
        time = TrustedTime(Store(), boot_id_file=boot, ticks=lambda: ticks[0])
        await time.load()
        return time

    first = await program()
    assert first.now_ms() is None
    first.heard(1_790_000_000_000)
    await first.keep()
    ticks[0] += 60_000
    again: Any = await program()
    assert 60_000 <= again.now_ms() - 1_790_000_000_000 < 60_100
    await asyncio.to_thread(boot.write_text, "two")
    assert (await program()).now_ms() is None
    await asyncio.to_thread(boot.unlink)
    assert (await program()).now_ms() is None


def _big() -> Item:
    return Item(line_no=1, code=SUN_CREAM, quantity=1, amount_minor=200_000)


async def test_the_screen_tells_in_a_cut_what_is_known_and_what_may_pay(shop: Shop) -> None:
    await shop.cut()
    await laid_down(shop, await shop.tap())
    await eventually(lambda: shop.kiosk.session.in_cut is not None)

    told_now = shop.kiosk.session.in_cut
    assert told_now is not None
    assert (shop.kiosk.session.state, shop.kiosk.session.refusal) == ("refused", "central_unreachable")
    assert (told_now.balance, told_now.points, told_now.worth_minor) == (POINTS, 200, 400)
    assert shop.clock() - 60_000 < told_now.balance_ms <= shop.clock(), "as of the tap before the cut"

    ticket = shop.till.new_ticket()
    burned = await redeem(shop, 150, ticket)
    assert told(burned)["result"] == "Success"
    await eventually(lambda: left_on_screen(shop) == (POINTS, 50, 100))
    undo = requests.loyalty(shop.till, "RedemptionRefund", ticket=ticket, original=reference(burned))
    assert told(await shop.till.ask(undo, LoyaltyResponse))["result"] == "Success"
    await eventually(lambda: left_on_screen(shop) == (POINTS, 200, 400))

    other = await shop.tap(OTHER_UID)
    await eventually(
        lambda: (shop.kiosk.session.tap_id, shop.kiosk.session.refusal) == (other, "central_unreachable")
    )
    assert shop.kiosk.session.in_cut is None, "nothing is known here of who was not here"


async def test_after_a_reboot_without_a_line_the_balance_is_told_and_nothing_may_pay(
    shop: Shop, boot_id_file: Path
) -> None:
    await shop.cut()
    await asyncio.to_thread(boot_id_file.write_text, "boot-2\n")
    await restarted(shop)
    await laid_down(shop, await shop.tap())
    await eventually(lambda: left_on_screen(shop) == (POINTS, 0, 0))


def left_on_screen(shop: Shop) -> tuple[int | None, int, int] | None:
    told_now = shop.kiosk.state.session.in_cut if shop.kiosk.state.session else None
    return None if told_now is None else (told_now.balance, told_now.points, told_now.worth_minor)
