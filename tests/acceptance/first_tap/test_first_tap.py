"""The backbone end to end through real processes: tap, balance, ticket, points (P-11, P-19, P-30)."""

import asyncio

import pytest

from reader_daemon import control
from tests.acceptance.first_tap.conftest import Group
from tests.helpers import eventually
from tools.till import read_additional

pytestmark = pytest.mark.asyncio(loop_scope="module")

TICKETS_WHILE_CUT = 10


def digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def shows_number(texts: tuple[str, ...], number: int) -> bool:
    return any(digits(text) == str(number) for text in texts)


async def test_a_tap_shows_that_members_balance_and_an_award_the_new_one(group: Group) -> None:
    card = group.card("ms_card")
    before = await group.profile(card)
    assert before.points is not None
    tap_id = await group.tap(card)
    frame = await group.viewer.wait_for(lambda head: head.screen == "member" and head.tap_id == tap_id)
    assert shows_number(frame.texts, before.points)

    answer = await group.till.award([group.item()])

    assert answer.response.result == "Success"
    told = read_additional(answer.response.additional_response)
    earned = int(told["earned"])
    assert earned == 21, "one point per whole franc of a CHF 21.90 sun cream"
    assert told["balance"] == str(before.points + earned)
    assert told["price.1"] == "2190"
    assert told["memberName"] == before.display_name
    assert answer.loyalty_result is not None
    assert answer.loyalty_result[0].current_balance == before.points + earned
    frame = await group.viewer.wait_for(lambda head: shows_number(head.texts, before.points + earned))
    assert (frame.screen, frame.tap_id) == ("member", tap_id)
    assert (await group.profile(card)).points == before.points + earned
    await group.remove()


async def test_the_screen_forgets_when_the_card_leaves(group: Group) -> None:
    card = group.card("ms_card", 1)
    tap_id = await group.tap(card)
    await group.viewer.wait_for(lambda head: head.screen == "member" and head.tap_id == tap_id)
    await control.remove(group.stack.plan.reader_control_socket)
    frame = await group.viewer.wait_for(lambda head: head.screen != "member")
    profile = await group.profile(card)
    assert profile.points is not None
    assert not shows_number(frame.texts, profile.points)
    await group.viewer.wait_for(lambda head: head.screen == "attract")


async def test_a_return_takes_exactly_its_points_back(group: Group) -> None:
    card = group.card("ms_card")
    before = await group.profile(card)
    await group.tap(card)
    await group.viewer.wait_for(lambda head: head.screen == "member")
    sold = await group.till.award([group.item(quantity=3)])
    assert sold.poi_data is not None

    back = await group.till.award_refund(sold.poi_data.poi_transaction_id, [group.item(quantity=1)])

    earned = int(read_additional(sold.response.additional_response)["earned"])
    taken = int(read_additional(back.response.additional_response)["takenBack"])
    assert (earned, taken) == (65, 21), "65 points on CHF 65.70; one of three units takes 65 // 3"
    after = await group.profile(card)
    assert after.points == (before.points or 0) + earned - taken
    rest = await group.till.award_refund(sold.poi_data.poi_transaction_id)
    assert rest.response.result == "Success"
    assert (await group.profile(card)).points == before.points
    await group.remove()


async def test_tickets_of_a_cut_network_are_booked_once_when_it_is_back(group: Group) -> None:
    card = group.card("ms_card", 2)
    before = await group.profile(card)
    await group.tap(card)
    await group.viewer.wait_for(lambda head: head.screen == "member")
    await group.stack.cable.cut()
    answers = [await group.till.award([group.item()]) for _ in range(TICKETS_WHILE_CUT)]
    for answer in answers:
        told = read_additional(answer.response.additional_response)
        assert (answer.response.result, told["queued"]) == ("Success", "true")
    assert (await group.profile(card)).points == before.points

    await group.stack.cable.mend()

    expected = (before.points or 0) + TICKETS_WHILE_CUT * 21

    async def is_booked() -> bool:
        return (await group.profile(card)).points == expected

    await eventually(is_booked, deadline_s=30)
    await group.viewer.wait_for(lambda head: shows_number(head.texts, expected), deadline_s=30)
    assert (await group.profile(card)).points == expected
    await group.remove()


@pytest.mark.parametrize(("kind", "screen"), [("blocked_card", "refused"), ("unknown_card", "refused")])
async def test_a_card_that_may_not_be_used_is_refused_in_words(group: Group, kind: str, screen: str) -> None:
    tap_id = await group.tap(group.card(kind))
    frame = await group.viewer.wait_for(lambda head: head.screen == screen and head.tap_id == tap_id)
    assert frame.texts
    assert not any("error" in text.lower() or "_" in text for text in frame.texts)
    await group.remove()


async def test_a_bare_number_sees_a_range_only(group: Group) -> None:
    card = group.card("barcode_card")
    profile = await group.profile(card)
    assert profile.points is None
    assert profile.points_from is not None
    tap_id = await group.tap(card)
    frame = await group.viewer.wait_for(lambda head: head.screen == "member" and head.tap_id == tap_id)
    wanted = f"{profile.points_from}{profile.points_to}"
    assert any(digits(text) == wanted for text in frame.texts)
    balance = await group.till.balance(card=card.evidence.value)
    assert balance.loyalty_account_status is not None
    assert balance.loyalty_account_status.current_balance is None
    await asyncio.wait_for(_end_by_touch(group), timeout=20)


async def _end_by_touch(group: Group) -> None:
    frame = await group.viewer.wait_for(lambda head: "finish" in head.targets)
    left, top, width, height = frame.targets["finish"]
    group.viewer.touch(left + width // 2, top + height // 2)
    await group.viewer.wait_for(lambda head: head.screen == "attract")


async def test_a_lost_reader_and_its_return_are_shown(group: Group) -> None:
    await control.plug(group.stack.plan.reader_control_socket, plugged=False)
    await group.viewer.wait_for(lambda head: head.screen == "reader_lost")
    await control.plug(group.stack.plan.reader_control_socket, plugged=True)
    await group.viewer.wait_for(lambda head: head.screen == "attract")


async def test_a_killed_terminal_keeps_what_it_noted(group: Group) -> None:
    card = group.card("ms_card", 3)
    before = await group.profile(card)
    await group.tap(card)
    await group.viewer.wait_for(lambda head: head.screen == "member")
    await group.stack.cable.cut()
    noted = await group.till.award([group.item()])
    assert read_additional(noted.response.additional_response)["queued"] == "true"
    await group.stack.kill("terminal")
    await group.viewer.wait_for(lambda head: head.screen == "agent_lost")
    await group.stack.cable.mend()
    await group.stack.start(("terminal",))

    async def is_booked() -> bool:
        return (await group.profile(card)).points == (before.points or 0) + 21

    await eventually(is_booked, deadline_s=30)
    await control.remove(group.stack.plan.reader_control_socket)
    await group.viewer.wait_for(lambda head: head.screen == "attract")


async def test_one_id_follows_a_tap_through_all_processes(group: Group) -> None:
    tap_id = await group.tap(group.card("ms_card"))
    await group.viewer.wait_for(lambda head: head.screen == "member" and head.tap_id == tap_id)
    await group.till.award([group.item()])
    for name in ("central", "reader", "terminal", "kiosk"):
        log = group.stack.plan.state / "logs" / f"{name}.log"
        assert tap_id in log.read_text(encoding="utf-8"), f"{name} does not name the tap"
    await group.remove()
