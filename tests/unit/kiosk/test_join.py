"""Joining by e-mail at the kiosk: nothing typed before one may, nothing sent twice, nothing left (C-08)."""

import hashlib

from kiosk.flow import Action, Screen, State, start, step
from kiosk.flow.deadlines import next_deadline_ms
from kiosk.flow.effects import Send
from kiosk.flow.events import AgentChanged, AnyEvent, CardGone, Ticked, Told, Touched
from kiosk.flow.journeys.join import JoinPage
from kiosk.scenes.base import idle, tap, type_text, visitor_way_to
from kiosk.scenes.demo import an_agent_state
from kiosk.screens.join import agreement_text
from wire.join import JOIN_TEXT, AskJoin, JoinNow, JoinTold, JoinTrouble
from wire.messages import EndSession, Refusal, Session

EMAIL = "eva@example.org"


def _play(events: list[AnyEvent], state: State | None = None) -> tuple[State, list[object]]:
    now, sent = state or start(language="fr", now_ms=0), list[object]()
    for event in events:
        now, effects = step(now, event)
        sent += [each.message for each in effects if isinstance(each, Send)]
    return now, sent


def _touch(state: State, *actions: Action) -> tuple[State, list[object]]:
    return _play([Touched(now_ms=state.touched_ms + 10, action=each) for each in actions], state)


def _answer(state: State, trouble: JoinTrouble = "", *, has_joined: bool = False) -> State:
    assert state.journey is not None
    told = JoinTold(
        request_id=state.journey.request_id, days=14, has_joined=has_joined, trouble=trouble, wait_minutes=3
    )
    return step(state, Told(now_ms=state.touched_ms + 50, answer=told))[0]


def _opened() -> list[AnyEvent]:
    way = visitor_way_to(Action.JOIN)
    return [*idle(), *(Touched(now_ms=2_000 + 10 * at, action=each) for at, each in enumerate(way))]


def _agreeing(events: list[AnyEvent], text: str = EMAIL) -> State:
    state, _ = _play(events)
    assert state.journey is not None
    told = Told(now_ms=state.touched_ms + 50, answer=JoinTold(request_id=state.journey.request_id, days=14))
    typed = [*events, told, *type_text([*events, told], text)]
    return _touch(_play(typed)[0], Action.SEND)[0]


def _refused(refusal: Refusal) -> list[AnyEvent]:
    session = Session(session_id="session-1", tap_id="tap-1", state="refused", refusal=refusal)
    return [*tap(), AgentChanged(now_ms=1_100, state=an_agent_state(session=session))]


def _page(state: State) -> JoinPage:
    assert isinstance(state.journey, JoinPage)
    return state.journey


def test_nothing_is_typed_before_central_has_said_that_one_may_join() -> None:
    state, sent = _play(_opened())
    assert (state.screen, sent) == (Screen.JOIN, [AskJoin(request_id="visitor.1")])
    away = _answer(state, "central_unreachable")
    assert (away.screen, _page(away).step) == (Screen.JOIN, "closed")
    assert _touch(away, Action.AGREE, Action.SEND)[1] == []
    assert _touch(away, Action.BACK)[0].screen is Screen.VISITOR_MENU
    deadline_ms = next_deadline_ms(state)
    assert deadline_ms is not None
    late, _ = step(state, Ticked(now_ms=deadline_ms))
    assert (_page(late).step, _page(late).trouble) == ("closed", "central_unreachable")
    assert _answer(state).screen is Screen.JOIN_TYPE


def test_an_address_is_sent_after_the_agreement_alone_and_printed_nowhere() -> None:
    unready = _agreeing(_opened(), "eva@example")
    assert unready.screen is Screen.JOIN_TYPE, "half an address leads nowhere"
    state = _agreeing(_opened())
    assert (state.screen, _page(state).step) == (Screen.JOIN, "agree")
    state, sent = _touch(state, Action.AGREE, Action.AGREE, Action.BACK, Action.FINISH)
    [wish] = sent
    assert isinstance(wish, JoinNow)
    assert (wish.email, wish.language, wish.text_version, wish.card_session) == (
        EMAIL,
        "fr",
        f"{JOIN_TEXT}/fr",
        "",
    )
    assert EMAIL not in repr(wish) + repr(state)
    done = _answer(state, has_joined=True)
    assert (_page(done).step, _page(done).typing.typed) == ("done", "")
    assert EMAIL not in str(done.journey)
    assert _touch(done, Action.BACK)[0].screen is Screen.JOIN, "there is no way back to what was sent"
    assert _touch(done, Action.FINISH)[0].journey is None


