"""How each screen of the kiosk is reached on a running shop; a screen of the flow without a way fails.

A way is what people do: cards, touches on what is drawn, tiles found by their words. What the world does to a
shop (a cable cut, a reader unplugged, a token taken away) is undone by `Shop.mend`.
"""

from collections.abc import Mapping
from typing import Final

from kiosk.flow.state import Action, Screen
from reader_daemon import control
from tests.central_fixture import SUN_CREAM
from tests.drill.plug import Shop, Step, Tile
from tests.drill.plug_pins import PIN_MOMENTS, Way, by_staff, member_pin, new_pin
from tests.drill.plug_place import ABOVE_THE_TAP, BLANK, CODE, PIN, touches_of
from tests.integration.terminal.test_terminal_devices import question
from tests.terminal_fixture import CREAM
from tools.till import requests
from wire.messages import Evidence
from wire.nexo.device import InputResponse
from wire.nexo.loyalty import LoyaltyResponse

_UNKNOWN: Final = Evidence(medium="nfc_uid", value="04EEEEEEEEEE99")
_A_PACK: Final = Evidence(medium="barcode", value=SUN_CREAM)
_LONG_S: Final = 90
"""A screen that only time brings."""


def _menu(action: Action, *more: Step) -> tuple[Step, ...]:
    """The menu's tile, and what follows."""
    return ((Screen.MEMBER, Action.MENU), (Screen.MENU, Tile(action)), *more)


def _visitor(action: Action, *more: Step) -> tuple[Step, ...]:
    return ((Screen.ATTRACT, Action.VISITOR_MENU), (Screen.VISITOR_MENU, Tile(action)), *more)


def _pin(screen: Screen) -> tuple[Step, ...]:
    return (*((screen, digit) for digit in touches_of(PIN)), (screen, Action.SEND_PIN))


_DETAILS: Final = _menu(Action.MY_DETAILS, *_pin(Screen.PIN))
_CARERS: Final = _menu(Action.CARERS, *_pin(Screen.PIN))
_NAMED: Final = (*_CARERS, (Screen.CARERS, Action.AGREE))
_GRANTS: Final = (*_NAMED, (Screen.CARER_NAME, "key_1"), (Screen.CARER_NAME, Action.SEND))
_TICKET: Final = ((Screen.MEMBER, Action.TICKETS), (Screen.TICKETS, Action.WHY_1))
_GAME: Final = _menu(Action.GAMES, (Screen.GAMES, Action.CHOOSE_1))
_PLAY: Final = (*_GAME, (Screen.GAME, Action.PLAY))
_PLAYED: Final = (*_PLAY, (Screen.GAME_PLAY, Action.CHOOSE_2))
_PHONE: Final = _menu(Action.MY_DETAILS, *_pin(Screen.PIN), (Screen.MY_DETAILS, Action.CHOOSE_2))
_NUMBER: Final = tuple((Screen.DETAIL_TYPE, f"key_{digit}") for digit in "791234567")

