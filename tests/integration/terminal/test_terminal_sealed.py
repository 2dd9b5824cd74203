"""Tickets that wait are sealed to central: a terminal's disk tells nobody what was bought (DESIGN 10)."""

import base64
from pathlib import Path

import apsw
import msgspec

from terminal.agent import Agent
from terminal.outbox import Entry
from tests.central_fixture import CARD, SUN_CREAM
from tests.helpers import eventually
from tests.terminal_fixture import CREAM, Shop, a_terminal


async def pinned(shop: Shop) -> None:
    await eventually(lambda: shop.agent.offline.keys is not None)


async def waiting(shop: Shop) -> list[Entry]:
    return await shop.agent.outbox.list_entries()


def bodies_on_disk(path: Path) -> list[tuple[bytes, int]]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    return [
        (bytes(body), is_sealed)
        for body, is_sealed in connection.execute("SELECT body, is_sealed FROM outbox")
    ]


async def test_what_waits_holds_no_card_and_no_article(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        await pinned(shop)
        await shop.cut()
        assert (await shop.till.award([CREAM], card=CARD)).response.result == "Success"

        ((body, is_sealed),) = bodies_on_disk(shop.settings.database)
        await shop.mend()
        await shop.drained()

        assert is_sealed
        for secret in (CARD, SUN_CREAM, "sale_id"):
            assert secret.encode() not in body
        assert await shop.central.points_of() == 39


async def test_before_centrals_key_is_known_a_ticket_waits_open(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir, is_cut=True) as shop:
        assert (await shop.till.award([CREAM], card=CARD)).response.result == "Success"

        ((_, is_sealed),) = bodies_on_disk(shop.settings.database)
        await shop.mend()
        await shop.drained()

        assert not is_sealed
        assert await shop.central.points_of() == 39


async def test_sealed_tickets_and_their_returns_go_on_in_order_after_a_restart(
    tmp_path: Path, socket_dir: Path
) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        await pinned(shop)
        await shop.cut()
        sales = [await shop.till.award([CREAM], card=CARD) for _ in range(3)]
        assert sales[0].poi_data is not None
        back = await shop.till.award_refund(sales[0].poi_data.poi_transaction_id)
        assert back.response.result == "Success"
        assert [entry.is_sealed for entry in await waiting(shop)] == [1] * 4
        await shop.agent.__aexit__()
        await shop.cable.mend()

        async with Agent(shop.settings) as restarted:
            await eventually(lambda: restarted.link.state == "up" and restarted.sender.depth == 0)
            counts = await restarted.outbox.counts()

        assert (counts.delivered, counts.refused) == (4, 0)
        assert await shop.central.points_of() == 78


async def test_a_ticket_sealed_to_another_key_waits_and_is_not_lost(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        await pinned(shop)
        await shop.cut()
        for _ in range(2):  # the sender holds the first in its hand already
            await shop.till.award([CREAM], card=CARD)
        kept = bodies_on_disk(shop.settings.database)[1][0]
        await _put_second(shop, kept[:-1] + bytes([kept[-1] ^ 1]))
        await shop.mend()
        await eventually(lambda: shop.agent.sender.parked_code == "seal_unreadable")
        assert shop.agent.sender.depth == 1

        await _put_second(shop, kept)  # central's secrets are there again
        await shop.drained()

        assert await shop.central.points_of() == 78


async def test_a_seal_is_good_for_its_own_entry_alone(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        await pinned(shop)
        await shop.cut()
        await shop.till.award([CREAM], card=CARD)
        ((body, _),) = bodies_on_disk(shop.settings.database)
        await shop.mend()
        await shop.drained()
        envelope = {
            "entry_id": "another-id",
            "sent_ms": shop.central.clock(),
            "sealed": base64.b64encode(body).decode(),
        }
        reply = await shop.central.post("sealed/sales", envelope)

        assert (reply.status, reply.code) == (422, "seal_unreadable")
        assert await shop.central.points_of() == 39


async def test_a_sealed_ticket_of_a_till_ahead_of_time_is_dated_anew(
    tmp_path: Path, socket_dir: Path
) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        await pinned(shop)
        await shop.cut()
        ticket = shop.till.new_ticket()
        ahead = "2099" + ticket.sale_transaction_id.time_stamp[4:]
        told = msgspec.structs.replace(ticket.sale_transaction_id, time_stamp=ahead)
        ticket = msgspec.structs.replace(ticket, sale_transaction_id=told)
        await shop.till.award([CREAM], card=CARD, ticket=ticket)
        await shop.mend()
        await shop.drained()

        assert await shop.central.points_of() == 39


async def _put_second(shop: Shop, body: bytes) -> None:
    connection = apsw.Connection(str(shop.settings.database))
    connection.execute("UPDATE outbox SET body = ? WHERE seq = 2", (body,))
    connection.close()
