"""A card is blocked at the kiosk without the card: real sockets, a real central (P-37)."""

from loyalty.limits.lost_cards import LOST_CARD_BLOCK_HOURS, LOST_CARD_TRIES_PER_NUMBER
from tests.helpers import eventually
from tests.terminal_fixture import Shop
from wire.lost_cards import EnterLostCode, LostTold, ReportLost

PAUL, PAULS, BORN = "20077", "2900000000123", "1948-11-03"


async def _told(shop: Shop, message: ReportLost | EnterLostCode) -> LostTold:
    shop.kiosk.send(message)

    def answers() -> list[LostTold]:
        told = shop.kiosk.answers
        return [each for each in told if isinstance(each, LostTold) and each.request_id == message.request_id]

    await eventually(answers)
    return answers()[-1]


async def test_somebody_without_a_card_blocks_it_and_learns_nothing_of_anybody(shop: Shop) -> None:
    member = {"member_id": PAUL, "family_name": "Favre", "birth_date": BORN}
    assert (await shop.central.post("members", member, token="office")).status == 200
    card = {"card_number": PAULS, "uid": "04A1B2C3D4E5B0", "member_id": PAUL}
    assert (await shop.central.post("cards", card, token="office")).status == 200
    noted = [
        await _told(shop, ReportLost(request_id=f"visitor.{at}", number=number, birth_date=BORN))
        for at, number in enumerate(("2900000000999", PAULS))
    ]
    assert [(each.outcome, each.hours) for each in noted] == [("noted", LOST_CARD_BLOCK_HOURS)] * 2
    found = await shop.central.post("cards/find", {"card_number": PAULS}, token="office")
    assert (found.body["state"], found.body["reason"]) == ("blocked", "provisional")
    code = EnterLostCode(
        request_id="visitor.7", number="2900000000999", birth_date=BORN, code="123456", wish="keep"
    )
    assert (await _told(shop, code)).outcome == "wrong"
    for at in range(LOST_CARD_TRIES_PER_NUMBER - 1):
        again = ReportLost(request_id=f"again.{at}", number="2900000000999", birth_date=BORN)
        assert (await _told(shop, again)).outcome == "noted"
    many = await _told(shop, ReportLost(request_id="visitor.8", number="2900000000999", birth_date=BORN))
    assert many.outcome == "too_many"
    assert many.wait_minutes > 0
    await shop.cut()
    away = await _told(shop, ReportLost(request_id="visitor.9", number=PAULS, birth_date=BORN))
    assert away.outcome == "central_unreachable"
