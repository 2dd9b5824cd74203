"""Games over HTTP (C-33): offered, drawn, given, handed over, within law, limits, stock and budget."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC
from pathlib import Path
from typing import Any

import msgspec
import pytest

from central.services.games.definition import pool_of
from central.storage.verbs.coarsening import month_start_ms
from loyalty.value.secret_numbers import secret_number
from tests.central_fixture import (
    GROUP,
    MEMBER,
    OTHER_MEMBER,
    OTHER_UID,
    UID,
    CentralUnderTest,
    Reply,
    a_central,
    a_sale,
    by_number,
    by_uid,
)
from tests.integration.central.game_rules import (
    BAG,
    POINTS,
    QUESTION,
    VOUCHER,
    a_game,
    a_play,
    offer_of,
    play,
    publish_game,
    today,
    verify_told,
)
from tests.movable_clock import MovableClock
from tools.demo.games import demo_games
from wire.api_games import GameBody

DAY_MS = 86_400_000


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        yield running


async def state(central: CentralUnderTest, game_id: str = "wheel") -> dict[str, Any]:
    return dict((await central.get(f"games/{game_id}", token="office")).body)


async def assert_books(central: CentralUnderTest) -> None:
    assert (await central.services.upkeep.reconcile(GROUP)).findings == ()


async def test_points_are_won_once_however_often_the_play_is_sent(central: CentralUnderTest) -> None:
    await publish_game(central, POINTS)
    offer = await offer_of(central)
    body = a_play(offer["commitment"])
    first = await central.post("games/wheel/plays", body)
    again = await central.post("games/wheel/plays", body)

    assert (first.status, first.body["outcome"], first.body["face_id"]) == (200, "won", "points20")
    assert first.body["plays_left"] == 19
    assert (again.headers["Idempotent-Replayed"], again.body) == ("true", first.body)
    assert await central.points_of() == 20
    changed = body | {"client_seed": "0" * 32}
    assert (await central.post("games/wheel/plays", changed)).code == "idempotency_conflict"
    stands = await state(central)
    assert (stands["plays"], stands["spent_minor"], stands["budget_left_minor"]) == (1, 20, 999_980)
    assert (stands["prizes"][0]["left"], stands["prizes"][0]["won"]) == (999, 1)
    events = await central.services.store.list_events(GROUP, 0, 1000)
    assert [each.kind for each in events if each.kind.startswith("game.")] == [
        "game.published",
        "game.played",
    ]
    await assert_books(central)


async def test_the_draw_holds_for_the_commitment_that_was_shown_before(central: CentralUnderTest) -> None:
    await publish_game(central, POINTS, VOUCHER, out_of=60)
    commitments = []
    for _ in range(8):
        offer = await offer_of(central)
        commitments.append(offer["commitment"])
        answer = await central.post("games/wheel/plays", a_play(offer["commitment"]))
        verify_told(answer.body, offer["commitment"])
        number, face = answer.body["draw"]["number"], answer.body["draw"].get("face_id", "")
        assert face == ("points20" if number < 10 else "voucher5" if number < 20 else "")
    assert len(set(commitments)) == 8, "each play has a seed of its own"
    assert await offer_of(central) == await offer_of(central), "asking moves nothing"


async def test_a_play_of_another_commitment_is_refused_and_shows_no_seed(central: CentralUnderTest) -> None:
    await publish_game(central, POINTS)
    stale = (await offer_of(central))["commitment"]
    assert (await central.post("games/wheel/plays", a_play(stale))).status == 200

    for commitment in (stale, "ab" * 32, ""):
        refused = await central.post("games/wheel/plays", a_play(commitment))
        assert (refused.status, refused.code) == (409, "game_changed")
        assert "seed" not in str(refused.body)
    assert await central.points_of() == 20


def with_voucher(sale: dict[str, Any], code: str) -> dict[str, Any]:
    return sale | {"basket": sale["basket"] | {"vouchers": [code]}}


async def test_a_voucher_that_was_won_pays_for_its_member_once(central: CentralUnderTest) -> None:
    await publish_game(central, VOUCHER)
    won = (await play(central)).body["prize"]
    assert (won["kind"], won["worth_minor"], won["last_day"]) == ("voucher", 500, today(central, 30))

    of_another = with_voucher(a_sale(central, holder=by_uid(OTHER_UID)), won["code"])
    assert (await central.post("sales", of_another)).code == "voucher_of_another"
    sale = with_voucher(a_sale(central), won["code"])
    assert (await central.post("sales", sale)).body["used_vouchers"] == [
        {"code": won["code"], "used_minor": 500}
    ]
    again = with_voucher(a_sale(central), won["code"])
    assert (await central.post("sales", again)).code == "voucher_used"
    await assert_books(central)


async def test_a_thing_is_handed_over_once_and_by_its_number_alone(central: CentralUnderTest) -> None:
    await publish_game(central, BAG)
    won = (await play(central)).body["prize"]
    body = {"handover_id": "h-1", "code": won["code"], "operator": "7"}
    first = await central.post("prize-handovers", body, token="terminal_2")
    again = await central.post("prize-handovers", body, token="terminal_2")

    assert (first.status, first.body["names"]["fr"], first.body["shop_id"]) == (200, "Une trousse", "lac-2")
    assert (again.headers["Idempotent-Replayed"], again.body) == ("true", first.body)
    assert (await central.post("prize-handovers", body | {"handover_id": "h-2"})).code == "prize_handed_over"
    wrong = body | {"handover_id": "h-3", "code": secret_number(bytes(16))}
    assert (await central.post("prize-handovers", wrong)).code == "prize_unknown"
    slip = body | {"handover_id": "h-4", "code": "12345"}
    assert (await central.post("prize-handovers", slip)).code == "prize_code_invalid"
    prize = (await state(central))["prizes"][0]
    assert (prize["won"], prize["handed_over"]) == (1, 1)
    await assert_books(central)


async def test_a_thing_that_was_not_fetched_in_time_stays(central: CentralUnderTest) -> None:
    await publish_game(central, BAG)
    won = (await play(central)).body["prize"]
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += 16 * DAY_MS
    late = await central.post("prize-handovers", {"handover_id": "h-1", "code": won["code"]})
    assert (late.status, late.code) == (422, "prize_over")


async def test_a_member_plays_as_often_as_the_day_allows(central: CentralUnderTest) -> None:
    await publish_game(central, POINTS, plays_per_day=2)
    assert [(await play(central)).body["plays_left"] for _ in range(2)] == [1, 0]

    offer = await offer_of(central)
    assert offer["is_open"] is False
    assert (offer["why_not"], offer["plays_left"], offer.get("commitment", "")) == ("played_out", 0, "")
    assert (await central.post("games/wheel/plays", a_play("ab" * 32))).code == "game_played_out"
    assert (await play(central, holder=by_uid(OTHER_UID))).status == 200, (
        "another member has plays of their own"
    )
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += DAY_MS
    assert (await play(central)).body["plays_left"] == 1
    assert await central.points_of() == 60


async def test_what_is_used_up_gives_the_consolation_and_the_offer_says_so(central: CentralUnderTest) -> None:
    await publish_game(
        central, VOUCHER | {"stock": 1}, POINTS | {"odds": 1, "stock": 1}, fallback_id="points20", out_of=11
    )
    answers = []
    while (offer := await offer_of(central))["is_open"]:
        answers.append((await central.post("games/wheel/plays", a_play(offer["commitment"]))).body)
        verify_told(answers[-1], offer["commitment"])

    assert offer["why_not"] == "no_prizes"
    assert [each.get("is_left", True) for each in offer["prizes"]] == [False, False]
    assert sorted(each["face_id"] for each in answers if each["face_id"]) == ["points20", "voucher5"]
    fallbacks = [each for each in answers if each["is_fallback"]]
    assert all((each["draw"]["face_id"], each["face_id"]) == ("voucher5", "points20") for each in fallbacks)
    refused = await central.post("games/wheel/plays", a_play("ab" * 32))
    assert refused.code == "game_changed"
    await assert_books(central)


async def test_the_budget_is_never_passed(central: CentralUnderTest) -> None:
    await publish_game(central, VOUCHER, budget_minor=1499)
    answers = [await play(central) for _ in range(2)]
    assert [each.body["outcome"] for each in answers] == ["won", "won"]

    assert (await offer_of(central))["why_not"] == "no_prizes"
    stands = await state(central)
    assert (stands["spent_minor"], stands["budget_left_minor"]) == (1000, 499)


async def patient_play(central: CentralUnderTest, token: str, uid: str) -> Reply:
    """Play until it is decided; others may play at the same time."""
    for _ in range(60):
        offer = await offer_of(central, token=token, **by_uid(uid))
        if not offer["is_open"]:
            return Reply(200, {"outcome": offer["why_not"]}, {})
        body = a_play(offer["commitment"], holder=by_uid(uid))
        answer = await central.post("games/wheel/plays", body, token=token)
        if answer.status == 200 or answer.code == "game_no_prizes":
            return answer
        assert answer.code in ("game_changed", "try_again"), answer.body
    raise AssertionError("never decided")


async def test_two_kiosks_that_play_for_the_last_prize_give_it_once(central: CentralUnderTest) -> None:
    await publish_game(central, BAG | {"stock": 1})
    answers = await asyncio.gather(
        *(
            patient_play(central, *seat)
            for seat in (("terminal", by_uid()["value"]), ("terminal_2", OTHER_UID)) * 4
        )
    )

    assert sum(each.body.get("outcome") == "won" for each in answers) == 1
    stands = await state(central)
    assert (stands["prizes"][0]["left"], stands["prizes"][0]["won"], stands["spent_minor"]) == (0, 1, 300)
    await assert_books(central)


async def test_a_play_that_is_sent_many_times_at_once_is_one_play(central: CentralUnderTest) -> None:
    await publish_game(central, POINTS, plays_per_day=1)
    body = a_play((await offer_of(central))["commitment"])
    answers = await asyncio.gather(*(central.post("games/wheel/plays", body) for _ in range(12)))

    assert [each.status for each in answers] == [200] * 12
    assert all(each.body == answers[0].body for each in answers)
    assert await central.points_of() == 20


async def test_a_quiz_with_too_few_right_answers_draws_nothing(central: CentralUnderTest) -> None:
    await publish_game(central, POINTS, kind="quiz", questions=[QUESTION, QUESTION], right_needed=2)
    offer = await offer_of(central)
    assert offer["questions"][0]["text"] == QUESTION["text"]
    assert "right" not in str(offer["questions"])
    assert "Deux valent mieux" not in str(offer["questions"])
    lost = await play(central, answers=[1, 0])
    won = await play(central, answers=[1, 1])

    assert (lost.body["outcome"], lost.body["right"], lost.body["draw"]) == ("nothing", 1, None)
    assert lost.body["right_answers"] == [1, 1]
    assert lost.body["explained"] == [{"why": QUESTION["why"], "source": "Office fédéral"}] * 2
    assert (won.body["outcome"], won.body["right"]) == ("won", 2)
    stored = [
        row for row in await central.services.store.list_plays(GROUP, "wheel", "", 10) if row.number is None
    ]
    assert [row.server_seed for row in stored] == [""]


async def test_a_quiz_without_prizes_is_played_where_no_contest_may_be(central: CentralUnderTest) -> None:
    bare: dict[str, Any] = {
        "out_of": 0,
        "budget_minor": 0,
        "kind": "quiz",
        "questions": [QUESTION],
        "countries": ["CH", "FR", "DE"],
    }
    await publish_game(central, **bare)
    answer = await play(central, answers=[1])

    assert (answer.status, answer.body["outcome"], answer.body["right"]) == (200, "nothing", 1)
    assert await central.points_of() == 0


@pytest.mark.parametrize(
    ("countries", "words"), [(["CH", "FR"], "FR"), (["DE"], "no source"), (["IT"], "IT")]
)
async def test_a_contest_is_not_published_where_the_law_does_not_let_it(
    central: CentralUnderTest, countries: list[str], words: str
) -> None:
    refused = await central.put("games/wheel", a_game(central, POINTS, countries=countries))

    assert (refused.status, refused.code) == (422, "game_unlawful")
    assert words in refused.body["detail"]
    assert (await central.get("games/wheel", token="office")).code == "game_not_found"


async def test_a_medicine_is_no_prize(central: CentralUnderTest) -> None:
    body = a_game(central, BAG | {"article_class": "medicine_ch_d"})
    assert (await central.put("games/wheel", body)).code == "game_unlawful"


async def test_a_game_of_another_country_is_not_offered_and_not_played(central: CentralUnderTest) -> None:
    bare: dict[str, Any] = {
        "out_of": 0,
        "budget_minor": 0,
        "kind": "quiz",
        "questions": [QUESTION],
        "countries": ["FR"],
    }
    await publish_game(central, **bare)
    assert (await central.post("game-offers", {"holder": by_uid()})).body["games"] == []
    refused = await central.post("games/wheel/plays", a_play(""))
    assert (refused.status, refused.code) == (422, "game_not_open")


async def test_a_game_that_has_not_begun_or_is_over_is_not_played(central: CentralUnderTest) -> None:
    await publish_game(central, POINTS, first_day=today(central, 3))
    assert (await offer_of(central))["why_not"] == "not_yet"
    assert (await central.post("games/wheel/plays", a_play("ab" * 32))).code == "game_not_open"
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += 40 * DAY_MS
    assert (await central.post("game-offers", {"holder": by_uid()})).body["games"] == []
    assert (await central.post("games/wheel/plays", a_play("ab" * 32))).code == "game_not_open"


async def test_a_number_alone_sees_the_games_and_plays_none(central: CentralUnderTest) -> None:
    await publish_game(central, POINTS)
    offer = await offer_of(central, **by_number())
    assert (offer["why_not"], offer.get("commitment", "")) == ("needs_card", "")
    refused = await central.post("games/wheel/plays", a_play("ab" * 32, holder=by_number()))
    assert (refused.status, refused.code) == (403, "strength_too_low")


async def test_the_game_of_the_docs_is_published_as_they_say(
    central: CentralUnderTest,
) -> None:
    page = (Path(__file__).parents[3] / "docs" / "games.md").read_text()
    body = json.loads(page.split("```json\n")[1].split("```", maxsplit=1)[0])
    answer = await central.put("games/autumn_wheel", body)

    assert answer.status == 200, answer.body
    pool = pool_of("autumn_wheel", msgspec.convert(body, GameBody))
    assert [getattr(pool.drawn(number), "prize_id", "") for number in (0, 59, 60, 79, 80, 81, 89)] == [
        "points20", "points20", "cream", "cream", "voucher5", "voucher5", "voucher5",
    ]  # fmt: skip
    assert pool.drawn(90) is None


async def test_published_odds_stay_and_stock_grows(central: CentralUnderTest) -> None:
    await publish_game(central, POINTS | {"stock": 5}, budget_minor=100)
    same = await publish_game(central, POINTS | {"stock": 5}, budget_minor=100)
    assert same.body["prizes"][0]["left"] == 5
    more = await publish_game(central, POINTS | {"stock": 8}, budget_minor=300)
    assert (more.body["prizes"][0]["left"], more.body["budget_left_minor"]) == (8, 300)

    fewer = await central.put("games/wheel", a_game(central, POINTS | {"stock": 7}, budget_minor=300))
    other = await central.put(
        "games/wheel", a_game(central, POINTS | {"stock": 8, "odds": 9}, out_of=10, budget_minor=300)
    )
    assert (fewer.code, other.code) == ("game_fixed", "game_fixed")
    assert (await central.put("games/wheel", a_game(central, POINTS), token="terminal")).status == 403
    await assert_books(central)


async def test_head_office_pages_plays_without_members_and_the_player_hears_again(
    central: CentralUnderTest,
) -> None:
    await publish_game(central, BAG)
    told = [(await play(central)).body for _ in range(3)]
    first = (await central.get("games/wheel/plays?limit=2", token="office")).body
    rest = (await central.get(f"games/wheel/plays?limit=2&after={first['next']}", token="office")).body

    listed = [*first["plays"], *rest["plays"]]
    assert [each["play_id"] for each in listed] == sorted(each["play_id"] for each in told)
    assert (rest["next"], MEMBER in str(listed), "code" in str(listed)) == ("", False, False)
    path = f"plays/{told[0]['play_id']}/tell"
    assert (await central.post(path, {"holder": by_uid()})).body == told[0]
    assert (await central.post(path, {"holder": by_uid(OTHER_UID)})).code == "play_not_found"


async def test_a_merged_member_keeps_plays_and_limits_and_seeds_are_never_used_again(
    central: CentralUnderTest,
) -> None:
    await publish_game(central, POINTS, VOUCHER, BAG, plays_per_day=6)
    seeds = [
        (await play(central, holder=by_uid(uid))).body for uid in (UID, UID, OTHER_UID, OTHER_UID, OTHER_UID)
    ]
    asked = await central.post(
        f"members/{MEMBER}/merge",
        {"merge_id": "merge-1", "duplicate_id": OTHER_MEMBER, "reason": "Same person"},
        token="office",
    )
    if asked.body["state"] == "pending":
        asked = await central.post("merges/merge-1/decision", {"approve": True}, token="reader")
    assert asked.body["state"] == "done", asked.body

    assert (await offer_of(central, **by_uid(OTHER_UID)))["plays_left"] == 1
    seeds.append((await play(central, holder=by_uid(OTHER_UID))).body)
    assert len({each["draw"]["server_seed"] for each in seeds}) == 6
    assert (await offer_of(central))["why_not"] == "played_out"
    rows = await central.services.store.list_plays(GROUP, "wheel", "", 10)
    assert {row.member_id for row in rows} == {MEMBER}
    told = await central.post(f"plays/{seeds[2]['play_id']}/tell", {"holder": by_uid()})
    assert told.body == seeds[2], "what the duplicate won is told to the survivor"
    await assert_books(central)


async def test_the_demo_groups_games_are_offered_and_played(central: CentralUnderTest) -> None:
    games = demo_games(central.clock() - DAY_MS)
    for game_id, game in games.items():
        await central.services.games.pools.put(central.operator, game_id, game)

    offers = (await central.post("game-offers", {"holder": by_uid()})).body["games"]
    assert {each["game_id"]: each["is_open"] for each in offers} == dict.fromkeys(games, True)
    for game_id, game in games.items():
        answer = await play(central, game_id, answers=[each.right for each in game.questions])
        assert answer.status == 200, answer.body
        assert answer.body["right"] == len(game.questions)
    await assert_books(central)


async def test_a_voucher_that_was_won_is_among_its_members_vouchers(central: CentralUnderTest) -> None:
    await publish_game(central, VOUCHER)
    won = (await play(central)).body["prize"]
    listed = (await central.post("holders/value", {"holder": by_uid()})).body["vouchers"]

    assert [(each["worth_minor"], each["last_day"]) for each in listed] == [(500, won["last_day"])]


async def test_an_erased_member_leaves_plays_that_lead_to_nobody_and_true_books(
    central: CentralUnderTest,
) -> None:
    await publish_game(central, POINTS, VOUCHER, BAG)
    for _ in range(6):
        await play(central)
    await publish_game(central, BAG, game_id="bags")
    won, _waits = [(await play(central, "bags")).body["prize"] for _ in range(2)]
    body = {"handover_id": "h-1", "code": won["code"], "operator": "7"}
    assert (await central.post("prize-handovers", body)).status == 200
    erased = await central.post(f"members/{MEMBER}/erasure", {}, token="office")
    assert erased.status == 200, erased.body

    rows = await central.services.store.list_plays(GROUP, "wheel", "", 10)
    rows = [*rows, *await central.services.store.list_plays(GROUP, "bags", "", 10)]
    assert {(row.day[-2:], row.terminal_id, row.client_seed) for row in rows} == {("01", None, "")}
    assert {(row.handed_operator, row.handed_actor) for row in rows} == {("", None)}
    handed = [row.handed_ms for row in rows if row.handed_ms is not None]
    assert handed == [month_start_ms(central.clock(), UTC)]
    await assert_books(central)
