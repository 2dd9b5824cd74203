"""Games (C-33): chosen from what central offers, played here, drawn there.

A play is sent once its game is begun (wheel, scratch card) or played through (memory, quiz). Its id is
made before, and where no answer came it is sent again as it was: it counts once. The card may be taken at
any time.
"""

from dataclasses import replace
from typing import Final

from kiosk.flow.effects import Effect, PlaySound, Sound
from kiosk.flow.events import Dragged
from kiosk.flow.games.chance import client_seed
from kiosk.flow.games.memory import CARDS, deal, turn
from kiosk.flow.games.page import GAMES_PER_PAGE, LIFT_MS, SEEN_MS, STANDS_S, GamesPage, Play
from kiosk.flow.games.scratch import Foil, rub
from kiosk.flow.games.wheel import Spin, landing, told_face
from kiosk.flow.ids import next_id
from kiosk.flow.journeys.base import Journey, Tile, ask, chosen, go, page_of
from kiosk.flow.journeys.menu import open_menu
from kiosk.flow.sessions import Step
from kiosk.flow.state import CHOICES, Action, Screen, State
from loyalty.limits.games import GAME_POOLS_MAX
from wire.games import GameOffer, GamesTold, ListGames, PlayGame, PlayTold
from wire.printing import PrintSlip, PrintTold

CARD_ACTIONS: Final = tuple(Action(f"card_{number}") for number in range(1, CARDS + 1))


# The list ---------------------------------------------------------------------------------------------------


def may_play(state: State) -> bool:
    """Whether a card lies there that says who it is; which games there are, central tells."""
    return bool(state.session and state.session.member and state.session.member.may_see_tickets)


def open_games(state: State, _action: Action, now_ms: int) -> Step:
    """Ask which games there are now."""
    return _list(state, GamesPage(), now_ms)


def _list(state: State, page: GamesPage, now_ms: int) -> Step:
    state = go(state, Screen.GAMES, page, now_ms=now_ms)
    session_id = state.session_id
    page = replace(page, asked="games", is_told=False, coming=())
    return ask(
        state, page, lambda request_id: ListGames(request_id=request_id, session_id=session_id), now_ms=now_ms
    )


def list_again(state: State, _action: Action, now_ms: int) -> Step:
    """What is open may have changed: by a play, or since the line was down."""
    page = page_of(state, GamesPage)
    return _list(state, GamesPage(unsure=page.unsure, games=page.games), now_ms)


def play_again(state: State, _action: Action, now_ms: int) -> Step:
    """The same game, with a new commitment: so its offer is asked for first."""
    page = page_of(state, GamesPage)
    return _list(state, GamesPage(unsure=page.unsure, again_id=page.game_id), now_ms)


def games_told(state: State, told: GamesTold, now_ms: int) -> Step:
    """The games of this member, some perhaps not open; one that was wished for is shown at once."""
    page = page_of(state, GamesPage)
    games = (*page.coming, *told.games)[:GAME_POOLS_MAX]
    if told.has_more:  # the question stands until the last part is there
        return replace(state, journey=replace(page, coming=games, request_id=told.request_id)), ()
    again = next((game.game_id for game in games if game.game_id == page.again_id and game.is_open), "")
    page = replace(
        page, games=games, coming=(), is_told=True, games_trouble=told.trouble, again_id="", number=0
    )
    state = replace(state, journey=page, touched_ms=now_ms)
    return (_show_game(state, page, again, now_ms), ()) if again else (state, ())


def turn_page(state: State, action: Action, now_ms: int) -> Step:
    """Other games, prizes or answers; after the last page comes the first."""
    page = page_of(state, GamesPage)
    number = page.number + (1 if action is Action.OLDER else -1)
    return replace(state, journey=replace(page, number=max(number, 0)), touched_ms=now_ms), ()


def choose(state: State, action: Action, now_ms: int) -> Step:
    """Look at a game: its prizes and odds, or why it cannot be played."""
    page = page_of(state, GamesPage)
    at = page.number * GAMES_PER_PAGE + chosen(action)
    if chosen(action) >= GAMES_PER_PAGE or at >= len(page.games) or not page.is_told:
        return replace(state, touched_ms=now_ms), ()
    return _show_game(state, page, page.games[at].game_id, now_ms), ()


def _show_game(state: State, page: GamesPage, game_id: str, now_ms: int) -> State:
    clean = GamesPage(games=page.games, is_told=True, unsure=page.unsure, game_id=game_id)
    return go(state, Screen.GAME, clean, now_ms=now_ms)


