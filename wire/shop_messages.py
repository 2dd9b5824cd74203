"""A member asks the pharmacy something at its kiosk, by a ready sentence or in own words (C-30). The answer
is a `CommandResult`.
"""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.shops import SHOP_MESSAGE_TEXT_CHARS_MAX
from loyalty.limits.texts import ID_CHARS_MAX
from wire.message_base import Message

ShopTopic = Literal["call_me", "my_points", "my_data", "my_order", "own_words"]
"""call_me: please telephone; my_points: points look wrong; my_data: data should be changed; my_order: an
order or delivery: none of them tells of health. own_words: what the member wrote.
"""
ShopText = Annotated[str, Meta(max_length=SHOP_MESSAGE_TEXT_CHARS_MAX)]


class WriteToShop(Message, frozen=True):
    """The member whose card lies there asks this; the same in the same visit is one message.

    wish_id: of own words, `text`: made when they were first sent, and sent again with the same words.
    """

    request_id: str
    session_id: str
    topic: ShopTopic
    wish_id: Annotated[str, Meta(max_length=ID_CHARS_MAX)] = ""
    text: ShopText = ""
    staff_id: Annotated[str, Meta(max_length=ID_CHARS_MAX)] = ""
    """Whom it is for; empty: whoever is there."""

    def __repr__(self) -> str:
        """Without what was written, wherever a message is printed."""
        return f"WriteToShop(request_id={self.request_id!r}, topic={self.topic!r}, wish_id={self.wish_id!r})"
