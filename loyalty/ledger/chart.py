"""The declared chart: which accounts exist, in which assets, between which floor and ceiling.

Sign convention, for every account: balance = sum of what came in - sum of what went out. A floor is the
least, a ceiling the most a balance may be; None is no bound. What is held counts as gone against the floor.
Every asset sums to zero over all accounts.
"""

import re
from dataclasses import dataclass

from loyalty.errors import LoyaltyError
from loyalty.ledger.assets import Asset, Family, UnknownAsset, family_of
from loyalty.limits.texts import ID_CHARS_MAX

POINTS_ISSUED = "group/points/issued"
POINTS_REDEEMED = "group/points/redeemed"
POINTS_EXPIRED = "group/points/expired"
POINTS_CORRECTED = "group/points/corrected"
OFFLINE_RISK = "group/points/offline_risk"
VALUE_ISSUED = "group/value/issued"
VALUE_REDEEMED = "group/value/redeemed"
VALUE_EXPIRED = "group/value/expired"
BUDGET_GRANTED = "group/budget/granted"
PRIZES_STOCKED = "group/prizes/stocked"
CONTRIBUTED = "group/value/contributed"

_ID = re.compile(rf"[A-Za-z0-9._:\-]{{1,{ID_CHARS_MAX}}}", re.ASCII)
_OWNERS = frozenset({"member", "association", "gift_card", "campaign", "bearer", "shop", "game"})
_POINTS = frozenset({Family.POINTS})
_PRIZES = frozenset({Family.PRIZE})
_VALUE = frozenset(Family) - _POINTS - _PRIZES
_SOLD = _VALUE - {Family.VOUCHER}
_MONEY = frozenset({Family.MONEY})
_BUDGET = frozenset({Family.MONEY, Family.POINTS})


class UnknownAccount(LoyaltyError):
    """A path that the chart does not declare."""

    code = "unknown_account"
    text = "The account {account} is not in the chart of accounts. Use a path listed in docs/ledger.md."


@dataclass(frozen=True, slots=True)
class AccountKind:
    """A declared kind of account. `has_lots`: its balance is the sum of its dated lots."""

    template: str
    families: frozenset[Family]
    floor: int | None
    ceiling: int | None
    has_lots: bool
    meaning: str

    def takes(self, asset: Asset) -> bool:
        """Whether postings in this asset belong on such an account."""
        try:
            return family_of(asset) in self.families
        except UnknownAsset:
            return False


CHART = (
    AccountKind(POINTS_ISSUED, _POINTS, None, 0, False, "Points the group has given; 0 or below."),
    AccountKind(POINTS_REDEEMED, _POINTS, 0, None, False, "Points members have redeemed."),
    AccountKind(POINTS_EXPIRED, _POINTS, 0, None, False, "Points that expired unused."),
    AccountKind(POINTS_CORRECTED, _POINTS, None, None, False, "The other side of staff's corrections."),
    AccountKind(
        OFFLINE_RISK,
        _POINTS,
        None,
        0,
        False,
        "Points burned offline that no member's card proved: the group pays them; 0 or below.",
    ),
    AccountKind("member/<id>/points", _POINTS, 0, None, True, "What a member can spend; never below 0."),
    AccountKind("member/<id>/points_pending", _POINTS, 0, None, True, "Points earned, not yet to be spent."),
    AccountKind(
        "member/<id>/points_owed",
        _POINTS,
        None,
        0,
        False,
        "Points a member spent and then lost by a return: 0 or below; the next points settle it.",
    ),
    AccountKind("association/<id>/points", _POINTS, 0, None, False, "Points donated to an association."),
    AccountKind(
        CONTRIBUTED,
        frozenset({Family.MONEY}),
        None,
        0,
        False,
        "What shops and the group paid to associations; 0 or below.",
    ),
    AccountKind(
        "association/<id>/money", frozenset({Family.MONEY}), 0, None, False, "What an association was paid."
    ),
    AccountKind(VALUE_ISSUED, _VALUE, None, 0, False, "Vouchers, stored value and services given out."),
    AccountKind(VALUE_REDEEMED, _VALUE, 0, None, False, "The same, redeemed."),
    AccountKind(VALUE_EXPIRED, _VALUE, 0, None, False, "The same, expired unused."),
    AccountKind("shop/<id>/value_sold", _SOLD, None, 0, False, "Stored value the shop was paid for."),
    AccountKind(
        "shop/<id>/value_redeemed",
        _VALUE,
        None,
        None,
        False,
        "What the shop was paid with, less what it gave back; below 0 where it gave back more.",
    ),
    AccountKind(
        "shop/<id>/forward",
        _MONEY,
        0,
        None,
        True,
        "What members paid forward in a shop, and nobody was given yet.",
    ),
    AccountKind("member/<id>/purse", frozenset({Family.MONEY}), 0, None, True, "A member's stored value."),
    AccountKind("gift_card/<id>/value", frozenset({Family.MONEY}), 0, None, True, "A gift card's value."),
    AccountKind(
        "member/<id>/meal_vouchers", frozenset({Family.MEAL_VOUCHER}), 0, None, True, "Meal vouchers."
    ),
    AccountKind(
        "member/<id>/vouchers",
        frozenset({Family.VOUCHER}),
        0,
        None,
        True,
        "Vouchers; the floor 0 makes each single-use.",
    ),
    AccountKind(
        "bearer/<id>/vouchers",
        frozenset({Family.VOUCHER}),
        0,
        None,
        True,
        "Vouchers that a ticket of nobody earned: for whoever brings the number.",
    ),
    AccountKind(
        "member/<id>/services", frozenset({Family.SERVICE}), 0, None, True, "Pre-sold hours and services."
    ),
    AccountKind(BUDGET_GRANTED, _BUDGET, None, 0, False, "Budgets given to rules and games; 0 or below."),
    AccountKind("campaign/<id>/budget", _BUDGET, 0, None, False, "What a rule may still give."),
    AccountKind("campaign/<id>/spent", _BUDGET, 0, None, False, "What a rule gave from its budget."),
    AccountKind(PRIZES_STOCKED, _PRIZES, None, 0, False, "Prizes put into games; 0 or below."),
    AccountKind("game/<id>/stock", _PRIZES, 0, None, False, "Prizes that a game may still give."),
    AccountKind("game/<id>/won", _PRIZES, 0, None, False, "Prizes given; things until they are handed over."),
    AccountKind("game/<id>/handed_over", _PRIZES, 0, None, False, "Things that members took with them."),
    AccountKind("game/<id>/budget", _MONEY, 0, None, False, "What a game's prizes may still cost."),
    AccountKind("game/<id>/spent", _MONEY, 0, None, False, "What a game's prizes cost."),
)

