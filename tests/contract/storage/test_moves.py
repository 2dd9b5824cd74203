"""Gifts, corrections, households, drafts: once, by the right people, in order."""

import asyncio
from collections import Counter
from dataclasses import replace
from hashlib import sha256

import pytest

from central.storage.base import GuardFailed, IdempotencyConflict, Store
from central.storage.interface.value import CorrectionRow, DraftRow, MoveRecord
from loyalty.ledger.assets import HOURS, meal_voucher, money, service
from loyalty.ledger.correction import correction
from loyalty.ledger.gifts import transfer
from loyalty.ledger.postings import Transaction
from tests.contract.storage.factories import MEMBER, NOW_MS, G, a_line, a_member, a_sale, head_of
from tests.contract.storage.value_factories import a_burn, a_gift, all_findings, open_lots

OTHER = "mem-2"
DAY_MS = 86_400_000


async def a_transfer(store: Store, move_id: str, points: int) -> MoveRecord:
    moved = transfer(
        head_of(move_id, move_id),
        from_member_id=MEMBER,
        to_member_id=OTHER,
        points=points,
        lots=await open_lots(store),
        from_points_owed=0,
        to_points_owed=0,
        now_ms=NOW_MS,
    )
    return MoveRecord(
        G, move_id, "transfer", move_id.encode(), MEMBER, OTHER, "PTS/0", points, NOW_MS, moved, True
    )


async def test_a_transfer_needs_one_household_and_is_booked_once(store: Store) -> None:
    await store.enrol_member(a_member(OTHER), None)
    await store.record_sale(a_sale(lines=[a_line(points=10)]))
    move = await a_transfer(store, "t-1", 4)
    with pytest.raises(GuardFailed):
        await store.record_move(move)
    await store.put_household(G, "home", [MEMBER, OTHER], NOW_MS)
    recorded = await store.record_move(move)
    assert (recorded.row.balance_after, recorded.is_replay) == (6, False)
    assert (await store.record_move(move)).is_replay
    with pytest.raises(IdempotencyConflict):
        await store.record_move(replace(move, input_hash=b"other"))
    assert (await store.find_points(G, OTHER)).balance == 4
    assert await store.find_move(G, "t-1") == recorded.row
    assert await all_findings(store) == []


async def test_a_household_is_what_was_put_last(store: Store) -> None:
    await store.enrol_member(a_member(OTHER), None)
    await store.put_household(G, "home", [OTHER, MEMBER], NOW_MS)
    events = await store.list_events(G, 0, 100)
    await store.put_household(G, "home", [MEMBER, OTHER], NOW_MS + 1)
    assert await store.list_events(G, 0, 100) == events, "the same again is no change"
    await store.put_household(G, "alone", [OTHER], NOW_MS + 2)
    assert await store.list_household(G, "home") == [MEMBER]
    assert await store.find_household(G, OTHER) == "alone"
    with pytest.raises(GuardFailed):
        await store.put_household(G, "home", ["nobody"], NOW_MS)
    assert await store.list_household(G, "home") == [MEMBER], "a household is changed wholly or not"


@pytest.mark.parametrize("asset", [money("CHF"), HOURS, service("measure"), meal_voucher("CHF")])
async def test_stored_value_services_and_meal_vouchers_are_given_and_used(
    store: Store, asset: object
) -> None:
    await store.record_move(a_gift("g-1", asset, 500))  # type: ignore[arg-type]
    used = await store.record_move(await a_burn(store, "u-1", asset, 200))  # type: ignore[arg-type]
    assert used.row.balance_after == 300
    assert await all_findings(store) == []


def a_correction(correction_id: str, points: int, actor: str = "anna", **changed: object) -> CorrectionRow:
    row = CorrectionRow(
        G,
        correction_id,
        MEMBER,
        points,
        "goodwill",
        "posted",
        sha256(correction_id.encode()).digest(),
        actor,
        NOW_MS,
    )
    return replace(row, **changed)  # type: ignore[arg-type]


def added(correction_id: str, points: int) -> Transaction:
    return correction(
        head_of(correction_id, correction_id),
        member_id=MEMBER,
        points=points,
        points_owed=0,
        lots=(),
        expires_ms=None,
        now_ms=NOW_MS,
    )


