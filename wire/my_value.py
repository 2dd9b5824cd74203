"""A member's own value on the kiosk: what the kiosk and the terminal agent say to each other about it.

What moves value carries an `act_id`, made before it is sent and sent again with the same words where no
answer came: the agent and central answer it as the first time. Parts of the vocabulary of `wire.messages`.
"""

from typing import Annotated, Literal

import msgspec

from loyalty.limits.texts import ID_CHARS_MAX
from wire.conversions import MoveTrouble
from wire.message_base import Message, UsualTrouble

Names = dict[str, str]
"""A text of the group by language."""
ReportState = Literal["", "open", "taken", "answered", "closed"]
_ItemId = Annotated[str, msgspec.Meta(max_length=ID_CHARS_MAX + 8)]


class PointsEnding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Points that expire within one month: first and last of their last good days, ISO dates."""

    points: int
    first_day: str
    last_day: str


class TierStanding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The tier a member has (as the programme has it, empty: none yet), and the way to the next.

    names, next_names: what the group calls them, by language; empty: as they are.
    count: spent (minor units), points or visits; `counted` of `next_at`, `missing` more.
    """

    tier: str = ""
    next_tier: str = ""
    count: Literal["spent", "points", "visits"] = "spent"
    counted: int = 0
    next_at: int = 0
    missing: int = 0
    until: str = ""
    names: Names = {}
    next_names: Names = {}


class Voucher(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A voucher that can be used now. `last_day`: ISO date, empty: it never ends. `is_limited`: not all that
    is sold can be paid with it.
    """

    voucher_id: str
    names: Names
    worth_minor: int
    last_day: str = ""
    is_limited: bool = False


class Association(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An association, and what it was paid in all: in `months`, the last of them YYYY-MM. Nobody's name."""

    association_id: str
    name: str
    is_mine: bool = False
    paid_minor: int = 0
    months: int = 0
    last_month: str = ""


# Terminal agent -> kiosk ------------------------------------------------------------------------------------


class MyValueTold(Message, frozen=True):
    """The answer to `AskMyValue`: points with their ends (the next first), tier, vouchers."""

    request_id: str
    points: int = 0
    pending: int = 0
    worth_minor: int = 0
    lasting: int = 0
    endings: tuple[PointsEnding, ...] = ()
    tier: TierStanding | None = None
    vouchers: tuple[Voucher, ...] = ()
    trouble: UsualTrouble = ""


class VoucherTold(Message, frozen=True):
    """The answer to `ShowVoucher`: the number to read, and the digits of the QR code."""

    request_id: str
    code: str = ""
    payload: str = ""
    trouble: UsualTrouble = ""


class AssociationsTold(Message, frozen=True):
    """The answer to `AskAssociations`, the member's own first. `points`: what can be given now."""

    request_id: str
    points: int = 0
    associations: tuple[Association, ...] = ()
    trouble: UsualTrouble = ""


class DonatedTold(Message, frozen=True):
    """The answer to `DonatePoints`: `points` were given, `balance` are left.

    With the trouble `central_unreachable` it is not known: the same `act_id` again gives nothing twice.
    """

    request_id: str
    points: int = 0
    balance: int = 0
    trouble: MoveTrouble = ""


class ReportTold(Message, frozen=True):
    """The answer to `ReportTicket`: the report lies with head office, and how far it is there."""

    request_id: str
    state: ReportState = ""
    trouble: UsualTrouble | Literal["too_many"] = ""


# Kiosk -> terminal agent ------------------------------------------------------------------------------------


class AskMyValue(Message, frozen=True):
    """What does the member of this session have?"""

    request_id: str
    session_id: str


class ShowVoucher(Message, frozen=True):
    """The member wants the number of one of their vouchers on the screen."""

    request_id: str
    session_id: str
    voucher_id: _ItemId


class AskAssociations(Message, frozen=True):
    """Which associations may the member give points to, and what did they get?"""

    request_id: str
    session_id: str


class DonatePoints(Message, frozen=True):
    """The member gives points to an association, asked twice before."""

    request_id: str
    session_id: str
    act_id: Annotated[str, msgspec.Meta(min_length=1, max_length=ID_CHARS_MAX)]
    association_id: Annotated[str, msgspec.Meta(max_length=ID_CHARS_MAX)]
    points: Annotated[int, msgspec.Meta(ge=1)]


class ReportTicket(Message, frozen=True):
    """The member says that a ticket on the screen is not right; once for a ticket."""

    request_id: str
    session_id: str
    sale_id: Annotated[str, msgspec.Meta(max_length=ID_CHARS_MAX)]


ValueTold = MyValueTold | VoucherTold | AssociationsTold | DonatedTold | ReportTold
OfMyValue = AskMyValue | ShowVoucher | AskAssociations | DonatePoints | ReportTicket
