"""The journey of the games: what is asked, what comes back, and when; the screen decides nothing."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from kiosk.flow import Action, Screen, State, next_deadline_ms, start, step
from kiosk.flow.effects import PlaySound, ReportFailsafe, Send, Sound
from kiosk.flow.events import AgentChanged, AnyEvent, CardGone, Dragged, Ticked, Told, Touched
from kiosk.flow.games.memory import CARDS
from kiosk.flow.games.page import STANDS_S, GamesPage
from kiosk.flow.games.wheel import face_at, sectors
from kiosk.flow.journeys.games import CARD_ACTIONS
from kiosk.flow.mode import Mode
from kiosk.flow.state import CHOICES
from kiosk.scenes import games as scenes
from kiosk.scenes.base import visit
from kiosk.scenes.demo import a_member, a_member_by_number, a_session, an_agent_state
from kiosk.scenes.games import FUN, MEMORY, QUIZ, SCRATCH, WHEEL
from tests.unit.kiosk.drawing import is_sent
from wire.games import GameOffer, GamesTold, ListGames, PlayGame, PlayTold
from wire.messages import EndSession
from wire.printing import PrintSlip, PrintTold


class Kiosk:
    """A kiosk that is stepped by hand, and remembers what it sent."""

    def __init__(self, chance: str = "of-this-run") -> None:
        self.state = start(language="fr", now_ms=0, chance=chance)
        self.now_ms = 2_000
        self.effects: list[object] = []
        self.sent: list[Any] = []

    def on(self, event: AnyEvent) -> "Kiosk":
        self.state, effects = step(self.state, event)
        self.effects = list(effects)
        assert not [one for one in effects if isinstance(one, ReportFailsafe)]
        self.sent += [one.message for one in effects if isinstance(one, Send)]
        return self

    def touch(self, *actions: Action) -> "Kiosk":
        for action in actions:
            self.now_ms += 100
            self.on(Touched(now_ms=self.now_ms, action=action))
        return self

    def tell(self, answer: Any) -> "Kiosk":
        self.now_ms += 100
        return self.on(Told(now_ms=self.now_ms, answer=answer))

    def wait(self) -> "Kiosk":
        """Until the next deadline of the screen."""
        deadline_ms = next_deadline_ms(self.state)
        assert deadline_ms is not None
        self.now_ms = deadline_ms
        return self.on(Ticked(now_ms=deadline_ms))

    @property
    def page(self) -> GamesPage:
        assert isinstance(self.state.journey, GamesPage)
        return self.state.journey

    @property
    def plays(self) -> list[PlayGame]:
        return [one for one in self.sent if isinstance(one, PlayGame)]


def at_games(*games: GameOffer, chance: str = "of-this-run") -> Kiosk:
    """The member has opened the games, and these were told."""
    kiosk = Kiosk(chance)
    for event in scenes._to_games("fr"):
        kiosk.on(event)
    kiosk.now_ms = 3_000
    return kiosk.tell(GamesTold(request_id=kiosk.page.request_id, games=games)) if games else kiosk


def playing(game: GameOffer) -> Kiosk:
    return at_games(game).touch(CHOICES[0], Action.PLAY)


def told(kiosk: Kiosk, face_id: str = "", **changes: Any) -> PlayTold:
    """Central's answer to the play that was asked last."""
    play = kiosk.plays[-1]
    number = scenes._NUMBERS[face_id] if play.game_id == WHEEL.game_id else 1
    answer = scenes._told(face_id, number=number)
    changed = {"request_id": play.request_id, "play_id": play.play_id, **changes}
    return msgspec.structs.replace(answer, **changed)


def test_games_are_asked_for_when_the_tile_is_touched() -> None:
    kiosk = at_games()
    assert kiosk.state.screen is Screen.GAMES
    assert [type(one) for one in kiosk.sent] == [ListGames]
    assert kiosk.sent[0].session_id == "session-1"


def test_a_number_without_a_card_is_offered_no_games() -> None:
    kiosk = Kiosk()
    for event in visit(a_member_by_number(), medium="typed"):
        kiosk.on(event)
    kiosk.touch(Action.MENU, *CHOICES)
    assert not any(isinstance(one, ListGames) for one in kiosk.sent)


