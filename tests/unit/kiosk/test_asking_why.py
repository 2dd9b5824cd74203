"""Why these points: what is asked, what is shown, what is forgotten."""

import pytest

from central.services.tickets.receipt.words import WHY
from kiosk.flow import Action, Screen, State, next_deadline_ms, start, step
from kiosk.flow.effects import PlaySound, Send, Sound
from kiosk.flow.events import AgentChanged, AnyEvent, CardSeen, ReaderLinkChanged, Ticked, Told, Touched
from kiosk.flow.journeys.asking_why import WhyPage
from kiosk.locales.words import LANGUAGES
from kiosk.scenes.demo import TICKETS, a_member, a_session, an_agent_state
from loyalty.limits.kiosk import KIOSK_ANSWER_MAX_S, PRIVACY_TIMEOUT_S
from loyalty.pricing.outcome import ReasonCode
from loyalty.printed.words import CLASSES
from loyalty.programme.compliance import VerdictCode
from tests.unit.kiosk.drawing import LARGE, SMALL, drawn, is_sent
from wire.messages import Language, MemberView, Ticket
from wire.why import AskWhy, Why, WhyLine

ANSWER = Why(request_id="session-1.1", points=37, is_known=True)


def visit(member: MemberView, *actions: Action) -> tuple[State, list[object]]:
    events: list[AnyEvent] = [
        ReaderLinkChanged(now_ms=0, is_up=True),
        AgentChanged(now_ms=0, state=an_agent_state()),
        CardSeen(now_ms=1000, tap_id="tap-1"),
        AgentChanged(now_ms=1100, state=an_agent_state(session=a_session(member))),
        *(Touched(now_ms=2000, action=action) for action in actions),
    ]
    state = start(language="fr", now_ms=0)
    effects: list[object] = []
    for event in events:
        state, more = step(state, event)
        effects = list(more)
    return state, effects


def why_of(state: State) -> WhyPage:
    assert isinstance(state.journey, WhyPage)
    return state.journey


def asked() -> State:
    return visit(a_member(), Action.WHY_TODAY)[0]


def test_todays_points_ask_about_the_ticket_that_gave_them() -> None:
    state, effects = visit(a_member(), Action.WHY_TODAY)
    assert state.screen is Screen.WHY
    assert effects == [
        Send(AskWhy(request_id="session-1.1", session_id="session-1", sale_id="sale-1")),
        PlaySound(Sound.TOUCH),
    ]
    assert (why_of(state).ticket, why_of(state).answer) == (TICKETS[0], None)


@pytest.mark.parametrize(
    ("actions", "sale_id"),
    [
        ((Action.TICKETS, Action.WHY_1), "sale-1"),
        ((Action.TICKETS, Action.WHY_3), "sale-3"),
        ((Action.TICKETS, Action.OLDER, Action.WHY_2), "sale-5"),
    ],
)
def test_a_row_asks_about_its_ticket_and_back_leads_to_its_page(
    actions: tuple[Action, ...], sale_id: str
) -> None:
    before, _ = visit(a_member(), *actions[:-1])
    state, effects = visit(a_member(), *actions)
    assert [each.message.sale_id for each in effects if is_sent(each, AskWhy)] == [sale_id]
    after, _ = step(state, Touched(now_ms=3000, action=Action.BACK))
    assert (after.screen, after.page, after.journey) == (Screen.TICKETS, before.page, None)


@pytest.mark.parametrize(
    ("actions", "tickets"),
    [
        ((Action.TICKETS, Action.OLDER, Action.WHY_1), TICKETS),  # a return
        ((Action.TICKETS, Action.WHY_3), TICKETS[:2]),  # no such row
        ((Action.WHY_TODAY,), ()),
        ((Action.WHY_TODAY,), TICKETS[1:]),  # today's points come from elsewhere
        ((Action.WHY_TODAY,), (Ticket(occurred_ms=0, shop_name="Rolle", total_minor=1, points=37),)),  # no id
    ],
)
def test_what_cannot_be_explained_is_not_asked(
    actions: tuple[Action, ...], tickets: tuple[Ticket, ...]
) -> None:
    state, effects = visit(a_member(tickets=tickets), *actions)
    assert state.screen is not Screen.WHY
    assert not [one for one in effects if is_sent(one, AskWhy)]


def test_an_answer_is_shown_once_and_only_to_its_question() -> None:
    other, _ = step(asked(), Told(now_ms=2100, answer=Why(request_id="session-0.1")))
    assert why_of(other).answer is None
    state, _ = step(asked(), Told(now_ms=2100, answer=ANSWER))
    again, _ = step(state, Told(now_ms=2200, answer=Why(request_id=ANSWER.request_id)))
    assert why_of(again).answer == ANSWER


def lines(first: int, last: int) -> tuple[WhyLine, ...]:
    return tuple(WhyLine(numbers=((no, no),), points=1) for no in range(first, last + 1))


def test_a_long_answer_comes_in_parts_and_is_shown_from_the_first_on() -> None:
    start_of = Why(request_id=ANSWER.request_id, points=9, is_known=True, lines=lines(1, 5), is_last=False)
    state, _ = step(asked(), Told(now_ms=2100, answer=start_of))
    assert why_of(state).answer == start_of
    rest = Why(request_id=ANSWER.request_id, points=9, is_known=True, lines=lines(6, 9))
    state, _ = step(state, Told(now_ms=2200, answer=rest))
    late, _ = step(state, Told(now_ms=2300, answer=rest))
    for one in (state, late):
        answer = why_of(one).answer
        assert answer is not None
        assert (answer.lines, answer.is_last) == (lines(1, 9), True)


