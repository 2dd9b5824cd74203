"""A terminal that works without central: prices, points and blocked cards from what it fetched before."""

import base64
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from loyalty.limits.offline import BUNDLE_AGE_MAX_S, HOT_LIST_AGE_MAX_S
from terminal.agent import Agent
from terminal.central_link import CentralLink
from terminal.clock import wall_clock
from terminal.database import Database
from terminal.offline.data import OfflineData
from tests.central_fixture import BLOCKED_CARD, CARD, UID, CentralUnderTest, a_central
from tests.helpers import eventually
from tests.integration.central.publishing import publish
from tests.integration.central.test_chip_messages import a_chip
from tests.integration.central.test_offline_bundle import OFF_SUN
from tests.terminal_fixture import CREAM, Shop, a_terminal
from tools.till import SimulatedTill, read_additional, requests
from wire import offline
from wire.nexo.base import Nexo, Response
from wire.nexo.loyalty import LoyaltyResponse

OTHER_KEY = base64.b64encode(bytes(32)).decode()
KEYS, BUNDLE, HOT_LIST = PATHS = ("/offline/keys", "/offline/bundle", "/offline/hot-list")


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path) as running:
        yield running


def told(answer: Nexo) -> dict[str, str]:
    response = answer.response  # type: ignore[attr-defined]
    assert isinstance(response, Response)
    return read_additional(response.additional_response) | {"result": response.result}


async def fetched(shop: Shop) -> OfflineData:
    """The terminal's offline data, once all of it is there."""
    data = shop.agent.offline
    await eventually(lambda: data.usable() is not None and data.may_redeem())
    return data


async def late_tickets(shop: Shop) -> list[dict[str, object]]:
    return list((await shop.central.get("offline/tickets", token="office")).body["tickets"])


async def test_offline_the_customer_is_told_price_and_points_and_they_stand(
    tmp_path: Path, socket_dir: Path
) -> None:
    async with a_terminal(tmp_path, socket_dir, is_cut=True) as shop:
        await publish(shop.central, OFF_SUN)
        await shop.mend()
        await fetched(shop)
        await shop.cut()

        answer = told(await shop.till.award([CREAM], card=CARD))
        await publish(shop.central)  # from now on no promotion
        await shop.mend()
        await shop.drained()

        assert (answer["queued"], answer["total"], answer["earned"]) == ("true", "3582", "35")
        assert await shop.central.points_of() == 35
        (row,) = await late_tickets(shop)
        assert (row["total_minor"], row["points"], row["differs"]) == (3582, 35, False)


async def test_a_rebate_offline_is_the_price_that_is_booked(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir, is_cut=True) as shop:
        await publish(shop.central, OFF_SUN)
        await shop.mend()
        await fetched(shop)
        await shop.cut()
        ticket = shop.till.new_ticket()
        body = requests.loyalty(shop.till, "Rebate", [CREAM], ticket=ticket, card=CARD)

        rebate = told(await shop.till.ask(body, LoyaltyResponse))
        again = told(await shop.till.ask(body, LoyaltyResponse))
        award = told(await shop.till.award([CREAM], card=CARD, ticket=ticket))
        await shop.mend()
        await shop.drained()

        assert (rebate["rebateMinor"], rebate["toPayMinor"], rebate["willEarn"]) == ("398", "3582", "35")
        assert again == rebate
        assert (award["total"], award["earned"]) == ("3582", "35")
        (row,) = await late_tickets(shop)
        assert (row["told_total_minor"], row["total_minor"], row["points"]) == (3582, 3582, 35)


