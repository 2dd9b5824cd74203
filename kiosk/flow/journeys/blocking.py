"""The member blocks the card that lies there (P-37): asked twice, one request at a time."""

from dataclasses import replace

from kiosk.flow.effects import PlaySound, Send, Sound
from kiosk.flow.ids import next_id
from kiosk.flow.journeys.base import Journey, Tile
from kiosk.flow.sessions import Step, card_is_blocked
from kiosk.flow.state import Action, Screen, State
from wire.messages import BlockCard, CommandResult


def may_block(state: State) -> bool:
    """Whether the evidence is strong enough."""
    return bool(state.session and state.session.member and state.session.member.may_block)


def ask_block(state: State, _action: Action, now_ms: int) -> Step:
    """Blocking is asked twice."""
    if not may_block(state):
        return state, ()
    state = replace(state, screen=Screen.CONFIRM_BLOCK, entered_ms=now_ms, touched_ms=now_ms)
    return replace(state, is_block_failed=False), ()


def confirm_block(state: State, _action: Action, now_ms: int) -> Step:
    """Yes, block: one request at a time, each with an id of its own."""
    if state.request_id or not state.session_id:
        return state, ()
    requests = state.requests + 1
    request_id = next_id(state, "block")
    state = replace(state, request_id=request_id, requests=requests, is_block_failed=False, touched_ms=now_ms)
    return state, (Send(BlockCard(request_id=request_id, session_id=state.session_id)),)


def block_answered(state: State, result: CommandResult, now_ms: int) -> Step:
    """The block was done or not."""
    if not state.request_id or result.request_id != state.request_id:
        return state, ()
    if result.is_done:
        return card_is_blocked(state, now_ms=now_ms)
    return replace(state, request_id="", is_block_failed=True), (PlaySound(Sound.REFUSAL),)


JOURNEY = Journey(
    touches={Screen.CONFIRM_BLOCK: {Action.CONFIRM_BLOCK: confirm_block}},
    member_tiles=(Tile(action=Action.BLOCK, enter=ask_block, is_offered=may_block),),
)
