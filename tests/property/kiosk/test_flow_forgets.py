"""Whatever happens in whatever order: no member after removal or time-out, never an exception."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.flow import Action, Screen, State, next_deadline_ms, start, step
from kiosk.flow.effects import ReportFailsafe
from kiosk.flow.events import (
    AgentChanged,
    AgentLinkChanged,
    AnyEvent,
    CardGone,
    CardSeen,
    ReaderChanged,
    ReaderLinkChanged,
    Ticked,
    Told,
    Touched,
)
from kiosk.flow.journeys.asking_why import WhyPage
from kiosk.flow.state import MEMBER_SCREENS
from kiosk.scenes.demo import TICKETS, an_agent_state
from loyalty.limits.kiosk import KIOSK_ENDED_IDS_MAX, PRIVACY_TIMEOUT_S, PRIVACY_WARNING_S
from wire.messages import CommandResult, MemberView, ReaderState, Session
from wire.tills import TillPrompt
from wire.why import Why, WhyLine, WhyRule

TAPS = st.sampled_from([f"tap-{number}" for number in range(4)])


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    tap_id = draw(TAPS)
    state = draw(st.sampled_from(["asking", "open", "refused"]))
    member = MemberView(
        display_name=f"of {tap_id}",
        points=draw(st.none() | st.integers(0, 5)),
        points_today=draw(st.sampled_from([0, TICKETS[0].points])),
        tickets=draw(st.sampled_from([(), TICKETS])),
        may_see_tickets=draw(st.booleans()),
        may_block=draw(st.booleans()),
    )
    return Session(
        session_id=f"session of {tap_id}",
        tap_id=tap_id,
        state=state,  # type: ignore[arg-type]
        refusal=draw(st.sampled_from([None, "blocked_card", "central_unreachable"])),
        member=draw(st.sampled_from([None, member])),
        last_award_points=draw(st.none() | st.integers(-3, 3)),
    )


def events(now_ms: int) -> st.SearchStrategy[AnyEvent]:
    reader_states = st.sampled_from(["starting", "ready", "lost", "needs_help"])
    links = st.sampled_from(["up", "down", "connecting"])
    prompts = st.builds(
        TillPrompt,
        prompt_id=st.sampled_from(["prompt-1", "prompt-2"]),
        title=st.just("?"),
        is_question=st.booleans(),
    )
    agent_states = st.builds(
        an_agent_state, session=st.none() | sessions(), link=links, prompt=st.none() | prompts
    )
    requests = st.builds("session of {}.block.{}".format, TAPS, st.integers(1, 2))
    whys = st.builds(
        Why,
        request_id=st.builds("session of {}.why.{}".format, TAPS, st.integers(1, 4)),
        is_known=st.booleans(),
        rules=st.sampled_from([(), (WhyRule(code="points_per_amount", points=37),)]),
        lines=st.sampled_from([(), (WhyLine(numbers=((1, 1),), points=37, parts=((0, 37),)),)]),
        is_last=st.booleans(),
        trouble=st.sampled_from(["", "central_unreachable", "not_told_here"]),
    )
    return st.one_of(
        st.builds(Told, now_ms=st.just(now_ms), answer=whys),
        st.builds(AgentChanged, now_ms=st.just(now_ms), state=agent_states),
        st.builds(AgentLinkChanged, now_ms=st.just(now_ms), is_up=st.booleans()),
        st.builds(
            Told,
            now_ms=st.just(now_ms),
            answer=st.builds(CommandResult, request_id=requests, is_done=st.booleans()),
        ),
        st.builds(
            ReaderChanged,
            now_ms=st.just(now_ms),
            state=st.builds(ReaderState, state=reader_states, reader=st.just("r"), since_ms=st.just(0)),
        ),
        st.builds(ReaderLinkChanged, now_ms=st.just(now_ms), is_up=st.booleans()),
        st.builds(
            CardSeen,
            now_ms=st.just(now_ms),
            tap_id=TAPS,
            medium=st.sampled_from(["nfc_uid", "barcode", "typed"]),
        ),
        st.builds(CardGone, now_ms=st.just(now_ms), tap_id=TAPS),
        st.builds(Touched, now_ms=st.just(now_ms), action=st.none() | st.sampled_from(Action)),
        st.builds(Ticked, now_ms=st.just(now_ms)),
    )


def shown_tap(state: State) -> str | None:
    """Whose data could be drawn from this state, if anybody's."""
    if state.session is not None and state.session.member is not None:
        return state.session.tap_id
    return None


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_no_member_is_shown_after_removal_or_time_out(data: st.DataObject) -> None:
    state, now_ms = start(language="fr", now_ms=0), 0
    gone: set[str] = set()
    alive_ms = 0
    for _ in range(data.draw(st.integers(1, 25), label="length")):
        now_ms += data.draw(st.sampled_from([0, 1, 500, 21_000, 40_000]), label="wait")
        while (deadline_ms := next_deadline_ms(state)) is not None and now_ms >= deadline_ms:
            state, effects = step(state, Ticked(now_ms=deadline_ms))  # the program ticks at every deadline
            assert not [one for one in effects if isinstance(one, ReportFailsafe)]
        silence_ms = now_ms - alive_ms
        silent_s = state.mode.seconds(PRIVACY_TIMEOUT_S + PRIVACY_WARNING_S)
        assert shown_tap(state) is None or silence_ms < silent_s * 1000
        event = data.draw(events(now_ms), label="event")
        before = state
        state, effects = step(state, event)

        assert not [one for one in effects if isinstance(one, ReportFailsafe)]
        assert state.screen in Screen
        assert state.agent is None or state.agent.session is None
        is_why = isinstance(state.journey, WhyPage)
        assert not is_why or state.screen in (Screen.WHY, Screen.PRIVACY_WARNING, Screen.ACCESS)
        assert is_why or state.screen is not Screen.WHY
        if state.screen is not Screen.ACCESS:  # that stands over a member's pages and over nobody's
            assert (shown_tap(state) is not None) == (state.screen in MEMBER_SCREENS)
        assert len(state.ended) <= KIOSK_ENDED_IDS_MAX
        if isinstance(event, CardGone):
            gone.add(event.tap_id)
        assert shown_tap(state) not in gone
        if before.screen in MEMBER_SCREENS and state.screen is Screen.GOODBYE:
            gone.add(before.tap_id)  # ended by button, removal, agent or time: it never comes back
        if isinstance(event, Touched | AgentChanged):
            alive_ms = now_ms


