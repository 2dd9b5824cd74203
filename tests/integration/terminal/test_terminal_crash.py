"""Sudden death: what was accepted is there afterwards, in order, without gap, and is booked once."""

import asyncio
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from terminal.agent import Agent
from terminal.database import Database, TerminalStoreUnusable
from terminal.outbox import NewEntry, Outbox, OutboxFull
from terminal.till_store import Key, TillStore
from tests.central_fixture import CARD, MEMBER
from tests.helpers import eventually
from tests.terminal_fixture import CREAM, Shop
from tools.till import SimulatedTill
from wire.nexo import json_codec
from wire.nexo.base import Nexo
from wire.nexo.loyalty import LoyaltyRequest, LoyaltyTransaction, OriginalPOITransaction

APPENDING = """
import asyncio, sys
from pathlib import Path
from terminal.database import Database
from terminal.outbox import Outbox
from tests.integration.terminal.test_terminal_crash import an_entry

async def main() -> None:
    async with Database(Path(sys.argv[1])) as database:
        outbox = Outbox(database)
        for number in range(int(sys.argv[2]), 1_000_000):
            fact = await outbox.append(an_entry(number), now_ms=number)
            print(fact.entry_id, flush=True)

asyncio.run(main())
"""
KILLS = 4
ACCEPTED_BEFORE_A_KILL = 25


def an_entry(number: int) -> NewEntry:
    """A sale that is never sent."""
    return NewEntry(
        entry_id=f"sale-{number}",
        kind="sale",
        sale_id=f"sale-{number}",
        tap_id="",
        body=b"{}",
        business_key=f"key-{number}",
        content_hash=b"content",
        poi_transaction_id=f"L-{number}",
        poi_time="2026-11-22T10:15:00.000Z",
        lines="[[1, 1]]",
    )


async def test_every_accepted_entry_survives_kill_9_in_order_and_without_gap(tmp_path: Path) -> None:
    path = tmp_path / "terminal.db"
    accepted: list[str] = []
    for _ in range(KILLS):
        accepted += await asyncio.to_thread(_append_and_kill, path, len(accepted) + 1_000)
        async with Database(path) as database:
            outbox = Outbox(database)
            kept = [entry.entry_id for entry in await outbox.list_entries(limit=10_000)]
            counts = await outbox.counts()
        assert [one for one in kept if one in set(accepted)] == accepted
        assert counts.last_seq == counts.depth == len(kept)
        accepted = kept  # the one being written at the kill may have made it


async def test_a_gap_in_the_outbox_is_an_alarm_not_skipped(tmp_path: Path) -> None:
    path = tmp_path / "terminal.db"
    async with Database(path) as database:
        outbox = Outbox(database)
        for number in range(3):
            await outbox.append(an_entry(number), now_ms=number)
        await database.write(lambda db: db.execute("DELETE FROM outbox WHERE seq = 2").fetchall())

    with pytest.raises(TerminalStoreUnusable, match="gap"):
        await Database(path).open()


async def test_a_full_outbox_refuses_and_takes_again_once_there_is_room(tmp_path: Path) -> None:
    async with Database(tmp_path / "terminal.db") as database:
        outbox = Outbox(database, entries_max=2)
        await outbox.append(an_entry(1), now_ms=1)
        await outbox.append(an_entry(2), now_ms=2)

        with pytest.raises(OutboxFull):
            await outbox.append(an_entry(3), now_ms=3)

        head = await outbox.find_head()
        assert head is not None
        await outbox.delivered(head, b"{}")
        await outbox.append(an_entry(3), now_ms=4)
        assert [entry.seq for entry in await outbox.list_entries()] == [2, 3]


async def test_a_refused_entry_that_comes_again_is_tried_again_at_its_old_place(tmp_path: Path) -> None:
    async with Database(tmp_path / "terminal.db") as database:
        outbox = Outbox(database)
        await outbox.append(an_entry(1), now_ms=1)
        await outbox.append(an_entry(2), now_ms=2)
        head = await outbox.find_head()
        assert head is not None
        await outbox.refused(head, code="blocked_card", reason="blocked", now_ms=3)

        await outbox.append(an_entry(1), now_ms=4)

        again = await outbox.find_head()
        assert again is not None
        assert (again.seq, again.state) == (1, "pending")
        assert (await outbox.counts()).depth == 2


