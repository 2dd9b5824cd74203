"""A paper is asked for, and how that ended: one piece for every page that prints."""

from dataclasses import dataclass, replace
from typing import Literal

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import ask
from kiosk.flow.sessions import Step
from kiosk.flow.state import JourneyPage, State
from wire.messages import Language
from wire.printing import PrintOutcome, PrintSlip, PrintTold, SlipKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintingPage(JourneyPage):
    """`printing`: a paper was asked for, and how that ended."""

    printing: PrintOutcome | Literal["", "asked"] = ""

    @property
    def may_try(self) -> bool:
        """Whether nothing was printed yet, nor is on its way: what failed may be tried once more."""
        return self.printing not in ("asked", "printed")


def printing_page_of(state: State) -> PrintingPage:
    """The page that is on the screen."""
    assert isinstance(state.journey, PrintingPage), f"{state.screen} without a page that prints"
    return state.journey


def has_a_printer(state: State) -> bool:
    """Whether there is one that would print now."""
    printer = state.agent.printer if state.agent else None
    return printer is not None and printer.may_print


def ask_paper(
    state: State,
    page: PrintingPage,
    what: SlipKind,
    *,
    item_id: str = "",
    language: Language | None = None,
    now_ms: int,
) -> Step:
    """The agent prints; the page waits until it is told how that ended."""
    session_id = state.session_id
    return ask(
        state,
        replace(page, printing="asked"),
        lambda asked: PrintSlip(
            request_id=asked, session_id=session_id, what=what, item_id=item_id, language=language
        ),
        now_ms=now_ms,
    )


def paper_told(state: State, told: PrintTold, now_ms: int) -> Step:
    """How it ended: kept for the page, and heard."""
    page = replace(printing_page_of(state), printing=told.outcome)
    sound = Sound.SUCCESS if told.outcome == "printed" else Sound.REFUSAL
    return replace(state, journey=page, touched_ms=now_ms), (PlaySound(sound),)


def paper_unanswered(state: State, now_ms: int) -> Step:
    """Nobody said how it ended: somebody looks at the paper."""
    return paper_told(state, PrintTold(request_id="", outcome="uncertain"), now_ms)
