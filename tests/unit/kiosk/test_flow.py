import re
from typing import get_args

import msgspec
import pytest

from kiosk.flow import Action, Screen, State, next_deadline_ms, start, step
from kiosk.flow.effects import PlaySound, ReportFailsafe, Send, Sound
from kiosk.flow.events import (
    AgentChanged,
    AgentLinkChanged,
    AnyEvent,
    CardGone,
    CardSeen,
    HeadphonesChanged,
    ReaderChanged,
    ReaderLinkChanged,
    Ticked,
    Told,
    Touched,
)
from kiosk.flow.journeys import MENU
from kiosk.flow.journeys.blocking import BlockPage
from kiosk.flow.state import MEMBER_SCREENS
from kiosk.flow.table import TOUCHES
from kiosk.scenes import SCENES, play
from kiosk.scenes.base import way_to
from kiosk.scenes.demo import a_member, a_session, an_agent_state
from kiosk.screens import DRAWS
from loyalty.limits.kiosk import (
    KIOSK_ASKING_MAX_S,
    KIOSK_GOODBYE_S,
    KIOSK_LANGUAGE_IDLE_S,
    PRIVACY_TIMEOUT_S,
    PRIVACY_WARNING_S,
)
from tests.unit.kiosk.drawing import is_sent
from wire.messages import BlockCard, CommandResult, EndSession, InCut, Language, ReaderState
from wire.why import Why

READY = ReaderState(state="ready", reader="simulated", since_ms=0)
LOST = ReaderState(state="lost", reader="simulated", since_ms=0)

IDLE: list[AnyEvent] = [
    ReaderLinkChanged(now_ms=0, is_up=True),
    ReaderChanged(now_ms=0, state=READY),
    AgentLinkChanged(now_ms=0, is_up=True),
    AgentChanged(now_ms=0, state=an_agent_state()),
]
TAP = CardSeen(now_ms=1000, tap_id="tap-1")
ASK_TO_BLOCK = way_to(Action.BLOCK)
OPEN = AgentChanged(now_ms=1100, state=an_agent_state(session=a_session(a_member())))


def run(*events: AnyEvent, language: Language = "fr") -> tuple[State, list[object]]:
    state, effects = start(language=language, now_ms=0), []
    for event in events:
        state, more = step(state, event)
        effects = list(more)
    return state, effects


def touch(action: Action | None, now_ms: int = 2000) -> Touched:
    return Touched(now_ms=now_ms, action=action)


def touches(*actions: Action) -> list[AnyEvent]:
    return [touch(action) for action in actions]


def scene_states() -> list[tuple[str, State]]:
    return [(scene.name, play(scene, "fr").state) for scene in SCENES]


EVERY_EVENT: list[AnyEvent] = [
    *IDLE,
    TAP,
    OPEN,
    AgentChanged(now_ms=50_000, state=an_agent_state(link="down")),
    AgentChanged(now_ms=50_000, state=an_agent_state(session=a_session())),
    AgentChanged(now_ms=50_000, state=an_agent_state(session=a_session(refusal="blocked_card"))),
    AgentLinkChanged(now_ms=50_000, is_up=False),
    ReaderChanged(now_ms=50_000, state=LOST),
    ReaderLinkChanged(now_ms=50_000, is_up=False),
    CardSeen(now_ms=50_000, tap_id="tap-2", medium="barcode"),
    CardGone(now_ms=50_000, tap_id="tap-1"),
    CardGone(now_ms=50_000, tap_id="tap-9"),
    Told(now_ms=50_000, answer=CommandResult(request_id="session-1.1", is_done=True)),
    Told(now_ms=50_000, answer=CommandResult(request_id="session-1.1", is_done=False)),
    Told(now_ms=50_000, answer=Why(request_id="session-1.1", points=37, is_known=True)),
    HeadphonesChanged(now_ms=50_000, is_in=True),
    HeadphonesChanged(now_ms=50_000, is_in=False),
    Ticked(now_ms=1),
    Ticked(now_ms=10_000_000),
    touch(None),
    *(touch(action) for action in Action),
]


def test_the_scenes_reach_every_screen() -> None:
    assert {state.screen for _, state in scene_states()} == set(Screen) == set(DRAWS) == set(TOUCHES)


