"""What the games keep while one of their screens is shown: what was told, and how far the play is."""

from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from kiosk.flow.games.memory import TURN_MS, UNLIKE_SHOWN_MS, Board
from kiosk.flow.games.scratch import WHOLE, Foil
from kiosk.flow.games.wheel import Spin
from kiosk.flow.state import JourneyPage, Screen
from loyalty.limits.kiosk import KIOSK_ANSWER_MAX_S
from wire.games import GameOffer, GameTrouble, PlayTold, PlayTrouble
from wire.printing import PrintOutcome

LIFT_MS: Final = 500
"""How long the rest of the foil takes to go."""
SEEN_MS: Final = 1_400
"""How long what lay under it is looked at, before the screen tells what it is."""
STANDS_S: Final = 2
"""How long the wheel is looked at where it stands, its field marked, before the screen tells what it is."""
FESTIVE_MS: Final = 1_600
"""How long a win is celebrated: once, and without a sound of its own."""
GAMES_PER_PAGE: Final = 4

Asked = Literal["games", "play", "slip"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """A play as it was, or will be, sent: the same words each time, so that it counts once."""

    game_id: str
    play_id: str
    client_seed: str
    commitment: str
    answers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GamesPage(JourneyPage):
    """Everything of this journey.

    Args:
        games: as they were told last. coming: parts of the next telling.
        again_id: the game to show at once when they are told anew.
        number: the page of the list, of the prizes or of the answers that is shown.
        play: the one that goes on. told: how it ended. trouble: why it did not.
        unsure: plays whose answer never came. They are asked again as they were: central may know them.
    """

    screens = frozenset(
        {
            Screen.GAMES,
            Screen.GAME,
            Screen.GAME_PLAY,
            Screen.GAME_RESULT,
            Screen.GAME_ANSWERS,
            Screen.GAME_PROOF,
        }
    )
    seen_from: ClassVar[frozenset[Screen]] = frozenset({Screen.GAME, Screen.GAME_RESULT})
    """Where the proof is looked at: before the play, and after it."""
    asked: Asked = "games"
    games: tuple[GameOffer, ...] = ()
    coming: tuple[GameOffer, ...] = ()
    is_told: bool = False
    games_trouble: GameTrouble = ""
    again_id: str = ""
    number: int = 0
    game_id: str = ""
    play: Play | None = None
    told: PlayTold | None = None
    trouble: PlayTrouble = ""
    unsure: tuple[Play, ...] = ()
    spin: Spin | None = None
    stands_ms: int = 0
    """From when on the wheel stands where it was told to; 0: it was not told yet."""
    foil: Foil = WHOLE
    lifted_ms: int = 0
    """Since when the rest of the foil goes; 0: it is rubbed."""
    board: Board | None = None
    answers: tuple[int, ...] = ()
    slip: PrintOutcome | Literal[""] = ""
    came_from: Screen = Screen.GAME
    shown_ms: int = 0
    """When the result came on the screen."""

    @property
    def game(self) -> GameOffer:
        """The game that was chosen."""
        return next(game for game in self.games if game.game_id == self.game_id)

    @property
    def unsure_play(self) -> Play | None:
        """The play of this game whose answer never came."""
        return next((play for play in self.unsure if play.game_id == self.game_id), None)

    @property
    def is_playing(self) -> bool:
        """Whether central was asked, and its answer is still to come."""
        return bool(self.request_id) and self.asked == "play"

    @property
    def moves_until_ms(self) -> int:
        """While the wheel turns, a card turns, the foil goes, or a win is celebrated."""
        ends = [0]
        if self.spin is not None:
            waiting_ms = self.spin.started_ms + (KIOSK_ANSWER_MAX_S + 1) * 1000
            ends.append(self.stands_ms or waiting_ms)
        if self.lifted_ms:
            ends.append(self.lifted_ms + LIFT_MS)
        if self.board is not None:
            ends.append(self.board.turned_ms + UNLIKE_SHOWN_MS + TURN_MS)
        if self.shown_ms and self.told is not None and self.told.outcome == "won":
            ends.append(self.shown_ms + FESTIVE_MS)
        return max(ends)
