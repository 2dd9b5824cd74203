"""The message to the pharmacy: sent once, told whether it arrived, for members who are known."""

from kiosk.flow import Action, Screen, State, start, step
from kiosk.flow.deadlines import next_deadline_ms
from kiosk.flow.effects import Send
from kiosk.flow.events import AnyEvent, Ticked, Told, Touched
from kiosk.flow.journeys import MENU
from kiosk.flow.journeys.shop_messages import MessagePage
from kiosk.scenes.base import touch, visit, way_to
from kiosk.scenes.demo import a_member, a_member_by_number
from wire.messages import CommandResult
from wire.shop_messages import WriteToShop


def _play(events: list[AnyEvent]) -> tuple[State, list[object]]:
    state, sent = start(language="fr", now_ms=0), []
    for event in events:
        state, effects = step(state, event)
        sent += [each.message for each in effects if isinstance(each, Send)]
    return state, sent


def _outcome(state: State) -> str:
    assert isinstance(state.journey, MessagePage)
    return state.journey.outcome


CHOSEN = [
    *visit(a_member()),
    *touch(*way_to(Action.SHOP_MESSAGE)),
    Touched(now_ms=3_000, action=Action.CHOOSE_2),
    Touched(now_ms=3_100, action=Action.CHOOSE_1),
]


def test_one_touch_sends_one_message_and_its_answer_is_told() -> None:
    state, sent = _play(CHOSEN)
    assert sent == [WriteToShop(request_id="session-1.1", session_id="session-1", topic="my_points")]
    sent_state, _ = step(
        state, Told(now_ms=3_200, answer=CommandResult(request_id="session-1.1", is_done=True))
    )
    assert (sent_state.screen, _outcome(sent_state)) == (Screen.SHOP_MESSAGE, "sent")
    again, effects = step(sent_state, Touched(now_ms=3_300, action=Action.CHOOSE_1))
    assert not any(isinstance(each, Send) for each in effects)
    assert _outcome(again) == "sent"


def test_what_was_not_kept_and_what_nobody_answers_is_said_and_may_be_tried_again() -> None:
    state, _ = _play(CHOSEN)
    failed, _ = step(state, Told(now_ms=3_200, answer=CommandResult(request_id="session-1.1", is_done=False)))
    assert _outcome(failed) == "failed"
    deadline_ms = next_deadline_ms(state)
    assert deadline_ms is not None
    silent, _ = step(state, Ticked(now_ms=deadline_ms))
    assert _outcome(silent) == "failed"
    _, effects = step(silent, Touched(now_ms=deadline_ms + 100, action=Action.CHOOSE_1))
    assert any(isinstance(each, Send) for each in effects)


def test_a_bare_number_writes_in_nobodys_name() -> None:
    state, _ = _play([*visit(a_member_by_number()), *touch(Action.MENU)])
    assert Action.SHOP_MESSAGE not in {tile.action for tile in MENU.offered(state)}
