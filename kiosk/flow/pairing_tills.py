"""A person of staff at the screen, and the till they pair: the code, the word on both screens, the end."""

from dataclasses import replace

from kiosk.flow.effects import Effect, PlaySound, Send, Sound
from kiosk.flow.ids import next_id
from kiosk.flow.sessions import Step, close, to_idle
from kiosk.flow.state import Action, Screen, State
from wire.messages import CommandResult
from wire.tills import AnswerCheckWord, CancelTillPairing, OpenTillPairing, TillPairing


def pairing_of(state: State) -> TillPairing | None:
    """The till that is being paired."""
    return state.agent.till_pairing if state.agent else None


def may_pair(state: State) -> bool:
    """Whether the card of staff that lies there opens this."""
    staff = state.session.staff if state.session else None
    return staff is not None and staff.may_pair_tills


def open_code(state: State, _action: Action, now_ms: int) -> Step:
    """Ask for a code; one request at a time."""
    if not may_pair(state) or state.request_id:
        return state, ()
    requests = state.requests + 1
    request_id = next_id(state, "pair")
    state = replace(
        state,
        request_id=request_id,
        requests=requests,
        wish=Action.PAIR_TILL,
        is_wish_refused=False,
        touched_ms=now_ms,
    )
    return state, (Send(OpenTillPairing(request_id=request_id, session_id=state.session_id)),)


def wish_answered(state: State, result: CommandResult, _now_ms: int) -> Step:
    """The agent did it, and its state shows that; or it did not."""
    if not state.request_id or result.request_id != state.request_id:
        return state, ()
    if result.is_done:
        return replace(state, request_id=""), ()
    return replace(state, request_id="", is_wish_refused=True), (PlaySound(Sound.REFUSAL),)


def follow_pairing(state: State, before: TillPairing | None, *, now_ms: int) -> Step:
    """A code that was asked for here is shown at once; each step of the till is heard."""
    pairing = pairing_of(state)
    effects: tuple[Effect, ...] = ()
    if state.screen is Screen.STAFF and state.request_id and pairing is not None and pairing.step == "code":
        state, effects = close(state)
        state = to_idle(state, now_ms=now_ms)
    if state.screen is not Screen.TILL_PAIRING or pairing is None or before is None:
        return state, effects
    if pairing.step == before.step:
        return state, effects
    sound = Sound.REFUSAL if pairing.step == "failed" else Sound.SUCCESS
    return replace(state, entered_ms=now_ms), (*effects, PlaySound(sound))


def say_word(state: State, action: Action, now_ms: int) -> Step:
    """The person compared the words: the same, or not."""
    pairing = pairing_of(state)
    if pairing is None or pairing.step != "check" or (action is Action.WORD_SAME and not pairing.is_tested):
        return replace(state, touched_ms=now_ms), ()
    state, request_id = _numbered(state, now_ms)
    return state, (
        Send(AnswerCheckWord(request_id=request_id, word=pairing.word if action is Action.WORD_SAME else "")),
    )


def cancel(state: State, _action: Action, now_ms: int) -> Step:
    """Enough of it."""
    state, request_id = _numbered(state, now_ms)
    return state, (Send(CancelTillPairing(request_id=request_id)),)


def _numbered(state: State, now_ms: int) -> tuple[State, str]:
    requests = state.requests + 1
    return replace(state, requests=requests, touched_ms=now_ms), f"till.{requests}"
