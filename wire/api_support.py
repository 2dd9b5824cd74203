"""Remote support: head office asks to see a kiosk, its staff agree, pictures come; a part of the JSON API."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits import support as limits
from wire.api_base import Body, Id, Millis, View
from wire.looking_after import Finding

SupportState = Literal["asked", "granted", "refused", "over"]
Minutes = Annotated[int, Meta(ge=1, le=limits.SUPPORT_MINUTES_MAX)]


class AskSupportBody(Body, frozen=True):
    """See the screen of a terminal for some minutes, once its staff agree. `reason`: they read it there."""

    support_id: Id
    terminal_id: Id
    reason: Annotated[
        str, Meta(min_length=limits.SUPPORT_REASON_CHARS_MIN, max_length=limits.SUPPORT_REASON_CHARS_MAX)
    ]
    minutes: Minutes = 10


class SupportView(View, frozen=True):
    """How far a look at a kiosk is. `until_ms`: when it ends by itself; of one that is asked, the question.

    `frame_number`: of the newest picture, 0: none yet. `is_private`: that is the sign which stands for
    somebody's visit. `findings`: how the terminal's parts are, as of the newest picture.
    """

    support_id: str
    terminal_id: str
    reason: str
    minutes: int
    state: SupportState
    until_ms: int
    staff_id: str = ""
    frame_number: int = 0
    frame_ms: int = 0
    is_private: bool = False
    findings: tuple[Finding, ...] = ()


class AnswerSupportBody(Body, frozen=True):
    """The terminal's staff agree, or do not."""

    is_granted: bool
    staff_id: Id


class SupportFrameBody(Body, frozen=True):
    """The newest picture of the screen (PNG), or the sign that stands for a visit; what the terminal finds.

    An empty picture: the screen shows what it showed before.
    """

    number: Annotated[int, Meta(ge=1, le=2**31)]
    picture: Annotated[bytes, Meta(max_length=limits.SUPPORT_FRAME_BYTES_MAX)] = b""
    is_private: bool = False
    findings: Annotated[tuple[Finding, ...], Meta(max_length=32)] = ()


class SupportAskView(View, frozen=True):
    """What a terminal is told of a look at its screen, with what it is told of the group."""

    support_id: str
    reason: str
    minutes: int
    state: SupportState
    until_ms: Millis
