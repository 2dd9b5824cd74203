"""A member asks the pharmacy something at its kiosk, by a ready sentence (C-30). The answer is a
`CommandResult`.
"""

from typing import Literal

from wire.message_base import Message

ShopTopic = Literal["call_me", "my_points", "my_data", "my_order"]
"""call_me: please telephone; my_points: points look wrong; my_data: data should be changed; my_order: an
order or delivery. None tells of health.
"""


class WriteToShop(Message, frozen=True):
    """The member whose card lies there asks this; the same in the same visit is one message."""

    request_id: str
    session_id: str
    topic: ShopTopic