@pytest.mark.parametrize(("name", "state"), scene_states())
def test_every_event_on_every_screen_leads_to_a_known_screen(name: str, state: State) -> None:
    for event in EVERY_EVENT:
        after, effects = step(state, event)
        assert after.screen in Screen, event
        assert not [one for one in effects if isinstance(one, ReportFailsafe)], event
        is_member_held = after.session is not None and after.session.member is not None
        if after.screen not in (Screen.ACCESS, Screen.LANGUAGES):  # over a member's pages and over nobody's
            assert is_member_held == (after.screen in MEMBER_SCREENS), event


def test_a_kiosk_starts_and_becomes_attractive_when_agent_and_reader_have_spoken() -> None:
    assert run()[0].screen is Screen.STARTING
    assert run(*IDLE[:2])[0].screen is Screen.STARTING
    assert run(*IDLE)[0].screen is Screen.ATTRACT


def test_a_kiosk_without_agent_says_so_after_a_while() -> None:
    assert run(*IDLE[:2], Ticked(now_ms=11_000))[0].screen is Screen.AGENT_LOST


def test_a_kiosk_without_reader_says_so_after_a_while() -> None:
    assert run(*IDLE[2:], Ticked(now_ms=11_000))[0].screen is Screen.READER_LOST


def test_a_tap_is_answered_at_once_and_again_when_the_member_is_known() -> None:
    assert run(*IDLE, TAP)[0].screen is Screen.ASKING
    state, effects = run(*IDLE, TAP, OPEN)
    assert state.screen is Screen.MEMBER
    assert effects == [PlaySound(Sound.SUCCESS)]
    assert state.count is None, "the first frame shows the final balance"


def test_what_is_told_of_points_in_a_cut_goes_with_the_card() -> None:
    in_cut = InCut(points=200, worth_minor=400, balance=1284, balance_ms=1)
    refused = a_session(refusal="central_unreachable", in_cut=in_cut)
    told = AgentChanged(now_ms=1200, state=an_agent_state(link="down", session=refused))
    less = msgspec.structs.replace(
        refused, in_cut=msgspec.structs.replace(in_cut, points=50, worth_minor=100)
    )
    burned = AgentChanged(now_ms=1500, state=an_agent_state(link="down", session=less))

    state, _ = run(*IDLE, TAP, told, burned)
    assert (state.screen, state.session and state.session.in_cut) == (Screen.REFUSED, less.in_cut)
    state, _ = run(*IDLE, TAP, told, burned, CardGone(now_ms=3000, tap_id="tap-1"))
    assert (state.screen, state.session) == (Screen.GOODBYE, None)


def test_a_refusal_has_its_screen_and_sound() -> None:
    refused = AgentChanged(now_ms=1200, state=an_agent_state(session=a_session(refusal="unknown_card")))
    state, effects = run(*IDLE, TAP, refused)
    assert (state.screen, state.refusal) == (Screen.REFUSED, "unknown_card")
    assert effects == [PlaySound(Sound.REFUSAL)]


def test_a_question_nobody_answers_ends_as_unreachable() -> None:
    state, _ = run(*IDLE, TAP, Ticked(now_ms=1000 + KIOSK_ASKING_MAX_S * 1000))
    assert (state.screen, state.refusal) == (Screen.REFUSED, "central_unreachable")


def test_a_late_answer_still_opens_the_session() -> None:
    late = msgspec.structs.replace(OPEN.state)
    state, _ = run(*IDLE, TAP, Ticked(now_ms=20_000), AgentChanged(now_ms=21_000, state=late))
    assert state.screen is Screen.MEMBER


def test_taking_the_card_forgets_the_member_and_tells_the_agent() -> None:
    state, effects = run(*IDLE, TAP, OPEN, CardGone(now_ms=3000, tap_id="tap-1"))
    assert state.screen is Screen.GOODBYE
    assert state.session is None
    assert effects == [Send(EndSession(session_id="session-1"))]


def test_news_of_a_card_that_is_gone_is_never_shown_and_its_session_is_ended() -> None:
    state, effects = run(*IDLE, TAP, CardGone(now_ms=1050, tap_id="tap-1"), OPEN)
    assert state.screen is Screen.GOODBYE
    assert state.session is None
    assert effects == [Send(EndSession(session_id="session-1"))]


def test_the_removal_of_another_card_changes_nothing() -> None:
    state, _ = run(*IDLE, TAP, OPEN, CardGone(now_ms=3000, tap_id="tap-0"))
    assert state.screen is Screen.MEMBER


def test_a_second_card_replaces_the_first() -> None:
    state, effects = run(*IDLE, TAP, OPEN, CardSeen(now_ms=3000, tap_id="tap-2"))
    assert (state.screen, state.tap_id, state.session) == (Screen.ASKING, "tap-2", None)
    assert effects == [Send(EndSession(session_id="session-1"))]


