"""Value that paid in a shop, or came back there: whose lots it was, and so who owes whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS
from loyalty.ledger.conversion import CONVERSION
from loyalty.ledger.gifts import DONATION
from loyalty.ledger.postings import LotChange, Posting, Transaction
from loyalty.pricing.apportion import apportion
from loyalty.programme import party

_AT_SHOP = "value_redeemed"


@dataclass(frozen=True, slots=True)
class Lots:
    """What is known of lots: who pays for each, and of which asset it is."""

    funders: Mapping[str, tuple[str, str]]

    def parts(self, changes: tuple[LotChange, ...], asset: str) -> dict[str, int]:
        """Units of an asset by who pays for them."""
        found: dict[str, int] = {}
        for change in changes:
            funder, of = self.funders[change.lot_id]
            if of == asset:
                found[funder] = found.get(funder, 0) + change.amount
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """`amount` units that `debtor` owes `creditor` for; `what`: spent, or given back."""

    what: str
    debtor: str
    creditor: str
    asset: str
    amount: int


SPENT = "spent"
GIVEN_BACK = "given_back"
DONATED = "donated"
CONVERTED = "converted"


def moved_by(transaction: Transaction, lots: Lots, shop_id: str | None) -> list[Moved]:
    """Who owes whom after a transaction; nothing for those that no shop was paid with.

    What pays in a shop is owed to it by whoever pays for the lots it came from; what comes back is owed by
    the shop to whoever pays for the lots it went into. Points that no lot held were owed by a member: debts
    are the group's, and so is what settles them. Vouchers are settled with the lines they paid for. Points
    that became something else are owed to the group, which pays for what they became.

    Args:
        shop_id: the shop of the sale or return behind it, None: neither.
    """
    if transaction.kind == DONATION:
        return _donated(transaction, lots)
    if transaction.kind == CONVERSION:
        return _converted(transaction, lots)
    found: list[Moved] = []
    for asset, (shop, spent) in _turnover(transaction, shop_id).items():
        if asset.startswith("VCH."):
            continue
        if spent > 0:
            parts = _with_rest(lots.parts(transaction.lot_changes, asset), spent)
            what = SPENT
        else:
            parts = _with_rest(_came_into(transaction, lots, asset), -spent)
            what = GIVEN_BACK
        for funder, amount in parts.items():
            debtor, creditor = (funder, shop) if what == SPENT else (shop, funder)
            found.append(Moved(what=what, debtor=debtor, creditor=creditor, asset=asset, amount=amount))
    return found


def lots_named(transaction: Transaction) -> Iterator[str]:
    """The lots one must know to tell what a transaction moved."""
    for change in (*transaction.lot_changes, *transaction.lot_restores):
        yield change.lot_id


def is_settled(transaction: Transaction) -> bool:
    """Whether a transaction may move anything that is settled."""
    return transaction.kind == DONATION or any(
        _is_of_shop(posting.source) or _is_of_shop(posting.target) for posting in transaction.postings
    )


def split_worth(worth_minor: int, amounts: list[int]) -> list[int]:
    """What parts of a redemption are worth: largest remainder, so that they sum to what it paid."""
    return apportion(worth_minor, amounts) if worth_minor else [0] * len(amounts)


def _turnover(transaction: Transaction, shop_id: str | None) -> dict[str, tuple[str, int]]:
    """By asset: the shop, and what it was paid with (below 0: what it gave back)."""
    found: dict[str, tuple[str, int]] = {}
    for posting in transaction.postings:
        for account, sign in ((posting.target, 1), (posting.source, -1)):
            shop = _shop_of(account, shop_id)
            if shop is None:
                continue
            asset = str(posting.asset)
            _, before = found.get(asset, (shop, 0))
            found[asset] = (shop, before + sign * _kept(posting, sign))
    return {asset: told for asset, told in found.items() if told[1]}


def _kept(posting: Posting, sign: int) -> int:
    """What a shop gave back of a lot that is past its end goes to nobody: the group has it."""
    expired = posting.target in (chart.VALUE_EXPIRED, chart.POINTS_EXPIRED)
    return 0 if sign < 0 and expired else posting.amount


def _shop_of(account: str, shop_id: str | None) -> str | None:
    owner, _, rest = account.partition("/")
    holder, _, leaf = rest.partition("/")
    if owner == "shop" and leaf == _AT_SHOP:
        return party.shop(holder)
    if account in (chart.POINTS_REDEEMED, chart.VALUE_REDEEMED) and shop_id is not None:
        return party.shop(shop_id)
    return None


def _is_of_shop(account: str) -> bool:
    return account in (chart.POINTS_REDEEMED, chart.VALUE_REDEEMED) or account.endswith(f"/{_AT_SHOP}")


def _came_into(transaction: Transaction, lots: Lots, asset: str) -> dict[str, int]:
    parts = lots.parts(transaction.lot_restores, asset)
    for lot in transaction.new_lots:
        if str(lot.asset) == asset:
            parts[lot.funder] = parts.get(lot.funder, 0) + lot.amount
    return parts


def _with_rest(parts: dict[str, int], whole: int) -> dict[str, int]:
    rest = whole - sum(parts.values())
    if rest > 0:
        parts[party.GROUP] = parts.get(party.GROUP, 0) + rest
    return parts


def _donated(transaction: Transaction, lots: Lots) -> list[Moved]:
    (posting,) = transaction.postings
    association = posting.target.rpartition("/")[0]
    parts = _with_rest(lots.parts(transaction.lot_changes, str(POINTS)), posting.amount)
    return [
        Moved(what=DONATED, debtor=funder, creditor=association, asset=str(POINTS), amount=amount)
        for funder, amount in parts.items()
    ]


def _converted(transaction: Transaction, lots: Lots) -> list[Moved]:
    spent = next(each.amount for each in transaction.postings if each.target == chart.POINTS_REDEEMED)
    parts = _with_rest(lots.parts(transaction.lot_changes, str(POINTS)), spent)
    return [
        Moved(what=CONVERTED, debtor=funder, creditor=party.GROUP, asset=str(POINTS), amount=amount)
        for funder, amount in parts.items()
    ]
