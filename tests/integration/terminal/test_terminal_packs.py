"""A pack at the kiosk: real sockets, a real central, a code read as from a scanner; then a cut (C-32)."""

from reader_daemon.barcodes import read_code
from tests.central_fixture import CARD, PRESCRIPTION, SUN_CREAM
from tests.helpers import eventually
from tests.terminal_fixture import Shop
from wire.packs import AskPack, PackReason, PackTold, ScanPacks

IRON = "2000000000060"
DATA_MATRIX = f"]d2010{SUN_CREAM}17271231" + "10LOT-7"
"""As a scanner sends the DataMatrix of a pack: GTIN, expiry, batch."""


async def ask(shop: Shop, code: str, *, is_member: bool = False) -> PackTold:
    request_id = f"ask.{len(shop.kiosk.answers) + 1}"
    session_id = shop.kiosk.session.session_id if is_member else ""
    shop.kiosk.send(AskPack(request_id=request_id, code=code, session_id=session_id))
    await eventually(lambda: any(each.request_id == request_id for each in shop.kiosk.answers))
    told = shop.kiosk.answers[-1]
    assert isinstance(told, PackTold)
    return told


async def test_a_scanned_pack_is_told_to_a_visitor_and_with_the_own_price_to_a_member(shop: Shop) -> None:
    code = read_code(DATA_MATRIX).value
    told = await ask(shop, code)
    assert (told.is_known, told.name, told.price_minor, told.total_minor) == (True, "sun-cream", 1990, 1990)
    assert (told.points, told.reasons, told.as_of_ms) == (0, (), 0)
    await shop.tap_known()
    mine = await ask(shop, code, is_member=True)
    assert (mine.points, [(each.code, each.points) for each in mine.reasons]) == (
        19,
        [("points_per_amount", 19)],
    )
    hidden = await ask(shop, PRESCRIPTION, is_member=True)
    assert (hidden.name, hidden.is_named, hidden.price_minor) == ("", False, 2500)
    assert [(each.code, each.names) for each in hidden.reasons] == [("all", {})]
    assert await ask(shop, "7612345678900") == PackTold(request_id="ask.4")


async def test_while_packs_are_scanned_a_code_is_no_card_and_then_it_is_again(shop: Shop) -> None:
    shop.kiosk.send(ScanPacks(is_on=True))
    await eventually(lambda: shop.agent.desk.scans_packs)
    await shop.tap(CARD, "barcode")
    assert (await ask(shop, SUN_CREAM)).is_known, "what came after the code was answered"
    assert shop.kiosk.state.session is None
    shop.kiosk.send(ScanPacks(is_on=False))
    await eventually(lambda: not shop.agent.desk.scans_packs)
    await shop.tap(CARD, "barcode")
    await eventually(lambda: shop.kiosk.session.state == "open")


async def test_a_card_is_taken_while_packs_are_scanned(shop: Shop) -> None:
    shop.kiosk.send(ScanPacks(is_on=True))
    await eventually(lambda: shop.agent.desk.scans_packs)
    await shop.tap_known()


async def test_in_a_cut_the_terminal_s_own_prices_tell_and_of_when_they_are(shop: Shop) -> None:
    await eventually(lambda: shop.agent.offline.usable() is not None)
    await shop.tap_known()
    await shop.cut()
    told = await ask(shop, SUN_CREAM, is_member=True)
    assert (told.is_known, told.price_minor, told.total_minor, told.points) == (True, 1990, 1990, 19)
    assert told.as_of_ms == shop.agent.offline.state().bundle_ms
    assert (told.name, told.stock) == ("", None), "the bundle has no names"
    unknown = await ask(shop, "7612345678900")
    assert (unknown.is_known, unknown.as_of_ms) == (False, told.as_of_ms)
    await shop.mend()
    assert (await ask(shop, SUN_CREAM, is_member=True)).name == "sun-cream"


async def test_beside_a_card_no_rule_of_a_pack_that_may_tell_of_health_is_named(shop: Shop) -> None:
    iron = {"name": "iron", "article_class": "food_supplement", "codes": [IRON], "price_minor": 4000}
    assert (await shop.central.put("articles/iron", iron)).status == 200
    await shop.agent.offline.fetch()
    await shop.tap_known()
    online = await ask(shop, IRON, is_member=True)
    assert (online.is_named, online.points) == (False, 40)
    assert online.reasons == (PackReason(code="all", points=40),)
    await shop.cut()
    away = await ask(shop, IRON, is_member=True)
    assert away.as_of_ms
    assert away.reasons == online.reasons


async def test_who_left_hears_nothing_of_the_own_price(shop: Shop) -> None:
    await shop.tap_known()
    session_id = shop.kiosk.session.session_id
    await shop.remove()
    await eventually(lambda: shop.kiosk.state.session is None)
    shop.kiosk.send(AskPack(request_id="late", code=SUN_CREAM, session_id=session_id))
    assert (await ask(shop, SUN_CREAM)).is_known
    assert not any(each.request_id == "late" for each in shop.kiosk.answers)
