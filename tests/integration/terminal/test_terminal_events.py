"""Events: a till hears of cards, scans and the link, encrypted, and a till that is away holds nobody up."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web

from terminal.till.keys import key_file
from terminal.till.keys.key_file import TillKey
from tests.central_fixture import CARD, UID
from tests.helpers import eventually
from tests.terminal_fixture import CREAM, a_terminal
from wire.nexo import envelope, json_codec
from wire.nexo.envelope import derive
from wire.nexo.service import EventNotification

KEY = TillKey(identifier="TILL-1", version=1, passphrase="what both ends were given")


@dataclass(slots=True)
class Listening:
    """A till's own server."""

    bodies: list[bytes] = field(default_factory=list)
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        return web.Response(status=204)


@pytest.fixture
async def listening() -> AsyncIterator[Listening]:
    till = Listening()
    app = web.Application()
    app.router.add_post("/nexo", till.take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    till.url = f"http://127.0.0.1:{runner.addresses[0][1]}/nexo"
    yield till
    await runner.cleanup()


def told(raw: bytes) -> tuple[str, str | None]:
    message = json_codec.decode(raw)
    assert message.envelope == "SaleToPOIRequest"
    assert (message.header.message_class, message.header.sale_id) == ("Event", "TILL-1")
    assert isinstance(message.body, EventNotification)
    return message.body.event_to_notify, message.body.event_details


async def test_a_till_hears_of_cards_and_scans_and_nothing_of_who_it_is(
    tmp_path: Path, socket_dir: Path, listening: Listening
) -> None:
    async with a_terminal(tmp_path, socket_dir, till_events={"TILL-1": listening.url}) as shop:
        await shop.tap_known()
        await shop.remove()
        await shop.tap(CARD, "barcode")
        await shop.cut()
        wanted = [
            ("CardInserted", None),
            ("CardRemoved", None),
            ("ScanBarcodeResult", CARD),
            ("NetworkDisconnected", None),
        ]
        await eventually(lambda: [told(raw) for raw in listening.bodies][-4:] == wanted)

    events = [told(raw)[0] for raw in listening.bodies]
    assert events[:2] == ["Initialised", "NetworkConnected"]
    assert UID.encode() not in b"".join(listening.bodies)
    assert b"Rochat" not in b"".join(listening.bodies)


async def test_events_are_under_the_newest_key_and_without_one_nothing_is_told(
    tmp_path: Path, socket_dir: Path, listening: Listening
) -> None:
    secrets = await asyncio.to_thread(derive, KEY.passphrase)
    await asyncio.to_thread(key_file.save, tmp_path / "terminal" / "till-keys.json", (KEY,))
    async with a_terminal(
        tmp_path, socket_dir, plain_nexo=False, till_events={"TILL-1": listening.url}
    ) as shop:
        await eventually(lambda: listening.bodies)
        opened = envelope.open_sealed(*envelope.read(listening.bodies[0]), secrets)
        assert told(opened) == ("Initialised", None)
        assert b"Initialised" not in listening.bodies[0]

        await asyncio.to_thread(key_file.save, tmp_path / "terminal" / "till-keys.json", ())
        await asyncio.sleep(0)
        before = len(listening.bodies)
        await eventually(lambda: _has_no_key(shop.agent))
        await shop.tap()
        await shop.remove()
        await eventually(lambda: shop.agent.desk.current is None)
    assert all(json.loads(raw)["SaleToPOIRequest"].get("NexoBlob") for raw in listening.bodies[before:])


async def _has_no_key(agent) -> bool:  # type: ignore[no-untyped-def]
    return await agent.events._ring.newest() is None


async def test_a_till_that_is_away_holds_nobody_up(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir, till_events={"TILL-1": "http://127.0.0.1:9/nexo"}) as shop:
        await shop.tap_known()

        assert (await shop.till.award([CREAM])).response.result == "Success"
