"""The plug is pulled: a whole shop as processes, its screen watched frame by frame, programs killed."""

import asyncio
import contextlib
import itertools
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import aiohttp

from kiosk.flow.journeys import JOURNEYS
from kiosk.flow.journeys.base import Tile as MenuTile
from kiosk.flow.state import CHOICES, VISITOR_SCREENS, Action, Screen
from kiosk.locales.words import Words
from kiosk.screens.menu import face_of as face_of_menu
from kiosk.screens.staff import face_of as face_of_staff
from loyalty.limits.replacements import KIOSK_NEW_CARD_WAIT_S
from reader_daemon import control
from tests.central_fixture import CARD, MEMBER, OTHER_UID, UID
from tests.drill.place import Holder, a_place
from tests.drill.plug_books import PlugBooks, read_books
from tests.drill.plug_place import MOVED_POINTS, RULES, SPARES, Furniture, give_pins
from tests.drill.tickets import Lane, a_till, drained
from tests.helpers import eventually
from tools.demo.stack import PROGRAMS, Stack, StackPlan
from tools.screen_viewer import ScreenViewer
from tools.till import TillError
from wire.live_screen import FrameHead
from wire.messages import Evidence

HOME_WITHIN_S: Final = KIOSK_NEW_CARD_WAIT_S + 60
"""The longest that a page waits for somebody who has left, and a goodbye, on a slow machine."""
ANSWER_WITHIN_S: Final = 20
READY_WITHIN_S: Final = 300
"""A program starts slowly on a machine with ten times more work than cores: that is no fault of the kiosk."""
TAPS_MAX: Final = 3
PUBLIC_URL: Final = "https://points.example"
NEXT: Final = Evidence(medium="nfc_uid", value=OTHER_UID)
NEXT_NAME: Final = "Mme B."
FIRST_NAME: Final = "Mme R."
EVERY_PROGRAM: Final = PROGRAMS
_NOBODY_SAYS: Final = frozenset({Screen.STARTING, Screen.AGENT_LOST})
"""What a kiosk shows until the agent has told it how things are."""
_LEFT_BY: Final = {
    Screen.TILL_PAIRING: Action.CANCEL_TILL,
    Screen.READER_TEST: Action.END_TEST,
    Screen.REENROLLING: Action.LEAVE_AS_IT_IS,
}
"""What stands until somebody touches it, whether a card lies there or not."""
_FRENCH: Final = Words("fr")


@dataclass(frozen=True, slots=True)
class Tile:
    """An entry of a menu: found by its words, on whichever page it stands."""

    action: Action

    def find(self, head: FrameHead) -> str:
        """The target of this tile on the drawn page; the next page where it is not on this one."""
        faces = face_of_staff if head.screen == Screen.STAFF else face_of_menu
        drawn = _plain(" ".join(head.texts))
        tiles = {tile: _plain(faces(tile, _FRENCH.tr).label) for tile in _tiles(head.screen)}
        shown = sorted((drawn.index(words), tile) for tile, words in tiles.items() if words in drawn)
        places = [tile for _, tile in shown]
        return CHOICES[places.index(self.action)] if self.action in places else Action.OLDER


def _tiles(screen: str) -> Sequence[Action]:
    kinds: dict[str, Callable[[Any], tuple[MenuTile, ...]]] = {
        Screen.STAFF: lambda journey: journey.staff_tiles,
        Screen.VISITOR_MENU: lambda journey: journey.visitor_tiles,
    }
    of = kinds.get(screen, lambda journey: journey.member_tiles)
    return [tile.action for journey in JOURNEYS for tile in of(journey)]


def _plain(text: str) -> str:
    """Without blanks: a line of a tile may be broken anywhere."""
    return "".join(text.split())


Step = tuple[Screen, "Action | Tile | str"]
"""On this screen, this touch."""


