"""What a programme says of cuts: read strictly; without a word no points are burned offline."""

import pytest

from loyalty.ledger import chart
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.postings import Posting
from loyalty.ledger.restoration import Taken, restoration
from loyalty.programme.identification import Act, Strength
from loyalty.programme.leasing import lost_from_ms, spent_until_ms
from loyalty.programme.offline import NO_OFFLINE, LeasePolicy, parse_offline
from loyalty.programme.programme import parse_programme
from loyalty.rules.reading import ProgrammeInvalid

LEASE = {"points": 200, "share_bp": 5000, "hours": 48, "terminal_points": 9000}


def test_a_programme_that_says_nothing_sets_nothing_aside() -> None:
    assert parse_programme({"rules": []}, ruleset_version=1).offline == NO_OFFLINE
    assert NO_OFFLINE.lease is None
    assert NO_OFFLINE.needed == Strength.NFC_UID


def test_a_programme_says_how_much_for_how_long_and_at_which_strength() -> None:
    document = {"lease": {**LEASE, "seen_days": 90}, "acts": {"redeem": "card_and_pin"}}
    policy = parse_programme({"rules": [], "offline": document}, ruleset_version=1).offline
    assert policy.lease == LeasePolicy(
        points=200, share_bp=5000, hours=48, terminal_points=9000, seen_days=90
    )
    assert policy.needed == Strength.CARD_AND_PIN
    assert policy.acts[Act.EARN] == Strength.NAME
    assert parse_offline({"acts": {"redeem": None}}).needed is None


@pytest.mark.parametrize(
    "document",
    [
        {"lease": {**LEASE, "points": 0}},
        {"lease": {**LEASE, "share_bp": 10_001}},
        {"lease": {**LEASE, "hours": 169}},
        {"lease": {**LEASE, "more": 1}},
        {"lease": {"points": 1}},
        {"acts": {"transfer": "name"}},
        {"acts": {"redeem": "mother"}},
        {"other": 1},
    ],
)
def test_a_wrong_word_on_cuts_is_refused(document: object) -> None:
    with pytest.raises(ProgrammeInvalid):
        parse_offline(document)


def test_spending_stops_before_the_end_and_a_loss_is_declared_long_after() -> None:
    end_ms = 1_790_000_000_000
    assert spent_until_ms(end_ms) < end_ms < lost_from_ms(end_ms)


def test_what_the_group_paid_in_a_members_place_comes_back_to_the_group_first() -> None:
    head = EntryHead(
        transaction_id="r/restoration",
        cause_id="r",
        occurred_ms=0,
        recorded_ms=0,
        actor="a",
        terminal_id=None,
        ruleset_version=1,
    )
    given = []
    for already in (0, 4, 8):
        back = restoration(
            head,
            member_id="m",
            points=4,
            taken=[Taken("lot", 6, None, "s", "group", chart.member_points("m"))],
            redeemed=12,
            already_restored=already,
            points_owed=0,
            now_ms=0,
            fresh_expires_ms=None,
            at_risk=6,
        )
        given += [(each.target, each.amount) for each in back.postings]
        assert sum(change.amount for change in back.lot_restores) == sum(
            each.amount for each in back.postings if each.target == chart.member_points("m")
        )
    risk, own = chart.OFFLINE_RISK, chart.member_points("m")
    assert given == [(risk, 4), (risk, 2), (own, 2), (own, 4)]


def test_what_nobodys_card_proved_comes_back_to_nobody() -> None:
    head = EntryHead(
        transaction_id="r/restoration",
        cause_id="r",
        occurred_ms=0,
        recorded_ms=0,
        actor="a",
        terminal_id=None,
        ruleset_version=1,
    )
    back = restoration(
        head,
        member_id=None,
        points=5,
        taken=[],
        redeemed=5,
        already_restored=0,
        points_owed=0,
        now_ms=0,
        fresh_expires_ms=None,
        at_risk=5,
    )
    assert [str(each.asset) for each in back.postings] == ["PTS/0"]
    assert back.postings == (Posting(chart.POINTS_REDEEMED, chart.OFFLINE_RISK, back.postings[0].asset, 5),)
