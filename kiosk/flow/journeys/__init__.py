"""What people do at the kiosk beyond looking: a journey per module; to add one, list it here.

The order here is the order of their tiles in the menus: of members, of visitors, of staff.
"""

from kiosk.flow.journeys import (
    asking_why,
    blocking,
    carers,
    comfort,
    connecting,
    converting,
    day_totals,
    defaults,
    donating,
    forwarding,
    games,
    join,
    looking_after,
    lost_card,
    member_pins,
    my_details,
    my_pharmacist,
    my_points,
    my_vouchers,
    new_pin,
    packs,
    practising,
    promotions,
    renewing,
    replacing,
    reporting,
    shop_messages,
    shops,
    supporting,
    trying_reader,
)
from kiosk.flow.journeys.base import Journey
from kiosk.flow.journeys.menu import Menu

_IN_MENUS: tuple[Journey, ...] = (
    my_points.JOURNEY,
    promotions.JOURNEY,
    my_vouchers.JOURNEY,
    converting.JOURNEY,
    games.JOURNEY,
    donating.JOURNEY,
    forwarding.JOURNEY,
    shops.JOURNEY,
    packs.JOURNEY,
    join.JOURNEY,
    my_pharmacist.JOURNEY,
    shop_messages.JOURNEY,
    my_details.JOURNEY,
    carers.JOURNEY,
    replacing.JOURNEY,
    blocking.JOURNEY,
    supporting.JOURNEY,
    member_pins.JOURNEY,
    connecting.JOURNEY,
    looking_after.JOURNEY,
    day_totals.JOURNEY,
    trying_reader.JOURNEY,
    practising.JOURNEY,
    lost_card.JOURNEY,
    comfort.JOURNEY,
    defaults.JOURNEY,
    renewing.JOURNEY,
)

MENU = Menu(_IN_MENUS)
JOURNEYS: tuple[Journey, ...] = (
    *_IN_MENUS,
    asking_why.JOURNEY,
    reporting.JOURNEY,
    new_pin.JOURNEY,
    MENU.journey,
)
