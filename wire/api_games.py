"""The JSON API's games: pools of prizes, plays, and what a member may play now (C-33, docs/games.md)."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.games import (
    GAME_ANSWERS_MAX,
    GAME_DAYS_MAX,
    GAME_OUT_OF_MAX,
    GAME_PLAYS_PER_DAY_MAX,
    GAME_PRIZE_POINTS_MAX,
    GAME_PRIZES_MAX,
    GAME_QUESTIONS_MAX,
    GAME_STOCK_MAX,
    GAME_TEXT_CHARS_MAX,
)
from loyalty.limits.texts import ID_CHARS_MAX
from loyalty.limits.tickets import LINE_AMOUNT_MINOR_MAX
from loyalty.programme.articles import ArticleClass
from wire.api import EvidenceBody
from wire.api_base import Body, Country, Id, LanguageKey, Name, PageSize, View
from wire.games import Answers, ClientSeed, Draw, Explanation, GameKind, GameOffer, PrizeWon

LocalDay = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?!\n)$")]
GameText = Annotated[str, Meta(min_length=1, max_length=GAME_TEXT_CHARS_MAX)]
Texts = Annotated[dict[LanguageKey, GameText], Meta(min_length=1)]
PrizeId = Annotated[str, Meta(min_length=1, max_length=24, pattern=r"^[a-z0-9_]+(?!\n)$")]
GameId = Annotated[str, Meta(min_length=1, max_length=24, pattern=r"^[a-z0-9_]+(?!\n)$")]
Numbers = Annotated[int, Meta(ge=1, le=GAME_OUT_OF_MAX)]
Stock = Annotated[int, Meta(ge=1, le=GAME_STOCK_MAX)]
Worth = Annotated[int, Meta(ge=0, le=LINE_AMOUNT_MINOR_MAX)]
Commitment = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?(?!\n)$")]


class PrizeBody(Body, frozen=True):
    """A prize of a pool.

    Args:
        odds: on so many of the `out_of` numbers it is won.
        stock: how many there are in all.
        cost_minor: what one costs the group, taken from the budget; of a voucher its worth.
        points: of a prize of points.
        voucher, valid_days: the voucher's definition, and for how many days it is good.
        article_class: the legal class of a gift, judged as a prize.
    """

    prize_id: PrizeId
    kind: Literal["points", "voucher", "gift"]
    names: Texts
    odds: Numbers
    stock: Stock
    cost_minor: Worth = 0
    points: Annotated[int, Meta(ge=0, le=GAME_PRIZE_POINTS_MAX)] = 0
    voucher: Annotated[str, Meta(max_length=48)] = ""
    valid_days: Annotated[int, Meta(ge=1, le=GAME_DAYS_MAX)] = 30
    article_class: ArticleClass | None = None


class QuestionBody(Body, frozen=True):
    """A question of a quiz; `right`: the place of its right answer, from 0.

    `why`: told with the play, why it is right; `source`: who says so.
    """

    text: Texts
    answers: Annotated[list[Texts], Meta(min_length=2, max_length=GAME_ANSWERS_MAX)]
    right: Annotated[int, Meta(ge=0, lt=GAME_ANSWERS_MAX)]
    why: dict[LanguageKey, GameText] = {}
    source: Annotated[str, Meta(max_length=GAME_TEXT_CHARS_MAX)] = ""


class GameBody(Body, frozen=True):
    """A game and its pool of prizes, published by this.

    Once published only `last_day`, `names`, and more stock and budget may change: who plays has been told the
    odds. Prizes lie in order on the numbers from 0; those after the last win nothing.

    Args:
        countries: where it may be played; each is judged by its law (docs/compliance.md).
        fallback_id: the prize that is given where the one drawn is used up; empty: nothing is.
        budget_minor: what all prizes together may cost, in the group's currency.
        questions, right_needed: of a quiz. Without prizes it is no contest.
    """

    kind: GameKind
    names: Texts
    countries: Annotated[list[Country], Meta(min_length=1, max_length=8)]
    first_day: LocalDay
    last_day: LocalDay
    plays_per_day: Annotated[int, Meta(ge=1, le=GAME_PLAYS_PER_DAY_MAX)] = 1
    out_of: Annotated[int, Meta(ge=0, le=GAME_OUT_OF_MAX)] = 0
    prizes: Annotated[list[PrizeBody], Meta(max_length=GAME_PRIZES_MAX)] = []
    fallback_id: Annotated[str, Meta(max_length=24)] = ""
    budget_minor: Worth = 0
    questions: Annotated[list[QuestionBody], Meta(max_length=GAME_QUESTIONS_MAX)] = []
    right_needed: Annotated[int, Meta(ge=0, le=GAME_QUESTIONS_MAX)] = 0


class PrizeView(View, frozen=True):
    """A prize and what is left of it, by the ledger; `won`: given so far, `handed_over`: of those."""

    prize: PrizeBody
    left: int
    won: int
    handed_over: int


class GameView(View, frozen=True):
    """A game and how its pool stands; `budget_left_minor` and `spent_minor` are balances of the ledger."""

    game_id: str
    game: GameBody
    published_ms: int
    plays: int
    prizes: list[PrizeView]
    budget_left_minor: int
    spent_minor: int


class GameListView(View, frozen=True):
    """The group's games, by id."""

    games: list[GameView]