def test_the_same_wish_again_is_the_same_one_and_another_address_another() -> None:
    state, [first] = _touch(_agreeing(_opened()), Action.AGREE)
    state = _answer(state, "central_unreachable")
    state, [again] = _touch(state, Action.AGREE)
    assert isinstance(first, JoinNow)
    assert isinstance(again, JoinNow)
    assert (again.join_id, again.request_id != first.request_id) == (first.join_id, True)
    state = _answer(state, "not_an_address")
    assert state.screen is Screen.JOIN_TYPE
    state, [other] = _touch(state, Action.ERASE, Action.SEND, Action.AGREE)
    assert isinstance(other, JoinNow)
    assert other.join_id != first.join_id


def test_too_many_wishes_end_here() -> None:
    state = _answer(_touch(_agreeing(_opened()), Action.AGREE)[0], "too_many")
    assert _page(state).wait_minutes == 3
    assert _touch(state, Action.AGREE)[1] == []


def test_a_blank_card_comes_along_and_goes_without_ending_the_wish() -> None:
    refused, _ = _play(_refused("card_not_active"))
    assert refused.screen is Screen.REFUSED
    opened, sent = _touch(refused, Action.JOIN)
    assert sent == [EndSession(session_id="session-1"), AskJoin(request_id="visitor.1")]
    assert (opened.screen, opened.session) == (Screen.JOIN, None)
    events = [*_refused("card_not_active"), Touched(now_ms=2_000, action=Action.JOIN)]
    state, [wish] = _touch(_agreeing(events), Action.AGREE)
    assert isinstance(wish, JoinNow)
    assert wish.card_session == "session-1"
    state, _ = step(state, CardGone(now_ms=state.touched_ms + 10, tap_id="tap-1"))
    assert state.screen is Screen.JOIN
    state = _answer(state, "card_gone")
    state, [alone] = _touch(state, Action.AGREE)
    assert isinstance(alone, JoinNow)
    assert (alone.card_session, alone.join_id) == ("", wish.join_id)


def test_a_card_lifted_after_a_lost_answer_makes_no_second_wish_and_what_came_along_is_told() -> None:
    events = [*_refused("card_not_active"), Touched(now_ms=2_000, action=Action.JOIN)]
    state, [wish] = _touch(_agreeing(events), Action.AGREE)
    assert isinstance(wish, JoinNow)
    state, [again] = _touch(_answer(state, "central_unreachable"), Action.AGREE)
    assert isinstance(again, JoinNow)
    assert (again.join_id, again.card_session) == (wish.join_id, "session-1")
    state, [alone] = _touch(_answer(state, "card_gone"), Action.AGREE)
    assert isinstance(alone, JoinNow)
    assert (alone.join_id, alone.card_session) == (wish.join_id, ""), "central knows it by its id alone"
    assert state.journey is not None
    told = JoinTold(request_id=state.journey.request_id, days=14, has_joined=True, has_card=True)
    done, _ = step(state, Told(now_ms=state.touched_ms + 50, answer=told))
    assert (_page(done).step, _page(done).has_card) == ("done", True)


def test_a_card_from_elsewhere_joins_without_it_and_other_refusals_offer_nothing() -> None:
    unknown, sent = _touch(_play(_refused("unknown_card"))[0], Action.JOIN)
    assert (unknown.screen, _page(unknown).card_session) == (Screen.JOIN, "")
    assert AskJoin(request_id="visitor.1") in sent
    for refusal in ("blocked_card", "replaced_card", "staff_card", "central_unreachable"):
        state, sent = _touch(_play(_refused(refusal))[0], Action.JOIN)
        assert (state.screen, sent) == (Screen.REFUSED, []), refusal


def test_whoever_walks_away_leaves_no_address() -> None:
    state = _agreeing(_opened())
    deadline_ms = next_deadline_ms(state)
    assert deadline_ms is not None
    state, _ = step(state, Ticked(now_ms=deadline_ms))
    assert (state.screen, state.journey) == (Screen.ATTRACT, None)


def test_what_is_agreed_to_has_a_version() -> None:
    known = {"2026-11": "83f6e6c48016c473"}
    read = agreement_text(lambda text: text)
    assert hashlib.sha256(read.encode()).hexdigest()[:16] == known[JOIN_TEXT], "raise JOIN_TEXT"
