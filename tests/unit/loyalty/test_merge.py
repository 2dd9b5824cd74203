"""A merge's transaction: each lot whole, debts as debts; what one person may do alone; whose word goes on."""

import pytest

from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS, parse_asset
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.lots import Lot
from loyalty.ledger.merge import Held, MergePolicy, account_after, may_merge_alone, merge, moved_lots
from loyalty.programme.joining import joined, joined_consent, joined_fields

HEAD = EntryHead(
    transaction_id="m-1/merge",
    cause_id="m-1",
    occurred_ms=1,
    recorded_ms=1,
    actor="office",
    terminal_id=None,
    ruleset_version=1,
)
CHF = parse_asset("CHF/2")


def a_lot(name: str, leaf: str, remaining: int, expires_ms: int | None = None) -> Lot:
    return Lot(name, f"member/d/{leaf}", 100, remaining, expires_ms, 0, f"sale-{name}", f"shop/{name}")


def test_every_lot_moves_whole_with_all_that_is_known_of_it() -> None:
    held = [
        Held(a_lot("a", "points", 30, 900), POINTS),
        Held(a_lot("b", "points", 12), POINTS),
        Held(a_lot("c", "points_pending", 5, 700), POINTS, matures_ms=300),
        Held(a_lot("e", "points_pending", 6), POINTS, awaits="collected"),
        Held(a_lot("f", "purse", 50), CHF),
    ]
    done = merge(HEAD, duplicate_id="d", survivor_id="s", held=held, points_owed=0)
    assert done is not None
    assert [(each.source, each.target, each.amount) for each in done.postings] == [
        ("member/d/points", "member/s/points", 42),
        ("member/d/points_pending", "member/s/points_pending", 11),
        ("member/d/purse", "member/s/purse", 50),
    ]
    assert [
        (lot.account, lot.amount, lot.expires_ms, lot.source_id, lot.funder, lot.matures_ms, lot.awaits)
        for lot in done.new_lots
    ] == [
        ("member/s/points", 30, 900, "sale-a", "shop/a", None, ""),
        ("member/s/points", 12, None, "sale-b", "shop/b", None, ""),
        ("member/s/points_pending", 5, 700, "sale-c", "shop/c", 300, ""),
        ("member/s/points_pending", 6, None, "sale-e", "shop/e", None, "collected"),
        ("member/s/purse", 50, None, "sale-f", "shop/f", None, ""),
    ]
    assert {change.lot_id: change.amount for change in done.lot_changes} == {
        "a": 30,
        "b": 12,
        "c": 5,
        "e": 6,
        "f": 50,
    }
    assert moved_lots(done) == {each: f"m-1/merge/{at}" for at, each in enumerate("abcef", start=1)}


def test_a_debt_is_moved_as_a_debt_and_settles_nothing() -> None:
    held = [Held(a_lot("a", "points", 30), POINTS)]
    done = merge(HEAD, duplicate_id="d", survivor_id="s", held=held, points_owed=7)
    assert done is not None
    owed = (chart.member_points_owed("s"), chart.member_points_owed("d"), 7)
    assert [(each.source, each.target, each.amount) for each in done.postings][-1] == owed
    assert done.new_lots[0].amount == 30


def test_nothing_held_or_owed_moves_nothing() -> None:
    assert merge(HEAD, duplicate_id="d", survivor_id="s", held=[], points_owed=0) is None
    assert moved_lots(None) == {}


def test_accounts_of_others_stay() -> None:
    assert account_after("member/d/purse", "d", "s") == "member/s/purse"
    assert account_after("member/dd/purse", "d", "s") == "member/dd/purse"
    assert account_after("gift_card/d/value", "d", "s") == "gift_card/d/value"


@pytest.mark.parametrize(
    ("points", "minor", "done_points", "done_minor", "alone"),
    [
        (500, 5_000, 0, 0, True),
        (501, 0, 0, 0, False),
        (0, 5_001, 0, 0, False),
        (100, 0, 401, 0, False),
        (0, 1, 0, 5_000, False),
    ],
)
def test_what_one_person_merges_in_a_day_counts_together(
    points: int, minor: int, done_points: int, done_minor: int, alone: bool
) -> None:
    may = may_merge_alone(
        MergePolicy(500, 5_000), points=points, minor=minor, done_points=done_points, done_minor=done_minor
    )
    assert may is alone


@pytest.mark.parametrize(
    ("mine", "theirs", "after"),
    [
        (None, None, None),
        (True, None, True),
        (None, True, True),
        (False, None, False),
        (None, False, False),
        (True, True, True),
        (True, False, False),
        (False, True, False),
        (False, False, False),
    ],
)
def test_a_no_stays_a_no_and_no_consent_is_invented(
    mine: bool | None, theirs: bool | None, after: bool | None
) -> None:
    assert joined_consent(mine, theirs) is after


def test_what_the_survivor_has_wins_and_the_rest_is_taken_over_where_it_may_be_kept() -> None:
    assert (joined("a", "b"), joined("", "b"), joined((), ("x",))) == ("a", "b", ("x",))
    fields = joined_fields({"b": 1}, {"b": 2, "a": 3, "secret": 4}, may_keep=lambda name: name != "secret")
    assert list(fields.items()) == [("a", 3), ("b", 1)]
