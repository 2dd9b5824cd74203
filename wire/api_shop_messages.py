"""What members ask of a pharmacy at its kiosk: the API's bodies and views (C-30)."""

from typing import Literal

from wire.api import EvidenceBody
from wire.api_base import Body, Id, View
from wire.shop_messages import ShopText, ShopTopic


class ShopMessageBody(Body, frozen=True):
    """A member asks the pharmacy where they stand. `message_id`: made before it is sent. `text`: own words,
    with the topic own_words alone. `staff_id`: for the member's own pharmacist, in that one's shop.
    """

    message_id: Id
    holder: EvidenceBody
    topic: ShopTopic
    text: ShopText = ""
    staff_id: Id | None = None


class ShopMessageView(View, frozen=True):
    """What a member asked, in own words where the topic says so, and whether it is done."""

    message_id: str
    shop_id: str
    member_id: str
    staff_id: str | None
    topic: str
    text: str
    state: Literal["open", "done"]
    made_ms: int
    done_ms: int | None


class ShopMessagesQuery(Body, frozen=True):
    """`shop_id`: whose; a terminal's own shop where it is left out."""

    shop_id: Id | None = None


class ShopMessageListView(View, frozen=True):
    """What is not done yet, the oldest first. `is_more`: later ones wait, and come when these are done."""

    messages: list[ShopMessageView]
    is_more: bool = False
