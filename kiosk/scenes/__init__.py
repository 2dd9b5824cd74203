"""Example moments, one per thing a customer can meet: what the contact sheet and the picture tests draw.

Each is reached by real events through the real flow, so a scene cannot show what the kiosk could not. A
journey adds a module with its `SCENES` here.
"""

from typing import Final

from kiosk.scenes import (
    access,
    carers,
    converting,
    ending,
    games,
    join,
    lost_card,
    member,
    menu,
    my_details,
    my_pharmacist,
    my_value,
    new_pin,
    nobody,
    packs,
    promotions,
    replace_card,
    shop_message,
    shops,
    staff,
    why,
)
from kiosk.scenes.base import Scene, play

SCENES: Final[tuple[Scene, ...]] = (
    *nobody.SCENES,
    *member.SCENES,
    *menu.SCENES,
    *my_value.SCENES,
    *converting.SCENES,
    *promotions.SCENES,
    *my_details.SCENES,
    *my_pharmacist.SCENES,
    *access.SCENES,
    *games.SCENES,
    *shops.SCENES,
    *packs.SCENES,
    *shop_message.SCENES,
    *join.SCENES,
    *lost_card.SCENES,
    *replace_card.SCENES,
    *carers.SCENES,
    *why.SCENES,
    *ending.SCENES,
    *staff.SCENES,
    *new_pin.SCENES,
)

__all__ = ["SCENES", "Scene", "play"]
