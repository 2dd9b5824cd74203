"""The plug is pulled: a whole shop as processes, its screen watched frame by frame, programs killed."""

import asyncio
import itertools
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from reader_daemon import control
from tests.central_fixture import CARD, MEMBER, OTHER_UID, UID
from tests.drill.books import sound_books
from tests.drill.place import Holder, a_place
from tests.drill.tickets import Lane, a_till, drained
from tests.helpers import eventually
from tools.demo.stack import PROGRAMS, Stack
from tools.screen_viewer import ScreenViewer
from wire.live_screen import FrameHead
from wire.messages import Evidence

LASTING: Final = frozenset({"confirm_block", "agree"})
"""Touches that no later visit could undo (a card blocked, points given): they are left out of the walks."""
WALK_TOUCHES_MAX: Final = 4
QUIET_S: Final = 0.35
"""Without a frame for so long nothing is on its way: looked at only to find out what there is."""
HOME_WITHIN_S: Final = 60
ANSWER_WITHIN_S: Final = 10
TAPS_MAX: Final = 3
FIRST: Final = Evidence(medium="nfc_uid", value=UID)
NEXT: Final = Evidence(medium="nfc_uid", value=OTHER_UID)
NEXT_NAME: Final = "Mme B."
FIRST_NAME: Final = "Mme R."

Walk = tuple[str, ...]
"""Touches from the member's page on."""


@dataclass
class Shop:
    """The running shop. `frames`: everything that its screen showed since `forget`."""

    stack: Stack
    lane: Lane
    frames: list[FrameHead] = field(default_factory=list)
    viewer: ScreenViewer | None = None
    first_tap: str = "none yet"
    kills: int = 0
    tapped_again: int = 0

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

    async def tap(self, evidence: Evidence) -> str:
        done = await control.tap(self.stack.plan.reader_control_socket, evidence)
        assert not done.error, done.error
        if evidence == FIRST:
            self.first_tap = done.tap_id
        return done.tap_id

    async def open(self, evidence: Evidence) -> FrameHead:
        """Tap until the member's page is drawn, as a customer does whose tap nobody answered.

        A tap is a moment: who is still connecting to the reader after its restart does not hear of it.
        """
        for _ in range(TAPS_MAX):
            tap_id = await self.tap(evidence)
            try:
                return await self.screen.wait_for(
                    lambda head, tap_id=tap_id: head.screen == "member" and head.tap_id == tap_id,
                    ANSWER_WITHIN_S,
                )
            except TimeoutError:
                await self.come_home()
                self.tapped_again += 1
        raise AssertionError(f"{TAPS_MAX} taps and no page: {self.screen.head}")

    async def visit(self, way: Walk, *, until: str = "") -> FrameHead:
        """A visit along a way, on to the screen `until`; begun anew where the machine was too slow for it.

        The screen covers itself while a slow machine is still on the way: that is no fault of the kiosk.
        """
        for _ in range(TAPS_MAX):
            await self.open(FIRST)
            try:
                head = await self.walk(way)
                return await self.screen.wait_for(lambda head: head.screen == until) if until else head
            except TimeoutError:
                await self.come_home()
                self.tapped_again += 1
        raise AssertionError(f"{TAPS_MAX} visits and not {until} by {way}: {self.screen.head}")

    async def walk(self, touches: Walk) -> FrameHead:
        """Press and let go what is drawn, one after the other; the frame that answers the last.

        Raises: TimeoutError: something is not drawn, or was gone before the finger went up.
        """
        for action in touches:
            head = await self.screen.wait_for(lambda head, action=action: action in head.targets)
            left, top, width, height = head.targets[action]
            place = left + width // 2, top + height // 2
            self.screen.touch_down(*place)
            await self.screen.wait_for(lambda head, action=action: head.pressed == action)
            self.screen.touch_up(*place)
            await self.screen.wait_for(lambda head, action=action: head.pressed != action)
        assert self.screen.head is not None
        return self.screen.head

    async def quiet(self) -> FrameHead:
        """The frame that stands once nothing follows it."""
        while (head := self.screen.head) is not None:
            try:
                await self.screen.wait_for(lambda one, seq=head.seq: one.seq != seq, QUIET_S)
            except TimeoutError:
                return head
        raise AssertionError("nothing was drawn yet")

    async def come_home(self) -> None:
        """The card is taken, and nobody is there."""
        await control.remove(self.stack.plan.reader_control_socket)
        await self.screen.wait_for(lambda head: head.screen == "attract", HOME_WITHIN_S)

    async def pull(self, program: str) -> None:
        """Kill a program while a ticket is on its way; it is started again, and the ticket arrives."""
        selling = asyncio.create_task(self.lane.report())
        await self.stack.kill(program)
        await self.stack.start((program,))
        self.kills += 1
        if program == "kiosk":
            await self.watch()
        await selling

    async def next_customer(self) -> None:
        """Home, then somebody else: only frames for the first tap, before the next, may tell of the first."""
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

    def forget(self) -> None:
        """What was drawn so far was drawn for the first customer."""
        self.frames.clear()


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


@asynccontextmanager
async def a_shop(state: Path) -> AsyncIterator[Shop]:
    """All programs run; the first customer has four figures of points. At the end the books are proved."""
    async with a_place(state) as place:
        stack = place.stack
        await stack.start()
        holder = Holder(member_id=MEMBER, card=CARD, uid=UID)
        async with a_till(place, "TILL-1") as till:
            shop = Shop(stack=stack, lane=Lane(till, holder, _amounts=itertools.count(123_400, 237)))
            await shop.watch()
            await shop.lane.report()
            await shop.screen.wait_for(lambda head: head.screen == "attract", HOME_WITHIN_S)
            yield shop
            await drained(stack, deadline_s=HOME_WITHIN_S)
            await shop.screen.__aexit__()
            balance = await place.points_of(holder)
        await stack.stop()
        books = await sound_books(stack.plan.database_address)
        assert list(books.business_keys) == shop.lane.reported, "every ticket once, in its order"
        assert sum(books.sales.values()) == balance == shop.lane.points


async def walks(shop: Shop, *, tries_max: int) -> dict[str, Walk]:
    """The screens of a visit that touches lead to, each by its shortest walk; in so many tries at most."""
    found: dict[str, Walk] = {}
    tried, open_ends = 0, [Walk()]
    while open_ends and tried < tries_max:
        way = open_ends.pop(0)
        await shop.visit(way)
        head = await shop.quiet()
        await shop.come_home()
        tried += 1
        if head.screen in found:
            continue
        found[head.screen] = way
        if len(way) < WALK_TOUCHES_MAX:
            open_ends += [(*way, action) for action in _worth_trying(head)]
    return found


def _worth_trying(head: FrameHead) -> Sequence[str]:
    return sorted(
        action
        for action in head.targets
        if action not in LASTING and not action.startswith(("speak_", "digit_", "key_"))
    )


@asynccontextmanager
async def stopped(stack: Stack, program: str) -> AsyncIterator[None]:
    """The program is there and answers nobody."""
    process = stack.programs[program].process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        if process.returncode is None:
            os.kill(process.pid, signal.SIGCONT)


EVERY_PROGRAM: Final = PROGRAMS
