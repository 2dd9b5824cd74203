"""When a number is typed, and which: the card's number as central knows it, never what the card said."""

import asyncio
from collections.abc import Callable

import structlog

from loyalty.limits.other_tills import WEDGE_RETRY_S
from loyalty.limits.texts import ID_CHARS_MAX
from loyalty.programme.chip_numbers import is_health_card
from terminal.printer.base import SerialAddress, parse_address
from terminal.session import CardSession
from terminal.settings import TerminalSettings
from terminal.till.nexo.context import Till
from terminal.till.wedge.drivers import GadgetWedge, KeyboardWedge, SerialWedge, Wedge, WedgeUnusable
from terminal.till_settings import GADGET, KEYBOARD

log = structlog.get_logger(__name__)

ENQ, NAK = b"\x05", "\x15"
"""ASCII: a till on a serial line asks with ENQ; without a card it is answered NAK."""
Open = Callable[[], Wedge]


def opener_of(settings: TerminalSettings) -> Open:
    """How the wedge of the settings is opened."""
    if settings.wedge == KEYBOARD:
        return lambda: KeyboardWedge(settings.wedge_keys)
    if settings.wedge.startswith(GADGET):
        return lambda: GadgetWedge(settings.wedge.removeprefix(GADGET), settings.wedge_keys)
    address = parse_address(settings.wedge)
    assert isinstance(address, SerialAddress), "the settings take nothing else"
    return lambda: SerialWedge(address)


def typed_number(card: CardSession | None) -> str:
    """What may be typed of a card: its printed number, once central has said whose it is; else nothing.

    Chip messages, codes with their proof and what was shown by a phone never leave the agent this way.
    """
    if card is None or card.identified is None or not card.is_shown:
        return ""
    number = card.identified.card_number
    is_number = number.isascii() and number.isalnum() and len(number) <= ID_CHARS_MAX
    return number if is_number and not is_health_card(number) else ""


class WedgeTyping:
    """Types as the settings want: on every tap, or when the till asks."""

    def __init__(self, till: Till, open_wedge: Open) -> None:
        self._till = till
        self._open = open_wedge
        self._asked = asyncio.Event()
        self._typed = ""
        """The session that was typed: each tap once."""

    async def run(self) -> None:
        """For ever; a wedge that is unplugged is opened again."""
        while True:
            try:
                wedge = await asyncio.to_thread(self._open)
            except WedgeUnusable as error:
                log.warning("wedge_unusable", reason=str(error))
                await asyncio.sleep(WEDGE_RETRY_S)
                continue
            try:
                await self._serve(wedge)
            except WedgeUnusable as error:
                log.warning("wedge_lost", reason=str(error))
            finally:
                await asyncio.to_thread(wedge.close)
            await asyncio.sleep(WEDGE_RETRY_S)

    async def _serve(self, wedge: Wedge) -> None:
        loop = asyncio.get_running_loop()
        if wedge.asks is not None:
            loop.add_reader(wedge.asks, self._asked.set)
        try:
            while True:
                await self._type_tapped(wedge)
                await self._wait()
                if self._asked.is_set():
                    self._asked.clear()
                    await self._answer(wedge)
        finally:
            if wedge.asks is not None:
                loop.remove_reader(wedge.asks)

    async def _wait(self) -> None:
        """Until a card changed, or the till asks."""
        changed = asyncio.create_task(self._till.desk.wait_change(), name="wedge-card")
        asked = asyncio.create_task(self._asked.wait(), name="wedge-asked")
        try:
            await asyncio.wait({changed, asked}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            changed.cancel()
            asked.cancel()

    async def _type_tapped(self, wedge: Wedge) -> None:
        card = self._till.desk.current
        number = typed_number(card)
        if self._till.settings.wedge_when != "tap" or card is None or not number:
            return
        if card.session_id == self._typed:
            return
        self._typed = card.session_id
        await self._type(wedge, number)

    async def _answer(self, wedge: Wedge) -> None:
        request = await asyncio.to_thread(wedge.take_request)
        if ENQ not in request:
            return
        number = typed_number(self._till.desk.current)
        if number:
            await self._type(wedge, number)
        else:
            await asyncio.to_thread(wedge.type_text, NAK)

    async def _type(self, wedge: Wedge, number: str) -> None:
        text = self._till.settings.wedge_text.replace("{number}", number)
        await asyncio.to_thread(wedge.type_text, text)
        log.info("member_number_typed")