@settings(max_examples=100, deadline=None)
@given(
    st.integers(0, 10**9),
    st.sampled_from([Action.TICKETS, Action.MENU, Action.LANGUAGES, Action.WHY_TODAY, None]),
)
def test_whatever_page_is_open_ends_by_itself(at_ms: int, action: Action | None) -> None:
    state = start(language="fr", now_ms=at_ms)
    member = MemberView(
        display_name="Mme A.",
        points=1,
        points_today=TICKETS[0].points,
        tickets=TICKETS,
        may_see_tickets=True,
        may_block=True,
    )
    session = Session(session_id="s", tap_id="t", state="open", member=member)
    for event in (
        ReaderLinkChanged(now_ms=at_ms, is_up=True),
        AgentChanged(now_ms=at_ms, state=an_agent_state()),
        CardSeen(now_ms=at_ms, tap_id="t"),
        AgentChanged(now_ms=at_ms, state=an_agent_state(session=session)),
        Touched(now_ms=at_ms, action=action),
    ):
        state, _ = step(state, event)
    for _ in range(8):
        deadline_ms = next_deadline_ms(state)
        if deadline_ms is None:
            break
        if shown_tap(state) is not None:
            assert deadline_ms <= at_ms + (PRIVACY_TIMEOUT_S + PRIVACY_WARNING_S) * 1000
        state, _ = step(state, Ticked(now_ms=deadline_ms))
    assert state.screen is Screen.ATTRACT
    assert shown_tap(state) is None
    assert state.journey is None


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([Action.WHY_TODAY, Action.WHY_1, Action.WHY_2, Action.WHY_3]), st.booleans(), st.data()
)
def test_no_answer_outlives_its_member(action: Action, is_answered: bool, data: st.DataObject) -> None:
    member = MemberView(
        display_name="Mme A.", points=1, points_today=TICKETS[0].points, tickets=TICKETS, may_see_tickets=True
    )
    session = Session(session_id="s", tap_id="t", state="open", member=member)
    way = [] if action is Action.WHY_TODAY else [Touched(now_ms=2, action=Action.TICKETS)]
    answer = Why(request_id="s.1", points=37, is_known=True)
    opening: list[AnyEvent] = [
        ReaderLinkChanged(now_ms=0, is_up=True),
        AgentChanged(now_ms=0, state=an_agent_state()),
        CardSeen(now_ms=1, tap_id="t"),
        AgentChanged(now_ms=1, state=an_agent_state(session=session)),
        *way,
        Touched(now_ms=3, action=action),
        *([Told(now_ms=4, answer=answer)] if is_answered else []),
    ]
    state = start(language="fr", now_ms=0)
    for event in opening:
        state, _ = step(state, event)
    assert state.screen is Screen.WHY
    assert isinstance(state.journey, WhyPage)

    endings: list[AnyEvent] = [
        CardGone(now_ms=5, tap_id="t"),
        AgentLinkChanged(now_ms=5, is_up=False),
        ReaderLinkChanged(now_ms=5, is_up=False),
        Touched(now_ms=5, action=Action.FINISH),
        CardSeen(now_ms=5, tap_id="u"),
        AgentChanged(now_ms=5, state=an_agent_state()),
        AgentChanged(
            now_ms=5,
            state=an_agent_state(
                session=Session(session_id="s", tap_id="t", state="refused", refusal="blocked_card")
            ),
        ),
    ]
    ending = data.draw(st.sampled_from(endings), label="ending")
    state, _ = step(state, ending)
    late, _ = step(state, Told(now_ms=6, answer=answer))

    assert (state.journey, late.journey) == (None, None)
    assert late.screen is not Screen.WHY
