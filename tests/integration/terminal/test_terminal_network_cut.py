"""The network goes and comes back: what a till was told happens, once, in order."""

from pathlib import Path

from terminal.agent import Agent
from terminal.clock import wall_clock
from tests.central_fixture import CARD, MEMBER, UID
from tests.helpers import eventually
from tests.terminal_fixture import CREAM, Shop, a_terminal
from tools.till import SimulatedTill, read_additional

TWO_DAYS_MS = 2 * 24 * 3600 * 1000


async def test_ten_tickets_during_a_cut_are_booked_once_each_when_it_ends(shop: Shop) -> None:
    await shop.tap_known()
    await shop.cut()

    answers = [await shop.till.award([CREAM]) for _ in range(10)]

    for answer in answers:
        assert answer.response.result == "Success"
        assert read_additional(answer.response.additional_response)["queued"] == "true"
        assert answer.loyalty_result is not None
        assert answer.loyalty_result[0].current_balance is None
        assert answer.poi_data is not None
    await eventually(lambda: shop.kiosk.session.pending_tickets == 10)
    assert shop.kiosk.state.link == "down"
    assert shop.kiosk.state.outbox_depth == 10
    assert await shop.central.points_of(MEMBER) == 0
    await shop.mend()
    await shop.drained()
    assert await shop.central.points_of(MEMBER) == 390
    assert await shop.sales_booked() == 10
    await eventually(lambda: shop.kiosk.session.pending_tickets == 0 and shop.kiosk.state.outbox_depth == 0)
    assert shop.kiosk.session.member is not None
    assert shop.kiosk.session.member.points == 390


async def test_tickets_arrive_in_the_order_they_were_noted(shop: Shop) -> None:
    await shop.cut()
    tickets = [shop.till.new_ticket() for _ in range(5)]
    for ticket in tickets:
        await shop.till.award([CREAM], card=CARD, ticket=ticket)
    noted = [entry.entry_id for entry in await shop.agent.outbox.list_entries()]

    await shop.mend()
    await shop.drained()

    recorded = [(await shop.central.get(f"sales/{one}", token="reader")).body["recorded_ms"] for one in noted]
    assert recorded == sorted(recorded)


async def test_a_return_noted_after_its_sale_during_a_cut_is_booked_after_it(shop: Shop) -> None:
    await shop.cut()
    award = await shop.till.award([CREAM], card=CARD)
    assert award.poi_data is not None

    answer = await shop.till.award_refund(award.poi_data.poi_transaction_id)

    assert read_additional(answer.response.additional_response)["queued"] == "true"
    await shop.mend()
    await shop.drained()
    assert await shop.central.points_of(MEMBER) == 0
    assert (await shop.agent.outbox.counts()).refused == 0


async def test_a_tap_during_a_cut_is_refused_then_answered_when_it_ends(shop: Shop) -> None:
    await shop.cut()
    await shop.tap()
    await eventually(lambda: shop.kiosk.session.refusal == "central_unreachable")

    earned = await shop.till.award([CREAM])
    await shop.mend()

    assert earned.response.result == "Success"
    await shop.drained()
    await eventually(lambda: shop.kiosk.session.state == "open")
    await eventually(lambda: shop.kiosk.session.member is not None and shop.kiosk.session.member.points == 39)


async def test_the_outbox_survives_a_restart_of_the_agent(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        await shop.cut()
        award = await shop.till.award([CREAM], card=CARD)
        service_id = shop.till.last_service_id
        await shop.agent.__aexit__(None, None, None)
        async with (
            Agent(shop.settings) as restarted,
            SimulatedTill(f"https://127.0.0.1:{restarted.nexo_port}") as till,
        ):
            status = await till.status(service_id)
            assert status.repeated_message_response is not None
            body = status.repeated_message_response.repeated_response_message_body
            assert body.loyalty_response == award
            assert restarted.sender.depth == 1
            await shop.cable.mend()
            await eventually(lambda: restarted.sender.depth == 0)

            assert await shop.central.points_of(MEMBER) == 39
            assert award.poi_data is not None
            refund = await till.award_refund(award.poi_data.poi_transaction_id)
            assert refund.response.result == "Success"
            assert await shop.central.points_of(MEMBER) == 0


async def test_a_terminal_that_never_met_central_notes_tickets(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir, is_cut=True) as shop:
        await shop.tap(UID)

        answer = await shop.till.award([CREAM])

        assert read_additional(answer.response.additional_response)["queued"] == "true"
        await shop.mend()
        await shop.drained()
        assert await shop.central.points_of(MEMBER) == 39


async def test_the_cut_is_told_by_diagnosis(shop: Shop) -> None:
    await shop.cut()
    await shop.till.award([CREAM], card=CARD)

    answer = await shop.till.diagnosis()

    assert answer.host_status is not None
    assert answer.host_status[0].is_reachable_flag is False
    told = read_additional(answer.response.additional_response)
    assert (told["central"], told["outbox"]) == ("down", "1")


class SteppedClock:
    """A wall clock that is off until it is set right."""

    def __init__(self, offset_ms: int) -> None:
        self.offset_ms = offset_ms

    def __call__(self) -> int:
        return wall_clock() + self.offset_ms


async def test_a_clock_two_days_off_parks_tickets_until_it_is_right(tmp_path: Path, socket_dir: Path) -> None:
    clock = SteppedClock(TWO_DAYS_MS)
    async with a_terminal(tmp_path, socket_dir, clock=clock) as shop:
        answer = await shop.till.award([CREAM], card=CARD)

        assert read_additional(answer.response.additional_response)["queued"] == "true"
        await eventually(lambda: shop.agent.sender.parked_code == "clock_skew")
        told = read_additional((await shop.till.diagnosis()).response.additional_response)
        assert told["parked"] == "clock_skew"
        assert abs(int(told["clockOffsetMs"]) + TWO_DAYS_MS) < 60_000
        assert await shop.central.points_of(MEMBER) == 0
        clock.offset_ms = 0
        await shop.drained()
        assert await shop.central.points_of(MEMBER) == 39
        assert shop.agent.sender.parked_code == ""


async def test_a_revoked_token_parks_tickets_and_loses_none(shop: Shop) -> None:
    services, operator = shop.central.services, shop.central.operator
    await services.access.revoke_token(operator, shop.central.token_ids["terminal"])

    answer = await shop.till.award([CREAM], card=CARD)

    assert read_additional(answer.response.additional_response)["queued"] == "true"
    await eventually(lambda: shop.agent.link.state == "down")
    [entry] = await shop.agent.outbox.list_entries()
    assert entry.state in ("pending", "parked")
