"""The declared chart: which accounts exist, in which asset, between which floor and ceiling.

Sign convention, for every account: balance = sum of what came in - sum of what went out. A floor is the
least, a ceiling the most a balance may be; None is no bound. Every asset sums to zero over all accounts.
"""

import re
from dataclasses import dataclass

from loyalty.errors import LoyaltyError
from loyalty.ledger.assets import POINTS, Asset
from loyalty.limits import ID_CHARS_MAX

POINTS_ISSUED = "group/points/issued"
POINTS_REDEEMED = "group/points/redeemed"
POINTS_EXPIRED = "group/points/expired"

_ID = re.compile(rf"[A-Za-z0-9._:\-]{{1,{ID_CHARS_MAX}}}", re.ASCII)


class UnknownAccount(LoyaltyError):
    """A path that the chart does not declare."""

    code = "unknown_account"
    text = "The account {account} is not in the chart of accounts. Use a path listed in docs/ledger.md."


@dataclass(frozen=True, slots=True)
class AccountKind:
    """A declared kind of account. `has_lots`: its balance is the sum of its dated lots."""

    template: str
    asset: Asset
    floor: int | None
    ceiling: int | None
    has_lots: bool
    meaning: str


CHART = (
    AccountKind(POINTS_ISSUED, POINTS, None, 0, False, "Points the group has given; 0 or below."),
    AccountKind(POINTS_REDEEMED, POINTS, 0, None, False, "Points members have redeemed."),
    AccountKind(POINTS_EXPIRED, POINTS, 0, None, False, "Points that expired unused."),
    AccountKind("member/<id>/points", POINTS, 0, None, True, "What a member can spend; never below 0."),
    AccountKind(
        "member/<id>/points_owed",
        POINTS,
        None,
        0,
        False,
        "Points a member spent and then lost by a return: 0 or below; the next points settle it.",
    ),
)

_BY_TEMPLATE = {kind.template: kind for kind in CHART}


def member_points(member_id: str) -> str:
    """Path of what a member can spend."""
    return f"member/{member_id}/points"


def member_points_owed(member_id: str) -> str:
    """Path of what a member owes; its balance is 0 or below."""
    return f"member/{member_id}/points_owed"


def kind_of(account: str) -> AccountKind:
    """The declared kind of an account path.

    Raises: UnknownAccount.
    """
    kind = _BY_TEMPLATE.get(account)
    if kind is None:
        owner, _, rest = account.partition("/")
        holder, _, leaf = rest.partition("/")
        if owner == "member" and _ID.fullmatch(holder):
            kind = _BY_TEMPLATE.get(f"member/<id>/{leaf}")
    if kind is None or "<" in account:
        raise UnknownAccount(account=account[:200])
    return kind


def floor_of(account: str) -> int | None:
    """The least balance of an account, None: none.

    Raises: UnknownAccount.
    """
    return kind_of(account).floor


def ceiling_of(account: str) -> int | None:
    """The most an account may hold, None: no bound.

    Raises: UnknownAccount.
    """
    return kind_of(account).ceiling
