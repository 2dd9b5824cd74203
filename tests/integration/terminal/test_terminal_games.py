"""Games at the kiosk: through the agent to a real central, drawn there; in a cut nothing is won (C-33)."""

import asyncio
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from loyalty.limits.games import GAME_POOLS_MAX
from loyalty.limits.sockets import FRAME_BYTES_MAX
from terminal import session as flow
from terminal.journeys.games import table
from terminal.journeys.printing import drawn_of
from tests.central_fixture import MEMBER
from tests.helpers import eventually
from tests.integration.central.claim_rules import bonus, publish
from tests.integration.central.game_rules import BAG, POINTS, QUESTION, publish_game, verify_told
from tests.integration.central.test_chip_messages import a_chip
from tests.terminal_fixture import Shop
from wire.games import Draw, GameOffer, GamesTold, ListGames, PlayGame, PlayTold
from wire.messages import FromAgent, Hello
from wire.peer import Link, connect_forever


@dataclass
class Player:
    """A kiosk's end, as far as games go."""

    shop: Shop
    link: Link | None = None
    listed: list[GamesTold] = field(default_factory=list)
    played: list[PlayTold] = field(default_factory=list)
    asked: int = 0

    async def on_message(self, message: FromAgent) -> None:
        if isinstance(message, GamesTold):
            self.listed.append(message)
        if isinstance(message, PlayTold):
            self.played.append(message)

    @property
    def session_id(self) -> str:
        return self.shop.kiosk.session.session_id

    async def games(self, session_id: str = "") -> GamesTold:
        assert self.link is not None
        await eventually(lambda: self.link and self.link.is_up)
        self.listed.clear()
        assert self.link.send(ListGames(request_id="l", session_id=session_id or self.session_id))
        await eventually(lambda: bool(self.listed) and not self.listed[-1].has_more)
        games = tuple(game for part in self.listed for game in part.games)
        return msgspec.structs.replace(self.listed[-1], games=games)

    def a_play(self, offer: GameOffer, **changed: Any) -> PlayGame:
        self.asked += 1
        return PlayGame(
            **{
                "request_id": f"r{self.asked}",
                "session_id": self.session_id,
                "game_id": offer.game_id,
                "play_id": f"play-{self.asked}-{secrets.token_hex(4)}",
                "client_seed": secrets.token_hex(16),
                "commitment": offer.commitment,
            }
            | changed
        )

    async def play(self, message: PlayGame) -> PlayTold:
        assert self.link is not None
        before = len(self.played)
        assert self.link.send(message)
        await eventually(lambda: len(self.played) == before + 1)
        return self.played[-1]


@pytest.fixture
async def player(shop: Shop) -> AsyncIterator[Player]:
    made = Player(shop)
    hello = Hello(program="kiosk", version="0")
    async with connect_forever(
        shop.settings.socket, hello, FromAgent, made.on_message, lambda _: None
    ) as link:
        made.link = link
        yield made


async def test_a_tapped_member_plays_and_the_balance_follows(player: Player) -> None:
    await publish_game(player.shop.central, POINTS, plays_per_day=1)
    await player.shop.tap_known()
    (offer,) = (await player.games()).games
    message = player.a_play(offer)
    told = await player.play(message)

    assert (offer.is_open, offer.plays_left, told.outcome, told.plays_left) == (True, 1, "won", 0)
    assert told.prize is not None
    assert (told.prize.points, told.face_id) == (20, "points20")
    await eventually(
        lambda: player.shop.kiosk.session.member and player.shop.kiosk.session.member.points == 20
    )
    again = await player.play(message)
    assert again == told, "the same play is the first answer"
    assert await player.shop.central.points_of(MEMBER) == 20
    (after,) = (await player.games()).games
    assert (after.is_open, after.why_not) == (False, "played_out")


async def test_what_the_kiosk_is_told_verifies(player: Player) -> None:
    await publish_game(player.shop.central, BAG, POINTS)
    await player.shop.tap_known()
    (offer,) = (await player.games()).games
    told = await player.play(player.a_play(offer))

    assert told.draw is not None
    draw = {name: getattr(told.draw, name) for name in told.draw.__struct_fields__}
    verify_told({"draw": draw}, offer.commitment)


async def test_a_quiz_is_told_with_what_is_right_after_it(player: Player) -> None:
    bare: dict[str, Any] = {"kind": "quiz", "questions": [QUESTION], "out_of": 0, "budget_minor": 0}
    await publish_game(player.shop.central, **bare)
    await player.shop.tap_known()
    (offer,) = (await player.games()).games
    told = await player.play(player.a_play(offer, answers=(0,)))

    assert (told.outcome, told.right, told.right_answers) == ("nothing", 0, (1,))
    assert told.explained[0].source == "Office fédéral"


