"""A sponsor's reward: points for the member who brought the one that bought (C-10)."""

from collections.abc import Sequence
from dataclasses import replace

from loyalty.ledger.accrual import accrual
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.pending import PendingPolicy, pending_accrual
from loyalty.ledger.postings import Posting, Transaction

SPONSORSHIP = "sponsorship"
SPONSORSHIP_RETURN = "sponsorship_return"


def sponsorship_id(sale_id: str) -> str:
    """The id of the transaction that gives the sponsor of a sale's member their points."""
    return f"{sale_id}/sponsor"


def sponsorship(
    head: EntryHead,
    *,
    sponsor_id: str,
    points: int,
    points_owed: int,
    expires_ms: int | None,
    funder: str,
    pending: PendingPolicy,
) -> Transaction:
    """Give a sponsor `points` (> 0) for the sale `head.cause_id`; they wait where the sale's own wait.

    What the sponsor owes is settled first, as by a purchase of their own.
    """
    told = head.named(sponsorship_id(head.cause_id))
    if pending.waits:
        given = pending_accrual(
            told, member_id=sponsor_id, points=points, expires_ms=expires_ms, funder=funder, policy=pending
        )
    else:
        given = accrual(
            told,
            member_id=sponsor_id,
            points=points,
            points_owed=points_owed,
            expires_ms=expires_ms,
            funder=funder,
        )
    return replace(given, kind=SPONSORSHIP)


def rewarded(postings: Sequence[Posting]) -> tuple[str, int] | None:
    """Whom a sponsorship's postings gave points, and how many; None where there are none."""
    if not postings:
        return None
    return postings[0].target.split("/")[1], sum(posting.amount for posting in postings)
