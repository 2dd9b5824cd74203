"""The ways to a member's PIN: a clerk wishes it at the kiosk; a first one, a new one, one to be unlocked."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from kiosk.flow.state import Action, Screen
from reader_daemon import control
from tests.drill.plug import Shop, Step, Tile
from tests.drill.plug_place import CODE, PIN, STAFF, touches_of
from wire.messages import Evidence

Way = Callable[[Shop], Awaitable[object]]

_A_NEW_ONE: Final = Action.CHOOSE_1
_UNLOCK: Final = Action.CHOOSE_2
_KNOWN_PERSON: Final = Action.CHOOSE_6


def member_pin(wish: Action = _A_NEW_ONE) -> tuple[Step, ...]:
    """What a clerk touches until the member's card is waited for."""
    return (
        (Screen.STAFF, Tile(Action.MEMBER_PIN)),
        (Screen.MEMBER_PIN, wish),
        (Screen.MEMBER_PIN, _KNOWN_PERSON),
    )


def by_staff(screen: Screen, steps: Sequence[Step]) -> Way:
    """A clerk's card, and these touches."""

    async def go(shop: Shop) -> None:
        await shop.tap(STAFF)
        await shop.on(Screen.STAFF)
        await shop.walk(steps)
        await shop.on(screen)

    return go


async def _asked(shop: Shop, wish: Action, card: Evidence) -> None:
    """The clerk wishes it and takes their card away; a card comes, and the clerk is asked whose it is."""
    await by_staff(Screen.HOLD_CARD, member_pin(wish))(shop)
    await control.remove(shop.stack.plan.reader_control_socket)
    shop.first_tap = await shop.tap(card)
    await shop.on(Screen.NEW_PIN)
    await shop.says("Somebody else")


async def _wished(shop: Shop, wish: Action, card: Evidence) -> None:
    """The clerk has said by their code that it is the right card: it is the member's turn."""
    await _asked(shop, wish, card)
    await shop.walk([(Screen.NEW_PIN, digit) for digit in touches_of(CODE)])
    await shop.press(Screen.NEW_PIN, Action.SEND_PIN)
    await shop.says("Choose your PIN" if wish is _A_NEW_ONE else "Your PIN is locked")


async def _type(shop: Shop) -> None:
    """The PIN, the first or the second time."""
    await shop.walk([(Screen.NEW_PIN, digit) for digit in touches_of(PIN)])


async def new_pin(shop: Shop) -> None:
    """The member's turn, before anything is typed."""
    await _wished(shop, _A_NEW_ONE, shop.furniture.tap())


async def _of_the_clerk(shop: Shop) -> None:
    """The clerk sees whose card came, and has typed half of their code."""
    await _asked(shop, _A_NEW_ONE, shop.furniture.tap())
    await shop.walk([(Screen.NEW_PIN, digit) for digit in touches_of(CODE[:2])])


async def _once(shop: Shop) -> None:
    """Typed once, and half of the second time."""
    await new_pin(shop)
    await _type(shop)
    await shop.press(Screen.NEW_PIN, Action.SEND_PIN)
    await shop.says("Once more")
    await shop.walk([(Screen.NEW_PIN, digit) for digit in touches_of(PIN[:3])])


async def _identity(shop: Shop) -> None:
    """The clerk is asked by what the member is known."""
    await by_staff(Screen.MEMBER_PIN, member_pin()[:2])(shop)


async def _before_unlocking(shop: Shop) -> None:
    await _wished(shop, _UNLOCK, shop.furniture.tap())


def _chosen(kind: str, *, has_pin: bool) -> Way:
    """Of a member whose turn comes once: typed twice and sent a moment ago."""

    async def go(shop: Shop) -> None:
        await _wished(shop, _A_NEW_ONE, shop.furniture.next_of(has_pin=has_pin))
        await _type(shop)
        await shop.press(Screen.NEW_PIN, Action.SEND_PIN)
        await shop.says("Once more")
        await _type(shop)
        shop.agreed[kind] += 1
        await shop.touch(Action.SEND_PIN)

    return go


async def _unlocked(shop: Shop) -> None:
    await _wished(shop, _UNLOCK, shop.furniture.next_of(has_pin=True))
    shop.agreed["pin_unlock"] += 1
    await shop.touch(Action.CHOOSE_1)


PIN_MOMENTS: Final[Mapping[str, Way]] = {
    "member_pin, by what the member is known": _identity,
    "new_pin, the clerk's to confirm": _of_the_clerk,
    "new_pin, typed once": _once,
    "new_pin, to be unlocked": _before_unlocking,
    "a first PIN sent": _chosen("pin_set", has_pin=False),
    "a new PIN sent": _chosen("pin_reset", has_pin=True),
    "a PIN unlocked": _unlocked,
}
"""By name: the other faces of the PIN's screens, and the moment after an act was sent."""
