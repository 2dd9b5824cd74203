"""A member chooses their pharmacist at the kiosk and writes to them: real sockets, a real central."""

from tests.helpers import eventually
from tests.terminal_fixture import Shop
from wire.pharmacist import AskPharmacist, ChoosePharmacist, PharmacistTold
from wire.shop_messages import WriteToShop


async def _told(shop: Shop, message: AskPharmacist | ChoosePharmacist) -> PharmacistTold:
    shop.kiosk.send(message)

    def answers() -> list[PharmacistTold]:
        told = [each for each in shop.kiosk.answers if isinstance(each, PharmacistTold)]
        return [each for each in told if each.request_id == message.request_id]

    await eventually(answers)
    return answers()[-1]


async def test_a_member_chooses_and_writes_to_the_one_they_chose(shop: Shop) -> None:
    for staff_id, name in (("s-1", "Anne Rochat"), ("s-2", "Li Wei")):
        put = {"role": "pharmacist", "shop_id": "lac-1"}
        assert (await shop.central.put(f"staff/{staff_id}", put)).status == 200
        shown = {"name": name, "agreed": True}
        assert (await shop.central.put(f"staff/{staff_id}/shown", shown)).status == 200
    await shop.tap_known()
    session_id = shop.kiosk.session.session_id
    first = await _told(shop, AskPharmacist(request_id="r.1", session_id=session_id))
    assert (first.mine, [each.name for each in first.others]) == (None, ["Anne Rochat", "Li Wei"])
    assert first.others[0].shop.name == "Pharmacie du Lac 1"
    unknown = ChoosePharmacist(request_id="r.2", session_id=session_id, staff_id="s-9")
    assert (await _told(shop, unknown)).trouble == "changed"
    chosen = await _told(shop, ChoosePharmacist(request_id="r.3", session_id=session_id, staff_id="s-2"))
    assert chosen.mine is not None
    assert chosen.mine.name == "Li Wei"

    for request_id, staff_id in (("r.4", "s-2"), ("r.5", "s-2"), ("r.6", "s-1")):
        shop.kiosk.send(
            WriteToShop(request_id=request_id, session_id=session_id, topic="call_me", staff_id=staff_id)
        )

    def results() -> dict[str, tuple[bool, str]]:
        told = shop.kiosk.results
        return {each.request_id: (each.is_done, each.error) for each in told}

    await eventually(lambda: len(results()) == 3)
    assert results() == {"r.4": (True, ""), "r.5": (True, ""), "r.6": (False, "pharmacist_unknown")}
    waiting = (await shop.central.get("shop-messages")).body["messages"]
    assert [(each["staff_id"], each["topic"]) for each in waiting] == [("s-2", "call_me")]

    await shop.cut()
    away = await _told(shop, AskPharmacist(request_id="r.7", session_id=session_id))
    assert away.trouble == "central_unreachable"
    await shop.remove()
    await eventually(lambda: shop.agent.desk.current is None)
