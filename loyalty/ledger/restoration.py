"""Goods paid with points come back: the points return into the very lots they were taken from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS
from loyalty.ledger.entry import EntryHead, entry
from loyalty.ledger.postings import LotChange, NewLot, Posting, Transaction

RESTORATION = "restoration"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a burn took from one lot, in the order it took them, and what is known of that lot."""

    lot_id: str
    amount: int
    expires_ms: int | None
    source_id: str
    funder: str
    account: str


def restoration(
    head: EntryHead,
    *,
    member_id: str | None,
    points: int,
    taken: Sequence[Taken],
    redeemed: int,
    already_restored: int,
    points_owed: int,
    now_ms: int,
    fresh_expires_ms: int | None,
    at_risk: int = 0,
) -> Transaction:
    """Give back `points` of a redemption; `head.cause_id` is the return.

    What was taken last comes back first, so that returns in any steps and order fill exactly the lots the
    redemption emptied. What the member owes is settled first. A lot that has expired in the meantime comes
    back as a new one that ends at `fresh_expires_ms`: nobody loses points by a shop's return desk. One that
    lay with a duplicate who was merged into the member comes back as a new one with the same end.

    Args:
        points: > 0. redeemed: the whole redemption, of which `already_restored` came back earlier.
        taken: its allocation; less than `redeemed` where a part was owed (see `burn.paid_redemption`).
        at_risk: what the group paid of it in the member's place (see `leases`): it gets that back first.
        member_id: None where all of it was the group's.
    """
    assert 0 < points <= redeemed - already_restored
    postings: list[Posting] = []
    groups = min(points, max(0, at_risk - already_restored))
    if groups:
        postings.append(Posting(chart.POINTS_REDEEMED, chart.OFFLINE_RISK, POINTS, groups))
    if member_id is None or points == groups:
        assert points == groups, "what nobody's card proved is all the group's"
        return entry(head, RESTORATION, tuple(postings))
    points, redeemed = points - groups, redeemed - at_risk
    already_restored = max(0, already_restored - at_risk)
    settled = min(points, points_owed)
    if settled:
        owed = chart.member_points_owed(member_id)
        postings.append(Posting(chart.POINTS_REDEEMED, owed, POINTS, settled))
    back = _segment(taken, redeemed, already_restored + settled, points - settled)
    account = chart.member_points(member_id)
    if points > settled:
        postings.append(Posting(chart.POINTS_REDEEMED, account, POINTS, points - settled))
    restores: list[LotChange] = []
    new_lots: list[NewLot] = []
    for each in back:
        is_live = bool(each.lot_id) and (each.expires_ms is None or each.expires_ms > now_ms)
        if is_live and each.account == account:
            restores.append(LotChange(each.lot_id, each.amount))
            continue
        new_lots.append(
            NewLot(
                lot_id=f"{head.transaction_id}/{len(new_lots) + 1}",
                account=account,
                asset=POINTS,
                amount=each.amount,
                expires_ms=each.expires_ms if is_live else fresh_expires_ms,
                source_id=each.source_id or head.cause_id,
                funder=each.funder or "group",
            )
        )
    return entry(head, RESTORATION, tuple(postings), new_lots=tuple(new_lots), lot_restores=tuple(restores))


def _segment(taken: Sequence[Taken], redeemed: int, start: int, length: int) -> list[Taken]:
    """Units [start, start + length) of a redemption read backwards; what was owed stands first, in no lot."""
    owed = redeemed - sum(each.amount for each in taken)
    backwards = [Taken("", owed, None, "", "", ""), *reversed(taken)]
    found: list[Taken] = []
    at = 0
    for each in backwards:
        low, high = max(start, at), min(start + length, at + each.amount)
        if high > low:
            found.append(replace(each, amount=high - low))
        at += each.amount
    return found