def back_to_list(state: State, _action: Action, now_ms: int) -> Step:
    """Nothing was played: the list is as it was."""
    page = page_of(state, GamesPage)
    kept = GamesPage(games=page.games, is_told=True, games_trouble=page.games_trouble, unsure=page.unsure)
    return go(state, Screen.GAMES, kept, now_ms=now_ms), ()


# Playing ----------------------------------------------------------------------------------------------------


def begin(state: State, _action: Action, now_ms: int) -> Step:
    """Begin: wheel and scratch card ask central at once, memory and quiz are played first."""
    page = page_of(state, GamesPage)
    game = page.game
    if page.unsure_play is not None:
        return _send(state, page, page.unsure_play, now_ms)
    if not game.is_open:
        return replace(state, touched_ms=now_ms), ()
    state, play = _new_play(state, game, now_ms)
    page = replace(page, play=play, number=0)
    if game.kind in ("wheel", "scratch"):
        return _send(state, page, play, now_ms)
    if game.kind == "memory":
        page = replace(page, board=deal(play.client_seed))
    return go(state, Screen.GAME_PLAY, page, now_ms=now_ms), ()


def _new_play(state: State, game: GameOffer, now_ms: int) -> tuple[State, Play]:
    requests = state.requests + 1
    play_id = next_id(state, "play")
    seed = client_seed(state.chance, play_id=play_id, touched_ms=now_ms)
    play = Play(game_id=game.game_id, play_id=play_id, client_seed=seed, commitment=game.commitment)
    return replace(state, requests=requests), play


def _send(state: State, page: GamesPage, play: Play, now_ms: int) -> Step:
    """Ask central for the play; until it answers, nobody knows whether it counts."""
    session_id, game = state.session_id, page.game
    others = tuple(each for each in page.unsure if each.play_id != play.play_id)
    page = replace(
        page,
        asked="play",
        play=play,
        told=None,
        trouble="",
        unsure=(*others, play),
        spin=Spin(started_ms=now_ms) if game.kind == "wheel" else None,
        stands_ms=0,
    )
    state = go(state, Screen.GAME_PLAY, page, now_ms=now_ms)

    def message(request_id: str) -> PlayGame:
        return PlayGame(
            request_id=request_id,
            session_id=session_id,
            game_id=play.game_id,
            play_id=play.play_id,
            client_seed=play.client_seed,
            commitment=play.commitment,
            answers=play.answers,
        )

    return ask(state, page, message, now_ms=now_ms)


def ask_again(state: State, _action: Action, now_ms: int) -> Step:
    """The answer to a play never came: the very same play once more."""
    page = page_of(state, GamesPage)
    if page.unsure_play is None:
        return list_again(state, Action.BACK, now_ms)
    return _send(state, page, page.unsure_play, now_ms)


def play_told(state: State, told: PlayTold, now_ms: int) -> Step:
    """What central drew, or why it did not. The screen only shows it."""
    page = page_of(state, GamesPage)
    if page.play is None or told.play_id != page.play.play_id:
        return unanswered(state, now_ms)  # of another play: of ours nothing is known
    if told.outcome == "refused":
        return _refused(state, page, told, now_ms)
    known = tuple(each for each in page.unsure if each.play_id != told.play_id)
    page = replace(page, told=told, unsure=known)
    state = replace(state, touched_ms=now_ms)
    if page.spin is not None and _has_face(page.game, told):
        spin = replace(page.spin, told_ms=now_ms, place=landing(page.game, told))
        stands_ms = now_ms if state.mode.is_calm else spin.stops_ms
        wakes_ms = stands_ms + state.mode.seconds(STANDS_S) * 1000
        return replace(state, journey=replace(page, spin=spin, stands_ms=stands_ms, wakes_ms=wakes_ms)), ()
    if page.game.kind == "scratch" and _has_face(page.game, told):
        return replace(state, journey=replace(page, foil=Foil())), ()
    return _show_result(state, page, now_ms)


def _has_face(game: GameOffer, told: PlayTold) -> bool:
    face_id = told_face(told)
    if face_id:
        return any(face.face_id == face_id for face in game.prizes)
    return sum(face.odds for face in game.prizes) < game.out_of


