"""Cards: the kiosk's session, the till's acquisition, balances, blocking."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from reader_daemon import control
from reader_daemon.barcodes import read_code
from tests.central_fixture import BLOCKED_CARD, CARD, OTHER_CARD, OTHER_UID, UID
from tests.helpers import eventually
from tests.terminal_fixture import CREAM, Shop
from tools.till import SimulatedTill, read_additional
from wire.messages import BlockCard, EndSession
from wire.nexo.loyalty import CardAcquisitionResponse, LoyaltyHandling


async def test_a_tap_opens_a_session_with_the_members_balance(shop: Shop) -> None:
    tap_id = await shop.tap()

    await eventually(lambda: shop.kiosk.session.state == "open")

    assert shop.kiosk.session.tap_id == tap_id
    assert shop.kiosk.session.member is not None
    assert shop.kiosk.session.member.points == 0
    assert shop.kiosk.session.member.display_name == "Mme R."
    assert shop.kiosk.session.member.may_block


async def test_the_state_names_group_shop_and_currency(shop: Shop) -> None:
    await eventually(lambda: shop.kiosk.state.link == "up")

    state = shop.kiosk.state
    assert (state.theme.name, state.shop_name) == ("Pharmacies du Lac", "Pharmacie du Lac 1")
    assert (state.currency, state.time_zone) == ("CHF", "Europe/Zurich")
    assert state.theme.names["de"] == "See-Apotheken"


async def test_an_unknown_card_is_refused_on_the_screen(shop: Shop) -> None:
    await shop.tap("04AAAAAAAAAA80")

    await eventually(lambda: shop.kiosk.session.refusal == "unknown_card")
    assert shop.kiosk.session.member is None


async def test_a_blocked_card_is_refused_on_the_screen(shop: Shop) -> None:
    await shop.tap("04FFFFFFFFFF80")

    await eventually(lambda: shop.kiosk.session.refusal == "blocked_card")


async def test_taking_the_card_off_ends_the_session(shop: Shop) -> None:
    await shop.tap_known()

    await shop.remove()

    await eventually(lambda: shop.kiosk.state.session is None)
    assert (await shop.till.award([CREAM])).response.error_condition == "NotFound"


async def test_an_ended_session_is_shown_no_more_but_the_lying_card_still_earns(shop: Shop) -> None:
    await shop.tap_known()

    shop.kiosk.send(EndSession(session_id=shop.kiosk.session.session_id))

    await eventually(lambda: shop.kiosk.state.session is None)
    assert (await shop.till.award([CREAM])).response.result == "Success"
    assert shop.kiosk.state.session is None


async def test_a_new_tap_replaces_the_session(shop: Shop) -> None:
    await shop.tap_known(UID)
    first = shop.kiosk.session.session_id

    await shop.tap_known(OTHER_UID)

    await eventually(lambda: shop.kiosk.session.session_id != first and shop.kiosk.session.state == "open")
    assert shop.kiosk.session.member is not None
    assert shop.kiosk.session.member.display_name == "Mme B."


async def test_a_member_blocks_the_card_at_the_kiosk(shop: Shop) -> None:
    await shop.tap_known()

    shop.kiosk.send(BlockCard(request_id="r1", session_id=shop.kiosk.session.session_id))

    await eventually(lambda: bool(shop.kiosk.results))
    assert shop.kiosk.results[0].is_done
    assert shop.kiosk.session.refusal == "blocked_card"
    found = await shop.central.post("cards/find", {"card_number": CARD}, token="office")
    assert (found.body["state"], found.body["reason"]) == ("blocked", "member_request")


async def test_a_block_for_an_ended_session_is_refused_with_a_text(shop: Shop) -> None:
    shop.kiosk.send(BlockCard(request_id="r1", session_id="gone"))

    await eventually(lambda: bool(shop.kiosk.results))
    assert not shop.kiosk.results[0].is_done
    assert "try again" in shop.kiosk.results[0].error


async def test_a_card_that_lies_there_is_acquired_at_once(shop: Shop) -> None:
    await shop.tap_known()

    answer = await shop.till.acquire()

    assert answer.response.result == "Success"
    assert answer.loyalty_account is not None
    assert answer.loyalty_account[0].loyalty_account_id.loyalty_id == CARD
    assert answer.loyalty_account[0].loyalty_account_id.entry_mode == ["Contactless"]
    assert read_additional(answer.response.additional_response)["memberName"] == "Mme R."


async def test_an_acquisition_waits_for_the_tap(shop: Shop) -> None:
    waiting = await _start_waiting(shop, shop.till)

    await shop.tap()

    answer = await waiting
    assert answer.response.result == "Success"
    assert answer.loyalty_account is not None


async def test_an_abort_ends_the_wait(shop: Shop) -> None:
    waiting = await _start_waiting(shop, shop.till)

    await shop.till.abort("wait")

    answer = await waiting
    assert (answer.response.result, answer.response.error_condition) == ("Failure", "Aborted")
    assert shop.agent.desk.current is None


async def test_another_till_cannot_abort_the_wait(shop: Shop) -> None:
    waiting = await _start_waiting(shop, shop.till)
    second = await shop.second_till()

    await second.abort("wait")

    assert not waiting.done()
    await shop.till.abort("wait")
    await waiting


async def test_a_second_acquisition_while_one_waits_is_busy(shop: Shop) -> None:
    waiting = await _start_waiting(shop, shop.till)
    second = await shop.second_till()

    answer = await second.acquire()

    assert (answer.response.result, answer.response.error_condition) == ("Failure", "Busy")
    await shop.tap()
    assert (await waiting).response.result == "Success"


async def test_a_running_acquisition_is_in_progress_by_status(shop: Shop) -> None:
    waiting = await _start_waiting(shop, shop.till)

    status = await shop.till.status("wait", category="CardAcquisition")

    assert (status.response.result, status.response.error_condition) == ("Failure", "InProgress")
    await shop.tap()
    await waiting
    done = await shop.till.status("wait", category="CardAcquisition")
    assert done.repeated_message_response is not None
    assert done.repeated_message_response.repeated_response_message_body.card_acquisition_response == (
        await waiting
    )


async def test_a_refused_card_fails_the_acquisition_with_its_reason(shop: Shop) -> None:
    waiting = await _start_waiting(shop, shop.till)

    await shop.tap("04FFFFFFFFFF80")

    answer = await waiting
    assert (answer.response.result, answer.response.error_condition) == ("Failure", "InvalidCard")
    assert read_additional(answer.response.additional_response)["code"] == "blocked_card"


async def test_a_card_of_one_till_is_no_other_tills(shop: Shop) -> None:
    await shop.tap_known()
    acquired = await shop.till.acquire()
    assert acquired.poi_data is not None
    second = await shop.second_till()

    without = await second.award([CREAM])
    stolen = await second.award([CREAM], reference=acquired.poi_data.poi_transaction_id)

    assert without.response.error_condition == "NotFound"
    assert stolen.response.error_condition == "NotFound"
    assert await shop.central.points_of() == 0


async def test_two_tills_have_a_card_each(shop: Shop) -> None:
    second = await shop.second_till()
    await shop.tap_known(UID)
    mine = await shop.till.acquire()
    await shop.tap_known(OTHER_UID)
    await eventually(lambda: _name(shop) == "Mme B.")
    theirs = await second.acquire()
    assert mine.poi_data is not None
    assert theirs.poi_data is not None

    await shop.till.award([CREAM], reference=mine.poi_data.poi_transaction_id)
    await second.award(
        [
            CREAM,
        ],
        reference=theirs.poi_data.poi_transaction_id,
    )

    assert await shop.central.points_of("m-anne") == 39
    assert await shop.central.points_of("m-bruno") == 39


async def test_the_balance_of_a_tapped_card_is_exact_and_of_a_bare_number_a_range(shop: Shop) -> None:
    await shop.till.award([CREAM], card=CARD)
    await shop.tap_known()
    tapped = await shop.till.balance()
    await shop.remove()
    await eventually(lambda: shop.agent.desk.current is None)

    typed = await shop.till.balance(card=CARD)

    assert tapped.loyalty_account_status is not None
    assert tapped.loyalty_account_status.current_balance == Decimal(39)
    assert typed.loyalty_account_status is not None
    assert typed.loyalty_account_status.current_balance is None
    told = read_additional(typed.response.additional_response)
    assert int(told["pointsFrom"]) <= 39 <= int(told["pointsTo"])


async def test_the_balance_of_a_blocked_card_is_refused_and_offline_unreachable(shop: Shop) -> None:
    blocked = await shop.till.balance(card=BLOCKED_CARD)
    await shop.cut()
    offline = await shop.till.balance(card=OTHER_CARD)

    assert (blocked.response.result, blocked.response.error_condition) == ("Failure", "InvalidCard")
    assert (offline.response.result, offline.response.error_condition) == ("Failure", "UnreachableHost")


async def test_an_acquisition_during_a_cut_gives_a_reference_that_earns(shop: Shop) -> None:
    await shop.cut()
    await shop.tap()
    acquired = await shop.till.acquire()
    assert acquired.poi_data is not None
    await shop.remove()

    award = await shop.till.award([CREAM], reference=acquired.poi_data.poi_transaction_id)

    assert read_additional(acquired.response.additional_response)["offline"] == "true"
    assert award.response.result == "Success"
    await shop.mend()
    await shop.drained()
    assert await shop.central.points_of() == 39


async def test_a_chip_card_shows_a_range_and_earns_as_its_printed_number_does(shop: Shop) -> None:
    body = {"card_number": "2900000000055", "uid": "iccsn:97560000000000000017", "member_id": "m-anne"}
    assert (await shop.central.post("cards", body, token="office")).status == 200
    await shop.tap("iccsn:97560000000000000017", "chip")
    await eventually(lambda: shop.kiosk.session.state == "open")
    before = shop.kiosk.session.member
    award = await shop.till.award([CREAM])

    assert before is not None
    assert (before.points, before.points_from, before.points_to) == (None, 0, 100)
    assert not before.may_block
    assert award.response.result == "Success"
    assert await shop.central.points_of() == 39


async def test_a_chip_card_shown_during_a_cut_earns_when_the_line_is_back(shop: Shop) -> None:
    body = {"card_number": "2900000000055", "uid": "iccsn:97560000000000000017", "member_id": "m-anne"}
    await shop.central.post("cards", body, token="office")
    await shop.cut()
    await shop.tap("iccsn:97560000000000000017", "chip")
    await eventually(lambda: shop.kiosk.session.refusal == "central_unreachable")
    noted = await shop.till.award([CREAM])
    await shop.mend()
    await shop.drained()

    assert noted.response.result == "Success"
    assert await shop.central.points_of() == 39


@pytest.mark.parametrize("is_cut", [False, True])
async def test_a_health_card_is_refused_in_words_and_its_number_is_nowhere(
    shop: Shop, tmp_path: Path, is_cut: bool
) -> None:
    if is_cut:
        await shop.cut()
    await shop.tap("iccsn:80756000000000000001", "chip")
    await eventually(lambda: shop.kiosk.session.refusal == "health_card")
    lying = await shop.till.award([CREAM])
    acquired = await shop.till.acquire()
    await shop.remove()
    typed = await shop.till.award([CREAM], card="80756000000000000001")

    for answer in (lying, acquired, typed):
        assert (answer.response.result, answer.response.error_condition) == ("Failure", "InvalidCard")
        assert read_additional(answer.response.additional_response)["code"] == "health_card"
    kept = all_bytes(tmp_path)
    assert CARD.encode() in kept, "what is kept is found so"
    at = kept.find(b"80756000000000000001")
    assert at < 0, kept[max(0, at - 600) : at + 200]


def all_bytes(folder: Path) -> bytes:
    """Every byte of central's and the agent's databases and files."""
    return b"".join(each.read_bytes() for each in folder.rglob("*") if each.is_file())


async def _start_waiting(shop: Shop, till: SimulatedTill) -> asyncio.Task[CardAcquisitionResponse]:
    waiting = asyncio.create_task(till.acquire(service_id="wait"))

    async def is_waiting() -> bool:
        answer = await till.diagnosis()
        return answer.poi_status is not None and answer.poi_status.global_status == "Busy"

    await eventually(is_waiting)
    return waiting


def _name(shop: Shop) -> str:
    return shop.kiosk.session.member.display_name if shop.kiosk.session.member else ""


async def test_logs_hold_no_card_number_no_uid_and_no_name(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    await shop.tap_known()
    await shop.till.acquire()
    await shop.till.award([CREAM])
    await shop.till.award([CREAM], card=CARD)
    await shop.till.award([CREAM], card=BLOCKED_CARD)
    await shop.cut()
    await shop.till.award([CREAM], card=CARD)

    said = "".join(capsys.readouterr())

    assert "entry_delivered" in said
    for secret in (UID, CARD, BLOCKED_CARD, "Rochat", "Mme R."):
        assert secret not in said


async def test_one_id_follows_a_tap_to_central_through_balance_and_block(
    shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    await shop.tap_known()
    tap_id = shop.kiosk.session.tap_id
    capsys.readouterr()

    await shop.till.balance()
    shop.kiosk.send(BlockCard(request_id="r1", session_id=shop.kiosk.session.session_id))
    await eventually(lambda: bool(shop.kiosk.results))

    said = "".join(capsys.readouterr()).splitlines()
    for route in ("/identify", "/cards/block"):
        [request] = [line for line in said if f"/api/v1{route}" in line]
        assert tap_id in request


@pytest.mark.parametrize(
    ("handling", "result", "condition"),
    [("Required", "Failure", "Cancel"), ("Proposed", "Success", None), ("Allowed", "Success", None)],
)
async def test_without_a_tap_a_required_card_fails_and_a_proposed_one_goes_on(
    shop: Shop,
    monkeypatch: pytest.MonkeyPatch,
    handling: LoyaltyHandling,
    result: str,
    condition: str | None,
) -> None:
    monkeypatch.setattr("terminal.till.nexo.card.CARD_ACQUISITION_WAIT_S", 0.05)

    answer = await shop.till.acquire(handling=handling)

    assert (answer.response.result, answer.response.error_condition) == (result, condition)
    assert answer.loyalty_account is None
    assert shop.agent.desk.current is None


async def test_a_ticket_by_number_during_a_cut_is_counted_on_the_screen(shop: Shop) -> None:
    await shop.cut()

    await shop.till.award([CREAM], card=CARD)

    await eventually(lambda: shop.kiosk.state.outbox_depth == 1)


async def test_an_unplugged_reader_ends_the_session_and_is_told_by_diagnosis(shop: Shop) -> None:
    await shop.tap_known()

    await control.plug(shop.control_socket, plugged=False)

    await eventually(lambda: shop.kiosk.state.session is None)

    async def is_told() -> bool:
        status = (await shop.till.diagnosis()).poi_status
        return status is not None and status.card_reader_ok_flag is False

    await eventually(is_told)


async def phone_link(shop: Shop) -> str:
    body = {"phone_card_id": "phone-1", "card_number": CARD}
    made = await shop.central.post("cards/phone", body, token="office")
    return str(made.body["path"])


async def phone_code(shop: Shop, path: str) -> str:
    _, group_id, handle, secret = path.strip("/").split("/")
    return (await shop.central.services.phone_cards.page(group_id, handle, secret)).code


async def test_a_phones_code_scanned_at_the_terminal_shows_the_member_and_earns(shop: Shop) -> None:
    code = await phone_code(shop, await phone_link(shop))
    await shop.tap(read_code(code).value, read_code(code).medium)
    await eventually(lambda: shop.kiosk.session.state == "open")
    assert shop.kiosk.session.member is not None
    assert shop.kiosk.session.member.points == 0
    award = await shop.till.award([CREAM])
    assert read_additional(award.response.additional_response)["balance"] == "39"


async def test_a_phones_code_scanned_by_the_till_is_a_phones_code_and_counts_once(shop: Shop) -> None:
    code = await phone_code(shop, await phone_link(shop))
    award = await shop.till.award([CREAM], card=code)
    assert read_additional(award.response.additional_response)["balance"] == "39"
    used = {"evidence": {"medium": "phone", "value": code}}
    assert (await shop.central.post("identify", used, token="terminal_2")).code == "phone_code_over"
