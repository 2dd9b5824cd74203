"""Scan a pack, or type its number: what it is, what it costs here, what it costs me (C-32)."""

from dataclasses import dataclass, field, replace
from typing import Final

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import Journey, Tile, ask, go, is_answer_awaited, page_of
from kiosk.flow.journeys.menu import open_menu, open_visitor_menu
from kiosk.flow.sessions import Step
from kiosk.flow.state import DIGITS, Action, JourneyPage, Screen, State
from loyalty.limits.shops import PACK_DIGITS_MAX, PACK_DIGITS_MIN
from loyalty.programme.numbers import is_gtin
from wire.packs import AskPack, PackTold

_SCANS: Final = (Screen.PACK_SCAN, Screen.VISITOR_PACK_SCAN)
_ONES: Final = (Screen.PACK, Screen.VISITOR_PACK)
_WITH_CHECK_DIGIT: Final = (12, 13, 14)
"""Lengths that only a GTIN has: one digit that was mistyped shows. National numbers are shorter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackPage(JourneyPage):
    """`code`: of the pack that is asked about or told; `typed`: digits so far, forgotten with the page.

    is_mistyped: the number that was typed is no pack's: its check digit says so.
    """

    screens = frozenset({*_SCANS, *_ONES})
    code: str = field(default="", repr=False)
    typed: str = field(default="", repr=False)
    is_mistyped: bool = False
    told: PackTold | None = None


def open_packs(state: State, _action: Action, now_ms: int) -> Step:
    """From either menu, or for another pack."""
    screen = Screen.PACK_SCAN if state.session is not None else Screen.VISITOR_PACK_SCAN
    return go(state, screen, PackPage(), now_ms=now_ms), ()


def _scanned(state: State, code: str, now_ms: int) -> Step:
    """A code came by the scanner; while one is asked about, another is let go."""
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    state, effects = _ask(state, code, now_ms)
    return state, (*effects, PlaySound(Sound.TOUCH))


def _ask(state: State, code: str, now_ms: int) -> Step:
    page, session_id = PackPage(code=code), state.session_id
    if state.screen in _ONES:  # the pack that is shown stays until the next one is told
        page = replace(page_of(state, PackPage), code=code, typed="", is_mistyped=False)
    return ask(
        state,
        page,
        lambda asked: AskPack(request_id=asked, code=code, session_id=session_id),
        now_ms=now_ms,
    )


def _told(state: State, told: PackTold, now_ms: int) -> Step:
    page = replace(page_of(state, PackPage), told=told)
    is_member = state.session is not None
    if told.is_known and not told.trouble:
        return go(state, Screen.PACK if is_member else Screen.VISITOR_PACK, page, now_ms=now_ms), ()
    screen = Screen.PACK_SCAN if is_member else Screen.VISITOR_PACK_SCAN
    return go(state, screen, page, now_ms=now_ms), (PlaySound(Sound.REFUSAL),)


def _unanswered(state: State, now_ms: int) -> Step:
    return _told(state, PackTold(request_id="", trouble="central_unreachable"), now_ms)


def _type(state: State, action: Action, now_ms: int) -> Step:
    state, page = replace(state, touched_ms=now_ms), page_of(state, PackPage)
    if is_answer_awaited(state) or len(page.typed) >= PACK_DIGITS_MAX:
        return state, ()
    return replace(state, journey=PackPage(typed=page.typed + DIGITS[action])), ()


def _erase(state: State, _action: Action, now_ms: int) -> Step:
    state, page = replace(state, touched_ms=now_ms), page_of(state, PackPage)
    return (
        state if is_answer_awaited(state) else replace(state, journey=PackPage(typed=page.typed[:-1]))
    ), ()


def may_look_up(page: PackPage) -> bool:
    """Whether enough digits stand there, and no answer is awaited."""
    return not page.request_id and len(page.typed) >= PACK_DIGITS_MIN


def _look_up(state: State, _action: Action, now_ms: int) -> Step:
    page = page_of(state, PackPage)
    if not may_look_up(page):
        return replace(state, touched_ms=now_ms), ()
    if len(page.typed) in _WITH_CHECK_DIGIT and not is_gtin(page.typed):
        page = replace(page, is_mistyped=True, told=None)
        return replace(state, journey=page, touched_ms=now_ms), (PlaySound(Sound.REFUSAL),)
    return _ask(state, page.typed, now_ms)


def _back(state: State, action: Action, now_ms: int) -> Step:
    """From a pack to the next one, from there to the menu."""
    if state.screen in _ONES:
        return open_packs(state, action, now_ms)
    return (open_menu if state.session is not None else open_visitor_menu)(state, action, now_ms)


_TYPING: Final = {
    **dict.fromkeys(DIGITS, _type),
    Action.ERASE: _erase,
    Action.LOOK_UP: _look_up,
    Action.BACK: _back,
}
_TILE: Final = Tile(action=Action.PACKS, enter=open_packs, is_offered=lambda _: True)

JOURNEY = Journey(
    touches={
        **dict.fromkeys(_SCANS, _TYPING),
        **{screen: {Action.BACK: _back} for screen in _ONES},
    },
    told={PackTold: _told},
    unanswered=_unanswered,
    scanned=_scanned,
    member_tiles=(_TILE,),
    visitor_tiles=(_TILE,),
)
