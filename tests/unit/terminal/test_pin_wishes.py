"""A clerk's wish of a PIN: what a till is told that waits for it."""

from terminal.pin_wishes import PinAct, PinWishes
from wire.api_counter import PinView

ACT = PinAct(act_id="a-1", clerk="c-1", identity="passport", kind="set")


async def test_a_pin_that_central_sets_while_the_card_is_taken_away_is_told_as_set() -> None:
    wishes = PinWishes(lambda: None)
    wished = wishes.begin(ACT, session_id="s-1")
    view = PinView(member_id="m-1", tries_left=3)

    with wishes.sending(wished):
        wishes.follow(None)
        assert not wished.ended.done(), "central's answer is awaited"
        assert wishes.find(wished.wish.wish_id, "s-1") is None, "nobody may choose again"
        wishes.end(wished, view)

    assert wished.ended.result() == view


async def test_a_wish_whose_member_left_while_central_gave_no_answer_is_told_as_left() -> None:
    wishes = PinWishes(lambda: None)
    wished = wishes.begin(ACT, session_id="s-1")

    with wishes.sending(wished):
        wishes.follow(None)

    assert wished.ended.result() is None
