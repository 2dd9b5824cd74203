"""Moments that interrupt or end a visit: refusals, blocking, the till's words, covers, farewells."""

from typing import Final, get_args

from kiosk.flow import Action
from kiosk.flow.events import AgentChanged, AnyEvent, CardGone, Ticked, Told
from kiosk.scenes.base import Scene, scene, tap, touch, visit, way_to
from kiosk.scenes.demo import a_member, a_session, an_agent_state, at
from wire.messages import CommandResult, InCut, Language, Refusal
from wire.tills import TillPrompt


def _prompted(language: Language, *, is_question: bool) -> list[AnyEvent]:
    """The till speaks its own language, whatever the member's is."""
    words = ("Utiliser 500 points ?", "Ils valent CHF 10.00 sur ce ticket.")
    prompt = TillPrompt(prompt_id="prompt-1", title=words[0], text=words[1], is_question=is_question)
    state = an_agent_state(session=a_session(a_member(language=language)), prompt=prompt)
    return [*visit(a_member(language=language)), AgentChanged(now_ms=2000, state=state)]


def _refused(refusal: Refusal) -> list[AnyEvent]:
    session = a_session(refusal=refusal)
    return [*tap(), AgentChanged(now_ms=1200, state=an_agent_state(session=session))]


_YESTERDAY_MS: Final = at(11, 21, 17)


def _in_cut(*, points: int, worth_minor: int, balance: int | None) -> list[AnyEvent]:
    """The line is down, and points are set aside here for this card."""
    told = InCut(points=points, worth_minor=worth_minor, balance=balance, balance_ms=_YESTERDAY_MS)
    session = a_session(refusal="central_unreachable", in_cut=told)
    return [*tap(), AgentChanged(now_ms=1200, state=an_agent_state(link="down", session=session))]


def _refusal_scene(refusal: Refusal) -> Scene:
    return scene(f"refused_{refusal}", lambda _: _refused(refusal))


_ASK = way_to(Action.BLOCK)
_BLOCK = (*_ASK, Action.CONFIRM_BLOCK)
_ANSWER = "session-1.1"

SCENES: Final[tuple[Scene, ...]] = (
    scene("confirm_block", lambda lang: [*visit(a_member(language=lang)), *touch(*_ASK)]),
    scene("confirm_block_waiting", lambda lang: [*visit(a_member(language=lang)), *touch(*_BLOCK)]),
    scene(
        "confirm_block_failed",
        lambda lang: [
            *visit(a_member(language=lang)),
            *touch(*_BLOCK),
            Told(now_ms=2500, answer=CommandResult(request_id=_ANSWER, is_done=False)),
        ],
    ),
    scene(
        "card_blocked",
        lambda lang: [
            *visit(a_member(language=lang)),
            *touch(*_BLOCK),
            Told(now_ms=2500, answer=CommandResult(request_id=_ANSWER, is_done=True)),
        ],
    ),
    *(_refusal_scene(refusal) for refusal in get_args(Refusal)),
    scene("in_cut", lambda _: _in_cut(points=200, worth_minor=400, balance=1284)),
    scene("in_cut_all_used", lambda _: _in_cut(points=0, worth_minor=0, balance=1284)),
    scene("in_cut_no_balance", lambda _: _in_cut(points=12_500, worth_minor=25_000, balance=None)),
    scene("till_asks", lambda lang: _prompted(lang, is_question=True)),
    scene("till_tells", lambda lang: _prompted(lang, is_question=False)),
    scene("privacy_warning", lambda lang: [*visit(a_member(language=lang)), Ticked(now_ms=40_000)]),
    scene("languages", lambda lang: [*visit(a_member(language=lang)), *touch(Action.LANGUAGES)]),
    scene(
        "goodbye",
        lambda lang: [*visit(a_member(language=lang)), CardGone(now_ms=3000, tap_id="tap-1")],
        1000,
    ),
    scene(
        "goodbye_timed_out",
        lambda lang: [*visit(a_member(language=lang)), Ticked(now_ms=40_000), Ticked(now_ms=70_000)],
        1000,
    ),
    scene("goodbye_too_short", lambda _: [*tap(), CardGone(now_ms=1200, tap_id="tap-1")], 1000),
)
