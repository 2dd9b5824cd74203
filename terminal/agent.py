"""The agent: puts its parts together, runs them, and ends them in order."""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import apsw
import msgspec
import structlog

from loyalty.limits.doctor import STORE_PROOF_WRITE_EVERY_S
from terminal.audit import TillAudit
from terminal.card_proofs import CardProofs
from terminal.card_talk import CardTalk
from terminal.central_link import CentralLink
from terminal.central_value import CentralValue
from terminal.clock import Clock, TrustedTime, wall_clock
from terminal.comfort import KeptComfort
from terminal.database import Database
from terminal.desk import CardDesk
from terminal.diagnosis import Diagnosis
from terminal.identity import read_token
from terminal.journeys.base import Parts, PrizesWon
from terminal.kiosk_link import KioskLink, hello_of
from terminal.known_group import KnownGroup
from terminal.leases.keeper import LeaseKeeper
from terminal.nobodys_tickets import NobodysTickets
from terminal.offline.data import OfflineData
from terminal.open_tickets import OpenTickets
from terminal.other_tills import OtherTills
from terminal.outbox import Outbox
from terminal.pictures import GroupPictures
from terminal.pin_wishes import PinWishes
from terminal.printer.compose import Paper
from terminal.printer.desk import PrintDesk
from terminal.reenrolment import Reenrolment
from terminal.sender import Outcome, Sender
from terminal.settings import TerminalSettings
from terminal.shop_pages import ShopPages
from terminal.support import RemoteSupport
from terminal.tasks import Tasks
from terminal.till.keys.key_ring import KeyRing
from terminal.till.nexo.context import Till
from terminal.till.nexo.dispatch import Dispatcher
from terminal.till.nexo.door import Door
from terminal.till.nexo.events import TillEvents
from terminal.till.nexo.server import TillServer
from terminal.till.nexo.value.booking import capture_forever
from terminal.till.pairing.desk import PairingDesk
from terminal.till.pairing.http import PairingRoutes
from terminal.till.pairing.trial import TillTrial
from terminal.till.pairing.wishes import TillWishes
from terminal.till.prompts import Prompts
from terminal.till_store import TillStore
from terminal.tls import own_certificate, server_context
from terminal.totals import Totals
from terminal.training.lessons import Lessons
from terminal.training.state import Training
from terminal.views import agent_state
from wire.messages import AgentState, CardAnswers, FromReader
from wire.peer import Link, connect_forever

log = structlog.get_logger(__name__)

PROOF: Final = "proof-of-life"


