"""Two records of one person become one: all that the duplicate holds and owes goes to the survivor. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS, Asset
from loyalty.ledger.entry import EntryHead, entry
from loyalty.ledger.lots import Lot
from loyalty.ledger.postings import LotChange, NewLot, Posting, Transaction
from loyalty.limits.ledger import MERGE_ALONE_MINOR, MERGE_ALONE_POINTS

MERGE = "merge"


@dataclass(frozen=True, slots=True)
class MergePolicy:
    """What the merges that one person does alone may move in 24 hours, taken together."""

    alone_points: int = MERGE_ALONE_POINTS
    alone_minor: int = MERGE_ALONE_MINOR


@dataclass(frozen=True, slots=True)
class Held:
    """An open lot of the duplicate; a pending one with what it waits for."""

    lot: Lot
    asset: Asset
    matures_ms: int | None = None
    awaits: str = ""


def merge(
    head: EntryHead, *, duplicate_id: str, survivor_id: str, held: Sequence[Held], points_owed: int
) -> Transaction | None:
    """Move everything, each lot whole: with its expiry, its sale, its funder and what it waits for.

    What is owed moves as a debt beside the points and settles none of them here: what came back of either
    one's tickets must find the lots that those tickets made. The next points settle it, as ever.

    Args:
        held: the duplicate's open lots, nothing of them promised to a hold.
        points_owed: what the duplicate owes, >= 0.
    Returns: None where nothing is to be moved.
    """
    assert duplicate_id != survivor_id
    assert points_owed >= 0
    sums: dict[tuple[str, Asset], int] = defaultdict(int)
    changes: list[LotChange] = []
    new_lots: list[NewLot] = []
    for each in held:
        lot = each.lot
        assert lot.free == lot.remaining, "who is paying is not merged"
        sums[lot.account, each.asset] += lot.remaining
        changes.append(LotChange(lot.lot_id, lot.remaining))
        new_lots.append(
            NewLot(
                lot_id=f"{head.transaction_id}/{len(new_lots) + 1}",
                account=account_after(lot.account, duplicate_id, survivor_id),
                asset=each.asset,
                amount=lot.remaining,
                expires_ms=lot.expires_ms,
                source_id=lot.source_id,
                funder=lot.funder,
                matures_ms=each.matures_ms,
                awaits=each.awaits,
            )
        )
    postings = [
        Posting(account, account_after(account, duplicate_id, survivor_id), asset, amount)
        for (account, asset), amount in sums.items()
    ]
    if points_owed:
        owed_before, owed = chart.member_points_owed(duplicate_id), chart.member_points_owed(survivor_id)
        postings.append(Posting(owed, owed_before, POINTS, points_owed))
    if not postings:
        return None
    return entry(head, MERGE, tuple(postings), new_lots=tuple(new_lots), lot_changes=tuple(changes))


def account_after(account: str, duplicate_id: str, survivor_id: str) -> str:
    """The survivor's account of the same kind; accounts of others stay."""
    before = f"member/{duplicate_id}/"
    return f"member/{survivor_id}/{account.removeprefix(before)}" if account.startswith(before) else account


def moved_lots(transaction: Transaction | None) -> dict[str, str]:
    """By lot of the duplicate the survivor's that took it over."""
    if transaction is None:
        return {}
    assert transaction.kind == MERGE
    pairs = zip(transaction.lot_changes, transaction.new_lots, strict=True)
    return {change.lot_id: lot.lot_id for change, lot in pairs}


def may_merge_alone(
    policy: MergePolicy, *, points: int, minor: int, done_points: int, done_minor: int
) -> bool:
    """Whether a merge of so much needs no second person.

    Args:
        points, minor: what the duplicate holds, pending points included; minor units of all else.
        done_points, done_minor: what the same person merged alone in the last 24 hours.
    """
    return done_points + points <= policy.alone_points and done_minor + minor <= policy.alone_minor