@dataclass
class Shop:
    """The running shop. `frames`: everything that its screen showed since `forget`."""

    stack: Stack
    lane: Lane
    furniture: Furniture
    frames: list[FrameHead] = field(default_factory=list)
    viewer: ScreenViewer | None = None
    first_tap: str = "none yet"
    kills: int = 0
    tapped_again: int = 0
    has_carer: bool = False
    stopped: set[str] = field(default_factory=set)
    spares: list[str] = field(default_factory=lambda: list(SPARES))
    waits: list[tuple[str, str, asyncio.Task[object]]] = field(default_factory=list)
    """What the till waits for: category, ServiceID, the wait."""
    agreed: Counter[str] = field(default_factory=Counter)
    """How often "yes" was touched, by kind of transaction."""
    moved: Counter[str] = field(default_factory=Counter)
    """How often that was booked, known once the shop is closed."""

    # The screen ---------------------------------------------------------------------------------------------

    @property
    def screen(self) -> ScreenViewer:
        assert self.viewer is not None
        return self.viewer

    async def watch(self) -> None:
        """Follow the screen; again after the kiosk died."""
        if self.viewer is not None:
            await self.viewer.__aexit__()

        async def opened() -> ScreenViewer | None:
            try:
                return await ScreenViewer.open(self.stack.plan.live_screen_socket, self.frames.append)
            except OSError:
                return None

        self.viewer = await eventually(opened, HOME_WITHIN_S)

    async def on(self, screen: Screen, within_s: float = ANSWER_WITHIN_S) -> FrameHead:
        """The screen is shown. Raises: TimeoutError."""
        return await self.screen.wait_for(lambda head: head.screen == screen, within_s)

    async def says(self, sentence: str) -> FrameHead:
        """The screen shows this sentence of the code, in the language of the shop. Raises: TimeoutError."""
        said = _plain(_FRENCH.tr(sentence))
        return await self.screen.wait_for(lambda head: said in _plain(" ".join(head.texts)), ANSWER_WITHIN_S)

    async def walk(self, steps: Sequence[Step]) -> None:
        """Press and let go what is drawn, one after the other.

        Raises: TimeoutError: something is not drawn, or was gone before the finger went up.
        """
        for screen, wanted in steps:
            if not isinstance(wanted, Tile):
                await self.press(screen, wanted)
                continue
            while (action := wanted.find(await self._drawn(screen))) == Action.OLDER:
                before = self.screen.head
                await self.press(screen, action)
                texts = before.texts if before else ()
                await self.screen.wait_for(lambda head, texts=texts: head.texts != texts, ANSWER_WITHIN_S)
            await self.press(screen, action)

    async def press(self, screen: Screen, action: str) -> None:
        """A finger comes down on what is drawn, its colour is seen, and it goes up."""
        head = await self.screen.wait_for(
            lambda head: head.screen == screen and action in head.targets, ANSWER_WITHIN_S
        )
        place = _middle(head, action)
        self.screen.touch_down(*place)
        await self.screen.wait_for(lambda head: head.pressed == action)
        self.screen.touch_up(*place)
        await self.screen.wait_for(lambda head: head.pressed != action)

    async def touch(self, action: Action) -> None:
        """A finger comes down and goes up; nobody waits for what follows."""
        head = await self.screen.wait_for(lambda head: action in head.targets, ANSWER_WITHIN_S)
        self.screen.touch(*_middle(head, action))

    async def _drawn(self, screen: Screen) -> FrameHead:
        """A page of a menu with its tiles."""
        return await self.screen.wait_for(
            lambda head: head.screen == screen and CHOICES[0] in head.targets, ANSWER_WITHIN_S
        )

    def forget(self) -> None:
        """What was drawn so far was drawn for the first customer."""
        self.frames.clear()

    # Cards --------------------------------------------------------------------------------------------------

    async def tap(self, evidence: Evidence) -> str:
        done = await control.tap(self.stack.plan.reader_control_socket, evidence)
        assert not done.error, done.error
        return done.tap_id

    async def tap_first(self) -> str:
        """The first customer holds the card there."""
        self.first_tap = await self.tap(self.furniture.tap())
        return self.first_tap

    def spare(self) -> Evidence:
        """Another card of the first customer."""
        return Evidence(medium="nfc_uid", value=self.spares.pop())

    async def scan(self, code: Evidence) -> None:
        """Something is held to the scanner."""
        await self.tap(code)

    async def open(self, evidence: Evidence | None = None) -> FrameHead:
        """Tap until the member's page is drawn, as a customer does whose tap nobody answered.

        evidence: of another card than the first customer's own.
        A tap is a moment: who is still connecting to the reader after its restart does not hear of it.
        """
        for _ in range(TAPS_MAX):
            tap_id = await (self.tap(evidence) if evidence else self.tap_first())
            if evidence is not None and evidence != NEXT:
                self.first_tap = tap_id
            try:
                return await self.screen.wait_for(
                    lambda head, tap_id=tap_id: head.screen == Screen.MEMBER and head.tap_id == tap_id,
                    ANSWER_WITHIN_S,
                )
            except TimeoutError:
                await self.come_home()
                self.tapped_again += 1
        raise AssertionError(f"{TAPS_MAX} taps and no page: {self.screen.head}")

    async def visit(self, steps: Sequence[Step], *, until: Screen) -> None:
        """A visit of the first customer along these steps; begun anew where the machine was too slow for it.

        The screen covers itself while a slow machine is still on the way: that is no fault of the kiosk.
        """
        for _ in range(TAPS_MAX):
            await self.open()
            try:
                await self.walk(steps)
                await self.on(until)
            except TimeoutError:
                await self.come_home()
                self.tapped_again += 1
            else:
                return
        raise AssertionError(f"{TAPS_MAX} visits and not {until} by {steps}: {self.screen.head}")

    async def come_home(self) -> None:
        """The card is taken, and nobody is there."""
        await control.remove(self.stack.plan.reader_control_socket)
        await self.on(Screen.ATTRACT, HOME_WITHIN_S)

    async def next_customer(self) -> None:
        """Home, then somebody else: only frames for the first tap, before the next, may tell of the first.

        Where nobody's card was, the next one's is simply held there.
        """
        shown = self.screen.head
        if shown is not None and shown.screen == Screen.CARER_CARD:  # there a card is for somebody else
            await self.leave_carer_card()
        shown = self.screen.head
        if shown is None or shown.screen not in VISITOR_SCREENS:
            await self.come_home()
        until_next = len(self.frames)
        head = await self.open(NEXT)
        assert any(NEXT_NAME in text for text in head.texts), head.texts
        await self.come_home()
        first_points = str(self.lane.points)
        for number, frame in enumerate(self.frames):
            if number < until_next and frame.tap_id == self.first_tap:
                continue
            told = [text for text in frame.texts if FIRST_NAME in text or first_points in _digits(text)]
            assert not told, f"{frame.screen} for tap {frame.tap_id!r} tells {told}"

    async def leave_carer_card(self) -> None:
        """The page that waits for a card of somebody else, or thanks for it, is left by a touch."""
        await self.screen.wait_for(
            lambda head: Action.FINISH in head.targets and head.screen == Screen.CARER_CARD, ANSWER_WITHIN_S
        )
        await self.press(Screen.CARER_CARD, Action.FINISH)
        await self.come_home()

    # What the world does ------------------------------------------------------------------------------------

    async def kill(self, program: str) -> None:
        """Kill a program, if it is not dead already."""
        if self._is_running(program):
            await self.stack.kill(program)
        self.stopped.discard(program)

    async def start(self, program: str) -> None:
        """Start a program that is dead, with the cable as it is."""
        await self.stack.start((program,), is_mended=False)
        if program == "kiosk":
            await self.watch()

    async def pull(self, program: str) -> None:
        """Kill a program while a ticket is on its way; it is started again, and the ticket arrives."""
        selling = asyncio.create_task(self.lane.report())
        await self.kill(program)
        await self.start(program)
        self.kills += 1
        await self.mend()
        await selling
        await drained(self.stack, deadline_s=HOME_WITHIN_S)  # what the next customer wishes takes central

    async def stop(self, program: str) -> None:
        """The program is there and answers nobody."""
        self.stopped.add(program)
        self._signal(program, signal.SIGSTOP)

    async def take_token(self) -> None:
        """The terminal starts as one that no group knows yet."""
        await self.kill("terminal")
        await asyncio.to_thread(os.rename, self._token, self._token_aside)
        await self.start("terminal")

    async def ask_support(self) -> None:
        """Head office asks to see the screen, and the kiosk says so."""
        await self.furniture.ask_support(self.stack.central_url)
        said = _plain(_FRENCH.tr("Support asks to see this screen: hold a card of staff to the reader"))
        await self.screen.wait_for(
            lambda head: said in _plain(" ".join(head.texts)) and head.screen == Screen.ATTRACT, HOME_WITHIN_S
        )

    def till_waits(self, category: str, ask: Callable[[str], Awaitable[object]]) -> None:
        """The till asks for something that takes a customer."""
        service_id = self.lane.till.new_service_id()
        self.waits.append((category, service_id, asyncio.ensure_future(ask(service_id))))  # type: ignore[arg-type]

    async def mend(self) -> None:
        """Everything runs again, is plugged in and connected, and no till waits for anybody."""
        for program in tuple(self.stopped):
            if self._is_running(program):
                self._signal(program, signal.SIGCONT)
        self.stopped.clear()
        await self.stack.cable.mend()
        if await asyncio.to_thread(self._token_aside.exists):
            await self.kill("terminal")
            await asyncio.to_thread(os.rename, self._token_aside, self._token)
        for program in PROGRAMS:
            if not self._is_running(program):
                await self.start(program)
        await control.plug(self.stack.plan.reader_control_socket, plugged=True)
        for category, service_id, waiting in self.waits:
            with contextlib.suppress(aiohttp.ClientError, TillError, OSError):
                await self.lane.till.abort(service_id, category=category)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        self.waits.clear()
        head = await self.screen.wait_for(lambda head: head.screen not in _NOBODY_SAYS, HOME_WITHIN_S)
        if head.screen in _LEFT_BY:
            await self.press(Screen(head.screen), _LEFT_BY[Screen(head.screen)])

    @property
    def _token(self) -> Path:
        return self.stack.plan.terminal_token_file

    @property
    def _token_aside(self) -> Path:
        return self._token.with_suffix(".aside")

    def _is_running(self, program: str) -> bool:
        process = self.stack.programs[program].process
        return process is not None and process.returncode is None

    def _signal(self, program: str, number: signal.Signals) -> None:
        process = self.stack.programs[program].process
        assert process is not None
        os.kill(process.pid, number)


