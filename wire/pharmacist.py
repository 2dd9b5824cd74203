"""My pharmacist on the kiosk: who it is, how they are reached, who may be chosen."""

from typing import Annotated, Literal

import msgspec

from loyalty.limits.texts import ID_CHARS_MAX
from wire.message_base import Message, UsualTrouble
from wire.shop_pages import ShopPage

StaffId = Annotated[str, msgspec.Meta(max_length=ID_CHARS_MAX)]


class Pharmacist(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody of staff who agreed to be shown. `shop`: where they are reached; its hours where known."""

    staff_id: str
    name: str
    title: Literal["pharmacist", "assistant"]
    shop: ShopPage


class AskPharmacist(Message, frozen=True):
    """Who is the pharmacist of the member whose card lies there?"""

    request_id: str
    session_id: str


class ChoosePharmacist(Message, frozen=True):
    """The member chooses one of `others`."""

    request_id: str
    session_id: str
    staff_id: StaffId


class PharmacistTold(Message, frozen=True):
    """The answer to both."""

    request_id: str
    mine: Pharmacist | None = None
    others: tuple[Pharmacist, ...] = ()
    trouble: UsualTrouble = ""