async def test_an_award_interrupted_by_a_crash_is_finished_at_the_next_start(shop: Shop) -> None:
    message = shop.till.message(shop.till.award_request([CREAM], card=CARD))
    request = json_codec.encode(message)
    assert isinstance(message.body, Nexo)
    decoded = json_codec.decode(request).body
    assert isinstance(decoded, Nexo)
    content_hash = hashlib.sha256(json_codec.encode_body(decoded)).digest()
    await shop.agent.__aexit__(None, None, None)
    async with Database(shop.settings.database) as database:
        key = Key("TILL-1", shop.till.last_service_id, "Loyalty")
        assert await TillStore(database).begin(key, content_hash, request, now_ms=shop.clock()) is None

    async with (
        Agent(shop.settings) as restarted,
        SimulatedTill(f"https://127.0.0.1:{restarted.nexo_port}") as till,
    ):
        await eventually(lambda: restarted.link.state == "up" and restarted.sender.depth == 0)
        status = await till.status(shop.till.last_service_id)
        first = await till.post(request)
        again = await till.post(request)

    assert status.response.result == "Success"
    assert first == again
    assert await shop.central.points_of(MEMBER) == 39


async def test_a_return_of_the_rest_noted_before_a_crash_is_answered_at_the_next_start(shop: Shop) -> None:
    award = await shop.till.award([CREAM], card=CARD)
    assert award.poi_data is not None
    body = LoyaltyRequest(
        sale_data=shop.till.new_ticket(),
        loyalty_transaction=LoyaltyTransaction(
            loyalty_transaction_type="AwardRefund",
            original_poi_transaction=OriginalPOITransaction(
                sale_id="TILL-1", poi_transaction_id=award.poi_data.poi_transaction_id
            ),
        ),
    )
    request = json_codec.encode(shop.till.message(body))
    service_id = shop.till.last_service_id
    _, first = await shop.till.post(request)
    await shop.agent.__aexit__(None, None, None)
    async with Database(shop.settings.database) as database:
        # As if the agent had died between the outbox's commit and that of its answer.
        query = "UPDATE till_answer SET answer = NULL, request = ? WHERE service_id = ?"
        await database.write(lambda db: db.execute(query, (request, service_id)).fetchall())

    async with (
        Agent(shop.settings) as restarted,
        SimulatedTill(f"https://127.0.0.1:{restarted.nexo_port}") as till,
    ):
        _, resumed = await till.post(request)

    assert resumed == first
    assert b'"Result":"Success"' in resumed
    assert await shop.central.points_of(MEMBER) == 0


async def test_a_message_interrupted_for_good_may_be_sent_again(shop: Shop) -> None:
    request = json_codec.encode(shop.till.message(shop.till.award_request([CREAM], card=CARD)))
    service_id = shop.till.last_service_id
    body = json_codec.decode(request).body
    assert isinstance(body, Nexo)
    content_hash = hashlib.sha256(json_codec.encode_body(body)).digest()
    key = Key("TILL-1", service_id, "Loyalty")
    await shop.agent.store.begin(key, content_hash, request, now_ms=shop.clock())

    status = await shop.till.status(service_id)
    assert (status.response.result, status.response.error_condition) == ("Failure", "NotFound")
    await shop.till.post(request)

    assert (await shop.till.status(service_id)).response.result == "Success"
    assert await shop.central.points_of(MEMBER) == 39


def _append_and_kill(path: Path, first: int) -> list[str]:
    with subprocess.Popen(
        [sys.executable, "-c", APPENDING, str(path), str(first)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    ) as process:
        assert process.stdout is not None
        accepted = [process.stdout.readline().strip() for _ in range(ACCEPTED_BEFORE_A_KILL)]
        process.kill()
        accepted += process.stdout.read().split()
    return accepted
