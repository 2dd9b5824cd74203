"""Shops on the kiosk: hours, services, events, neighbours (C-30, C-32): what kiosk and agent say of them.

`AgentState.hours` are the hours of this shop, always there once known. The rest is asked for (`AskShops`) and
told shop by shop (`ShopTold`), the own one first, from what the terminal keeps: also in a cut.
"""

import msgspec

from loyalty.programme.opening_hours import OpeningHours
from wire.message_base import Language, Message

Texts = dict[Language, str]
"""A text by language; at least one."""


class ShopService(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that a shop does for people."""

    names: Texts
    notes: Texts = {}


class ShopEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happens in a shop; days are ISO dates, `hours` as people read them."""

    names: Texts
    from_day: str
    to_day: str
    hours: str = ""
    notes: Texts = {}


class ShopPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A shop. `hours`: None where they are not known. `reasons`: why a day has other hours, by ISO date.

    east_m, north_m: where it lies, seen from this shop; None: not known.
    """

    shop_id: str
    name: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    phone: str = ""
    time_zone: str = "UTC"
    hours: OpeningHours | None = None
    reasons: dict[str, Texts] = {}
    services: tuple[ShopService, ...] = ()
    events: tuple[ShopEvent, ...] = ()
    east_m: int | None = None
    north_m: int | None = None


# Terminal agent -> kiosk ------------------------------------------------------------------------------------


class ShopTold(Message, frozen=True):
    """One shop of the answer to `AskShops`; `left` others follow. No `shop`: this terminal knows none yet."""

    request_id: str
    shop: ShopPage | None = None
    left: int = 0


# Kiosk -> terminal agent ------------------------------------------------------------------------------------


class AskShops(Message, frozen=True):
    """What do this shop and its neighbours tell?"""

    request_id: str