def _refused(state: State, page: GamesPage, told: PlayTold, now_ms: int) -> Step:
    """Central did not play it, or could not be reached: then it may have."""
    is_unsure = told.trouble == "central_unreachable"
    known = tuple(each for each in page.unsure if is_unsure or each.play_id != told.play_id)
    page = replace(page, trouble=told.trouble or "not_here", unsure=known, spin=None, board=None)
    return replace(state, journey=page, touched_ms=now_ms), (PlaySound(Sound.REFUSAL),)


def unanswered(state: State, now_ms: int) -> Step:
    """Nothing came in time: said so, and asked again when the member likes."""
    page = page_of(state, GamesPage)
    if page.asked == "play":
        page = replace(page, trouble="central_unreachable", spin=None, board=None)
    elif page.asked == "games":
        page = replace(page, is_told=True, games_trouble="central_unreachable")
    else:
        page = replace(page, slip="uncertain")
    return replace(state, journey=page, touched_ms=now_ms), (PlaySound(Sound.REFUSAL),)


def skip(state: State, _action: Action, now_ms: int) -> Step:
    """A touch while the wheel turns or stands: what was drawn is told at once."""
    page = page_of(state, GamesPage)
    if page.told is None:
        return replace(state, touched_ms=now_ms), ()
    return _show_result(state, page, now_ms)


def woken(state: State, now_ms: int) -> Step:
    """The wheel stood for a moment, or the card was looked at."""
    return _show_result(state, page_of(state, GamesPage), now_ms)


def _show_result(state: State, page: GamesPage, now_ms: int) -> Step:
    is_won = page.told is not None and page.told.outcome == "won"
    page = replace(page, wakes_ms=0, shown_ms=now_ms, number=0)
    sound = Sound.SUCCESS if is_won else Sound.TOUCH
    return go(state, Screen.GAME_RESULT, page, now_ms=now_ms), (PlaySound(sound),)


# The scratch card -------------------------------------------------------------------------------------------


def dragged(state: State, event: Dragged) -> Step:
    """A finger rubs; nothing can be seen before it is known."""
    page = page_of(state, GamesPage)
    is_rubbed = state.screen is Screen.GAME_PLAY and event.action is Action.RUB
    if not is_rubbed or page.told is None or page.lifted_ms or page.game.kind != "scratch":
        return state, ()
    foil = rub(page.foil, (event.x, event.y), is_first=event.is_first)
    state = replace(state, journey=replace(page, foil=foil), touched_ms=event.now_ms)
    return reveal(state, Action.REVEAL, event.now_ms) if foil.is_enough else (state, ())


def rubbed(state: State, _action: Action, now_ms: int) -> Step:
    """The finger was taken off."""
    return replace(state, touched_ms=now_ms), ()


def reveal(state: State, _action: Action, now_ms: int) -> Step:
    """The rest of the foil goes by itself; in memory, straight to the draw."""
    page = page_of(state, GamesPage)
    if page.board is not None and page.play is not None and not page.request_id:
        return _send(state, replace(page, board=None), page.play, now_ms)
    if page.told is None or page.lifted_ms:
        return replace(state, touched_ms=now_ms), ()
    lift_ms = 0 if state.mode.is_calm else LIFT_MS
    page = replace(page, lifted_ms=now_ms - LIFT_MS + lift_ms, wakes_ms=now_ms + lift_ms + SEEN_MS)
    return replace(state, journey=page, touched_ms=now_ms), ()


# Memory and quiz --------------------------------------------------------------------------------------------


def turn_card(state: State, action: Action, now_ms: int) -> Step:
    """Turn a card; after the last pair central draws, whatever the turns were."""
    page = page_of(state, GamesPage)
    if page.board is None or page.play is None or page.request_id:
        return replace(state, touched_ms=now_ms), ()
    board = turn(page.board, CARD_ACTIONS.index(action), now_ms=now_ms)
    turned = replace(page, board=board)
    if board.is_done:
        return _send(state, turned, page.play, now_ms)
    return replace(state, journey=turned, touched_ms=now_ms), ()


def answer(state: State, action: Action, now_ms: int) -> Step:
    """The next question; after the last, central says what was right."""
    page = page_of(state, GamesPage)
    at, game = len(page.answers), page.game
    is_asked = game.kind == "quiz" and page.play is not None and at < len(game.questions)
    if page.request_id or not is_asked or chosen(action) >= len(game.questions[at].answers):
        return replace(state, touched_ms=now_ms), ()
    page = replace(page, answers=(*page.answers, chosen(action)))
    if len(page.answers) < len(game.questions):
        return go(state, Screen.GAME_PLAY, page, now_ms=now_ms), ()
    assert page.play is not None
    return _send(state, page, replace(page.play, answers=page.answers), now_ms)