def test_a_closed_game_can_be_looked_at_and_not_played() -> None:
    closed = msgspec.structs.replace(WHEEL, is_open=False, why_not="no_prizes", plays_left=0)
    kiosk = at_games(closed).touch(CHOICES[0], Action.PLAY)
    assert kiosk.state.screen is Screen.GAME
    assert kiosk.plays == []


def test_a_play_says_the_offers_commitment_and_a_seed_that_is_its_own() -> None:
    kiosk = playing(WHEEL)
    (play,) = kiosk.plays
    assert (play.game_id, play.commitment) == (WHEEL.game_id, WHEEL.commitment)
    assert play.play_id.startswith("session-1.")
    assert len(play.client_seed) == 32
    assert kiosk.state.screen is Screen.GAME_PLAY


def test_the_seed_comes_from_what_the_kiosk_keeps_and_the_moment_of_the_touch() -> None:
    one, later, other = at_games(WHEEL), at_games(WHEEL), at_games(WHEEL, chance="of-another-run")
    for kiosk in (one, later, other):
        kiosk.touch(CHOICES[0])
        kiosk.now_ms = 5_000 if kiosk is later else 4_000
        kiosk.touch(Action.PLAY)
    seeds = {kiosk.plays[0].client_seed for kiosk in (one, later, other)}
    assert len(seeds) == 3
    assert "of-this-run" not in repr(one.state)


def test_the_wheel_turns_until_it_was_told_and_then_stands_on_the_face() -> None:
    kiosk = playing(WHEEL)
    kiosk.tell(told(kiosk, "v10"))
    assert kiosk.state.screen is Screen.GAME_PLAY
    stands_ms = kiosk.page.stands_ms
    assert kiosk.page.spin is not None
    assert stands_ms == kiosk.page.spin.stops_ms
    kiosk.on(Ticked(now_ms=stands_ms + 500))
    assert kiosk.state.screen is Screen.GAME_PLAY
    kiosk.wait()
    assert kiosk.now_ms >= stands_ms + STANDS_S * 1000
    assert kiosk.state.screen is Screen.GAME_RESULT
    assert kiosk.effects == [PlaySound(Sound.SUCCESS)]
    assert kiosk.page.told is not None
    assert kiosk.page.told.face_id == "v10"


def test_where_nothing_may_move_the_wheel_is_shown_where_it_stands_and_a_touch_goes_on() -> None:
    kiosk = playing(WHEEL)
    kiosk.state = replace(kiosk.state, mode=Mode(is_calm=True))
    kiosk.tell(told(kiosk, "v10"))
    assert kiosk.state.screen is Screen.GAME_PLAY
    assert kiosk.page.stands_ms == kiosk.now_ms
    kiosk.touch(Action.SKIP)
    assert kiosk.state.screen is Screen.GAME_RESULT


@pytest.mark.parametrize("mode", [Mode(), Mode(is_calm=True)], ids=["moving", "calm"])
@pytest.mark.parametrize("face_id", ["v10", ""])
def test_the_field_that_is_marked_is_the_one_central_told(face_id: str, mode: Mode) -> None:
    kiosk = playing(WHEEL)
    kiosk.state = replace(kiosk.state, mode=mode)
    kiosk.tell(told(kiosk, face_id))
    assert kiosk.page.spin is not None
    assert face_at(sectors(WHEEL), -kiosk.page.spin.place % 360) == face_id


def test_a_miss_makes_no_sound_of_its_own() -> None:
    kiosk = playing(WHEEL)
    kiosk.tell(told(kiosk)).wait()
    assert kiosk.state.screen is Screen.GAME_RESULT
    assert kiosk.effects == [PlaySound(Sound.TOUCH)]


def test_a_touch_while_the_wheel_turns_shows_what_was_told_at_once() -> None:
    kiosk = playing(WHEEL)
    kiosk.touch(Action.SKIP)
    assert kiosk.state.screen is Screen.GAME_PLAY
    kiosk.tell(told(kiosk, "p50")).touch(Action.SKIP)
    assert kiosk.state.screen is Screen.GAME_RESULT
    kiosk.on(Ticked(now_ms=kiosk.now_ms + 4_000))
    assert kiosk.state.screen is Screen.GAME_RESULT