async def test_points_cannot_pay_offline_without_a_lease(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        await fetched(shop)
        await shop.cut()
        ticket = shop.till.new_ticket()
        body = requests.loyalty(shop.till, "Redemption", [CREAM], ticket=ticket, card=CARD, points=500)

        answer = told(await shop.till.ask(body, LoyaltyResponse))

        assert (answer["result"], answer["code"]) == ("Failure", "lease_missing")


async def test_a_ticket_told_offline_is_told_again_the_same_after_a_restart(
    tmp_path: Path, socket_dir: Path
) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        await fetched(shop)
        await shop.cut()
        ticket = shop.till.new_ticket()
        first = told(await shop.till.award([CREAM], card=CARD, ticket=ticket))

    async with (  # and central is gone for good
        Agent(shop.settings) as restarted,
        SimulatedTill(f"https://127.0.0.1:{restarted.nexo_port}") as till,
    ):
        again = told(await till.award([CREAM], card=CARD, ticket=ticket))
        other = told(await till.award([CREAM], card=CARD))

    assert (again["earned"], again["bundle"]) == (first["earned"], first["bundle"])
    assert other["earned"] == "39", "the bundle survives a restart"


async def test_a_blocked_card_earns_and_burns_nothing_offline(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        data = await fetched(shop)
        reply = await shop.central.post(
            "cards/block", {"card_number": CARD, "reason": "lost"}, token="office"
        )
        assert reply.status == 200
        await data.fetch()
        await shop.cut()

        by_old_block = told(await shop.till.award([CREAM], card=BLOCKED_CARD))
        by_new_block = told(await shop.till.award([CREAM], card=CARD))
        body = requests.loyalty(
            shop.till, "Redemption", [CREAM], ticket=shop.till.new_ticket(), card=CARD, points=500
        )
        burned = told(await shop.till.ask(body, LoyaltyResponse))
        await shop.tap(UID)
        await eventually(lambda: shop.kiosk.session.refusal == "blocked_card")

        for answer in (by_old_block, by_new_block, burned):
            assert (answer["result"], answer["code"]) == ("Failure", "blocked_card")
        assert shop.agent.sender.depth == 0, "nothing was noted"


async def test_a_blocked_chip_that_encrypts_its_uid_is_known_by_what_the_reader_saw_beside_it(
    tmp_path: Path, socket_dir: Path
) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        data = await fetched(shop)
        chip = await a_chip(shop.central)
        await shop.central.post("cards/block", {"card_number": CARD, "reason": "lost"}, token="office")
        await data.fetch()
        await shop.cut()
        chip.counter += 1
        await shop.tap(chip.sun_url(), "ntag424", uid=UID)
        await eventually(lambda: shop.kiosk.session.refusal == "blocked_card")
        answer = told(await shop.till.award([CREAM]))
        assert (answer["result"], answer["code"]) == ("Failure", "blocked_card")
        assert shop.agent.sender.depth == 0, "nothing was noted"


async def test_an_old_bundle_prices_nothing_and_an_old_list_lets_nothing_be_spent(
    tmp_path: Path, socket_dir: Path
) -> None:
    moved = [0]
    async with a_terminal(tmp_path, socket_dir, clock=lambda: wall_clock() + moved[0]) as shop:
        data = await fetched(shop)
        await shop.cut()

        moved[0] = (HOT_LIST_AGE_MAX_S + 60) * 1000
        assert (data.usable() is not None, data.may_redeem()) == (True, False)
        moved[0] = (BUNDLE_AGE_MAX_S + 60) * 1000
        assert data.usable() is None
        answer = told(await shop.till.award([CREAM], card=CARD))
        assert answer["queued"] == "true"
        assert "earned" not in answer
        moved[0] = -3_600_000
        assert data.usable() is None, "a clock that stands before central's word knows no age"


async def test_the_kiosk_and_the_till_are_told_of_when_the_data_are(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        await fetched(shop)
        await eventually(lambda: shop.kiosk.state.offline and shop.kiosk.state.offline.may_redeem)

        state = shop.kiosk.state.offline
        diagnosis = told(await shop.till.diagnosis())

        assert state is not None
        assert (state.bundle_number, state.is_bundle_usable, state.hot_cards) == (1, True, 2)
        assert abs(state.bundle_ms - shop.central.clock()) < 60_000
        assert (diagnosis["bundle"], diagnosis["bundleUsable"], diagnosis["hotCards"]) == ("1", "true", "2")


class Between:
    """Somebody between terminal and central, who answers with what was recorded, and changes some of it."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    async def open(self) -> None: ...
    async def close(self) -> None: ...

    async def exchange(self, _: str, path: str, *__: object) -> tuple[int, bytes]:
        answer = self.answers.get(path.partition("?")[0])
        return (404, b"") if answer is None else (200, msgspec.json.encode(answer))


async def test_a_tampered_bundle_and_one_played_back_are_refused(
    tmp_path: Path, central: CentralUnderTest
) -> None:
    recorded = {path: (await central.get(path[1:])).body for path in PATHS}
    await publish(central, OFF_SUN)
    newer = recorded | {BUNDLE: (await central.get(BUNDLE[1:])).body}
    between = Between(newer)
    async with (
        Database(tmp_path / "terminal.db") as database,
        CentralLink("", "", clock=wall_clock, on_change=lambda: None, http=between) as link,
    ):
        data = OfflineData(database, link, token="t", clock=wall_clock, on_change=lambda: None)
        await data.fetch()
        assert data.state().bundle_number == 2

        for changed, why in (
            (recorded, "older"),
            (newer | {BUNDLE: _with_head(newer[BUNDLE], '"number":2', '"number":3')}, "signature"),
            (newer | {BUNDLE: newer[BUNDLE] | {"signature": newer[HOT_LIST]["signature"]}}, "signature"),
            (newer | {HOT_LIST: _as_hot_list(newer[BUNDLE])}, "signature"),
            (
                newer | {KEYS: newer[KEYS] | {"signing_key": base64.b64encode(bytes(32)).decode()}},
                "first seen",
            ),
        ):
            between.answers = changed
            with pytest.raises(offline.OfflineDocumentRefused, match=why):
                await data.fetch()
            assert data.state().bundle_number == 2, "what was here stays in use"
            assert data.usable() is not None


async def test_a_bundle_with_another_content_than_was_signed_is_refused(
    tmp_path: Path, central: CentralUnderTest
) -> None:
    recorded = {path: (await central.get(path[1:])).body for path in PATHS}
    packed = zlib.compress(b"{}")
    between = Between(recorded | {BUNDLE: recorded[BUNDLE] | {"content": offline.as_text(packed)}})
    async with (
        Database(tmp_path / "terminal.db") as database,
        CentralLink("", "", clock=wall_clock, on_change=lambda: None, http=between) as link,
    ):
        data = OfflineData(database, link, token="t", clock=wall_clock, on_change=lambda: None)

        with pytest.raises(offline.OfflineDocumentRefused, match="content"):
            await data.fetch()

        assert data.usable() is None
        between.answers = recorded
        await data.fetch()
        assert data.usable() is not None


def _with_head(view: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    assert old in view["head"]
    return view | {"head": view["head"].replace(old, new)}


def _as_hot_list(view: dict[str, Any]) -> dict[str, Any]:
    return {"delta": view["head"], "signature": view["signature"]}


async def test_a_gap_in_the_list_of_blocked_cards_is_filled_from_where_it_is(
    tmp_path: Path, socket_dir: Path
) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        data = await fetched(shop)
        await shop.cut()
        for number, state in ((CARD, "block"), (CARD, "validate"), (CARD, "block")):
            body = {"card_number": number} | ({"reason": "lost"} if state == "block" else {})
            assert (await shop.central.post(f"cards/{state}", body, token="office")).status == 200
        await shop.mend()
        await data.fetch()

        assert data.state().hot_cards == 4, "number and chip of both blocked cards"
