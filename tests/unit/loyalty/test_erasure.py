"""The end of a member's value: all of it, by asset, into the accounts of what expired; debts are forgiven."""

from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS, parse_asset
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.erasure import erasure, is_paid_for
from loyalty.ledger.lots import Lot

HEAD = EntryHead(
    transaction_id="t",
    cause_id="c",
    occurred_ms=1,
    recorded_ms=1,
    actor="office",
    terminal_id=None,
    ruleset_version=0,
)
CHF = parse_asset("CHF/2")


def a_lot(name: str, account: str, remaining: int) -> Lot:
    return Lot(
        lot_id=name,
        account=account,
        amount=100,
        remaining=remaining,
        expires_ms=None,
        source_id="s",
        funder="group",
    )


def test_all_that_is_held_ends_in_one_transaction() -> None:
    points = chart.member_points("m")
    lots = [
        (a_lot("a", points, 30), POINTS),
        (a_lot("b", points, 12), POINTS),
        (a_lot("c", "member/m/purse", 50), CHF),
    ]
    ended = erasure(HEAD, member_id="m", lots=lots, points_owed=7)
    assert ended is not None
    assert [(each.source, each.target, str(each.asset), each.amount) for each in ended.postings] == [
        (points, chart.POINTS_EXPIRED, "PTS/0", 42),
        ("member/m/purse", chart.VALUE_EXPIRED, "CHF/2", 50),
        (chart.POINTS_CORRECTED, chart.member_points_owed("m"), "PTS/0", 7),
    ]
    assert {each.lot_id: each.amount for each in ended.lot_changes} == {"a": 30, "b": 12, "c": 50}


def test_nothing_held_moves_nothing() -> None:
    assert erasure(HEAD, member_id="m", lots=[], points_owed=0) is None


def test_points_and_vouchers_were_not_paid_for() -> None:
    paid = {text: is_paid_for(parse_asset(text)) for text in ("PTS/0", "VCH.thanks/0", "CHF/2")}
    assert paid == {"PTS/0": False, "VCH.thanks/0": False, "CHF/2": True}
