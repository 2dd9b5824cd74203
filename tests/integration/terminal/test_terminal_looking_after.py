"""Staff look after a terminal: how it is, a try of its reader that is nobody's, their code for a till."""

from pathlib import Path
from typing import TypeVar

from terminal.agent import Agent
from terminal.clock import wall_clock
from tests.central_fixture import CARD
from tests.helpers import eventually
from tests.integration.terminal.till_pairing import STAFF_UID, shown
from tests.terminal_fixture import CREAM, UID, Shop, a_terminal
from wire.api_counter import StaffBody
from wire.api_tills import StaffCardBody
from wire.day_totals import AskDayTotals, DayTotalsTold
from wire.looking_after import (
    AnswerReenrolment,
    AskDiagnosis,
    BeginReenrolment,
    DiagnosisTold,
    EndReaderTest,
    EnterStaffPin,
    TestReader,
)
from wire.messages import EndSession, PinTold
from wire.tills import OpenTillPairing

A = TypeVar("A")


async def staff_there(shop: Shop, code: str | None = None) -> str:
    """A card of staff lies there; its session."""
    services, operator = shop.central.services, shop.central.operator
    await services.counter.staff.put(operator, "s-7", StaffBody(role="assistant", code=code))
    card = StaffCardBody(staff_id="s-7", name="Mme Rochat", uid=STAFF_UID)
    await services.staff_cards.issue(operator, card)
    await shop.tap(STAFF_UID)
    await eventually(lambda: shop.kiosk.state.session is not None and shop.kiosk.session.staff is not None)
    return shop.kiosk.session.session_id


async def answer(shop: Shop, request_id: str, kind: type[A]) -> A:
    def find() -> A | None:
        told = (each for each in shop.kiosk.answers if each.request_id == request_id)
        return next((each for each in told if isinstance(each, kind)), None)

    found = await eventually(find)
    assert found is not None
    return found


async def is_done(shop: Shop, request_id: str) -> bool:
    await eventually(lambda: any(each.request_id == request_id for each in shop.kiosk.results))
    return next(each.is_done for each in shop.kiosk.results if each.request_id == request_id)


