"""Tap to screen: from the reader's event to the finished frame with the member; then award to screen."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

from reader_daemon import control
from tools.bench.figures import Figures, figures
from tools.bench.progress import OnProgress
from tools.demo.desk.facts import DeskCard
from tools.demo.stack import Stack
from tools.screen_viewer import ScreenViewer
from tools.till import Item, SimulatedTill, read_additional
from wire.live_screen import FrameHead
from wire.messages import CardPresented, CardRemoved, FromReader, Hello, ReaderState
from wire.peer import connect_forever

TAPS: Final = 60
WARM_UP_TAPS: Final = 5
AWARDS: Final = 20
NANOSECONDS_PER_MS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class TapFigures:
    """All in milliseconds."""

    tap_to_screen_ms: Figures
    award_to_screen_ms: Figures
    award_answer_ms: Figures


class _Taps:
    """When each tap was made, as the reader daemon tells it to every client."""

    def __init__(self) -> None:
        self.made_ns: dict[str, int] = {}

    async def hear(self, message: Hello | ReaderState | CardPresented | CardRemoved) -> None:
        if isinstance(message, CardPresented):
            self.made_ns[message.tap_id] = message.at_monotonic_ns


async def measure(
    stack: Stack, cards: list[DeskCard], item: Item, till: SimulatedTill, on_progress: OnProgress
) -> TapFigures:
    """Tap the cards in turn, then award tickets to the last one, on a running stack."""
    taps = _Taps()
    hello = Hello(program="control", version=version("officine"))
    link = connect_forever(stack.plan.reader_socket, hello, FromReader, taps.hear, lambda _: None)
    try:
        async with await ScreenViewer.open(stack.plan.live_screen_socket) as viewer:
            turns, shown = _turns(cards), list[float]()
            for card in turns:
                shown.append(await _tap(stack, card, viewer, taps))
                on_progress("taps", len(shown), len(turns))
            to_screen, answers = await _award(stack, cards[0], viewer, till, item, on_progress)
    finally:
        await link.close()
    return TapFigures(
        tap_to_screen_ms=figures(shown[WARM_UP_TAPS:]),
        award_to_screen_ms=figures(to_screen),
        award_answer_ms=figures(answers),
    )


def _turns(cards: list[DeskCard]) -> list[DeskCard]:
    return [cards[index % len(cards)] for index in range(TAPS + WARM_UP_TAPS)]


async def _tap(stack: Stack, card: DeskCard, viewer: ScreenViewer, taps: _Taps) -> float:
    """Milliseconds from the reader's event to the member's frame; the card is taken away again."""
    done = await control.tap(stack.plan.reader_control_socket, card.evidence)
    assert not done.error, done.error
    frame = await viewer.wait_for(lambda head: head.screen == "member" and head.tap_id == done.tap_id)
    elapsed_ns = frame.screen_since_ns - taps.made_ns[done.tap_id]
    await control.remove(stack.plan.reader_control_socket)
    await viewer.wait_for(lambda head: head.screen != "member")
    return elapsed_ns / NANOSECONDS_PER_MS


async def _award(
    stack: Stack,
    card: DeskCard,
    viewer: ScreenViewer,
    till: SimulatedTill,
    item: Item,
    on_progress: OnProgress,
) -> tuple[list[float], list[float]]:
    """Milliseconds from the till's request to the new balance counted up, and to the till's answer."""
    done = await control.tap(stack.plan.reader_control_socket, card.evidence)
    await viewer.wait_for(lambda head: head.screen == "member" and head.tap_id == done.tap_id)
    to_screen, answers = [], []
    for _ in range(AWARDS):
        started_ns = time.monotonic_ns()
        answer = await till.award([item])
        answers.append((time.monotonic_ns() - started_ns) / NANOSECONDS_PER_MS)
        assert answer.response.result == "Success", answer.response
        balance = read_additional(answer.response.additional_response)["balance"]
        frame = await viewer.wait_for(_shows(balance))
        to_screen.append((frame.shown_monotonic_ns - started_ns) / NANOSECONDS_PER_MS)
        on_progress("awards", len(to_screen), AWARDS)
    await control.remove(stack.plan.reader_control_socket)
    return to_screen, answers


def _shows(balance: str) -> Callable[[FrameHead], bool]:
    """Whether a frame shows this balance: the count from the old one is over."""
    return lambda head: any("".join(filter(str.isdigit, text)) == balance for text in head.texts)