def test_the_card_may_be_taken_while_the_wheel_turns() -> None:
    kiosk = playing(WHEEL)
    kiosk.tell(told(kiosk, "v10"))
    kiosk.on(CardGone(now_ms=kiosk.now_ms + 300, tap_id="tap-1"))
    assert kiosk.state.screen is Screen.GOODBYE
    assert kiosk.state.journey is None
    assert kiosk.state.session is None
    assert isinstance(kiosk.sent[-1], EndSession)
    kiosk.on(Ticked(now_ms=kiosk.now_ms + 20_000))
    assert kiosk.state.screen is Screen.ATTRACT
    assert len(kiosk.plays) == 1


def test_an_answer_to_a_visit_that_is_over_is_not_shown() -> None:
    kiosk = playing(WHEEL)
    late = told(kiosk, "v10")
    kiosk.on(CardGone(now_ms=kiosk.now_ms + 300, tap_id="tap-1"))
    before = kiosk.state
    kiosk.tell(late)
    assert kiosk.state == before


def test_a_play_without_an_answer_is_asked_again_in_the_same_words() -> None:
    kiosk = playing(WHEEL).wait()
    assert kiosk.page.trouble == "central_unreachable"
    kiosk.touch(Action.TRY_AGAIN)
    first, again = kiosk.plays
    assert again.request_id != first.request_id
    assert msgspec.structs.replace(again, request_id=first.request_id) == first
    kiosk.tell(told(kiosk, "p500")).wait()
    assert kiosk.state.screen is Screen.GAME_RESULT
    assert kiosk.page.unsure == ()


def test_a_late_answer_changes_nothing_and_the_same_play_is_still_there_to_ask_for() -> None:
    kiosk = playing(WHEEL)
    late = told(kiosk, "p500")
    kiosk.wait().tell(late)
    assert kiosk.page.told is None
    assert kiosk.page.trouble == "central_unreachable"
    kiosk.touch(Action.TRY_AGAIN).tell(told(kiosk, "p500")).wait()
    assert kiosk.state.screen is Screen.GAME_RESULT


def test_a_play_whose_fate_is_unknown_is_not_lost_by_looking_at_the_list() -> None:
    kiosk = playing(WHEEL).wait().touch(Action.BACK)
    kiosk.tell(GamesTold(request_id=kiosk.page.request_id, games=(SCRATCH, WHEEL)))
    kiosk.touch(CHOICES[1], Action.PLAY)
    first, again = kiosk.plays
    assert again.play_id == first.play_id
    assert again.client_seed == first.client_seed


def test_what_central_refused_was_not_played_and_the_next_play_is_a_new_one() -> None:
    kiosk = playing(WHEEL)
    refused = PlayTold(
        request_id=kiosk.page.request_id,
        play_id=kiosk.plays[0].play_id,
        outcome="refused",
        trouble="changed",
    )
    kiosk.tell(refused)
    assert kiosk.page.unsure == ()
    kiosk.touch(Action.BACK)
    kiosk.tell(GamesTold(request_id=kiosk.page.request_id, games=(WHEEL,)))
    kiosk.touch(CHOICES[0], Action.PLAY)
    assert kiosk.plays[0].play_id != kiosk.plays[1].play_id


def test_playing_again_asks_for_the_next_commitment_first() -> None:
    kiosk = playing(WHEEL)
    kiosk.tell(told(kiosk)).wait().touch(Action.PLAY_AGAIN)
    assert isinstance(kiosk.sent[-1], ListGames)
    renewed = msgspec.structs.replace(WHEEL, commitment="a" * 64, plays_left=1)
    kiosk.tell(GamesTold(request_id=kiosk.page.request_id, games=(SCRATCH, renewed)))
    assert kiosk.state.screen is Screen.GAME
    kiosk.touch(Action.PLAY)
    assert kiosk.plays[-1].commitment == "a" * 64
    assert kiosk.plays[-1].play_id != kiosk.plays[0].play_id


def test_rubbing_uncovers_only_what_was_told() -> None:
    kiosk = playing(SCRATCH)
    kiosk.on(Dragged(now_ms=kiosk.now_ms, action=Action.RUB, x=500, y=200, is_first=True))
    assert kiosk.page.foil.points == ()
    kiosk.tell(told(kiosk, "v10"))
    kiosk.on(Dragged(now_ms=kiosk.now_ms, action=Action.RUB, x=500, y=200, is_first=True))
    assert kiosk.page.foil.points == ((500, 200),)
    assert kiosk.state.screen is Screen.GAME_PLAY


