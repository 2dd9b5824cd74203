"""A member writes to the pharmacy at the kiosk: real sockets, real central, the shop ends it (C-30)."""

from pathlib import Path

from loyalty.limits.shops import SHOP_MESSAGES_PER_DAY
from tests.central_fixture import CARD, MEMBER
from tests.helpers import eventually
from tests.terminal_fixture import Shop
from wire.messages import CommandResult
from wire.shop_messages import ShopTopic, WriteToShop


async def _write(shop: Shop, request_id: str, topic: ShopTopic = "call_me") -> CommandResult:
    session_id = shop.kiosk.session.session_id
    shop.kiosk.send(WriteToShop(request_id=request_id, session_id=session_id, topic=topic))
    await eventually(lambda: any(each.request_id == request_id for each in shop.kiosk.results))
    return next(each for each in shop.kiosk.results if each.request_id == request_id)


async def test_what_a_member_asks_is_open_at_the_shop_until_it_is_done(shop: Shop) -> None:
    await shop.tap_known()
    assert (await _write(shop, "s.1")).is_done
    (asked,) = (await shop.central.get("shop-messages")).body["messages"]
    assert (asked["member_id"], asked["topic"], asked["shop_id"]) == (MEMBER, "call_me", "lac-1")
    assert (await shop.central.get("shop-messages", token="terminal_2")).body["messages"] == []
    path = f"shop-messages/{asked['message_id']}/done"
    assert (await shop.central.post(path, None, token="terminal_2")).status == 404
    done = await shop.central.post(path, None)
    assert (done.status, done.body["state"]) == (200, "done")
    again = await shop.central.post(path, None)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (await shop.central.get("shop-messages?shop_id=lac-1", token="office")).body["messages"] == []


async def test_the_same_again_is_one_message_and_a_day_has_few(shop: Shop) -> None:
    holder = {"medium": "nfc_uid", "value": "04A1B2C3D4E580"}
    body = {"message_id": "m-1", "holder": holder, "topic": "my_data"}
    assert (await shop.central.post("shop-messages", body)).status == 200
    assert (await shop.central.post("shop-messages", body)).headers["Idempotent-Replayed"] == "true"
    assert (
        await shop.central.post("shop-messages", body | {"topic": "call_me"})
    ).code == "idempotency_conflict"
    for number in range(2, SHOP_MESSAGES_PER_DAY + 1):
        assert (await shop.central.post("shop-messages", body | {"message_id": f"m-{number}"})).status == 200
    refused = await shop.central.post("shop-messages", body | {"message_id": "m-9"})
    assert (refused.status, refused.code) == (429, "shop_messages_too_many")
    number_alone = body | {"message_id": "m-8", "holder": {"medium": "typed", "value": CARD}}
    assert (await shop.central.post("shop-messages", number_alone)).code == "strength_too_low"


async def test_a_wish_tried_again_in_the_same_visit_is_one_message_and_another_wish_another(
    shop: Shop,
) -> None:
    await shop.tap_known()
    for request_id in ("s.1", "s.2"):  # the kiosk never heard of the first answer
        assert (await _write(shop, request_id)).is_done
    assert (await _write(shop, "s.3", "my_data")).is_done
    kept = (await shop.central.get("shop-messages")).body["messages"]
    assert sorted(each["topic"] for each in kept) == ["call_me", "my_data"]
    await shop.remove()
    await eventually(lambda: shop.kiosk.states[-1].session is None)
    await shop.tap_known()
    assert (await _write(shop, "s.4")).is_done
    assert len((await shop.central.get("shop-messages")).body["messages"]) == 3


async def test_a_refusal_is_told_in_central_s_word(shop: Shop) -> None:
    body = {"holder": {"medium": "nfc_uid", "value": "04A1B2C3D4E580"}, "topic": "my_data"}
    for number in range(SHOP_MESSAGES_PER_DAY):
        assert (await shop.central.post("shop-messages", body | {"message_id": f"m-{number}"})).status == 200
    await shop.tap_known()
    assert (await _write(shop, "s.1")).error == "shop_messages_too_many"


def _written_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_own_words_reach_the_shop_sealed_once(shop: Shop, tmp_path: Path) -> None:
    await shop.tap_known()
    session_id = shop.kiosk.session.session_id
    wish = {
        "session_id": session_id,
        "topic": "own_words",
        "wish_id": "w-1",
        "text": "Je viens jeudi. Merci!",
    }
    for request_id in ("s.1", "s.2"):
        shop.kiosk.send(WriteToShop(request_id=request_id, **wish))  # type: ignore[arg-type]
        await eventually(
            lambda asked=request_id: any(each.request_id == asked for each in shop.kiosk.results)
        )
    (kept,) = (await shop.central.get("shop-messages")).body["messages"]
    assert (kept["topic"], kept["text"], kept["message_id"]) == ("own_words", "Je viens jeudi. Merci!", "w-1")
    body = {"message_id": "m-1", "holder": {"medium": "nfc_uid", "value": "04A1B2C3D4E580"}}
    for wrong in (
        {"topic": "own_words"},
        {"topic": "own_words", "text": "  "},
        {"topic": "call_me", "text": "a"},
    ):
        assert (await shop.central.post("shop-messages", body | wrong)).code == "shop_message_text_wrong"
    written = _written_below(tmp_path)
    assert b"own_words" in written
    assert b"jeudi" not in written


async def test_in_a_cut_nothing_is_promised(shop: Shop) -> None:
    await shop.tap_known()
    await shop.cut()
    assert not (await _write(shop, "s.7")).is_done
    await shop.mend()
    assert (await shop.central.get("shop-messages")).body["messages"] == []