_BY_TOUCHES: Final[Mapping[Screen, tuple[Step, ...]]] = {
    Screen.MEMBER: (),
    Screen.MENU: ((Screen.MEMBER, Action.MENU),),
    Screen.SHOPS: _menu(Action.SHOPS),
    Screen.SHOP: _menu(Action.SHOPS, (Screen.SHOPS, Action.CHOOSE_1)),
    Screen.MY_PHARMACIST: _menu(Action.MY_PHARMACIST),
    Screen.SHOP_MESSAGE: _menu(Action.SHOP_MESSAGE),
    Screen.SHOP_WRITE: _menu(Action.SHOP_MESSAGE, (Screen.SHOP_MESSAGE, Action.CHOOSE_5)),
    Screen.PACK_SCAN: _menu(Action.PACKS),
    Screen.MY_DETAILS: _DETAILS,
    Screen.MY_CONSENTS: (*_DETAILS, (Screen.MY_DETAILS, Action.CHOOSE_6)),
    Screen.DETAIL_CHOICE: (*_DETAILS, (Screen.MY_DETAILS, Action.CHOOSE_4)),
    Screen.DETAIL_TYPE: _PHONE,
    Screen.DETAIL_CODE: (*_PHONE, *_NUMBER, (Screen.DETAIL_TYPE, Action.SEND)),
    Screen.TICKETS: _TICKET[:1],
    Screen.WHY: _TICKET,
    Screen.PIN: (*_TICKET, (Screen.WHY, Action.SHOW_NAMES)),
    Screen.REPORT: (*_TICKET, (Screen.WHY, Action.REPORT)),
    Screen.MY_POINTS: _menu(Action.MY_POINTS),
    Screen.MY_VOUCHERS: _menu(Action.MY_VOUCHERS),
    Screen.MY_VOUCHER: _menu(Action.MY_VOUCHERS, (Screen.MY_VOUCHERS, Action.CHOOSE_1)),
    Screen.PROMOTIONS: _menu(Action.PROMOTIONS),
    Screen.CONVERT: _menu(Action.CONVERT),
    Screen.CONVERT_CONFIRM: _menu(Action.CONVERT, (Screen.CONVERT, Action.CHOOSE_1)),
    Screen.FORWARD: _menu(Action.FORWARD),
    Screen.FORWARD_CONFIRM: _menu(Action.FORWARD, (Screen.FORWARD, Action.CHOOSE_1)),
    Screen.DONATE: _menu(Action.DONATE),
    Screen.DONATE_AMOUNT: _menu(Action.DONATE, (Screen.DONATE, Action.CHOOSE_1)),
    Screen.DONATE_CONFIRM: _menu(
        Action.DONATE, (Screen.DONATE, Action.CHOOSE_1), (Screen.DONATE_AMOUNT, Action.CHOOSE_2)
    ),
    Screen.GAMES: _menu(Action.GAMES),
    Screen.GAME: _GAME,
    Screen.GAME_PLAY: _PLAY,
    Screen.GAME_RESULT: _PLAYED,
    Screen.GAME_ANSWERS: (*_PLAYED, (Screen.GAME_RESULT, Action.ANSWERS)),
    Screen.GAME_PROOF: (*_GAME, (Screen.GAME, Action.PROOF)),
    Screen.CARERS: _CARERS,
    Screen.CARER_NAME: _NAMED,
    Screen.CARER_MAY: _GRANTS,
    Screen.CARER_CARD: (
        *_GRANTS,
        (Screen.CARER_MAY, Action.CHOOSE_1),
        (Screen.CARER_MAY, Action.CHOOSE_2),
    ),
    Screen.REPLACE_CARD: _menu(Action.REPLACE_CARD),
    Screen.CONFIRM_BLOCK: _menu(Action.BLOCK),
    Screen.LANGUAGES: ((Screen.MEMBER, Action.LANGUAGES),),
    Screen.ACCESS: ((Screen.MEMBER, Action.ACCESS),),
}
"""Of a member whose card lies there."""

_BY_VISITORS: Final[Mapping[Screen, tuple[Step, ...]]] = {
    Screen.VISITOR_MENU: ((Screen.ATTRACT, Action.VISITOR_MENU),),
    Screen.VISITOR_SHOPS: _visitor(Action.SHOPS),
    Screen.VISITOR_SHOP: _visitor(Action.SHOPS, (Screen.VISITOR_SHOPS, Action.CHOOSE_1)),
    Screen.VISITOR_PACK_SCAN: _visitor(Action.PACKS),
    Screen.LOST_CARD: _visitor(Action.LOST_CARD),
    Screen.NEW_CARD: _visitor(Action.NEW_CARD),
    Screen.JOIN_TYPE: _visitor(Action.JOIN),
}