def leave_play(state: State, _action: Action, now_ms: int) -> Step:
    """One question back, or out of the game: what was not sent never was. Not while central is asked."""
    page = page_of(state, GamesPage)
    if page.request_id or page.told is not None:
        return replace(state, touched_ms=now_ms), ()
    if page.trouble:
        return list_again(state, Action.BACK, now_ms)
    if page.answers:
        page = replace(page, answers=page.answers[:-1])
        return go(state, Screen.GAME_PLAY, page, now_ms=now_ms), ()
    return _show_game(state, page, page.game_id, now_ms), ()


# After it ---------------------------------------------------------------------------------------------------


def show_answers(state: State, _action: Action, now_ms: int) -> Step:
    """What was right, question by question."""
    page = replace(page_of(state, GamesPage), number=0)
    return go(state, Screen.GAME_ANSWERS, page, now_ms=now_ms), ()


def show_proof(state: State, _action: Action, now_ms: int) -> Step:
    """What shows that nobody chose the number: before the play, and after it."""
    page = replace(page_of(state, GamesPage), came_from=state.screen)
    return go(state, Screen.GAME_PROOF, page, now_ms=now_ms), ()


def back_from_proof(state: State, _action: Action, now_ms: int) -> Step:
    """Where the proof was asked for."""
    page = page_of(state, GamesPage)
    return go(state, page.came_from, page, now_ms=now_ms), ()


def back_to_result(state: State, _action: Action, now_ms: int) -> Step:
    """The prize again."""
    return go(state, Screen.GAME_RESULT, page_of(state, GamesPage), now_ms=now_ms), ()


def print_prize(state: State, _action: Action, now_ms: int) -> Step:
    """The prize on paper: its code, and until when. The slip is the play's."""
    page = page_of(state, GamesPage)
    told = page.told
    if page.request_id or told is None or told.prize is None:
        return replace(state, touched_ms=now_ms), ()
    session_id, play_id = state.session_id, told.play_id
    return ask(
        state,
        replace(page, asked="slip", slip=""),
        lambda request_id: PrintSlip(
            request_id=request_id, session_id=session_id, what="prize", item_id=play_id
        ),
        now_ms=now_ms,
    )


def slip_told(state: State, told: PrintTold, now_ms: int) -> Step:
    """How the printing ended."""
    page = replace(page_of(state, GamesPage), slip=told.outcome)
    effects: tuple[Effect, ...] = () if told.outcome == "printed" else (PlaySound(Sound.REFUSAL),)
    return replace(state, journey=page, touched_ms=now_ms), effects


_PAGES = {Action.OLDER: turn_page, Action.NEWER: turn_page}

JOURNEY = Journey(
    touches={
        Screen.GAMES: {
            **dict.fromkeys(CHOICES[:GAMES_PER_PAGE], choose),
            **_PAGES,
            Action.BACK: open_menu,
            Action.TRY_AGAIN: list_again,
        },
        Screen.GAME: {
            **_PAGES,
            Action.PLAY: begin,
            Action.TRY_AGAIN: ask_again,
            Action.PROOF: show_proof,
            Action.BACK: back_to_list,
        },
        Screen.GAME_PLAY: {
            **dict.fromkeys(CHOICES, answer),
            **dict.fromkeys(CARD_ACTIONS, turn_card),
            Action.SKIP: skip,
            Action.RUB: rubbed,
            Action.REVEAL: reveal,
            Action.TRY_AGAIN: ask_again,
            Action.BACK: leave_play,
        },
        Screen.GAME_RESULT: {
            Action.PRINT: print_prize,
            Action.ANSWERS: show_answers,
            Action.PROOF: show_proof,
            Action.PLAY_AGAIN: play_again,
            Action.BACK: list_again,
        },
        Screen.GAME_ANSWERS: {**_PAGES, Action.BACK: back_to_result},
        Screen.GAME_PROOF: {Action.BACK: back_from_proof},
    },
    told={GamesTold: games_told, PlayTold: play_told, PrintTold: slip_told},
    unanswered=unanswered,
    woken=woken,
    dragged=dragged,
    member_tiles=(Tile(action=Action.GAMES, enter=open_games, is_offered=may_play),),
)
