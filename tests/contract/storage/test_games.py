"""Games in storage: stock, budget and counts are guarded, a play is written once, a thing leaves once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

import pytest

from central.storage.base import Change, GuardFailed, IdempotencyConflict, Store
from central.storage.interface.claims import CounterUse
from central.storage.interface.games import GameRow, Handover, PlayRow
from loyalty.ledger.accrual import accrual
from loyalty.ledger.assets import money
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.postings import Transaction
from loyalty.ledger.prizes import give_prize, hand_over, stock_game
from tests.contract.storage.factories import MEMBER, NOW_MS, SHOP, G, findings, head_of

CHF = money("CHF")
DAY = "2026-11-26"


def a_game(game_id: str = "wheel", version: int = 1, **changed: object) -> GameRow:
    row = GameRow(G, game_id, version, "{}", DAY, NOW_MS, NOW_MS, "office")
    return replace(row, **changed)  # type: ignore[arg-type]


def head(transaction_id: str, cause_id: str) -> EntryHead:
    return replace(head_of("x", cause_id), transaction_id=transaction_id)


def stock(
    units: Sequence[tuple[str, int]] = (("bag", 2),), budget: int = 1000, version: int = 1
) -> Transaction:
    made = stock_game(
        head(f"game/wheel/{version}", "game/wheel"), "wheel", stock=units, currency=CHF, budget_minor=budget
    )
    assert made is not None
    return made


async def publish(store: Store, row: GameRow | None = None, stocked: Transaction | None = None) -> None:
    made = await store.put_game(row or a_game(), stocked or stock(), today=DAY, open_max=3)
    assert made is Change.CREATED


def a_play(play_id: str = "p1", prize_id: str = "bag", play_no: int = 0, **changed: object) -> PlayRow:
    row = PlayRow(
        group_id=G,
        play_id=play_id,
        input_hash=sha256(play_id.encode()).digest(),
        game_id="wheel",
        member_id=MEMBER,
        shop_id=SHOP,
        terminal_id="t-1",
        actor="till",
        day=DAY,
        play_no=play_no,
        plays_left=9,
        server_seed="00" * 32,
        client_seed="0" * 16,
        number=3,
        out_of=10,
        drawn_id=prize_id,
        prize_id=prize_id,
        right_count=0,
        code_hash=sha256(f"code {play_id}".encode()).digest() if prize_id == "bag" else None,
        last_day=DAY,
        recorded_ms=NOW_MS,
        transaction_id=f"{play_id}/prize" if prize_id else None,
    )
    return replace(row, **changed)  # type: ignore[arg-type]


def uses(play_no: int, most: int = 100) -> list[CounterUse]:
    return [
        CounterUse(f"game/wheel/{DAY}", f"member/{MEMBER}", "game", 1, most),
        CounterUse("game/wheel", f"member/{MEMBER}", "game", 1, play_no + 1),
        CounterUse("game/wheel", "", "game", 1, None),
    ]


def prize(play_id: str, prize_id: str = "bag", cost: int = 400, points: int = 0) -> Transaction:
    told = head(f"{play_id}/prize", f"play/{play_id}")
    given = None
    if points:
        given = accrual(told, member_id=MEMBER, points=points, points_owed=0, expires_ms=None, funder="group")
    return give_prize(told, "wheel", prize_id, currency=CHF, cost_minor=cost, given=given)


async def left(store: Store) -> tuple[dict[str, int], dict[str, int], int, int]:
    stands = (await store.find_game_stands(G, ["wheel"]))["wheel"]
    return dict(stands.left), dict(stands.won), stands.budget_left, stands.spent


async def test_a_game_is_published_with_its_stock_and_budget(store: Store) -> None:
    await publish(store)

    assert await left(store) == ({"bag": 2}, {}, 1000, 0)
    assert await store.find_game(G, "wheel") == a_game()
    assert await findings(store) == []
    assert [each.kind for each in await store.list_events(G, 0, 100)][-1] == "game.published"


async def test_a_later_version_adds_and_another_one_at_once_is_refused(store: Store) -> None:
    await publish(store)
    more = stock([("bag", 3)], budget=500, version=2)
    assert await store.put_game(a_game(version=2), more, today=DAY, open_max=3) is Change.CHANGED
    assert await left(store) == ({"bag": 5}, {}, 1500, 0)

    for version in (1, 2, 4):
        again = stock([("bag", 3)], version=version + 10)
        with pytest.raises(GuardFailed):
            await store.put_game(a_game(version=version), again, today=DAY, open_max=3)
    assert await left(store) == ({"bag": 5}, {}, 1500, 0)


async def test_only_so_many_games_are_open_at_a_time(store: Store) -> None:
    for number in range(3):
        await store.put_game(a_game(f"g{number}"), None, today=DAY, open_max=3)
    assert await store.put_game(a_game("g4"), None, today=DAY, open_max=3) is None
    assert await store.find_game(G, "g4") is None
    assert await store.put_game(a_game("g4"), None, today="2026-11-27", open_max=3) is Change.CREATED
    assert [row.game_id for row in await store.list_games(G, DAY, 10)] == ["g0", "g1", "g2", "g4"]
    assert await store.list_games(G, "2026-11-27", 10) == []


async def test_an_ended_game_that_is_put_forward_counts_as_one_more(store: Store) -> None:
    await store.put_game(a_game("old"), None, today=DAY, open_max=3)
    tomorrow = "2026-11-27"
    for number in range(3):
        row = a_game(f"g{number}", last_day=tomorrow)
        assert await store.put_game(row, None, today=tomorrow, open_max=3) is Change.CREATED
    again = a_game("old", version=2, last_day=tomorrow)
    assert await store.put_game(again, None, today=tomorrow, open_max=3) is None
    assert await store.find_game(G, "old") == a_game("old")
    longer = a_game("g0", version=2, last_day="2026-11-28")
    assert await store.put_game(longer, None, today=tomorrow, open_max=3) is Change.CHANGED, "it was open"
    assert await store.put_game(again, None, today=tomorrow, open_max=4) is Change.CHANGED


async def test_a_play_with_its_prize_is_written_once(store: Store) -> None:
    await publish(store, stocked=stock([("points", 2)]))
    row = a_play(prize_id="points")
    won = prize("p1", "points", points=20)
    first = await store.record_play(row, uses(0), won, ())
    again = await store.record_play(row, uses(1), won, ())

    assert (first.is_replay, again.is_replay, again.row) == (False, True, row)
    assert await left(store) == ({"points": 1}, {"points": 1}, 600, 400)
    assert (await store.find_points(G, MEMBER)).balance == 20
    with pytest.raises(IdempotencyConflict):
        await store.record_play(replace(row, input_hash=b"other"), uses(1), None, ())
    assert await store.check_counters(G) == []
    assert await store.check_journal(G) == []
    assert await findings(store) == []


@pytest.mark.parametrize(
    ("play_no", "most", "cost"),
    [(0, 100, 100), (1, 1, 100), (1, 100, 601)],
    ids=["a seed used before", "played out", "over the budget"],
)
async def test_a_play_that_a_guard_refuses_leaves_nothing(
    store: Store, play_no: int, most: int, cost: int
) -> None:
    await publish(store)
    await store.record_play(a_play(), uses(0), prize("p1"), ())
    before = await left(store)

    with pytest.raises(GuardFailed):
        await store.record_play(a_play("p2"), uses(play_no, most), prize("p2", cost=cost), ())
    assert await left(store) == before
    assert await store.find_play(G, "p2") is None
    assert await store.check_counters(G) == []


async def test_of_many_plays_at_once_the_last_prize_goes_to_one(store: Store) -> None:
    await publish(store, stocked=stock([("bag", 1)], budget=100_000))

    async def play(number: int) -> bool:
        use = [CounterUse("game/wheel", "", "game", 1, None)]
        row = a_play(f"p{number}")
        try:
            await store.record_play(row, use, prize(row.play_id), ())
        except GuardFailed:
            return False
        return True

    won = await asyncio.gather(*(play(number) for number in range(16)))

    assert sum(won) == 1
    assert await left(store) == ({"bag": 0}, {"bag": 1}, 99_600, 400)
    assert len(await store.list_plays(G, "wheel", "", 100)) == 1
    assert await store.check_counters(G) == []


def a_handover(handover_id: str = "h1", play_id: str = "p1") -> Handover:
    return Handover(
        group_id=G,
        play_id=play_id,
        handover_id=handover_id,
        handover_hash=sha256(play_id.encode()).digest(),
        handed_shop_id=SHOP,
        handed_operator="7",
        handed_actor="till",
        handed_ms=NOW_MS,
        transaction=hand_over(head(f"{play_id}/handover", f"play/{play_id}"), "wheel", "bag"),
    )


async def test_a_thing_is_handed_over_once(store: Store) -> None:
    await publish(store)
    await store.record_play(a_play(), uses(0), prize("p1"), ())
    first = await store.hand_over(a_handover())
    again = await store.hand_over(a_handover())

    assert (first.is_replay, again.is_replay) == (False, True)
    assert again.row == first.row
    with pytest.raises(GuardFailed):
        await store.hand_over(a_handover("h2"))
    with pytest.raises(IdempotencyConflict):
        await store.hand_over(a_handover(play_id="p9"))
    stands = (await store.find_game_stands(G, ["wheel"]))["wheel"]
    assert (stands.won, stands.handed_over) == ({"bag": 0}, {"bag": 1})
    code = sha256(b"code p1").digest()
    assert await store.find_play_by_code(G, code) == first.row
    assert await store.check_counters(G) == []
    assert await store.check_journal(G) == []


async def test_what_is_no_thing_is_not_handed_over(store: Store) -> None:
    await publish(store)
    await store.record_play(a_play(prize_id=""), uses(0), None, ())
    with pytest.raises(GuardFailed):
        await store.hand_over(a_handover())


async def test_plays_are_listed_by_id_a_page_at_a_time(store: Store) -> None:
    await publish(store)
    for number in range(5):
        await store.record_play(a_play(f"p{number}", ""), uses(number), None, ())

    first = await store.list_plays(G, "wheel", "", 3)
    rest = await store.list_plays(G, "wheel", first[-1].play_id, 3)
    assert [row.play_id for row in (*first, *rest)] == ["p0", "p1", "p2", "p3", "p4"]
    assert await store.list_plays(G, "other", "", 3) == []


async def test_a_prize_that_no_play_won_is_told_by_the_proof(store: Store) -> None:
    await publish(store)
    await store.post_once(G, prize("nobody"))

    (fault,) = await store.check_counters(G)
    assert (fault.claim_key, fault.found, fault.expected) == ("prizes of wheel", 1, 0)
    (unrecorded,) = await store.check_journal(G)
    assert (unrecorded.record, unrecorded.record_id) == ("game_play", "")