def test_once_enough_is_rubbed_the_rest_goes_and_the_result_follows() -> None:
    kiosk = playing(SCRATCH)
    kiosk.tell(told(kiosk, "v10"))
    for row in range(10):
        for x in (0, 1000):
            is_first = x == 0
            kiosk.on(Dragged(now_ms=kiosk.now_ms, action=Action.RUB, x=x, y=50 * row + 25, is_first=is_first))
    assert kiosk.page.lifted_ms
    kiosk.wait()
    assert kiosk.state.screen is Screen.GAME_RESULT


def test_a_button_uncovers_for_who_cannot_rub() -> None:
    kiosk = playing(SCRATCH)
    kiosk.tell(told(kiosk)).touch(Action.REVEAL).wait()
    assert kiosk.state.screen is Screen.GAME_RESULT


def all_cards(kiosk: Kiosk) -> list[Action]:
    board = kiosk.page.board
    assert board is not None
    return [CARD_ACTIONS[place] for place in sorted(range(CARDS), key=lambda place: board.pictures[place])]


def test_memory_costs_no_play_before_it_is_played_through() -> None:
    kiosk = playing(MEMORY)
    cards = all_cards(kiosk)
    kiosk.touch(*cards[:-1])
    assert kiosk.plays == []
    kiosk.touch(cards[-1])
    assert len(kiosk.plays) == 1
    kiosk.tell(told(kiosk, "p50"))
    assert kiosk.state.screen is Screen.GAME_RESULT


def test_memory_that_is_left_was_never_played() -> None:
    kiosk = playing(MEMORY)
    kiosk.touch(*all_cards(kiosk)[:5], Action.BACK)
    assert kiosk.state.screen is Screen.GAME
    assert kiosk.plays == []


def test_the_draw_of_memory_may_be_asked_for_without_turning_a_card() -> None:
    kiosk = playing(MEMORY).touch(Action.REVEAL)
    assert len(kiosk.plays) == 1
    kiosk.tell(told(kiosk))
    assert kiosk.state.screen is Screen.GAME_RESULT


