"""Training: a till practises with everything it has, and no value of anybody moves (issue 7, part 5)."""

import random
from pathlib import Path

from loyalty.durations import DAY_MS
from terminal.agent import Agent
from terminal.clock import wall_clock
from terminal.totals import Wanted
from tests.central_fixture import CARD, GROUP, MEMBER, SUN_CREAM
from tests.helpers import eventually
from tests.integration.central.stored import sound
from tests.integration.terminal.test_terminal_value import (
    in_purse,
    load,
    pay,
    redeem,
    reference,
    told,
    trusting,
)
from tests.integration.terminal.till_pairing import STAFF_UID
from tests.terminal_fixture import CREAM, Shop, a_terminal
from tools.till import Item, SimulatedTill, requests
from wire.api_counter import StaffBody
from wire.api_tills import StaffCardBody
from wire.nexo.loyalty import LoyaltyResponse
from wire.nexo.payment import ReversalResponse
from wire.nexo.totals import ReconciliationRequest, ReconciliationResponse
from wire.tills import ALL_TILLS, SetTraining

__all__ = ["trusting"]


async def everything_of(shop: Shop) -> list[object]:
    """What of the member's and the group's could have moved."""
    balance = await shop.central.get(f"members/{MEMBER}/balance", token="office")
    purse = await shop.central.get(f"members/{MEMBER}/purse", token="office")
    tickets = await shop.central.get(f"members/{MEMBER}/tickets", token="office")
    counts = await shop.agent.outbox.counts()
    real = await shop.agent.totals.sums(1, Wanted())
    return [balance.body, purse.body, tickets.body, counts, real]


async def points_of(shop: Shop) -> int:
    reply = await shop.central.get(f"members/{MEMBER}/balance", token="office")
    return int(reply.body["points"])


async def test_a_whole_ticket_is_practised_and_nothing_moves(trusting: Shop) -> None:
    shop = trusting
    assert (await load(shop, 5000)).response.result == "Success"
    before = await everything_of(shop)
    await shop.till.login(is_training=True)
    ticket = shop.till.new_ticket()
    redeemed = await redeem(shop, 200, ticket)
    paid = await pay(shop, 1000, ticket)
    award = await shop.till.award([CREAM], ticket=ticket)
    assert told(redeemed)["training"] == told(paid)["training"] == told(award)["training"] == "true"
    assert told(redeemed)["result"] == told(paid)["result"] == told(award)["result"] == "Success"
    assert told(award)["earned"] == "39"
    assert int(told(redeemed)["redeemedMinor"]) > 0
    refund = await shop.till.award_refund(reference(award))
    assert told(refund)["takenBack"] == "39"
    assert told(await load(shop, 700))["training"] == "true"
    assert await everything_of(shop) == before
    assert await sound(shop.central)


async def test_paper_of_training_says_so_in_its_first_line(trusting: Shop) -> None:
    await trusting.till.login(is_training=True)
    award = await trusting.till.award([CREAM])
    assert award.payment_receipt is not None
    first = award.payment_receipt[0].output_content.output_text
    assert first is not None
    assert first[0].text is not None
    assert "EXERCICE" in first[0].text


async def test_after_the_lesson_the_same_ticket_counts(trusting: Shop) -> None:
    shop = trusting
    before = await points_of(shop)
    ticket = shop.till.new_ticket()
    await shop.till.login(is_training=True)
    await shop.till.award([CREAM], ticket=ticket)
    await shop.till.login()
    award = await shop.till.award([CREAM], ticket=ticket, service_id="AGAIN-1")
    assert "training" not in told(award)
    assert await points_of(shop) == before + 39


async def test_logging_out_ends_it_and_another_till_is_not_in_it(trusting: Shop) -> None:
    shop = trusting
    await shop.till.login(is_training=True)
    await eventually(lambda: shop.kiosk.state.training == ("TILL-1",))
    other = await shop.second_till()
    assert "training" not in told(await other.award([CREAM]))
    await shop.till.logout()
    await eventually(lambda: shop.kiosk.state.training == ())
    assert "training" not in told(await shop.till.award([CREAM]))