async def test_every_part_is_told_once_to_staff_and_to_nobody_else(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        await shop.tap_known()
        shop.kiosk.send(AskDiagnosis(request_id="d.1", session_id=shop.kiosk.session.session_id))
        assert (await answer(shop, "d.1", DiagnosisTold)).findings == (), "a member's card"
        session_id = await staff_there(shop)
        await eventually(lambda: shop.agent.offline.state().may_redeem)
        shop.kiosk.send(AskDiagnosis(request_id="d.2", session_id=session_id))
        found = {each.part: each for each in (await answer(shop, "d.2", DiagnosisTold)).findings}
        assert len(found) == 11
        assert (found["printer"].condition, found["printer"].code) == ("absent", "not_fitted")
        for part in ("central", "clock", "waiting", "reader", "certificate", "blocked_cards", "version"):
            assert found[part].condition == "well", found[part]  # type: ignore[index]
        await shop.cut()
        shop.kiosk.send(AskDiagnosis(request_id="d.3", session_id=session_id))
        found = {each.part: each for each in (await answer(shop, "d.3", DiagnosisTold)).findings}
        assert (found["central"].condition, found["central"].code) == ("soon", "down")


async def test_a_card_in_a_try_is_told_and_opens_nothing_until_it_ends(
    tmp_path: Path, socket_dir: Path
) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        await shop.tap_known()
        shop.kiosk.send(TestReader(request_id="t.1", session_id=shop.kiosk.session.session_id))
        assert not await is_done(shop, "t.1"), "a member's card begins nothing"
        session_id = await staff_there(shop)
        shop.kiosk.send(TestReader(request_id="t.2", session_id=session_id))
        assert await is_done(shop, "t.2")
        shop.kiosk.send(EndSession(session_id=session_id))
        await shop.remove()
        await shop.tap(UID)
        test = await eventually(lambda: (shown := shop.kiosk.state.reader_test) and shown.last and shown)
        assert test is not None
        assert test.last is not None
        assert (test.state, test.count, test.last.medium, test.last.tail) == ("ready", 1, "nfc_uid", UID[-4:])
        assert test.last.reader == "Simulated reader"
        assert shop.kiosk.state.session is None
        assert UID not in str(shop.kiosk.state), "the whole number is nowhere"
        await shop.remove()
        await eventually(
            lambda: (shown := shop.kiosk.state.reader_test) and shown.last and not shown.last.is_lying
        )
        shop.kiosk.send(EndReaderTest())
        await eventually(lambda: shop.kiosk.state.reader_test is None)
        await shop.tap_known()
        assert shop.kiosk.session.member is not None


async def test_a_clerk_with_a_code_types_it_before_a_till_is_paired(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        session_id = await staff_there(shop, code="4071")
        assert shop.kiosk.session.staff is not None
        assert shop.kiosk.session.staff.asks_pin
        shop.kiosk.send(OpenTillPairing(request_id="o.1", session_id=session_id))
        assert not await is_done(shop, "o.1"), "the card alone opens no pairing"
        assert shop.kiosk.state.till_pairing is None
        shop.kiosk.send(EnterStaffPin(request_id="p.1", session_id=session_id, pin="4072"))
        wrong = await answer(shop, "p.1", PinTold)
        assert (wrong.outcome, wrong.tries_left) == ("wrong", 2)
        shop.kiosk.send(EnterStaffPin(request_id="p.2", session_id=session_id, pin="4071"))
        assert (await answer(shop, "p.2", PinTold)).outcome == "right"
        assert not shop.kiosk.session.staff.asks_pin
        shop.kiosk.send(OpenTillPairing(request_id="o.2", session_id=session_id))
        assert await is_done(shop, "o.2")
        assert await eventually(shown(shop, "code")) is not None


async def test_wrong_codes_at_the_kiosk_lock_the_clerk_everywhere(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        session_id = await staff_there(shop, code="4071")
        for number in range(3):
            shop.kiosk.send(EnterStaffPin(request_id=f"p.{number}", session_id=session_id, pin="0000"))
            last = await answer(shop, f"p.{number}", PinTold)
        assert last.outcome == "locked"
        listed = await shop.central.services.counter.staff.list_staff(shop.central.operator)
        assert [each.is_locked for each in listed.staff] == [True]
        shop.kiosk.send(OpenTillPairing(request_id="o.1", session_id=session_id))
        assert not await is_done(shop, "o.1")


async def test_what_is_enrolled_anew_goes_on_with_the_new_token_once_staff_took_it_over(
    tmp_path: Path, socket_dir: Path
) -> None:
    path = tmp_path / "own.token"
    async with a_terminal(tmp_path, socket_dir, token_in=path) as shop:
        before = path.read_text()
        session_id = await staff_there(shop)
        shop.kiosk.send(BeginReenrolment(request_id="r.0", session_id="nobody"))
        assert not await is_done(shop, "r.0")
        shop.kiosk.send(BeginReenrolment(request_id="r.1", session_id=session_id))
        shown = await eventually(lambda: (one := shop.kiosk.state.reenrolling) and one.code and one)
        assert shown is not None
        shop.kiosk.send(AnswerReenrolment(is_taken=False))
        await eventually(lambda: shop.kiosk.state.reenrolling is None)
        shop.kiosk.send(BeginReenrolment(request_id="r.2", session_id=session_id))
        shown = await eventually(lambda: (one := shop.kiosk.state.reenrolling) and one.code and one)
        assert shown is not None
        body = {"code": shown.code, "shop_id": "lac-1", "terminal_id": "t-1"}
        assert (await shop.central.post("terminals", body, token="office")).status == 200
        await eventually(lambda: (one := shop.kiosk.state.reenrolling) and one.step == "approved")
        assert path.read_text() == before, "until the second word nothing changes"
        shop.kiosk.send(AnswerReenrolment(is_taken=True))
        await shop.agent.watch()
        assert shop.agent.reenrolment.renewed.is_set()
        after = path.read_text().strip()
        assert after != before.strip()
        assert path.stat().st_mode & 0o777 == 0o600
        assert (await shop.central.get("group", token=after)).body["terminal_id"] == "t-1"
        await shop.agent.__aexit__(None, None, None)
        assert not (shop.settings.state_dir / "pairing.json").exists()
        async with Agent(shop.settings, clock=wall_clock) as again:
            await eventually(lambda: again.link.state == "up")


async def test_a_token_that_stands_in_the_settings_is_not_renewed_here(
    tmp_path: Path, socket_dir: Path
) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        session_id = await staff_there(shop)
        shop.kiosk.send(BeginReenrolment(request_id="r.1", session_id=session_id))
        assert not await is_done(shop, "r.1")
        assert shop.kiosk.state.reenrolling is None


async def test_staff_read_what_each_till_did_today_and_nobody_else_does(
    tmp_path: Path, socket_dir: Path
) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        await shop.tap_known()
        await shop.till.award([CREAM])
        second = await shop.second_till()
        await second.award([CREAM], card=CARD)
        shop.kiosk.send(AskDayTotals(request_id="t.1", session_id=shop.kiosk.session.session_id))
        assert not (await answer(shop, "t.1", DayTotalsTold)).is_told, "a member's card"
        session_id = await staff_there(shop)
        shop.kiosk.send(AskDayTotals(request_id="t.2", session_id=session_id))
        told = await answer(shop, "t.2", DayTotalsTold)
        assert [(each.sale_id, each.act, each.count) for each in told.sums] == [
            ("", "Award", 2),
            ("TILL-1", "Award", 1),
            ("TILL-2", "Award", 1),
        ]
        both, first, other = told.sums
        assert both.points == first.points + other.points > 0
        assert (told.waiting, told.since_ms, told.is_cut) == (0, None, False)
