"""The monkey at a real kiosk process: sockets, screen, memory. Time is real here, so visits are short."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final, get_args

import msgspec

from kiosk.flow.deadlines import UNTOUCHED_LONGEST_S
from kiosk.scenes.demo import an_agent_state
from loyalty.limits.kiosk import KIOSK_SLOW_TIMES
from tools.kiosk_monkey.harvest import Harvest, Question, harvest
from tools.kiosk_monkey.laws import LawBroken, Secret
from tools.kiosk_monkey.run import growth_of, resident_bytes
from tools.kiosk_monkey.twist import twisted
from tools.kiosk_stand import READY, KioskStand, a_kiosk_stand
from wire.live_screen import FrameHead
from wire.messages import AgentState, EndSession, Medium, Session

EVERY: Final = 20
"""Visits between two looks at the memory."""
SECRETS_KEPT: Final = 40
HOME_WITHIN_S: Final = UNTOUCHED_LONGEST_S * KIOSK_SLOW_TIMES + 20
"""Whoever asked for more time left the panel of how the screen is shown: it closes by itself, but late."""
WARM_WITHIN_S: Final = 1_800
"""Every scene is drawn ahead seven times, a twentieth of a second between two: four minutes and more."""
SETTLE_S: Final = 0.02
_MEDIA: Final[tuple[Medium, ...]] = get_args(Medium)


@dataclass(slots=True)
class ProcessRun:
    """What a run found."""

    seed: int
    visits: int = 0
    touches: int = 0
    frames: int = 0
    screens: Counter[str] = field(default_factory=Counter)
    resident: list[int] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def growth(self) -> float:
        """See `growth_of`."""
        return growth_of(self.resident)


async def play(
    *,
    seed: int,
    visits: int,
    size: tuple[int, int] = (800, 480),
    is_warm: bool = False,
    on_progress: Callable[[int], None] = lambda _: None,
) -> ProcessRun:
    """Play so many visits on one process. Raises: LawBroken.

    is_warm: first let it draw ahead all that it does; visits as close as these would never leave it the time.
    """
    began_s, run = time.monotonic(), ProcessRun(seed=seed)
    async with a_kiosk_stand(size=size) as stand:
        if is_warm:
            async with asyncio.timeout(WARM_WITHIN_S):
                while "screens_drawn_ahead" not in stand.log:  # noqa: ASYNC110 (a file tells nobody)
                    await asyncio.sleep(1)
        hands = _Hands(stand=stand, rng=random.Random(seed), run=run)
        stand.hear = hands.hear
        for number in range(visits):
            await hands.visit()
            run.visits += 1
            if number % EVERY == EVERY - 1 or number == visits - 1:
                await hands.come_home()
                run.resident.append(await asyncio.to_thread(resident_bytes, stand.pid))
            on_progress(run.visits)
        run.frames = stand.screen.head.seq if stand.screen.head else 0
        if "flow_failsafe" in stand.log or "Traceback" in stand.log:
            raise LawBroken(f"the kiosk's log tells of trouble:\n{stand.log[-3000:]}")
    run.seconds = time.monotonic() - began_s
    return run


@dataclass(slots=True)
class _Hands:
    stand: KioskStand
    rng: random.Random
    run: ProcessRun
    drawn: Harvest = field(default_factory=harvest)
    base: AgentState = field(default_factory=an_agent_state)
    session: Session | None = None
    taps: int = 0
    tap_id: str = ""
    questions: list[Question] = field(default_factory=list)
    secrets: list[Secret] = field(default_factory=list)

    def hear(self, message: Any) -> None:
        """What the kiosk sends to its agent."""
        if isinstance(message, EndSession) and self.session and message.session_id == self.session.session_id:
            self.session = None
            self._say()
        elif hasattr(message, "request_id"):
            question = Question.of(message)
            self.questions = [*self.questions, question][-8:]

    async def visit(self) -> None:
        await self._tap()
        for _ in range(self.rng.randint(3, 12)):
            await self._move()
            self._look()
        if self.tap_id:
            self._take_card()
        if not self.stand.is_alive:
            raise LawBroken(f"the kiosk ended:\n{self.stand.log[-3000:]}")

    async def come_home(self) -> None:
        """All works, and nobody is there."""
        self.base, self.session = an_agent_state(), None
        if self.stand.agent is None:
            await self.stand.start_agent()
        if self.stand.reader is None:
            await self.stand.start_reader()
        self.stand.tell_reader(READY)
        self.stand.remove(self.tap_id or f"tap-{self.taps}")
        self._say()
        try:
            await self.stand.screen.wait_for(lambda head: head.screen == "attract", deadline_s=HOME_WITHIN_S)
        except TimeoutError as error:
            raise LawBroken(f"everything works and nobody is there: {error}") from error

    async def _move(self) -> None:
        moves: tuple[tuple[int, Callable[[], Awaitable[None]]], ...] = (
            (40, self._touch),
            (20, self._answer),
            (8, self._change_state),
            (4, self._tap),
            (3, self._pause),
            (1, self._lose_agent),
            (1, self._lose_reader),
        )
        await self.rng.choices([one for _, one in moves], [weight for weight, _ in moves])[0]()
        await asyncio.sleep(SETTLE_S)

    async def _touch(self) -> None:
        head = self.stand.screen.head
        if head is None or not head.targets:
            return
        left, top, width, height = head.targets[self.rng.choice(sorted(head.targets))]
        self.stand.screen.touch(left + width // 2, top + height // 2)
        self.run.touches += 1

    async def _answer(self) -> None:
        if not self.questions:
            return
        question = self.questions.pop(self.rng.randrange(len(self.questions)))
        pool = self.drawn.answers.get(question.kind) or self.drawn.to_others(question.kind)
        self.stand.answer(question.answered(self.rng.choice(pool)))

    async def _change_state(self) -> None:
        base = self.rng.choice(self.drawn.states)
        self.base = twisted(base, self.rng) if self.rng.random() < 0.3 else base
        self._say()

    async def _tap(self) -> None:
        self.taps += 1
        self.tap_id = f"tap-{self.taps}"
        self.stand.tap(self.tap_id, self.rng.choice(_MEDIA))
        await asyncio.sleep(SETTLE_S)
        session = self.rng.choice([one.session for one in self.drawn.states if one.session is not None])
        session = msgspec.structs.replace(session, session_id=f"session-{self.taps}", tap_id=self.tap_id)
        if session.member is not None:
            secret = Secret(name=f"Zq{self.taps}x.", points=5_000_000 + 7 * self.taps)
            self.secrets = [*self.secrets, secret][-SECRETS_KEPT:]
            points = None if session.member.points is None else secret.points
            member = msgspec.structs.replace(session.member, display_name=f"Mme {secret.name}", points=points)
            session = msgspec.structs.replace(session, member=member)
        self.session = session
        self._say()

    def _take_card(self) -> None:
        self.stand.remove(self.tap_id)
        self.tap_id = ""

    async def _pause(self) -> None:
        await asyncio.sleep(self.rng.choice((0.1, 0.3, 1.0)))

    async def _lose_agent(self) -> None:
        await self.stand.stop_agent()
        await asyncio.sleep(self.rng.choice((0.0, 0.2)))
        await self.stand.start_agent()

    async def _lose_reader(self) -> None:
        await self.stand.stop_reader()
        await asyncio.sleep(self.rng.choice((0.0, 0.2)))
        await self.stand.start_reader()

    def _say(self) -> None:
        self.stand.say(msgspec.structs.replace(self.base, session=self.session))

    def _look(self) -> None:
        """Nobody's screen may tell what is another's: the frame names the tap that it answers."""
        head = self.stand.screen.head
        if head is None:
            return
        self.run.screens[head.screen] += 1
        for secret in self.secrets:
            if any(secret.is_in(text) for text in head.texts) and not _is_own(secret, head):
                raise LawBroken(f"{head.screen} for {head.tap_id!r} shows {secret}: {head.texts}")


def _is_own(secret: Secret, head: FrameHead) -> bool:
    """Secrets are numbered as the taps are."""
    return head.tap_id == f"tap-{secret.name.removeprefix('Zq').removesuffix('x.')}"