class Agent:
    """One terminal. Use as a context; `nexo_port` is the till's port while it runs."""

    def __init__(self, settings: TerminalSettings, *, clock: Clock = wall_clock) -> None:
        self._settings = settings
        self._clock = clock
        self._stack = AsyncExitStack()
        self._tasks = Tasks()
        self._was_up = False
        self._proof_written_s = -float(STORE_PROOF_WRITE_EVERY_S)
        self._database = Database(settings.database)
        self.outbox = Outbox(self._database, seal=self._seal)
        self.store = TillStore(self._database)
        self.totals = Totals(self._database)
        self.time = TrustedTime(self.store, boot_id_file=settings.boot_id_file)
        self.group = KnownGroup(self.store, self.time, clock=clock, said=lambda: self.link.group)
        self._ring = KeyRing(settings.till_keys_path, poi_id=settings.poi_id)
        self.events = TillEvents(settings, self._ring, clock=clock)
        self.prompts = Prompts(self._push)
        self.pin_wishes = PinWishes(self._push)
        self.training = Training(self.store, self._push, self.group.today)
        self.comfort = KeptComfort(self.store, self._push)
        self.pairing: PairingDesk | None = None
        self._reader: Link | None = None
        self.nexo_port = 0

    async def __aenter__(self) -> "Agent":
        settings = self._settings
        try:
            await self._stack.enter_async_context(self._database)
            await self.group.load()
            token = await asyncio.to_thread(read_token, settings)
            self._stack.push_async_callback(self._tasks.end)
            await self.time.load()
            self.link = CentralLink(
                settings.central_url,
                token,
                clock=self._clock,
                on_change=self._link_changed,
                on_time=self.time.heard,
            )
            await self.training.load()
            await self.comfort.load()
            self.offline = OfflineData(
                self._database, self.link, token=token, clock=self._clock, on_change=self._push
            )
            await self.offline.load()
            self.leases = LeaseKeeper(
                self._database, self.link, self.offline, clock=self._clock, trusted=self.time
            )
            self.won = PrizesWon()
            self.desk = CardDesk(
                self.link,
                clock=self._clock,
                on_change=self._cards_changed,
                is_hot=self.offline.is_hot,
                on_redeemer=self.leases.want,
                tell_cut=self.leases.tell,
            )
            self.shop_pages = ShopPages(self.store, self.link, on_change=self._push)
            await self.shop_pages.load()
            self.pictures = self._make_pictures(settings.pictures_path)
            await self.pictures.load()
            self.talk = CardTalk(lambda message: self._reader is not None and self._reader.send(message))
            self.proofs = CardProofs(self.talk, self.desk, self.link, on_change=self._push)
            self.sender = Sender(self.outbox, self.link, clock=self._clock, on_change=self._entry_changed)
            await self._make_kiosk_end(settings)
            await self.sender.recount()
            self._stack.push_async_callback(self.desk.close)
            if not await self._ring.has_any() and not settings.plain_nexo:
                log.warning("no_till_key", file=str(settings.till_keys_path))  # no till can speak yet
            await self._stack.enter_async_context(self.events)
            await self._stack.enter_async_context(await self.kiosk.listen(settings))
            await self._stack.enter_async_context(self.link)
            self._reader = await self._stack.enter_async_context(
                connect_forever(
                    settings.reader_socket,
                    hello_of(settings),
                    FromReader,
                    self._on_reader,
                    self._on_reader_link,
                )
            )
            await self._serve_tills()
        except BaseException:
            await self._stack.aclose()
            raise
        log.info("terminal_ready", nexo_port=self.nexo_port, outbox=self.sender.depth)
        return self

    def _make_pictures(self, folder: Path) -> GroupPictures:
        return GroupPictures(
            folder,
            self.store,
            self.link,
            clock=self._clock,
            trusted=self.time,
            logo=lambda: group.logo if (group := self.group.find()) else "",
            time_zone=self.group.time_zone,
            on_change=self._push,
        )

    async def _make_kiosk_end(self, settings: TerminalSettings) -> None:
        """The printer, and what answers the kiosk: all that stands on the parts made before."""
        self.print_desk = PrintDesk(
            settings.printer,
            Paper(width_mm=settings.printer_paper_mm, text=settings.printer_text),
            self._database,
            clock=self._clock,
            on_change=self._push,
        )
        await self.print_desk.load()
        self._stack.push_async_callback(self.print_desk.close)
        diagnosis = Diagnosis(
            settings,
            clock=self._clock,
            link=self.link,
            desk=self.desk,
            outbox=self.outbox,
            offline=self.offline,
            print_desk=self.print_desk,
        )
        self.support = RemoteSupport(self.link, diagnosis, self._push)
        self._stack.push_async_callback(self.support.close)
        self.reenrolment = Reenrolment(settings, self._push)
        self._stack.push_async_callback(self.reenrolment.close)
        self.parts = Parts(
            settings=settings,
            clock=self._clock,
            desk=self.desk,
            link=self.link,
            shop_pages=self.shop_pages,
            proofs=self.proofs,
            print_desk=self.print_desk,
            won=self.won,
            offline=self.offline,
            totals=self.totals,
            comfort=self.comfort,
            diagnosis=diagnosis,
            support=self.support,
            reenrolment=self.reenrolment,
            pin_wishes=self.pin_wishes,
            waiting=lambda: self.sender.depth,
            logo=lambda: self.pictures.logo_file,
            group=self.group.find,
        )
        self.kiosk = KioskLink(
            self.parts,
            self._state,
            lambda told: self.prompts.answer(told.prompt_id, told.is_yes),
            TillWishes(self.desk, self.training, lambda: self.pairing),
        )
        self._stack.push_async_callback(self.kiosk.close)

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def watch(self) -> None:
        """Until there is a new token; raises what one of the agent's tasks raised: none ends by itself."""
        await self._tasks.watch(until=self.reenrolment.renewed)

    async def prove_alive(self) -> None:
        """Return when the store answered: a read each time, now and then a write that reached the disk.

        A full disk is no reason to be restarted: balances and refusals are still shown, and `officine doctor`
        tells of it.
        """
        await self.store.find_kept(PROOF)
        now_s = time.monotonic()
        if now_s - self._proof_written_s < STORE_PROOF_WRITE_EVERY_S:
            return
        try:
            await self.store.keep(PROOF, b"")
        except apsw.FullError as error:
            log.warning("disk_full", reason=str(error))
        self._proof_written_s = now_s

    def _seal(self, body: bytes, entry_id: str) -> bytes | None:
        return self.offline.seal(body, entry_id)

    def _on_reader_link(self, is_up: bool) -> None:
        if not is_up:
            self.talk.reader_gone()
        self.desk.on_reader_link(is_up)

    async def _on_reader(self, message: object) -> None:
        if isinstance(message, CardAnswers):
            self.talk.answered(message)
            return
        if not self.desk.trial.is_on:  # a card that staff try the reader with is no till's business
            self.events.of_reader(message)
        await self.desk.on_reader(message)

    async def _serve_tills(self) -> None:
        settings = self._settings
        self.till = till = Till(
            settings=settings,
            desk=self.desk,
            sender=self.sender,
            outbox=self.outbox,
            store=self.store,
            link=self.link,
            clock=self._clock,
            group=self.group.find,
            value=CentralValue(self.link),
            tickets=OpenTickets(self._database),
            nobodys=NobodysTickets(self._database),
            totals=self.totals,
            prompts=self.prompts,
            pin_wishes=self.pin_wishes,
            offline=self.offline,
            leases=self.leases,
            time=self.time,
            talk=self.talk,
            proofs=self.proofs,
            print_desk=self.print_desk,
            in_training=self.training.is_on,
        )
        dispatcher = Dispatcher(till)
        context = await asyncio.to_thread(server_context, settings)
        audit = await self._stack.enter_async_context(TillAudit(self.store, self.link))
        pairing = PairingDesk(
            settings,
            self._ring,
            audit,
            certificate=await asyncio.to_thread(own_certificate, settings),
            clock=self._clock,
            on_change=self._push,
        )
        self._stack.push_async_callback(pairing.close)
        lessons = Lessons(till, dispatcher, self.training)
        server = TillServer(
            lessons,
            Door(self._ring, may_be_plain=settings.plain_nexo),
            TillTrial(till, pairing),
            PairingRoutes(pairing),
        )
        self._stack.push_async_callback(dispatcher.close)
        self._stack.push_async_callback(lessons.close)
        self._tasks.start(self.sender.run(), "outbox-sender")
        self._tasks.start(self.offline.run(), "offline-fetch")
        self._tasks.start(self.leases.run(), "leases")
        self._tasks.start(self.shop_pages.run(), "shop-pages")
        self._tasks.start(self.pictures.run(), "pictures")
        self._tasks.start(self.print_desk.run(), "printer")
        self._tasks.start(self.training.run(), "training")
        self._tasks.start(self.desk.expire_forever(), "card-expiry")
        self._tasks.start(dispatcher.forget_forever(), "till-forget")
        self._tasks.start(capture_forever(till), "ticket-capture")
        await dispatcher.resume()
        self._stack.push_async_callback(server.close)
        await server.start(settings.nexo_host, settings.nexo_port, context)
        self.nexo_port = pairing.port = server.port
        self.pairing = pairing
        await self._serve_other_tills(till)

    async def _serve_other_tills(self, till: Till) -> None:
        """Tills that speak no nexo, as far as the settings name any."""
        self.others = OtherTills(till, self._tasks.start)
        self._stack.push_async_callback(self.others.close)
        await self.others.start()

    def _state(self, revision: int) -> AgentState:
        state = agent_state(revision, self.link, self.group.find(), self.desk.current, self.sender.depth)
        prompt = self.prompts.shown if state.session is not None else None
        till_pairing = self.pairing.view() if self.pairing else None
        return msgspec.structs.replace(
            state,
            prompt=prompt,
            till_pairing=till_pairing,
            offline=self.offline.state(),
            wants_card=self.proofs.wants_card or self.pin_wishes.waits_for_card,
            pin_wish=self.pin_wishes.shown,
            printer=self.print_desk.state(),
            training=self.training.tills,
            comfort=self.comfort.now,
            reader_test=self.desk.trial.state(),
            support=self.support.state(),
            reenrolling=self.reenrolment.state(),
            hours=self.shop_pages.hours,
            theme=msgspec.structs.replace(state.theme, logo=self.pictures.logo),
            posters=self.pictures.posters,
            pictures_dir=str(self.pictures.folder),
        )

    def _push(self) -> None:
        self.kiosk.push()

    def _cards_changed(self) -> None:
        current = self.desk.current
        self.won.keep_only(current.session_id if current is not None and current.is_shown else "")
        self.pin_wishes.follow(current)
        self._push()

    def _link_changed(self) -> None:
        is_up = self.link.state == "up"
        if is_up != self._was_up:
            self.events.of_link(is_up)
        if is_up and not self._was_up:
            self.desk.on_link_up()
            self.shop_pages.want()
            self.pictures.want()
        self._was_up = is_up
        group = self.link.group
        self.support.follow(group.support if group is not None and is_up else None)
        if group is not None and group.logo != self.pictures.logo:
            self.pictures.want()
        if is_up and group is not None:
            self._tasks.keep_in_background(self.group.keep(group), "keep-group")
        self._push()

    def _entry_changed(self, outcome: Outcome | None) -> None:
        if outcome is not None:
            self.desk.settled(outcome)
            points = None if outcome.answer is None else outcome.answer.points
            self._tasks.keep_in_background(self.totals.settle(outcome.entry_id, points), "settle-total")
        self._push()
