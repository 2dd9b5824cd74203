"""My pharmacist at the kiosk: seen, chosen, changed, written to (issue 8)."""

from kiosk.flow import Action, Screen, State, start, step
from kiosk.flow.effects import Send
from kiosk.flow.events import AnyEvent, CardGone, Told, Touched
from kiosk.flow.journeys.my_pharmacist import PharmacistPage
from kiosk.flow.journeys.shop_messages import MessagePage
from kiosk.scenes.base import touch, visit, way_to
from kiosk.scenes.demo import a_member
from kiosk.scenes.my_pharmacist import ANNE, OTHERS
from wire.message_base import UsualTrouble
from wire.pharmacist import AskPharmacist, ChoosePharmacist, Pharmacist, PharmacistTold
from wire.shop_messages import WriteToShop


def _play(events: list[AnyEvent], state: State | None = None) -> tuple[State, list[object]]:
    now, sent = state or start(language="fr", now_ms=0), list[object]()
    for event in events:
        now, effects = step(now, event)
        sent += [each.message for each in effects if isinstance(each, Send)]
    return now, sent


def _touch(state: State, *actions: Action) -> tuple[State, list[object]]:
    return _play([Touched(now_ms=state.touched_ms + 10, action=each) for each in actions], state)


def _told(
    state: State,
    mine: Pharmacist | None,
    others: tuple[Pharmacist, ...] = OTHERS,
    trouble: UsualTrouble = "",
) -> State:
    assert state.journey is not None
    told = PharmacistTold(request_id=state.journey.request_id, mine=mine, others=others, trouble=trouble)
    return step(state, Told(now_ms=state.touched_ms + 50, answer=told))[0]


def _opened() -> tuple[State, list[object]]:
    return _play([*visit(a_member()), *touch(*way_to(Action.MY_PHARMACIST))])


def _page(state: State) -> PharmacistPage:
    assert isinstance(state.journey, PharmacistPage)
    return state.journey


def test_who_has_nobody_chooses_and_sees_the_one_they_chose() -> None:
    state, sent = _opened()
    assert sent[-1] == AskPharmacist(request_id="session-1.1", session_id="session-1")
    state = _told(state, None)
    assert _page(state).is_choosing
    state, sent = _touch(state, Action.CHOOSE_1, Action.CHOOSE_2)
    staff_id = OTHERS[0].staff_id
    assert sent == [ChoosePharmacist(request_id="session-1.2", session_id="session-1", staff_id=staff_id)]
    state = _told(state, OTHERS[0], OTHERS[1:])
    assert (_page(state).is_choosing, _page(state).told is not None) == (False, True)


def test_a_choice_that_failed_keeps_what_was_known() -> None:
    state = _told(_opened()[0], ANNE)
    state, _ = _touch(state, Action.CHANGE, Action.CHOOSE_1)
    state = _told(state, None, (), "changed")
    page = _page(state)
    assert page.told is not None
    assert (page.has_failed, page.is_choosing, page.told.mine) == (True, True, ANNE)
    assert _page(_touch(state, Action.BACK)[0]).is_choosing is False
    assert _touch(state, Action.BACK, Action.BACK)[0].screen is Screen.MENU


def test_a_message_goes_to_that_person_and_from_the_menu_to_whoever_is_there() -> None:
    state, _ = _touch(_told(_opened()[0], ANNE), Action.SHOP_MESSAGE)
    assert (state.screen, isinstance(state.journey, MessagePage)) == (Screen.SHOP_MESSAGE, True)
    state, [wish] = _touch(state, Action.CHOOSE_1)
    assert isinstance(wish, WriteToShop)
    assert (wish.topic, wish.staff_id) == ("call_me", ANNE.staff_id)
    plain, _ = _play([*visit(a_member()), *touch(*way_to(Action.SHOP_MESSAGE))])
    [usual] = _touch(plain, Action.CHOOSE_1)[1]
    assert isinstance(usual, WriteToShop)
    assert usual.staff_id == ""


def test_without_others_or_an_answer_nothing_is_offered_and_the_card_ends_it() -> None:
    alone = _told(_opened()[0], ANNE, ())
    assert _touch(alone, Action.CHANGE, Action.CHOOSE_1)[1] == []
    away = _told(_opened()[0], None, (), "central_unreachable")
    assert _touch(away, Action.SHOP_MESSAGE, Action.CHANGE, Action.CHOOSE_1)[1] == []
    gone, _ = step(alone, CardGone(now_ms=alone.touched_ms + 10, tap_id="tap-1"))
    assert (gone.screen, gone.journey) == (Screen.GOODBYE, None)