async def test_one_person_alone_corrects_no_more_in_a_day_than_allowed_whatever_races(store: Store) -> None:
    outcomes = await asyncio.gather(
        *(
            store.put_correction(
                a_correction(f"c-{n}", 30), added(f"c-{n}", 30), alone_max=100, since_ms=NOW_MS - DAY_MS
            )
            for n in range(64)
        ),
        return_exceptions=True,
    )
    assert Counter(type(each).__name__ for each in outcomes) == {"Recorded": 3, "GuardFailed": 61}
    assert await store.corrected_alone(G, "anna", NOW_MS - DAY_MS) == 90
    assert await store.corrected_alone(G, "anna", NOW_MS + 1) == 0
    assert (await store.find_points(G, MEMBER)).balance == 90
    assert await all_findings(store) == []


async def test_a_pending_correction_is_decided_once_by_somebody_else(store: Store) -> None:
    asked = a_correction("c-1", 900, state="pending")
    assert not (await store.put_correction(asked, None, alone_max=0, since_ms=0)).is_replay
    assert (await store.put_correction(asked, None, alone_max=0, since_ms=0)).is_replay
    with pytest.raises(IdempotencyConflict):
        await store.put_correction(replace(asked, input_hash=b"other"), None, alone_max=0, since_ms=0)
    assert (await store.find_points(G, MEMBER)).balance == 0
    with pytest.raises(GuardFailed):
        await store.decide_correction(G, "c-1", "anna", added("c-1", 900), NOW_MS)
    assert await store.list_pending_corrections(G, 10) == [asked]
    outcomes = await asyncio.gather(
        *(store.decide_correction(G, "c-1", f"boss-{n}", added("c-1", 900), NOW_MS) for n in range(20)),
        return_exceptions=True,
    )
    assert sum(isinstance(each, CorrectionRow) for each in outcomes) == 1
    assert (await store.find_points(G, MEMBER)).balance == 900
    assert await store.list_pending_corrections(G, 10) == []
    assert await all_findings(store) == []


async def test_a_refused_correction_moves_nothing(store: Store) -> None:
    await store.put_correction(a_correction("c-1", 900, state="pending"), None, alone_max=0, since_ms=0)
    refused = await store.decide_correction(G, "c-1", "boss", None, NOW_MS + 1)
    assert (refused.state, refused.decided_by, refused.transaction_id) == ("refused", "boss", None)
    assert await store.list_journal(G, 0, 10) == []


def a_draft(**changed: object) -> DraftRow:
    return replace(DraftRow(G, "d-1", '{"rules":[]}', "", "drafted", 1, "anna", NOW_MS), **changed)  # type: ignore[arg-type]


async def test_a_draft_is_changed_by_revision_and_its_review_ends_with_its_text(store: Store) -> None:
    await store.put_draft(a_draft())
    reviewed = await store.move_draft(
        a_draft(state="reviewed", reviewer="bruno", reviewed_ms=NOW_MS, review_note="fine"), ["drafted"]
    )
    assert (reviewed.state, reviewed.reviewer) == ("reviewed", "bruno")
    with pytest.raises(GuardFailed):
        await store.put_draft(a_draft(revision=1))
    with pytest.raises(GuardFailed):
        await store.put_draft(a_draft(revision=3))
    changed = await store.put_draft(a_draft(revision=2, programme='{"rules":[],"funder":"x"}'))
    assert (changed.state, changed.reviewer, changed.review_note) == ("drafted", None, "")
    with pytest.raises(GuardFailed):
        await store.move_draft(a_draft(state="scheduled", activate_ms=NOW_MS), ["reviewed"])
    assert await store.list_drafts(G) == [changed]


async def test_a_scheduled_draft_is_due_at_its_moment_and_is_not_changed_any_more(store: Store) -> None:
    await store.put_draft(a_draft())
    scheduled = await store.move_draft(a_draft(state="scheduled", activate_ms=NOW_MS + 5), ["drafted"])
    assert await store.list_due_drafts(G, NOW_MS + 4) == []
    assert await store.list_due_drafts(G, NOW_MS + 5) == [scheduled]
    with pytest.raises(GuardFailed):
        await store.put_draft(a_draft(revision=2))
    assert [row.ruleset_version for row in await store.list_programmes(G, 10)] == [1]