_BY_STAFF: Final[Mapping[Screen, tuple[Step, ...]]] = {
    Screen.STAFF: (),
    Screen.HOW_IS_IT: ((Screen.STAFF, Tile(Action.HOW_IS_IT)),),
    Screen.DAY_TOTALS: ((Screen.STAFF, Tile(Action.DAY_TOTALS)),),
    Screen.TRAINING: ((Screen.STAFF, Tile(Action.TRAINING)),),
    Screen.COMFORT: ((Screen.STAFF, Tile(Action.COMFORT)),),
    Screen.DEFAULTS: ((Screen.STAFF, Tile(Action.DEFAULTS)),),
    Screen.REENROL: ((Screen.STAFF, Tile(Action.REENROL)),),
    Screen.REENROLLING: ((Screen.STAFF, Tile(Action.REENROL)), (Screen.REENROL, Action.AGREE)),
    Screen.READER_TEST: ((Screen.STAFF, Tile(Action.TEST_READER)),),
    Screen.SUPPORT: ((Screen.STAFF, Tile(Action.SUPPORT)),),
    Screen.STAFF_PIN: ((Screen.STAFF, Tile(Action.PAIR_TILL)),),
    Screen.MEMBER_PIN: member_pin()[:1],
    Screen.TILL_PAIRING: (
        (Screen.STAFF, Tile(Action.PAIR_TILL)),
        *((Screen.STAFF_PIN, digit) for digit in touches_of(CODE)),
        (Screen.STAFF_PIN, Action.SEND_PIN),
    ),
}


def _touched(screen: Screen, steps: tuple[Step, ...]) -> Way:
    async def go(shop: Shop) -> None:
        await shop.visit(steps, until=screen)

    return go


def _by_a_visitor(screen: Screen, steps: tuple[Step, ...]) -> Way:
    async def go(shop: Shop) -> None:
        await shop.walk(steps)
        await shop.on(screen)

    return go


async def _attract(shop: Shop) -> None:
    await shop.on(Screen.ATTRACT)


async def _asking(shop: Shop) -> None:
    await shop.stop("central")
    await shop.tap_first()
    await shop.on(Screen.ASKING)


async def _refused(shop: Shop) -> None:
    await shop.tap(_UNKNOWN)
    await shop.on(Screen.REFUSED)


async def _goodbye(shop: Shop) -> None:
    await shop.visit((), until=Screen.MEMBER)
    await control.remove(shop.stack.plan.reader_control_socket)
    await shop.on(Screen.GOODBYE)


async def _privacy_warning(shop: Shop) -> None:
    await shop.visit((), until=Screen.MEMBER)
    await shop.on(Screen.PRIVACY_WARNING, _LONG_S)


async def _link_lost(shop: Shop) -> None:
    await shop.stack.cable.cut()
    await shop.on(Screen.LINK_LOST, _LONG_S)


async def _join(shop: Shop) -> None:
    """While the line is down it is said that nobody joins; else the field for the address follows at once."""
    await _link_lost(shop)
    await shop.walk(((Screen.LINK_LOST, Action.VISITOR_MENU), (Screen.VISITOR_MENU, Tile(Action.JOIN))))
    await shop.on(Screen.JOIN)


async def _reader_lost(shop: Shop) -> None:
    await control.plug(shop.stack.plan.reader_control_socket, plugged=False)
    await shop.on(Screen.READER_LOST)


async def _agent_lost(shop: Shop) -> None:
    await shop.kill("terminal")
    await shop.on(Screen.AGENT_LOST)


async def _starting(shop: Shop) -> None:
    """A kiosk that nobody tells anything yet."""
    for program in ("kiosk", "terminal", "reader"):
        await shop.kill(program)
    await shop.start("kiosk")
    await shop.on(Screen.STARTING)


async def _pairing(shop: Shop) -> None:
    await shop.take_token()
    await shop.on(Screen.PAIRING)


async def _hold_card(shop: Shop) -> None:
    """A till wants to burn more than the tap proved, and the card was taken."""
    await shop.visit((), until=Screen.MEMBER)
    till, ticket = shop.lane.till, shop.lane.till.new_ticket()
    acquired = await till.acquire()
    assert acquired.poi_data is not None, acquired.response
    known = acquired.poi_data.poi_transaction_id
    await shop.come_home()
    body = requests.loyalty(
        till, "Redemption", (CREAM,), ticket=ticket, points=ABOVE_THE_TAP, reference=known
    )
    shop.till_waits("Loyalty", lambda service_id: till.ask(body, LoyaltyResponse, service_id))
    await shop.on(Screen.HOLD_CARD)