async def test_where_the_group_asks_for_a_chip_a_copied_number_plays_nothing(player: Player) -> None:
    central = player.shop.central
    await publish(central, bonus(), identification={"play": "aes_card"})
    await publish_game(central, POINTS)
    chip = await a_chip(central)
    await player.shop.tap_known(chip.uid.hex().upper())
    (copied,) = (await player.games()).games
    refused = await player.play(player.a_play(copied, commitment="ab" * 32))
    await player.shop.remove()
    chip.counter += 1
    await player.shop.tap(chip.sun_url(), "ntag424")
    await eventually(lambda: player.shop.kiosk.states[-1].session and player.shop.kiosk.session.member)
    (genuine,) = (await player.games()).games
    told = await player.play(player.a_play(genuine))

    assert (copied.why_not, refused.outcome, refused.trouble) == ("needs_card", "refused", "needs_card")
    assert (genuine.is_open, told.outcome) == (True, "won")


async def test_in_a_cut_games_are_shown_closed_and_nothing_is_won(player: Player) -> None:
    await publish_game(player.shop.central, POINTS)
    await player.shop.tap_known()
    (offer,) = (await player.games()).games
    await player.shop.cut()
    told = await player.games()
    refused = await player.play(player.a_play(offer))

    assert told.trouble == "central_unreachable"
    assert [(each.is_open, each.why_not, each.commitment) for each in told.games] == [(False, "offline", "")]
    assert (refused.outcome, refused.trouble) == ("refused", "central_unreachable")
    await player.shop.mend()
    assert (await player.games()).games[0].is_open


async def test_a_stale_commitment_and_a_session_that_ended_are_refused(player: Player) -> None:
    await publish_game(player.shop.central, POINTS)
    await player.shop.tap_known()
    (offer,) = (await player.games()).games
    await player.play(player.a_play(offer))

    assert (await player.play(player.a_play(offer))).trouble == "changed"
    assert (await player.games("another-session")).trouble == "not_here"
    gone = await player.play(player.a_play(offer, session_id="another-session"))
    assert (gone.outcome, gone.trouble) == ("refused", "not_here")
    assert await player.shop.central.points_of(MEMBER) == 20


async def test_as_many_games_as_may_be_open_are_all_told_however_long_their_texts(player: Player) -> None:
    central = player.shop.central
    text = dict.fromkeys(("fr", "de", "it", "en", "zh"), "x" * 239)
    question = {"text": text, "answers": [text] * 3, "right": 1}
    quiz: dict[str, Any] = {"kind": "quiz", "questions": [question] * 5, "out_of": 0, "budget_minor": 0}
    for at in range(GAME_POOLS_MAX):
        await publish_game(central, game_id=f"quiz_{at:02}", **quiz)
    await player.shop.tap_known()
    told = await player.games()
    assert sum(len(msgspec.json.encode(each)) for each in told.games) > 8 * FRAME_BYTES_MAX
    assert sorted(each.game_id for each in told.games) == [f"quiz_{at:02}" for at in range(GAME_POOLS_MAX)]
    await player.shop.cut()
    in_a_cut = await player.games()
    assert (len(in_a_cut.games), in_a_cut.trouble) == (GAME_POOLS_MAX, "central_unreachable")
    assert {each.why_not for each in in_a_cut.games} == {"offline"}


async def test_what_was_won_is_forgotten_when_the_visit_ends(player: Player) -> None:
    await publish_game(player.shop.central, POINTS)
    await player.shop.tap_known()
    (offer,) = (await player.games()).games
    session_id = player.session_id
    message = player.a_play(offer)
    await player.play(message)
    won = player.shop.agent.won
    known = won.find(session_id, message.play_id)
    assert known is not None
    assert known[1] is not None
    await asyncio.to_thread(_draw_again_as_the_docs_say, known[1])
    await player.shop.remove()
    await eventually(lambda: won.find(session_id, message.play_id) is None)
    assert "PrizeWon" not in repr(won)


def _draw_again_as_the_docs_say(draw: Draw) -> None:
    """What the prize's slip has as a code, word by word, into the program of docs/games.md."""
    page = (Path(__file__).parents[3] / "docs" / "games.md").read_text(encoding="utf-8")
    program = page.split("```python\n")[1].split("```")[0]
    words = drawn_of(draw).opened.split()
    ran = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [draw.commitment, str(draw.number)]


async def test_a_prize_that_comes_after_the_visit_is_booked_and_told_to_nobody(
    player: Player,
) -> None:
    await publish_game(player.shop.central, POINTS)
    await player.shop.tap_known()
    (offer,) = (await player.games()).games
    agent = player.shop.agent
    current = agent.desk.current
    assert current is not None
    asking = asyncio.ensure_future(table(agent.parts)[PlayGame](player.a_play(offer)))
    left = flow.removed(agent.desk.sessions, current.tap_id)
    asyncio.get_running_loop().call_soon(agent.desk.put, left)  # right after central is asked

    assert await asking == []
    assert await player.shop.central.points_of(MEMBER) == 20
    assert "PrizeWon" not in repr(agent.won)
