"""Returns: units come back, and exactly the points they earned go back (complaints 1 to 6).

Points the member no longer holds are owed, the balance never falls below 0: a customer keeps no free points,
and loses none that came from other purchases.
"""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS
from loyalty.ledger.entry import EntryHead, entry
from loyalty.ledger.lots import Lot, take_in_order
from loyalty.ledger.postings import LotChange, Posting, Transaction

REVERSAL = "reversal"


class ReturnExceedsSale(LoyaltyError):
    """More units come back than were sold and not yet returned."""

    code = "return_exceeds_sale"
    trouble = Trouble.CONFLICT
    text = (
        "Only {returnable} of this line's units can still be returned, not {returning}."
        " Check the ticket and return at most {returnable}."
    )


class ReturnOfNothing(LoyaltyError):
    """A return of no unit, or of a negative number of units."""

    code = "return_of_nothing"
    text = "A return needs at least 1 unit, not {returning}. Send the number of units that came back."


class SpentPoints(StrEnum):
    """What happens to points of a returned unit that the member has already spent: a setting of the group."""

    OWED = "owed"
    FORGIVEN = "forgiven"


def returned_share(whole: int, *, quantity: int, already_returned: int, returning: int) -> int:
    """The share of a line's points or minor units that `returning` units undo.

    Cumulative, so that returns in any steps and order sum to exactly `whole`; the last unit takes what
    rounding left.

    Args:
        whole: what the line earned or cost, >= 0.
        quantity: units sold, >= 1; already_returned: units that came back earlier, in [0, quantity].
        returning: units that come back now, >= 1.
    Raises: ReturnOfNothing, ReturnExceedsSale.
    """
    assert whole >= 0
    assert 0 <= already_returned <= quantity
    if returning < 1:
        raise ReturnOfNothing(returning=returning)
    after = already_returned + returning
    if after > quantity:
        raise ReturnExceedsSale(returnable=quantity - already_returned, returning=returning)
    return whole * after // quantity - whole * already_returned // quantity


def restored_worth(worth_minor: int, *, redeemed: int, restored_before: int, restoring: int) -> int:
    """What `restoring` points of a ticket's `redeemed` ones are worth that paid `worth_minor` together.

    The one place that says so: the answer, what other tenders get and the clearing never tell it apart.
    """
    if not restoring:
        return 0
    return returned_share(
        worth_minor, quantity=redeemed, already_returned=restored_before, returning=restoring
    )


def fitting_points(
    paid_minor: int, *, redeemed: int, restored_before: int, wanted: int, price_minor: int
) -> int:
    """How many of `wanted` points a return gives back: never more than the price of what comes back is worth.

    Points are whole, a line's part of them may be worth more than a cheap line costs. What does not fit waits
    for a later return of the ticket, and is money at last: nobody pays for bringing goods back.

    Args:
        paid_minor: what `redeemed` points paid of the ticket; nothing: all of them fit.
        restored_before: points that earlier returns gave back.
    """
    if not paid_minor:
        return wanted
    told = paid_minor * restored_before // redeemed
    most = ((told + price_minor + 1) * redeemed - 1) // paid_minor
    return max(0, min(wanted, most - restored_before))


def return_points(line_points: int, quantity: int, already_returned: int, returning: int) -> int:
    """Points that `returning` units of a line undo; see `returned_share`."""
    return returned_share(
        line_points, quantity=quantity, already_returned=already_returned, returning=returning
    )


def reversal(
    head: EntryHead,
    *,
    member_id: str,
    points: int,
    lot: Lot | None,
    balance: int,
    spent: SpentPoints = SpentPoints.OWED,
    pending: Sequence[Lot] = (),
    more: Sequence[Lot] = (),
    spare: Sequence[Lot] = (),
    expired: int = 0,
) -> Transaction | None:
    """Take back the points of returned units; `head.cause_id` is the return.

    Pending points go first, then those of the sale's lot, then spare ones. What expired is gone already and
    is not owed; what was spent is.

    Args:
        points: > 0, the sum of `return_points` over the returned lines.
        lot: the lot of the sale being returned as it stands; None when all its points settled a debt.
        balance: what the member can spend now (posted - held), >= 0.
        pending: the sale's pending lots as they stand: one, and a sponsor's who was merged with the buyer.
        more: further lots of the sale with the same member (points that came back after their lot expired).
        spare: lots as `spare_lots` gives them: a debt beside them would outlive them when they expire.
        expired: points of the sale that expired, less those that earlier returns counted, >= 0.
    Returns: None when nothing moves (all was spent and is forgiven, or expired).
    """
    assert points > 0, "a return that undoes no points makes no transaction"
    assert balance >= 0
    assert expired >= 0
    account = chart.member_points(member_id)
    waiting = chart.member_points_pending(member_id)
    assert lot is None or lot.account == account, "the lot of a sale belongs to its member"
    assert all(each.account == waiting for each in pending), "the lot of a sale belongs to its member"
    waiting_lots = take_in_order(pending, points)
    early = _sum(waiting_lots)
    own = [*(() if lot is None else (lot,)), *more]
    takings = take_in_order(own, min(points - early, balance))
    left = points - early - _sum(takings)
    short = left - min(left, expired) if spent is SpentPoints.OWED else 0
    beside = take_in_order(spare, min(short, balance - _sum(takings)))
    owed = short - _sum(beside)
    takings += beside
    taken = _sum(takings)
    postings: list[Posting] = []
    changes: list[LotChange] = []
    if early:
        postings.append(Posting(waiting, chart.POINTS_ISSUED, POINTS, early))
        changes.extend(waiting_lots)
    if taken:
        postings.append(Posting(account, chart.POINTS_ISSUED, POINTS, taken))
        changes.extend(takings)
    if owed:
        postings.append(Posting(chart.member_points_owed(member_id), chart.POINTS_ISSUED, POINTS, owed))
    return entry(head, REVERSAL, tuple(postings), lot_changes=tuple(changes)) if postings else None


def spare_lots(claimed: Sequence[tuple[Lot, int]]) -> list[Lot]:
    """What lots hold beyond all that returns of their own sale may still take back.

    It comes from points that paid and were given back after the sale they once came from was returned; it
    stands for nothing but debts of other returns.

    Args:
        claimed: a member's lots of own purchases in the order they are to be taken, each beside what returns
            of its sale may still take back from all lots of that sale.
    """
    left = dict[str, int]()
    found: list[Lot] = []
    # What expires last is left to the sale itself, so that what is spare is what would be lost first.
    for lot, claimable in reversed(claimed):
        kept = min(lot.remaining, left.setdefault(lot.source_id, claimable))
        left[lot.source_id] -= kept
        if excess := min(lot.remaining - kept, lot.free):
            found.append(replace(lot, remaining=lot.held + excess))
    return found[::-1]


def _sum(changes: Sequence[LotChange]) -> int:
    return sum(change.amount for change in changes)


def points_owed_by(transaction: Transaction | None) -> int:
    """How many points of a reversal could not be taken from the balance and are now owed."""
    postings = () if transaction is None else transaction.postings
    return sum(posting.amount for posting in postings if posting.source.endswith("/points_owed"))