async def _till_asks(shop: Shop) -> None:
    await shop.visit((), until=Screen.MEMBER)
    till = shop.lane.till
    shop.till_waits("Input", lambda service_id: till.ask(question(), InputResponse, service_id))
    await shop.on(Screen.TILL_ASKS)


async def _card_blocked(shop: Shop) -> None:
    await shop.open(shop.spare())
    await shop.walk(_BY_TOUCHES[Screen.CONFIRM_BLOCK])
    await shop.walk(((Screen.CONFIRM_BLOCK, Action.CONFIRM_BLOCK),))
    await shop.on(Screen.CARD_BLOCKED)


async def _carer_end(shop: Shop) -> None:
    """Somebody acts for the member, since the first time that this is gone, and is to do so no more."""
    if not shop.has_carer:
        await shop.visit(_BY_TOUCHES[Screen.CARER_CARD], until=Screen.CARER_CARD)
        await shop.tap(BLANK)
        await shop.says("The card is ready")  # a finger that comes down while the page changes is let go
        await shop.leave_carer_card()
        shop.has_carer = True
    await shop.visit((*_CARERS, (Screen.CARERS, Action.CHOOSE_1)), until=Screen.CARER_END)


async def _support(shop: Shop) -> None:
    """Head office asks; a card of staff finds the question."""
    await shop.ask_support()
    await by_staff(Screen.SUPPORT, _BY_STAFF[Screen.SUPPORT])(shop)


async def _pack(shop: Shop) -> None:
    await shop.visit(_BY_TOUCHES[Screen.PACK_SCAN], until=Screen.PACK_SCAN)
    await shop.scan(_A_PACK)
    await shop.on(Screen.PACK)


async def _visitor_pack(shop: Shop) -> None:
    await shop.walk(_BY_VISITORS[Screen.VISITOR_PACK_SCAN])
    await shop.on(Screen.VISITOR_PACK_SCAN)
    await shop.scan(_A_PACK)
    await shop.on(Screen.VISITOR_PACK)


WAYS: Final[Mapping[Screen, Way]] = {
    **{screen: _touched(screen, steps) for screen, steps in _BY_TOUCHES.items()},
    **{screen: _by_a_visitor(screen, steps) for screen, steps in _BY_VISITORS.items()},
    **{screen: by_staff(screen, steps) for screen, steps in _BY_STAFF.items()},
    Screen.ATTRACT: _attract,
    Screen.ASKING: _asking,
    Screen.REFUSED: _refused,
    Screen.GOODBYE: _goodbye,
    Screen.PRIVACY_WARNING: _privacy_warning,
    Screen.LINK_LOST: _link_lost,
    Screen.JOIN: _join,
    Screen.READER_LOST: _reader_lost,
    Screen.AGENT_LOST: _agent_lost,
    Screen.STARTING: _starting,
    Screen.PAIRING: _pairing,
    Screen.HOLD_CARD: _hold_card,
    Screen.TILL_ASKS: _till_asks,
    Screen.CARD_BLOCKED: _card_blocked,
    Screen.CARER_END: _carer_end,
    Screen.NEW_PIN: new_pin,
    Screen.SUPPORT: _support,
    Screen.PACK: _pack,
    Screen.VISITOR_PACK: _visitor_pack,
}
"""One for each `Screen`: `tests/integration/kiosk/test_pulled_plug.py` looks that none is missing."""

_MOVES: Final = (
    (Screen.CONVERT_CONFIRM, "conversion"),
    (Screen.FORWARD_CONFIRM, "forward"),
    (Screen.DONATE_CONFIRM, "donation"),
)


def _agreed(screen: Screen, kind: str) -> Way:
    async def go(shop: Shop) -> None:
        await shop.visit(_BY_TOUCHES[screen], until=screen)
        shop.agreed[kind] += 1
        await shop.touch(Action.AGREE)

    return go


MOMENTS: Final[Mapping[str, Way]] = {
    **{f"yes to {screen}": _agreed(screen, kind) for screen, kind in _MOVES},
    **PIN_MOMENTS,
}
"""By name: "yes" was touched a moment ago, and whether points moved nobody knows yet; and those of PINs."""