def test_time_out_warns_first_and_covers_the_data() -> None:
    state, _ = run(*IDLE, TAP, OPEN)
    deadline_ms = next_deadline_ms(state)
    assert deadline_ms == 1100 + PRIVACY_TIMEOUT_S * 1000
    state, _ = step(state, Ticked(now_ms=deadline_ms - 1))
    assert state.screen is Screen.MEMBER
    state, _ = step(state, Ticked(now_ms=deadline_ms))
    assert state.screen is Screen.PRIVACY_WARNING
    last_ms = next_deadline_ms(state)
    assert last_ms == deadline_ms + PRIVACY_WARNING_S * 1000
    state, _ = step(state, Ticked(now_ms=last_ms - 1))
    assert state.screen is Screen.PRIVACY_WARNING
    state, effects = step(state, Ticked(now_ms=last_ms))
    assert (state.screen, state.session, state.farewell) == (Screen.GOODBYE, None, "timed_out")
    assert effects == (Send(EndSession(session_id="session-1")),)


@pytest.mark.parametrize("action", [Action.EXTEND, None])
def test_any_touch_extends_and_returns_to_the_page_that_was_open(action: Action | None) -> None:
    opened = [*IDLE, TAP, OPEN, touch(Action.TICKETS), Ticked(now_ms=40_000)]
    state, _ = run(*opened, touch(action, 45_000))
    assert state.screen is Screen.TICKETS
    assert next_deadline_ms(state) == 45_000 + PRIVACY_TIMEOUT_S * 1000


def test_a_ticket_counts_the_balance_up_and_uncovers_it() -> None:
    session = a_session(msgspec.structs.replace(a_member(), points=1285))
    session = msgspec.structs.replace(session, last_award_points=37)
    award = AgentChanged(now_ms=41_000, state=an_agent_state(session=session))
    state, effects = run(*IDLE, TAP, OPEN, Ticked(now_ms=40_000), award)
    assert state.screen is Screen.MEMBER
    assert state.count is not None
    assert (state.count.from_points, state.count.to_points) == (1248, 1285)
    assert effects == [PlaySound(Sound.SUCCESS)]


def test_blocking_is_asked_twice_and_told_to_the_agent_once() -> None:
    state, effects = run(*IDLE, TAP, OPEN, *touches(*ASK_TO_BLOCK))
    assert state.screen is Screen.CONFIRM_BLOCK
    assert not [one for one in effects if is_sent(one, BlockCard)]
    state, effects = step(state, touch(Action.CONFIRM_BLOCK))
    assert effects == (Send(BlockCard(request_id="session-1.1", session_id="session-1")),)
    state, again = step(state, touch(Action.CONFIRM_BLOCK))
    assert not [one for one in again if is_sent(one, BlockCard)]
    state, _ = step(state, Told(now_ms=3000, answer=CommandResult(request_id="session-1.1", is_done=True)))
    assert state.screen is Screen.CARD_BLOCKED
    assert state.session is not None
    assert state.session.member is None


def test_a_block_that_fails_may_be_tried_again_under_a_new_id() -> None:
    failed = Told(now_ms=3000, answer=CommandResult(request_id="session-1.1", is_done=False))
    blocking = touches(*ASK_TO_BLOCK, Action.CONFIRM_BLOCK)
    state, _ = run(*IDLE, TAP, OPEN, *blocking, failed)
    assert (state.screen, state.journey) == (Screen.CONFIRM_BLOCK, BlockPage(is_failed=True, asked_ms=2000))
    _, effects = step(state, touch(Action.CONFIRM_BLOCK))
    assert effects == (Send(BlockCard(request_id="session-1.2", session_id="session-1")),)


def test_weak_evidence_opens_neither_tickets_nor_blocking() -> None:
    member = msgspec.structs.replace(a_member(), may_see_tickets=False, may_block=False)
    weak = AgentChanged(now_ms=1100, state=an_agent_state(session=a_session(member)))
    state, _ = run(*IDLE, TAP, weak, touch(Action.TICKETS))
    assert state.screen is Screen.MEMBER
    state, _ = run(*IDLE, TAP, OPEN, *touches(*ASK_TO_BLOCK[:-1]), weak)
    assert state.screen is Screen.MENU
    after, _ = step(state, touch(ASK_TO_BLOCK[-1]))
    assert after.screen is not Screen.CONFIRM_BLOCK
    assert Action.BLOCK not in {tile.action for tile in MENU.offered(state)}