async def test_training_outlives_a_restart_of_the_agent(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        await shop.till.login(is_training=True)
        await shop.till.award([CREAM], card=CARD)
        await shop.agent.__aexit__(None, None, None)
        async with (
            Agent(shop.settings) as again,
            SimulatedTill(f"https://127.0.0.1:{again.nexo_port}") as till,
        ):
            await eventually(lambda: again.link.state == "up")
            award = await till.award([CREAM], card=CARD)
            assert told(award)["training"] == "true"
        assert await shop.sales_booked() == 0


async def test_a_clock_that_is_days_early_or_jumps_ends_no_lesson_and_the_next_day_does(
    tmp_path: Path, socket_dir: Path
) -> None:
    moved = [0]

    def clock() -> int:
        return wall_clock() + moved[0]

    async with a_terminal(tmp_path, socket_dir, clock=clock) as shop:
        await shop.till.login(is_training=True)
        await shop.cut()
        moved[0] = -5 * DAY_MS
        await shop.agent.training.end_of_day()
        assert shop.agent.training.is_on("TILL-1")
        await shop.agent.__aexit__(None, None, None)
        async with Agent(shop.settings, clock=clock) as again:
            await again.training.end_of_day()
            assert again.training.is_on("TILL-1"), "the machine woke up with a clock days early"
            moved[0] = 0
            await again.training.end_of_day()
            assert again.training.is_on("TILL-1"), "and it jumped to the right time"
            moved[0] = -5 * DAY_MS
            again.time.heard(wall_clock() + DAY_MS)
            assert not again.training.is_on("TILL-1"), "central's word of the next day counts"
            await again.training.end_of_day()
        async with Agent(shop.settings, clock=clock) as later:
            assert later.training.tills == (), "what ended does not come back"


async def test_a_lesson_begun_under_an_early_clock_is_of_the_day_that_central_told(
    tmp_path: Path, socket_dir: Path
) -> None:
    moved = [-5 * DAY_MS]
    async with a_terminal(tmp_path, socket_dir, clock=lambda: wall_clock() + moved[0]) as shop:
        await shop.till.login(is_training=True)
        moved[0] = 0
        await shop.agent.training.end_of_day()
        assert shop.agent.training.is_on("TILL-1")


async def test_what_is_not_there_cannot_be_spent_in_training_either(trusting: Shop) -> None:
    await trusting.till.login(is_training=True)
    assert told(await pay(trusting, 1_000, trusting.till.new_ticket()))["code"] == "stored_value_too_low"
    assert told(await redeem(trusting, 1_000_000, trusting.till.new_ticket()))["code"] == "balance_too_low"


async def test_a_practised_payment_is_reversed_and_a_day_closed_without_closing_the_real_one(
    trusting: Shop,
) -> None:
    shop = trusting
    await load(shop, 5000)
    await shop.till.login(is_training=True)
    paid = await pay(shop, 1000, shop.till.new_ticket())
    reversal = await shop.till.ask(requests.reversal(shop.till, reference(paid)), ReversalResponse)
    assert told(reversal)["result"] == "Success"
    closed = await shop.till.ask(
        ReconciliationRequest(reconciliation_type="SaleReconciliation"), ReconciliationResponse
    )
    assert told(closed)["training"] == "true"
    assert await shop.agent.totals.open_period() == 1
    assert await in_purse(shop) == 5000


async def test_in_a_cut_training_books_and_notes_nothing(trusting: Shop) -> None:
    await trusting.till.login(is_training=True)
    await trusting.cut()
    answer = await trusting.till.award([CREAM])
    assert told(answer)["condition"] == "UnreachableHost"
    assert (await trusting.agent.outbox.counts()).depth == 0


async def test_the_operator_puts_a_till_into_training_and_a_login_without_a_word_leaves_it(
    trusting: Shop,
) -> None:
    shop = trusting
    shop.kiosk.send(SetTraining(request_id="1", sale_id="TILL-1", is_on=True))
    await eventually(lambda: shop.kiosk.state.training == ("TILL-1",))
    await shop.till.login()
    big = Item(line_no=1, code=SUN_CREAM, quantity=1, amount_minor=100_000)
    answer = await shop.till.award([big])
    assert isinstance(answer, LoyaltyResponse)
    assert told(answer)["training"] == "true"
    await shop.till.login(is_training=False)
    assert "training" not in told(await shop.till.award([CREAM]))


async def test_a_card_of_staff_lets_every_till_practise_and_the_day_s_end_ends_it(
    tmp_path: Path, socket_dir: Path
) -> None:
    """A day of lessons at two tills, acts drawn by a seed: ledger, outbox and totals are as before it."""
    moved = [0]
    async with a_terminal(tmp_path, socket_dir, clock=lambda: wall_clock() + moved[0]) as shop:
        await staff_card(shop)
        session_id = shop.kiosk.session.session_id
        wish = SetTraining(request_id="t.1", sale_id=ALL_TILLS, is_on=True, session_id=session_id)
        shop.kiosk.send(wish)
        await eventually(lambda: shop.kiosk.state.training == (ALL_TILLS,))
        await shop.remove()
        before, ledger = await everything_of(shop), await journal_of(shop)
        await a_day_of_lessons(shop, seed=7)
        assert await everything_of(shop) == before
        assert await journal_of(shop) == ledger
        assert await shop.agent.outbox.find_head() is None

        moved[0] = 24 * 3600 * 1000
        assert not shop.agent.training.is_on("TILL-1"), "judged at once, not at the next look"
        await shop.agent.training.end_of_day()
        await eventually(lambda: shop.kiosk.state.training == ())
        assert "training" not in told(await shop.till.award([CREAM]))


async def test_without_a_card_of_staff_nobody_switches_it(shop: Shop) -> None:
    await shop.tap_known()
    session_id = shop.kiosk.session.session_id
    wish = SetTraining(request_id="t.1", sale_id=ALL_TILLS, is_on=True, session_id=session_id)
    shop.kiosk.send(wish)
    await eventually(lambda: bool(shop.kiosk.results))
    assert not shop.kiosk.results[-1].is_done
    assert shop.kiosk.state.training == ()


async def staff_card(shop: Shop) -> None:
    """A card of staff lies on the reader and is known."""
    services, operator = shop.central.services, shop.central.operator
    await services.counter.staff.put(operator, "s-7", StaffBody(role="assistant"))
    card = StaffCardBody(staff_id="s-7", uid=STAFF_UID, name="Mme Rochat")
    await services.staff_cards.issue(operator, card)
    await shop.tap_known(STAFF_UID)
    assert shop.kiosk.session.staff is not None


async def journal_of(shop: Shop) -> object:
    """Every entry of the group's ledger."""
    return await shop.central.services.store.list_journal(GROUP, 0, 1_000)


async def a_day_of_lessons(shop: Shop, *, seed: int) -> None:
    chance = random.Random(seed)
    tills = [shop.till, await shop.second_till()]
    sold: list[tuple[SimulatedTill, LoyaltyResponse]] = []
    for _ in range(24):
        till = chance.choice(tills)
        if sold and chance.random() < 0.3:
            seller, award = sold.pop()
            answer = await seller.award_refund(reference(award))
        else:
            answer = await till.award([CREAM], card=CARD)
            sold.append((till, answer))
        assert told(answer)["training"] == "true"