_BY_TEMPLATE = {kind.template: kind for kind in CHART}


def member_points(member_id: str) -> str:
    """Path of what a member can spend."""
    return f"member/{member_id}/points"


def member_points_pending(member_id: str) -> str:
    """Path of what a member has earned and cannot spend yet."""
    return f"member/{member_id}/points_pending"


def member_points_owed(member_id: str) -> str:
    """Path of what a member owes; its balance is 0 or below."""
    return f"member/{member_id}/points_owed"


def association_points(association_id: str) -> str:
    """Path of what members have donated to an association."""
    return f"association/{association_id}/points"


def association_money(association_id: str) -> str:
    """Path of what an association was paid."""
    return f"association/{association_id}/money"


def vouchers_of(member_id: str | None, sale_id: str) -> str:
    """Path of the vouchers that a ticket earns: its member's, or those of whoever brings the number."""
    return f"bearer/{sale_id}/vouchers" if member_id is None else f"member/{member_id}/vouchers"


def gift_card_value(card_id: str) -> str:
    """Path of what a gift card holds."""
    return f"gift_card/{card_id}/value"


def sold_at(shop_id: str) -> str:
    """Path of the stored value that a shop was paid for; its balance is 0 or below."""
    return f"shop/{shop_id}/value_sold"


def redeemed_at(shop_id: str) -> str:
    """Path of what a shop was paid with: vouchers, stored value, services."""
    return f"shop/{shop_id}/value_redeemed"


def forward_at(shop_id: str) -> str:
    """Path of what members paid forward in a shop for whoever needs it."""
    return f"shop/{shop_id}/forward"


def campaign_budget(rule_id: str) -> str:
    """Path of what a rule with a budget may still give."""
    return f"campaign/{rule_id}/budget"


def campaign_spent(rule_id: str) -> str:
    """Path of what a rule gave from its budget, less what returns brought back."""
    return f"campaign/{rule_id}/spent"


def game_stock(game_id: str) -> str:
    """Path of the prizes that a game may still give."""
    return f"game/{game_id}/stock"


def game_won(game_id: str) -> str:
    """Path of the prizes that a game gave and that nobody took away: points and vouchers stay there."""
    return f"game/{game_id}/won"


def game_handed_over(game_id: str) -> str:
    """Path of the things that members took with them."""
    return f"game/{game_id}/handed_over"


def game_budget(game_id: str) -> str:
    """Path of what a game's prizes may still cost."""
    return f"game/{game_id}/budget"


def game_spent(game_id: str) -> str:
    """Path of what a game's prizes cost."""
    return f"game/{game_id}/spent"


def member_account(member_id: str, asset: Asset) -> str:
    """Where a member's units of an asset lie. Raises: UnknownAsset: also for what no member holds."""
    family = family_of(asset)
    if family is Family.PRIZE:
        raise UnknownAsset(asset=str(asset))
    leaf = {
        Family.POINTS: "points",
        Family.MONEY: "purse",
        Family.VOUCHER: "vouchers",
        Family.SERVICE: "services",
        Family.MEAL_VOUCHER: "meal_vouchers",
    }[family]
    return f"member/{member_id}/{leaf}"


def issued_from(asset: Asset) -> str:
    """The group's account that units of an asset come from. Raises: UnknownAsset."""
    return POINTS_ISSUED if family_of(asset) is Family.POINTS else VALUE_ISSUED


def redeemed_to(asset: Asset) -> str:
    """The group's account that redeemed units of an asset go to. Raises: UnknownAsset."""
    return POINTS_REDEEMED if family_of(asset) is Family.POINTS else VALUE_REDEEMED


def expired_to(asset: Asset) -> str:
    """The group's account that expired units of an asset go to. Raises: UnknownAsset."""
    return POINTS_EXPIRED if family_of(asset) is Family.POINTS else VALUE_EXPIRED


def kind_of(account: str) -> AccountKind:
    """The declared kind of an account path.

    Raises: UnknownAccount.
    """
    kind = _BY_TEMPLATE.get(account)
    if kind is None:
        owner, _, rest = account.partition("/")
        holder, _, leaf = rest.partition("/")
        if owner in _OWNERS and _ID.fullmatch(holder):
            kind = _BY_TEMPLATE.get(f"{owner}/<id>/{leaf}")
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
