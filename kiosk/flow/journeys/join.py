"""Somebody joins by an e-mail address alone: typed, told what is kept and why, agreed (C-08).

Nothing is typed before central has said that one may join here now. A blank card that lies there may come
along: its session was refused, and is known to the agent by its id as long as the card lies there.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.ids import next_id
from kiosk.flow.journeys.base import Journey, Tile, ask, go, is_answer_awaited, page_of
from kiosk.flow.journeys.menu import leave, open_visitor_menu
from kiosk.flow.keyboard import TYPING_ACTIONS, Typing, TypingPage, type_key
from kiosk.flow.sessions import Step, close, forget
from kiosk.flow.state import Action, Screen, State
from wire.join import EMAIL_CHARS_MAX, JOIN_TEXT, AskJoin, JoinNow, JoinTold, JoinTrouble

JoinStep = Literal["asking", "closed", "typing", "agree", "done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinPage(TypingPage):
    """How far they are. `join_id`: of the wish that was sent last, for `wished`: the same again is the same
    wish, also once the card has gone, for nobody may know whether it arrived; other words are another one.
    `card_session`: of the blank card that lies there; `has_card`: it came along.
    """

    screens = frozenset({Screen.JOIN, Screen.JOIN_TYPE})
    step: JoinStep = "asking"
    days: int = 0
    card_session: str = ""
    has_card: bool = False
    join_id: str = ""
    wished: str = field(default="", repr=False)
    trouble: JoinTrouble = ""
    wait_minutes: int = 0


def may_join_with(state: State) -> bool:
    """Whether the card that was refused may be joined with: a blank one, lying there."""
    return state.refusal == "card_not_active" and state.card_on_reader == state.tap_id != ""


def offers_join(state: State) -> bool:
    """Whether joining is offered to whoever stands before a refusal."""
    return state.refusal == "unknown_card" or may_join_with(state)


def is_ready(page: JoinPage) -> bool:
    """Whether what was typed may be an address."""
    before, _, after = page.typing.said.partition("@")
    return bool(before) and "." in after[1:-1]


def _open(state: State, _action: Action, now_ms: int) -> Step:
    return _begin(state, "", now_ms)


def _open_refused(state: State, _action: Action, now_ms: int) -> Step:
    """From a refusal: its session is over, and nothing of it is told again."""
    if not offers_join(state):
        return replace(state, touched_ms=now_ms), ()
    card_session = state.session_id if may_join_with(state) else ""
    state, effects = close(state)
    spoken, is_chosen, mode = state.language, state.is_language_chosen, state.mode
    state = replace(forget(state), language=spoken, is_language_chosen=is_chosen, mode=mode)
    state, more = _begin(state, card_session, now_ms)
    return state, (*effects, *more)


def _begin(state: State, card_session: str, now_ms: int) -> Step:
    page = JoinPage(typing=Typing(kind="email", most=EMAIL_CHARS_MAX), card_session=card_session)
    state = go(state, Screen.JOIN, page, now_ms=now_ms)
    return ask(state, page, lambda asked: AskJoin(request_id=asked), now_ms=now_ms, only_reads=True)


def _typed(state: State, _action: Action, now_ms: int) -> Step:
    """The address is there: what is kept of it, and why."""
    page = page_of(state, JoinPage)
    if not is_ready(page):
        return replace(state, touched_ms=now_ms), ()
    return go(state, Screen.JOIN, replace(page, step="agree", trouble=""), now_ms=now_ms), ()


def _agree(state: State, _action: Action, now_ms: int) -> Step:
    page, state = page_of(state, JoinPage), replace(state, touched_ms=now_ms)
    if page.step != "agree" or is_answer_awaited(state) or page.trouble == "too_many":
        return state, ()
    wished = f"{page.typing.said}\n{state.language}"
    join_id = page.join_id if page.wished == wished else next_id(state, "join")
    page = replace(page, join_id=join_id, wished=wished, trouble="")
    email, language, card_session = page.typing.said, state.language, page.card_session
    return ask(
        state,
        page,
        lambda asked: JoinNow(
            request_id=asked,
            join_id=join_id,
            email=email,
            language=language,
            text_version=f"{JOIN_TEXT}/{language}",
            card_session=card_session,
        ),
        now_ms=now_ms,
    )


def _told(state: State, told: JoinTold, now_ms: int) -> Step:
    page = replace(page_of(state, JoinPage), trouble=told.trouble, wait_minutes=told.wait_minutes)
    if page.step == "asking":
        if told.trouble:
            return replace(state, journey=replace(page, step="closed")), (PlaySound(Sound.REFUSAL),)
        page = replace(page, step="typing", days=told.days)
        return go(state, Screen.JOIN_TYPE, page, now_ms=now_ms), ()
    if told.has_joined:
        typing = Typing(kind="email", most=EMAIL_CHARS_MAX)
        page = replace(page, step="done", typing=typing, wished="", has_card=told.has_card)
        return go(state, Screen.JOIN, page, now_ms=now_ms), (PlaySound(Sound.SUCCESS),)
    if told.trouble == "not_an_address":
        return go(state, Screen.JOIN_TYPE, replace(page, step="typing"), now_ms=now_ms), (
            PlaySound(Sound.REFUSAL),
        )
    if told.trouble == "card_gone":
        page = replace(page, card_session="")
    return replace(state, journey=page, touched_ms=now_ms), (PlaySound(Sound.REFUSAL),)


def _unanswered(state: State, now_ms: int) -> Step:
    return _told(state, JoinTold(request_id="", trouble="central_unreachable"), now_ms)


def _back(state: State, action: Action, now_ms: int) -> Step:
    """From the agreement to the address, from there out; after the mail there is no way back."""
    page = page_of(state, JoinPage)
    if is_answer_awaited(state) or page.step == "done":
        return replace(state, touched_ms=now_ms), ()
    if page.step == "agree":
        return go(state, Screen.JOIN_TYPE, replace(page, step="typing", trouble=""), now_ms=now_ms), ()
    return open_visitor_menu(state, action, now_ms)


def _finish(state: State, action: Action, now_ms: int) -> Step:
    return (state, ()) if is_answer_awaited(state) else leave(state, action, now_ms)


JOURNEY = Journey(
    touches={
        Screen.JOIN: {Action.AGREE: _agree, Action.BACK: _back, Action.FINISH: _finish},
        Screen.JOIN_TYPE: {
            **dict.fromkeys(TYPING_ACTIONS, type_key),
            Action.SEND: _typed,
            Action.BACK: _back,
        },
        Screen.REFUSED: {Action.JOIN: _open_refused},
    },
    told={JoinTold: _told},
    unanswered=_unanswered,
    visitor_tiles=(Tile(action=Action.JOIN, enter=_open, is_offered=lambda _: True),),
)
