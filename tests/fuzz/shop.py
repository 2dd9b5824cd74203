"""A running shop that is sent anything: what it answers, what it logs, and what was booked."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import apsw
import structlog

from terminal.printer.simulated import SimulatedPrinter
from terminal.till.keys import key_file
from terminal.till.keys.key_file import TillKey
from tests.central_fixture import CARD, OTHER_CARD
from tests.fuzz.seeds import LINES, Known, message_of
from tests.helpers import POLL_S
from tests.integration.central.clerks import sign_in
from tests.integration.central.stored import activate, make_card, sound, trust
from tests.terminal_fixture import CREAM, Shop, a_terminal
from tools.till import Item, requests
from tools.till.xml_till import XmlTill
from wire.messages import AnswerPrompt
from wire.nexo import envelope, json_codec
from wire.nexo.base import MessageReference
from wire.nexo.envelope import SealingKey
from wire.nexo.payment import PaymentResponse, StoredValueResponse
from wire.nexo.service import AbortRequest
from wire.nexo.xml import codec as xml_codec

KEY: Final = TillKey(identifier="FUZZ", version=1, passphrase="what fuzzed tills have in common")
WAITS_S: Final = 1.0
"""An answer that takes longer waits for a person: the till gives that up."""


@dataclass(slots=True, kw_only=True)
class FuzzedShop:
    """`broke`: what was logged as an error, or raised where nobody looked."""

    shop: Shop
    xml: XmlTill
    key: SealingKey
    known: Known
    logs: list[Any]
    broke: list[str] = field(default_factory=list)

    def message(self, name: str) -> bytes:
        """A valid message of this name, in JSON."""
        return json_codec.encode(message_of(self.known, name))

    def message_in_xml(self, name: str) -> bytes:
        """The same in XML."""
        return xml_codec.encode(message_of(self.known, name))

    async def post(self, data: bytes, *, is_xml: bool = False) -> tuple[int, bytes]:
        """Send bytes; a wait for a person is given up."""
        sender = self.xml.post_xml(data) if is_xml else self.shop.till.post(data)
        sending = asyncio.create_task(sender)
        while not sending.done():
            await asyncio.wait({sending}, timeout=WAITS_S)
            if not sending.done():
                await self._give_up()
        return sending.result()

    async def _give_up(self) -> None:
        """Whoever waits for a tap or an answer, under whatever name it said it had."""
        agent = self.shop.agent
        tills = {self.shop.till.sale_id}
        if agent.till.acquisition is not None:
            tills.add(agent.till.acquisition.key.sale_id)
        for sale_id in tills:
            message = self.shop.till.message(
                AbortRequest(abort_reason="MerchantAbort", message_reference=MessageReference())
            )
            data = json_codec.encode(message).replace(
                b'"SaleID":"%s"' % self.shop.till.sale_id.encode(), b'"SaleID":"%s"' % sale_id.encode()
            )
            await self.shop.till.post(data)

    async def booked(self) -> tuple[Any, ...]:
        """What stands in the terminal's outbox and in central's books; changes with anything booked or held.

        A ticket that central refuses is noted before, and stays in the outbox as refused: that is no booking.
        """
        await self.shop.drained()
        counts = await self.shop.agent.outbox.counts()
        return (counts.delivered, *await asyncio.to_thread(self._books))

    def _books(self) -> tuple[Any, ...]:
        path = self.shop.settings.state_dir.parent / "central.db"
        with contextlib.closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as db:
            (journal,) = db.execute("SELECT count(*) FROM ledger_transaction")
            (sales,) = db.execute("SELECT count(*) FROM sale")
            (held,) = db.execute("SELECT count(*), sum(amount) FROM hold WHERE state = 'pending'")
        return (*journal, *sales, *held)

    def has_captured(self) -> bool:
        """Whether, since the log was last looked at, the terminal booked a ticket of a while ago by itself.

        Value was taken for it and no award came (TICKET_CAPTURE_S): in long runs that may happen at any time.
        """
        return any(each["event"] == "ticket_captured" for each in self.logs)

    def look_at_logs(self) -> None:
        """Nothing may break where only the log tells of it."""
        self.broke += [
            f"{each.get('event')}: {each.get('exc_info', '')}"
            for each in self.logs
            if each["log_level"] in ("error", "critical")
        ]
        self.logs.clear()
        assert not self.broke, self.broke

    async def require_alive(self) -> None:
        """The next valid messages are answered: a ticket is booked, a gift card pays, the books agree."""
        till = self.shop.till
        await till.login(is_training=False)
        before = (await self.booked())[0]
        award = await till.award([CREAM], card=CARD)
        assert award.response.result == "Success", award.response
        assert (await self.booked())[0] == before + 1
        body = requests.payment(till, 100, [CREAM], ticket=till.new_ticket(), gift_card=self.known.gift_card)
        paid = await till.ask(body, PaymentResponse)
        assert paid.response.result == "Success", paid.response
        assert await sound(self.shop.central)


@asynccontextmanager
async def a_fuzzed_shop(tmp_path: Path, socket_dir: Path) -> AsyncIterator[FuzzedShop]:
    """A shop with a member of a million points, a purse and a gift card; a card lies on its reader."""
    await asyncio.to_thread(key_file.save, tmp_path / "terminal" / "till-keys.json", (KEY,))
    secrets = await asyncio.to_thread(envelope.derive, KEY.passphrase)
    broke: list[str] = []
    with _nothing_unseen(broke), structlog.testing.capture_logs() as logs:
        async with (
            SimulatedPrinter() as printer,
            a_terminal(tmp_path, socket_dir, printer=printer.address, allow_card_apdu=True) as shop,
            XmlTill(shop.till.url.removesuffix("/nexo")) as xml,
        ):
            known = await _known(shop)
            answering = asyncio.create_task(_answer_prompts(shop))
            try:
                yield FuzzedShop(
                    shop=shop,
                    xml=xml,
                    key=SealingKey(KEY.identifier, KEY.version, secrets),
                    known=known,
                    logs=logs,
                    broke=broke,
                )
            finally:
                answering.cancel()


async def _known(shop: Shop) -> Known:
    await trust(shop.central)
    big = Item(line_no=1, code=CREAM.code, quantity=1, amount_minor=100_000_000)
    assert (await shop.till.award([big], card=CARD)).response.result == "Success"
    awarded = await shop.till.award(LINES, card=OTHER_CARD)
    assert awarded.poi_data is not None
    under = shop.till.last_service_id
    number = str((await make_card(shop.central))["number"])
    sold = await activate(shop.central, number, 40_000)
    assert sold.status == 200, sold.body
    clerk = await sign_in(shop.central)
    await shop.tap_known()
    load = requests.stored_value(shop.till, 20_000, ticket=shop.till.new_ticket())
    assert (await shop.till.ask(load, StoredValueResponse)).response.result == "Success"
    body = requests.payment(shop.till, 500, LINES, ticket=shop.till.new_ticket(), gift_card=number)
    paid = await shop.till.ask(body, PaymentResponse)
    assert paid.poi_data is not None
    return Known(
        till=shop.till,
        awarded=awarded.poi_data.poi_transaction_id,
        awarded_under=under,
        paid=paid.poi_data.poi_transaction_id,
        gift_card=number,
        clerk=clerk,
    )


async def _answer_prompts(shop: Shop) -> None:
    """The member says yes to whatever is asked."""
    while True:
        prompt = shop.kiosk.state.prompt
        if prompt is not None:
            shop.kiosk.send(AnswerPrompt(prompt_id=prompt.prompt_id, is_yes=True))
        await asyncio.sleep(POLL_S)


@contextlib.contextmanager
def _nothing_unseen(broke: list[str]) -> Iterator[None]:
    """What ends a task that nobody awaits is told to the loop alone."""
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, told: broke.append(f"{told['message']}: {told.get('exception')!r}"))
    try:
        yield
    finally:
        loop.set_exception_handler(before)