class OffersBody(Body, frozen=True):
    """Which games may this card's holder play here now? Nothing is written."""

    holder: EvidenceBody
    shop_id: Id | None = None


class OffersView(View, frozen=True):
    """The games of this shop for this member."""

    games: list[GameOffer]


class PlayBody(Body, frozen=True):
    """A play. `commitment`: of the offer that was shown. `client_seed`: the player's share of the chance.

    The same `play_id` with the same words gives the first answer.
    """

    play_id: Id
    holder: EvidenceBody
    commitment: Commitment
    client_seed: ClientSeed
    answers: Answers = ()
    shop_id: Id | None = None


class PlayView(View, frozen=True):
    """A play, its draw and its prize. `outcome`: won or nothing; `prize` is told to who holds the card only.

    `is_fallback`: the face that was drawn was used up. `draw` is None where a quiz had too few right answers.
    `plays_left`: of the day, when it was played.
    """

    play_id: str
    game_id: str
    outcome: Literal["won", "nothing"]
    face_id: str
    is_fallback: bool
    prize: PrizeWon | None
    draw: Draw | None
    right: int
    right_answers: list[int]
    explained: list[Explanation]
    plays_left: int
    shop_id: str
    day: str
    played_ms: int


class PlaysQuery(Body, frozen=True):
    """Plays by key. `after`: `next` of the page before."""

    after: Annotated[str, Meta(max_length=ID_CHARS_MAX)] = ""
    limit: PageSize = 100


class PlayRowView(View, frozen=True):
    """A play as head office sees it: no member, no code."""

    play_id: str
    shop_id: str
    day: str
    played_ms: int
    outcome: Literal["won", "nothing"]
    face_id: str
    is_fallback: bool
    draw: Draw | None


class PlayListView(View, frozen=True):
    """Plays in the order of their ids; `next` is empty on the last page."""

    plays: list[PlayRowView]
    next: str


class HandoverBody(Body, frozen=True):
    """A gift is handed over at the counter: the code that the kiosk printed. Needs `value.goodwill`."""

    handover_id: Id
    code: Annotated[str, Meta(min_length=1, max_length=ID_CHARS_MAX, pattern=r"^[0-9 \-]+(?!\n)$")]
    operator: Annotated[str, Meta(max_length=ID_CHARS_MAX)] = ""
    shop_id: Id | None = None


class HandoverView(View, frozen=True):
    """A gift that was handed over, once."""

    handover_id: str
    play_id: str
    game_id: str
    face_id: str
    names: dict[str, Name]
    shop_id: str
    handed_ms: int
