"""The member blocks the card that lies there (P-37): asked twice, one request at a time."""

from dataclasses import dataclass, replace

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import Journey, Tile, ask, go, is_answer_awaited, page_of
from kiosk.flow.journeys.menu import open_menu
from kiosk.flow.sessions import Step, card_is_blocked
from kiosk.flow.state import Action, JourneyPage, Screen, State
from wire.messages import BlockCard, CommandResult


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockPage(JourneyPage):
    """is_failed: it was asked for, and not done."""

    screens = frozenset({Screen.CONFIRM_BLOCK})
    is_failed: bool = False


def may_block(state: State) -> bool:
    """Whether the evidence is strong enough."""
    return bool(state.session and state.session.member and state.session.member.may_block)


def _open(state: State, _action: Action, now_ms: int) -> Step:
    """Blocking is asked twice."""
    return go(state, Screen.CONFIRM_BLOCK, BlockPage(), now_ms=now_ms), ()


def _confirm(state: State, _action: Action, now_ms: int) -> Step:
    """Yes, block: one request at a time, each with an id of its own."""
    session_id = state.session_id
    if is_answer_awaited(state) or not session_id:
        return replace(state, touched_ms=now_ms), ()
    return ask(
        state,
        BlockPage(),
        lambda asked: BlockCard(request_id=asked, session_id=session_id),
        now_ms=now_ms,
    )


def _told(state: State, result: CommandResult, now_ms: int) -> Step:
    """The block was done or not."""
    if result.is_done:
        return card_is_blocked(state, now_ms=now_ms)
    page = replace(page_of(state, BlockPage), is_failed=True)
    return replace(state, journey=page, touched_ms=now_ms), (PlaySound(Sound.REFUSAL),)


def _unanswered(state: State, now_ms: int) -> Step:
    return _told(state, CommandResult(request_id="", is_done=False), now_ms)


def _back(state: State, action: Action, now_ms: int) -> Step:
    """While a block is on its way there is no way back."""
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    return open_menu(state, action, now_ms)


JOURNEY = Journey(
    touches={Screen.CONFIRM_BLOCK: {Action.CONFIRM_BLOCK: _confirm, Action.BACK: _back}},
    told={CommandResult: _told},
    unanswered=_unanswered,
    member_tiles=(Tile(action=Action.BLOCK, enter=_open, is_offered=may_block),),
)