def test_the_member_is_met_in_their_language_and_the_shop_speaks_its_own_after() -> None:
    member = AgentChanged(now_ms=1100, state=an_agent_state(session=a_session(a_member(language="zh"))))
    state, _ = run(*IDLE, TAP, member)
    assert state.language == "zh"
    gone = CardGone(now_ms=3000, tap_id="tap-1")
    state, _ = run(*IDLE, TAP, member, gone, Ticked(now_ms=3000 + KIOSK_GOODBYE_S * 1000))
    assert (state.screen, state.language) == (Screen.ATTRACT, "fr")


def test_a_language_chosen_before_the_tap_stays_for_the_visit() -> None:
    state, _ = run(*IDLE, touch(Action.SPEAK_IT, 500), TAP, OPEN)
    assert state.language == "it"


def test_a_language_chosen_and_left_falls_back() -> None:
    later = Ticked(now_ms=500 + KIOSK_LANGUAGE_IDLE_S * 1000)
    assert run(*IDLE, touch(Action.SPEAK_DE, 500))[0].language == "de"
    assert run(*IDLE, touch(Action.SPEAK_DE, 500), later)[0].language == "fr"


def test_the_language_page_returns_to_where_it_was_opened() -> None:
    state, _ = run(*IDLE, TAP, OPEN, touch(Action.TICKETS), touch(Action.LANGUAGES), touch(Action.SPEAK_EN))
    assert (state.screen, state.language) == (Screen.TICKETS, "en")


def test_a_lost_link_is_shown_to_nobody_in_particular_and_taps_are_still_answered() -> None:
    down = AgentChanged(now_ms=500, state=an_agent_state(link="down"))
    state, _ = run(*IDLE, down)
    assert state.screen is Screen.LINK_LOST
    state, _ = step(state, AgentChanged(now_ms=600, state=an_agent_state(link="connecting")))
    assert state.screen is Screen.LINK_LOST
    assert step(state, TAP)[0].screen is Screen.ASKING


def test_a_lost_reader_ends_the_session() -> None:
    state, effects = run(*IDLE, TAP, OPEN, ReaderChanged(now_ms=3000, state=LOST))
    assert (state.screen, state.session) == (Screen.READER_LOST, None)
    assert effects == [Send(EndSession(session_id="session-1"))]
    assert step(state, ReaderChanged(now_ms=4000, state=READY))[0].screen is Screen.ATTRACT


def test_a_lost_agent_covers_everything_until_it_returns() -> None:
    state, _ = run(*IDLE, TAP, OPEN, AgentLinkChanged(now_ms=3000, is_up=False))
    assert (state.screen, state.session) == (Screen.AGENT_LOST, None)
    assert step(state, AgentChanged(now_ms=4000, state=an_agent_state()))[0].screen is Screen.ATTRACT


def test_a_card_left_behind_is_asked_for() -> None:
    state, _ = run(*IDLE, TAP, OPEN, touch(Action.FINISH), Ticked(now_ms=20_000))
    assert (state.screen, state.card_on_reader) == (Screen.ATTRACT, "tap-1")
    assert step(state, CardGone(now_ms=21_000, tap_id="tap-1"))[0].card_on_reader == ""


def test_a_handler_that_breaks_lands_on_the_idle_screen_and_is_reported() -> None:
    state, _ = run(*IDLE, TAP, OPEN)
    broken = AgentChanged(now_ms=3000, state=None)  # type: ignore[arg-type]
    after, effects = step(state, broken)
    assert (after.screen, after.session) == (Screen.ATTRACT, None)
    assert [one for one in effects if isinstance(one, ReportFailsafe)]
    assert Send(EndSession(session_id="session-1")) in effects


class Quoting:
    """A state whose reading fails with a text that quotes a member."""

    @property
    def session(self) -> None:
        raise ValueError("Rochat")


def test_the_report_of_a_broken_handler_names_type_and_place_and_quotes_nothing() -> None:
    state, _ = run(*IDLE, TAP, OPEN)
    _, effects = step(state, AgentChanged(now_ms=3000, state=Quoting()))  # type: ignore[arg-type]
    [report] = [one for one in effects if isinstance(one, ReportFailsafe)]
    assert re.fullmatch(r"ValueError at kiosk/flow/handlers\.py:\d+", report.detail)


def test_every_language_can_be_chosen() -> None:
    for language in get_args(Language):
        action = Action(f"speak_{language}")
        assert run(*IDLE, touch(action))[0].language == language