def test_memory_is_dealt_from_the_seed_that_is_played() -> None:
    kiosk = playing(FUN)
    board = kiosk.page.board
    assert board is not None
    assert sorted(board.pictures) == sorted(place // 2 for place in range(CARDS))
    kiosk.touch(Action.REVEAL)
    from kiosk.flow.games.memory import deal

    assert deal(kiosk.plays[0].client_seed).pictures == board.pictures


def test_the_answers_of_a_quiz_go_together_and_may_be_changed_before() -> None:
    kiosk = playing(QUIZ).touch(CHOICES[0], Action.BACK, CHOICES[1])
    assert kiosk.plays == []
    kiosk.touch(CHOICES[7])
    assert kiosk.plays == []
    kiosk.touch(CHOICES[2])
    assert kiosk.plays[0].answers == (1, 2)


def test_a_quiz_shows_what_was_right_after_it_was_played() -> None:
    kiosk = playing(QUIZ).touch(CHOICES[1], CHOICES[0])
    kiosk.tell(told(kiosk, draw=None, right=1, right_answers=(1, 2)))
    assert kiosk.state.screen is Screen.GAME_RESULT
    kiosk.touch(Action.ANSWERS, Action.OLDER)
    assert kiosk.state.screen is Screen.GAME_ANSWERS
    kiosk.touch(Action.BACK)
    assert kiosk.state.screen is Screen.GAME_RESULT


def test_a_slip_is_asked_for_by_its_play_and_how_it_ended_is_said() -> None:
    kiosk = playing(WHEEL)
    kiosk.tell(told(kiosk, "v10")).wait().touch(Action.PRINT)
    slip = kiosk.sent[-1]
    assert isinstance(slip, PrintSlip)
    assert (slip.what, slip.item_id) == ("prize", kiosk.plays[0].play_id)
    kiosk.touch(Action.PRINT)
    assert sum(isinstance(one, PrintSlip) for one in kiosk.sent) == 1
    kiosk.tell(PrintTold(request_id=slip.request_id, outcome="paper_out"))
    assert kiosk.page.slip == "paper_out"


def test_a_printer_that_does_not_answer_leaves_the_code_on_the_screen() -> None:
    kiosk = playing(WHEEL)
    kiosk.tell(told(kiosk, "v10")).wait().touch(Action.PRINT).wait()
    assert kiosk.state.screen is Screen.GAME_RESULT
    assert kiosk.page.slip == "uncertain"


def test_the_till_may_ask_in_the_middle_of_a_game_and_the_prize_is_still_there() -> None:
    from wire.tills import TillPrompt

    kiosk = playing(WHEEL)
    kiosk.tell(told(kiosk, "cream")).wait()
    session = a_session(a_member())
    prompt = TillPrompt(prompt_id="prompt-1", title="Utiliser 500 points ?", is_question=True)
    kiosk.on(AgentChanged(now_ms=kiosk.now_ms, state=an_agent_state(session=session, prompt=prompt)))
    assert kiosk.state.screen is Screen.TILL_ASKS
    kiosk.touch(Action.SAY_NO)
    assert kiosk.state.screen is Screen.GAME_RESULT
    assert kiosk.page.told is not None


def test_the_draw_can_be_looked_at_before_and_after() -> None:
    kiosk = at_games(WHEEL).touch(CHOICES[0], Action.PROOF)
    assert kiosk.state.screen is Screen.GAME_PROOF
    kiosk.touch(Action.BACK, Action.PLAY)
    kiosk.tell(told(kiosk, "v10")).wait().touch(Action.PROOF)
    assert kiosk.state.screen is Screen.GAME_PROOF
    kiosk.touch(Action.BACK)
    assert kiosk.state.screen is Screen.GAME_RESULT


@pytest.mark.parametrize("face_id", ["not-of-this-game", ""])
def test_a_face_that_the_wheel_does_not_have_is_told_without_turning(face_id: str) -> None:
    game = msgspec.structs.replace(WHEEL, prizes=WHEEL.prizes[:1], out_of=50)
    kiosk = playing(game)
    kiosk.tell(msgspec.structs.replace(told(kiosk), face_id=face_id))
    assert kiosk.state.screen is Screen.GAME_RESULT


def test_a_face_that_the_scratch_card_does_not_have_is_told_without_rubbing() -> None:
    kiosk = playing(SCRATCH)
    kiosk.tell(msgspec.structs.replace(told(kiosk), outcome="won", face_id="of-another-game"))
    assert kiosk.state.screen is Screen.GAME_RESULT


def test_nothing_of_a_game_is_kept_when_the_member_leaves_it() -> None:
    kiosk = playing(WHEEL)
    kiosk.tell(told(kiosk, "v10")).wait().touch(Action.FINISH)
    assert kiosk.state.screen is Screen.GOODBYE
    assert kiosk.state.journey is None
    state: State = replace(kiosk.state)
    assert not is_sent(state, PlayGame)


def test_a_kiosk_that_was_started_anew_within_a_visit_names_its_play_otherwise() -> None:
    names = set()
    for run in ("one", "another"):
        kiosk = at_games(WHEEL, chance=run).touch(CHOICES[0], Action.PLAY)
        names |= {kiosk.plays[-1].play_id, kiosk.plays[-1].request_id}
    assert len(names) == 4


def test_games_come_in_parts_and_the_list_stands_when_the_last_is_there() -> None:
    kiosk = at_games()
    request_id = kiosk.page.request_id
    for game in (WHEEL, SCRATCH):
        kiosk.tell(GamesTold(request_id=request_id, games=(game,), has_more=True))
        assert (kiosk.page.is_told, kiosk.page.request_id) == (False, request_id)
    kiosk.tell(GamesTold(request_id="of-another-question", games=(WHEEL,)))
    assert not kiosk.page.is_told
    kiosk.tell(GamesTold(request_id=request_id, games=(QUIZ,)))
    assert [each.game_id for each in kiosk.page.games] == [each.game_id for each in (WHEEL, SCRATCH, QUIZ)]
    kiosk.touch(CHOICES[1])
    assert (kiosk.state.screen, kiosk.page.game_id) == (Screen.GAME, SCRATCH.game_id)


def test_a_part_that_never_comes_is_no_list() -> None:
    kiosk = at_games()
    kiosk.tell(GamesTold(request_id=kiosk.page.request_id, games=(WHEEL,), has_more=True)).wait()
    assert (kiosk.page.is_told, kiosk.page.games, kiosk.page.games_trouble) == (
        True,
        (),
        "central_unreachable",
    )
