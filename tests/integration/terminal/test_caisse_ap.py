"""Caisse-AP over real sockets, by a till written from the public description; central's real purse."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from terminal.agent import Agent
from terminal.clock import wall_clock
from terminal.till.nexo.value.booking import capture_due
from tests.central_fixture import CARD, MEMBER, OTHER_UID, SUN_CREAM
from tests.helpers import eventually
from tests.integration.central.stored import holds, sold_card, sound, trust
from tests.integration.terminal.test_terminal_value import held_points, in_purse, load
from tests.terminal_fixture import Shop, a_terminal
from tools.till import Item
from wire import api_catalogue
from wire.tills import SetTraining

TILL = "192.0.2.99"
CHF, EUR = "756", "978"


class CaisseApTill:
    """A till as the public description of the protocol has it: knows nothing of our codec.

    Tag of two letters, length in three digits, value; CZ first; one request, one answer on the same socket.
    An answer to a debit must bring CA, CD and CE back as they were asked, and the amount in CB.
    """

    def __init__(self, port: int) -> None:
        self.port = port

    @staticmethod
    def write(**tags: str) -> bytes:
        asked = {"CJ": "012345678901", "CA": "01", "BA": "0"} | tags
        return b"CZ0040300" + b"".join(
            f"{tag}{len(value):03d}{value}".encode() for tag, value in asked.items()
        )

    @staticmethod
    def read(data: bytes) -> dict[str, str]:
        text, tags = data.decode("ascii"), {}
        while text:
            tag, length = text[:2], int(text[2:5])
            tags[tag], text = text[5 : 5 + length], text[5 + length :]
        return tags

    async def send(self, data: bytes, *, pause: bool = False) -> dict[str, str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            for piece in [data[:21], data[21:]] if pause else [data]:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
            return self.read(await reader.read(1024))
        finally:
            writer.close()

    async def ask(self, **tags: str) -> dict[str, str]:
        return await self.send(self.write(**tags))

    async def debit(self, amount: str, currency: str = CHF, **tags: str) -> dict[str, str]:
        asked = {"CE": currency, "CD": "0", "CB": amount} | tags
        answer = await self.ask(**asked)
        if answer["AE"] == "10":
            assert {tag: answer[tag] for tag in ("CA", "CD", "CE")} == {"CA": "01", "CD": "0", "CE": currency}
            assert answer["CB"].lstrip("0") == amount.lstrip("0")
        return answer


def outcome(answer: dict[str, str]) -> tuple[str, str | None, str | None]:
    return answer["AE"], answer.get("AF"), answer.get("CF")


SETTINGS: dict[str, Any] = {
    "caisse_ap_tills": {"127.0.0.1": "TILL-1"},
    "caisse_ap_port": 0,
    "caisse_ap_tenders": {"": "any", "0L2": "gift_card", "0L3": "points"},
}


@pytest.fixture
async def shop(tmp_path: Path, socket_dir: Path) -> AsyncIterator[Shop]:
    """A shop with Caisse-AP, the card of a member of 1,000 points and CHF 30 in the purse on the reader."""
    moved = [0]
    async with a_terminal(tmp_path, socket_dir, clock=lambda: wall_clock() + moved[0], **SETTINGS) as running:
        running.moved = moved
        await trust(running.central)
        big = Item(line_no=1, code=SUN_CREAM, quantity=1, amount_minor=100_000)
        assert (await running.till.award([big], card=CARD)).response.result == "Success"
        await running.tap_known()
        await load(running, 3000)
        yield running


@pytest.fixture
def till(shop: Shop) -> CaisseApTill:
    return till_of(shop.agent)


def till_of(agent: Agent) -> CaisseApTill:
    assert agent.others.caisse_ap is not None
    return CaisseApTill(agent.others.caisse_ap.port)


async def free(shop: Shop) -> int:
    """What the purse can still pay."""
    reply = await shop.central.get(f"members/{MEMBER}/purse", token="office")
    return int(reply.body["purse_minor"]) - int(reply.body["purse_held_minor"])


async def test_a_purse_pays_is_held_and_the_balance_comes_back(shop: Shop, till: CaisseApTill) -> None:
    answer = await till.debit("1250")

    assert outcome(answer) == ("10", None, "SOLDE CHF 17.50")
    assert (answer["CI"], answer["AL"], answer["AA"][-4:]) == ("2", "1", CARD[-4:])
    assert (await in_purse(shop), await free(shop)) == (3000, 1750)


async def test_the_agent_books_what_no_ticket_took_over(shop: Shop, till: CaisseApTill) -> None:
    await till.debit("1250")
    shop.moved[0] += 13 * 60 * 1000

    assert await capture_due(shop.agent.till) == 1
    await shop.drained()

    assert (await in_purse(shop), await free(shop)) == (1750, 1750)
    assert await shop.central.points_of(MEMBER) == 1000, "an amount without articles earns nothing"
    assert await sound(shop.central)


async def test_the_same_request_gets_the_same_answer_and_takes_once(shop: Shop, till: CaisseApTill) -> None:
    asked = till.write(CE=CHF, CD="0", CB="1250")

    answers = [await till.send(asked) for _ in range(3)]

    assert answers[0] == answers[1] == answers[2]
    assert await free(shop) == 1750


async def test_a_reference_is_answered_again_without_the_card_and_another_amount_is_refused(
    shop: Shop, till: CaisseApTill
) -> None:
    first = await till.debit("1250", CH="TICKET-7")
    await shop.remove()

    again = await till.debit("1250", CH="TICKET-7")
    other = await till.debit("1300", CH="TICKET-7")

    assert again == first
    assert outcome(other) == ("01", "10", None)
    assert await free(shop) == 1750


async def test_another_reference_is_another_payment(shop: Shop, till: CaisseApTill) -> None:
    assert [(await till.debit("1000", CH=reference))["AE"] for reference in ("A", "B")] == ["10", "10"]
    assert await free(shop) == 1000


async def test_too_little_is_refused_and_told_what_there_is(shop: Shop, till: CaisseApTill) -> None:
    assert outcome(await till.debit("3001")) == ("01", "04", "SOLDE CHF 30.00")
    assert await free(shop) == 3000


async def test_a_cancellation_frees_the_hold_once_and_a_new_payment_is_new(
    shop: Shop, till: CaisseApTill
) -> None:
    await till.debit("1250")

    cancelled = [await till.ask(CE=CHF, CD="2", CB="1250") for _ in range(2)]

    assert {answer["AE"] for answer in cancelled} == {"10"}
    assert await free(shop) == 3000
    await till.debit("1250")
    assert await free(shop) == 1750


async def test_a_booked_payment_is_given_back_whole_by_a_refund(shop: Shop, till: CaisseApTill) -> None:
    await till.debit("1250", CH="T1")
    shop.moved[0] += 13 * 60 * 1000
    assert await capture_due(shop.agent.till) == 1
    await shop.drained()

    partly = await till.ask(CE=CHF, CD="1", CB="1000", CH="T1")
    whole = await till.ask(CE=CHF, CD="1", CB="1250", CH="T1")
    await shop.drained()

    assert outcome(partly) == ("01", "05", None)
    assert whole["AE"] == "10"
    assert await in_purse(shop) == 3000
    assert await sound(shop.central)


async def test_a_gift_card_pays_by_its_number_without_a_member(shop: Shop, till: CaisseApTill) -> None:
    number = str((await sold_card(shop.central, 2000))["number"])
    await shop.remove()

    answer = await till.debit("0500", CF=number)

    assert outcome(answer) == ("10", None, "SOLDE CHF 15.00")
    shop.moved[0] += 13 * 60 * 1000
    await capture_due(shop.agent.till)
    await shop.drained()
    assert await holds(shop.central, number) == 1500


async def test_a_gift_card_scanned_at_the_terminal_pays_and_is_used_up_there(
    shop: Shop, till: CaisseApTill
) -> None:
    number = str((await sold_card(shop.central, 2000))["number"])
    await shop.tap(number, "barcode")
    await eventually(lambda: shop.agent.desk.current is not None and shop.agent.desk.current.refusal)

    answer = await till.debit("0500", CC="0L2")

    assert outcome(answer) == ("10", None, "SOLDE CHF 15.00")
    assert shop.agent.desk.current is None


async def test_points_pay_only_where_head_office_says_what_an_amount_is(
    shop: Shop, till: CaisseApTill
) -> None:
    unnamed = await till.debit("1000", CC="0L3")
    body = api_catalogue.ArticleBody(name="Till's amount", article_class="cosmetic", codes=["CAISSE-AP"])
    await shop.central.services.articles.put_articles(shop.central.operator, [("caisse-ap", body)])

    paid = await till.debit("1000", CC="0L3")

    assert outcome(unnamed)[:2] == ("01", "05")
    assert outcome(paid) == ("10", None, "SOLDE 500 PTS")
    assert await held_points(shop) == 500
    odd = await till.debit("0999", CC="0L3")
    assert outcome(odd)[:2] == ("01", "05")
    assert await held_points(shop) == 500


async def test_the_duplicate_of_the_last_answer(shop: Shop, till: CaisseApTill) -> None:
    first = await till.debit("1250")
    again = await till.ask(CD="3")
    assert again == first | {"CD": "3"}


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"CE": EUR, "CD": "0", "CB": "1250"}, "13"),
        ({"CE": "840", "CD": "0", "CB": "1250"}, "13"),
        ({"CE": CHF, "CD": "7", "CB": "1250"}, "12"),
        ({"CE": CHF, "CD": "0", "CB": "000"}, "09"),
        ({"CE": CHF, "CD": "0"}, "09"),
        ({"CE": CHF, "CD": "0", "CB": "1250", "CC": "001"}, "10"),
        ({"CE": CHF, "CD": "0", "CB": "1250", "BA": "1"}, "10"),
        ({"CE": CHF, "CD": "2", "CB": "1250"}, "05"),
    ],
)
async def test_what_is_not_taken_is_told_by_its_reason(
    shop: Shop, till: CaisseApTill, tags: dict[str, str], reason: str
) -> None:
    answer = await till.ask(**tags)
    assert (answer["AE"], answer["AF"]) == ("01", reason)
    assert await free(shop) == 3000


async def test_an_unknown_card_a_weak_one_and_an_absent_central_are_refused(
    shop: Shop, till: CaisseApTill
) -> None:
    await shop.tap("04FFFFFFFFFF99")
    unknown = await till.debit("1250")
    await shop.tap(CARD, "barcode")
    await eventually(lambda: shop.kiosk.session.state == "open")
    weak = await till.debit("1250")
    await shop.tap_known()
    await shop.cut()
    away = await till.debit("1250")

    assert [outcome(answer)[:2] for answer in (unknown, weak, away)] == [
        ("01", "04"),
        ("01", "05"),
        ("01", "07"),
    ]
    assert await free(shop) == 3000


async def test_a_payment_waits_for_the_tap(shop: Shop, till: CaisseApTill) -> None:
    await shop.remove()
    paying = asyncio.create_task(till.debit("1250"))
    await eventually(lambda: any(each.get_name() == "caisse-ap-card" for each in asyncio.all_tasks()))

    await shop.tap()

    assert (await paying)["AE"] == "10"


async def test_a_till_that_hangs_up_while_nobody_taps_has_paid_nothing(
    shop: Shop, till: CaisseApTill
) -> None:
    await shop.remove()
    reader, writer = await asyncio.open_connection("127.0.0.1", till.port)
    writer.write(till.write(CE=CHF, CD="0", CB="1250"))
    await eventually(lambda: any(each.get_name() == "caisse-ap-card" for each in asyncio.all_tasks()))
    writer.close()
    await eventually(lambda: all(each.get_name() != "caisse-ap-card" for each in asyncio.all_tasks()))

    await shop.tap_known()

    assert (await free(shop), reader.at_eof()) == (3000, True)


async def test_a_till_that_hangs_up_before_its_answer_gets_its_hold_undone(
    shop: Shop, till: CaisseApTill
) -> None:
    async with shop.agent.till.turn_of("TILL-1"):
        reader, writer = await asyncio.open_connection("127.0.0.1", till.port)
        writer.write(till.write(CE=CHF, CD="0", CB="1250"))
        await eventually(lambda: any(each.get_name() == "caisse-ap-work" for each in asyncio.all_tasks()))
        writer.close()
        await eventually(reader.at_eof)
    await eventually(lambda: all(each.get_name() != "caisse-ap-work" for each in asyncio.all_tasks()))

    assert await free(shop) == 3000


async def test_a_message_in_pieces_is_one_message(shop: Shop, till: CaisseApTill) -> None:
    answer = await till.send(till.write(CE=CHF, CD="0", CB="1250"), pause=True)
    assert answer["AE"] == "10"


async def test_noise_is_answered_as_a_format_error_and_others_are_served_on(
    shop: Shop, till: CaisseApTill
) -> None:
    answer = await till.send(b"GET / HTTP/1.1\r\n\r\n")
    assert (answer["AE"], answer["AF"]) == ("01", "09")
    long = await till.send(b"CZ0040300" + b"CF999" + b"x" * 8000)
    assert (long["AE"], long["AF"]) == ("01", "09")
    assert (await till.debit("1250"))["AE"] == "10"


async def test_a_card_bound_to_another_till_pays_nothing_here(shop: Shop, till: CaisseApTill) -> None:
    """The card on the reader belongs to the ticket of a second till, which speaks nexo."""
    second = await shop.second_till()
    await shop.tap(OTHER_UID)
    await eventually(lambda: shop.kiosk.session.state == "open")
    assert (await second.acquire()).response.result == "Success"
    reader, writer = await asyncio.open_connection("127.0.0.1", till.port)
    writer.write(till.write(CE=CHF, CD="0", CB="1250"))
    await eventually(lambda: any(each.get_name() == "caisse-ap-card" for each in asyncio.all_tasks()))
    writer.close()
    await eventually(lambda: all(each.get_name() != "caisse-ap-work" for each in asyncio.all_tasks()))
    assert await free(shop) == 3000
    assert reader is not None


async def test_a_till_whose_address_is_not_named_is_not_served(tmp_path: Path, socket_dir: Path) -> None:
    named = SETTINGS | {"caisse_ap_tills": {TILL: "TILL-9"}}
    async with a_terminal(tmp_path, socket_dir, **named) as shop:
        assert shop.agent.others.caisse_ap is not None
        reader, writer = await asyncio.open_connection("127.0.0.1", shop.agent.others.caisse_ap.port)
        assert await reader.read() == b""
        writer.close()


async def test_without_tills_in_the_settings_no_port_is_opened(tmp_path: Path, socket_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with a_terminal(tmp_path, socket_dir, caisse_ap_port=port) as shop:
            assert shop.agent.others.caisse_ap is None


async def test_what_was_never_answered_before_a_crash_is_let_go_at_the_next_start(
    shop: Shop, till: CaisseApTill
) -> None:
    """As a crash between the hold and the answer leaves it: held at central, asked for, not answered."""
    await till.debit("1250", CH="T1")
    service = shop.agent.others.caisse_ap
    assert service is not None
    payments = service._service._payments
    (paid,) = await payments.list_of("TILL-1", "01")
    await payments.mark("TILL-1", "01", paid, "asked")
    await shop.agent.__aexit__(None, None, None)

    async with Agent(shop.settings, clock=shop.clock):
        await eventually(lambda: free_is(shop, 3000))


async def free_is(shop: Shop, minor: int) -> bool:
    return await free(shop) == minor


async def test_a_till_in_training_is_paid_nothing(shop: Shop) -> None:
    shop.kiosk.send(SetTraining(request_id="1", sale_id="TILL-1", is_on=True))
    await eventually(lambda: shop.kiosk.state.training == ("TILL-1",))
    before = await in_purse(shop)
    assert outcome(await till_of(shop.agent).debit("500"))[:2] == ("01", "05")
    now_ms = shop.clock() + 1
    assert (await in_purse(shop), await shop.agent.till.tickets.list_due(now_ms, now_ms)) == (before, [])