def test_pages_of_lines_turn_as_far_as_there_are_lines_and_start_anew_with_the_next_question() -> None:
    answer = Why(request_id=ANSWER.request_id, points=9, is_known=True, lines=lines(1, 9))
    state, _ = step(asked(), Told(now_ms=2100, answer=answer))
    pages = []
    for action in (Action.NEWER, Action.OLDER, Action.OLDER, Action.OLDER, Action.NEWER):
        state, _ = step(state, Touched(now_ms=2200, action=action))
        pages.append(why_of(state).number)
    assert pages == [0, 1, 2, 2, 1]
    assert state.page == 0, "the pages of the tickets are another matter"
    for action in (Action.BACK, Action.WHY_TODAY):
        state, _ = step(state, Touched(now_ms=2300, action=action))
    assert why_of(state).number == 0


def test_a_question_nobody_answers_says_so_after_a_while() -> None:
    state = asked()
    deadline_ms = next_deadline_ms(state)
    assert deadline_ms == 2000 + KIOSK_ANSWER_MAX_S * 1000
    state, _ = step(state, Ticked(now_ms=deadline_ms))
    assert state.screen is Screen.WHY
    answer = why_of(state).answer
    assert answer is not None
    assert answer.trouble == "central_unreachable"
    assert next_deadline_ms(state) == 2000 + PRIVACY_TIMEOUT_S * 1000


def test_the_warning_covers_an_answer_and_a_touch_uncovers_it() -> None:
    state, _ = step(asked(), Told(now_ms=2100, answer=ANSWER))
    state, _ = step(state, Ticked(now_ms=40_000))
    assert state.screen is Screen.PRIVACY_WARNING
    state, _ = step(state, Touched(now_ms=41_000, action=Action.EXTEND))
    assert state.screen is Screen.WHY
    assert why_of(state).answer == ANSWER


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
def test_only_what_can_be_explained_can_be_touched(size: tuple[int, int]) -> None:
    older = {target.action for target in drawn("tickets_older", "fr", size).targets}
    assert Action.WHY_1 not in older, "a return"
    assert {Action.WHY_2, Action.WHY_3} <= older
    assert Action.WHY_TODAY in {target.action for target in drawn("member", "fr", size).targets}
    assert Action.WHY_TODAY not in {target.action for target in drawn("member_range", "fr", size).targets}


def test_the_answer_names_the_total_the_rules_and_each_line() -> None:
    said = [label.text for label in drawn("why_law", "fr", LARGE).labels]
    assert {"Pourquoi 37 points\u202f?", "37", "points pour CHF 37.40".replace(" 37", "\u00a037")} <= set(
        said
    )
    assert {"1 point par franc entier", "+29", "Novembre double", "+8"} <= set(said)
    assert {"Ligne 1", "+12", "Ligne 2", "+25", "Lignes 3, 5–6", "Ligne 4"} <= set(said)
    assert "1 point par franc entier\u00a0+17 · Novembre double\u00a0+8" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_screen_names_no_class_and_no_law(language: Language) -> None:
    private_codes = WHY.keys() - {VerdictCode.DENIED_BY_LAW, ReasonCode.PRODUCT_BOUND}  # "by law" is said
    words = [*CLASSES.values(), *(WHY[code] for code in private_codes)]
    private = {each[language].lower() for each in words} - {CLASSES["unknown"][language].lower()}
    for name in ("why_law", "why_much", "why_nothing"):
        said = " ".join(label.text for label in drawn(name, language, LARGE).labels).lower()
        assert not [word for word in private if word in said and len(word) > 2]
        assert "art." not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_offer_that_was_kept_off_is_told_without_saying_which(language: Language) -> None:
    said = " ".join(label.text for label in drawn("why_much", language, LARGE).labels).lower()
    told = {
        "fr": "une offre exclue par la loi", "de": "ein angebot vom gesetz ausgenommen",
        "it": "un’offerta esclusa per legge", "en": "an offer was left out by law",
        "zh": "依法有一项优惠不适用",
    }  # fmt: skip
    assert told[language] in said


def test_few_lines_leave_room_to_say_where_more_is_told_and_many_turn_pages() -> None:
    said = "Les articles restent confidentiels\u202f; votre ticket en dit plus."
    for name in ("why", "why_law"):
        told = " ".join(label.text for label in drawn(name, "fr", LARGE).labels)
        assert said in told
    actions = {target.action for target in drawn("why_long", "fr", SMALL).targets}
    assert actions == {Action.BACK, Action.NEWER, Action.OLDER, Action.REPORT, Action.ACCESS}
    assert "2 sur 4" in [label.text for label in drawn("why_long", "fr", SMALL).labels]


def test_a_question_on_its_way_shows_what_is_known_already() -> None:
    said = [label.text for label in drawn("why_waiting", "fr", SMALL).labels]
    assert {"Pourquoi 37 points\u202f?", "37", "Achat du 22\u00a0novembre, Nyon Gare"} <= set(said)
