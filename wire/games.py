"""Games on the kiosk (C-33): what kiosk and terminal agent say to each other about them.

The kiosk lists the games of the member who is there (`ListGames` -> `GamesTold`: `GameOffer`s), and plays
one (`PlayGame` -> `PlayTold`). **A screen never decides**: central draws, the animation shows what was drawn.
Parts of the vocabulary of `wire.messages`.
"""

from typing import Annotated, Literal

import msgspec

from loyalty.limits import games as limits
from wire.message_base import Message

GameKind = Literal["wheel", "scratch", "memory", "quiz"]
FaceKind = Literal["points", "voucher", "gift"]
WhyNot = Literal["", "not_here", "played_out", "offline", "over", "not_yet", "no_prizes", "needs_card"]
"""Why a game cannot be played. not_here: the law of this country, or this shop is not in it; played_out: as
often as a member may today; over, not_yet: its days; no_prizes: nothing left to win; needs_card: what was
shown does not identify the member well enough."""
GameTrouble = Literal["", "central_unreachable", "not_here"]
"""not_here: the session has ended, or central did not understand us."""
PlayTrouble = Literal[
    "", "central_unreachable", "not_here", "changed", "played_out", "over", "no_prizes", "needs_card"
]
"""changed: the game, or the commitment, is another by now: list the games again."""
Names = dict[str, str]
"""A text by language."""
ClientSeed = Annotated[
    str,
    msgspec.Meta(
        min_length=limits.GAME_CLIENT_SEED_CHARS_MIN,
        max_length=limits.GAME_CLIENT_SEED_CHARS_MAX,
        pattern=r"^[0-9A-Za-z]+(?!\n)$",
    ),
]
"""The player's share of the chance, for instance 32 hex digits. Where a touch shapes it, the member had a
hand in it; `secrets.token_hex(16)` will do."""
Answers = Annotated[
    tuple[Annotated[int, msgspec.Meta(ge=0, lt=limits.GAME_ANSWERS_MAX)], ...],
    msgspec.Meta(max_length=limits.GAME_QUESTIONS_MAX),
]


class PrizeFace(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A prize as players see it: one face of the wheel, one picture of the card.

    odds: on so many of the game's `out_of` numbers it is won. is_left: there is still one, by now. points:
    of a prize of points; worth_minor: of a voucher.
    """

    face_id: str
    names: Names
    kind: FaceKind
    odds: int
    is_left: bool = True
    points: int = 0
    worth_minor: int = 0


class QuizQuestion(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question, and its answers in order. Which is right is told with the play alone."""

    text: Names
    answers: tuple[Names, ...]


class Explanation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why the right answer of a question is right, and who says so: a page, a paper, an authority."""

    why: Names = {}
    source: str = ""


class GameOffer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A game for this member.

    Args:
        plays_left: of today. why_not: empty while `is_open`.
        prizes: in the order in which their numbers lie: the first from 0 on. The numbers after the last win
            nothing, so the chance of nothing is `out_of` less all `odds`.
        fallback_id: the face that is given where the one drawn is used up; empty: nothing is.
        commitment: SHA-256 in hex of the server seed of the next play, made before the player's seed is
            known. `PlayGame` says it again.
        questions, right_needed: of a quiz; with fewer right answers nothing is drawn. A quiz without
            prizes is no contest: it is open wherever its group plays it.
        last_day: ISO date.
    """

    game_id: str
    kind: GameKind
    names: Names
    plays_left: int
    is_open: bool
    why_not: WhyNot = ""
    prizes: tuple[PrizeFace, ...] = ()
    out_of: int = 0
    fallback_id: str = ""
    commitment: str = ""
    questions: tuple[QuizQuestion, ...] = ()
    right_needed: int = 0
    last_day: str = ""


class PrizeWon(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was won, and what to print of it.

    code: of a voucher (spend it at the till) or of a gift (hand it over at the counter), 20 digits in groups
    of five; payload: the digits to print as a QR code; last_day: until when, ISO date. Points are on the
    account already and have none of these.
    """

    face_id: str
    names: Names
    kind: FaceKind
    points: int = 0
    worth_minor: int = 0
    code: str = ""
    payload: str = ""
    last_day: str = ""


class Draw(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the number was drawn, so that anybody can do it again (docs/games.md; `officine games verify`).

    number: in [0, `out_of`); `face_id`: whose it is, empty: nobody's.
    """

    server_seed: str
    commitment: str
    client_seed: str
    play_id: str
    game_id: str
    number: int
    out_of: int
    face_id: str = ""


# Terminal agent -> kiosk ------------------------------------------------------------------------------------


class GamesTold(Message, frozen=True):
    """The answer to `ListGames`, a game in each message; `has_more`: another part of it follows.

    With a trouble: the games last told here, none of them open.
    """

    request_id: str
    games: tuple[GameOffer, ...] = ()
    has_more: bool = False
    trouble: GameTrouble = ""


class PlayTold(Message, frozen=True):
    """The answer to `PlayGame`: what central drew. `trouble` only says why it was refused.

    won: `prize`, `face_id` is its face. `is_fallback`: the number drew another face (`draw.face_id`), which
    is used up. nothing: no prize; `right_answers` of a quiz are the places of the right ones,
    `right` how many were; with too few nothing was drawn, and `draw` is None. explained: of each question,
    in order, where the group wrote it.
    plays_left: of today, after this one. The same `play_id` again is the first answer.
    """

    request_id: str
    play_id: str
    outcome: Literal["won", "nothing", "refused"]
    face_id: str = ""
    prize: PrizeWon | None = None
    is_fallback: bool = False
    draw: Draw | None = None
    right: int = 0
    right_answers: tuple[int, ...] = ()
    explained: tuple[Explanation, ...] = ()
    plays_left: int = 0
    trouble: PlayTrouble = ""


# Kiosk -> terminal agent ------------------------------------------------------------------------------------


class ListGames(Message, frozen=True):
    """Which games may the member of this session play now?"""

    request_id: str
    session_id: str


class PlayGame(Message, frozen=True):
    """The member plays. `play_id` is made before sending, and sent again with the same words where no answer
    came; `commitment` is the offer's; `answers` of a quiz are places, one for each question.
    """

    request_id: str
    session_id: str
    game_id: str
    play_id: str
    client_seed: ClientSeed
    commitment: str
    answers: Answers = ()