def _middle(head: FrameHead, action: str) -> tuple[int, int]:
    left, top, width, height = head.targets[action]
    return left + width // 2, top + height // 2


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


@asynccontextmanager
async def a_shop(state: Path) -> AsyncIterator[Shop]:
    """All programs run; the first customer has four figures of points. At the end the books are proved."""
    furniture = Furniture()

    def a_stack(plan: StackPlan) -> Stack:
        return Stack(replace(plan, messages_folder=state / "messages", public_url=PUBLIC_URL))

    async with a_place(state, programme=RULES, make_stack=a_stack, furnish=furniture.furnish) as place:
        stack = place.stack
        stack.ready_within_s = READY_WITHIN_S
        await stack.start()
        await give_pins(place)
        holder = Holder(member_id=MEMBER, card=CARD, uid=UID)
        async with a_till(place, "TILL-1") as till:
            lane = Lane(till, holder, _amounts=itertools.count(123_400, 237))
            shop = Shop(stack=stack, lane=lane, furniture=furniture)
            await shop.watch()
            await shop.lane.report()
            await shop.on(Screen.ATTRACT, HOME_WITHIN_S)
            yield shop
            await drained(stack, deadline_s=HOME_WITHIN_S)
            await shop.screen.__aexit__()
            balance = await place.points_of(holder)
        await stack.stop()
        _agrees(shop, await read_books(stack.plan.database_address), balance)


def _agrees(shop: Shop, books: PlugBooks, told: int) -> None:
    """Central holds every ticket once, and of what was agreed to nothing twice and nothing else."""
    assert list(books.business_keys) == shop.lane.reported, "every ticket once, in its order"
    assert books.sold_points == shop.lane.points
    assert books.balance == told == shop.lane.points - sum(points for _, points in books.moved.values())
    assert books.moved.keys() <= shop.agreed.keys(), books.moved
    for kind, (times, points) in books.moved.items():
        assert times <= shop.agreed[kind], (kind, times)
        assert points == times * MOVED_POINTS, (kind, points)
    for kind, times in books.pins.items():
        assert times <= shop.agreed[kind], (kind, times)
    shop.moved.update({kind: times for kind, (times, _) in books.moved.items()})
    shop.moved.update(books.pins)
