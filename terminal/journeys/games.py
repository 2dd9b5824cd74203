"""Games of the member who is there: listed and played by central; nothing is drawn here."""

from collections.abc import Mapping, Sequence

import msgspec
import structlog

from loyalty.limits.terminal import CENTRAL_TIMEOUT_S
from terminal.journeys.base import Answering, Parts, Untold
from wire.api_games import OffersBody, OffersView, PlayBody, PlayView
from wire.games import (
    GameOffer,
    GamesTold,
    GameTrouble,
    ListGames,
    PlayGame,
    PlayTold,
    PlayTrouble,
)
from wire.messages import Answer

log = structlog.get_logger(__name__)

_TROUBLES: Mapping[str, PlayTrouble] = {
    "game_changed": "changed",
    "game_not_open": "over",
    "game_unlawful": "over",
    "game_not_found": "over",
    "game_played_out": "played_out",
    "game_no_prizes": "no_prizes",
    "try_again": "changed",
}
"""What a refusal of central means to a player, beyond the usual."""


class Games:
    """Answers about games. Remembers which games there are, of no member, to show them in a cut."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._seen: tuple[GameOffer, ...] = ()

    async def list_games(self, asked: ListGames) -> Sequence[Answer]:
        """The games for this member; in a cut those last seen here, none of them open."""
        current = self._parts.session(asked.session_id)
        if current is None:
            return [GamesTold(request_id=asked.request_id, trouble="not_here")]
        view = await self._parts.ask(
            current, "/game-offers", body=lambda holder: OffersBody(holder=holder), answer=OffersView
        )
        if isinstance(view, Untold):
            if view.trouble != "central_unreachable":
                return [GamesTold(request_id=asked.request_id, trouble="not_here")]
            return _in_parts(asked.request_id, self._seen, view.trouble)
        self._seen = tuple(_in_a_cut(each) for each in view.games)
        return _in_parts(asked.request_id, view.games)

    async def play(self, asked: PlayGame) -> Sequence[Answer]:
        """Let central draw. Where no answer comes nobody knows whether it did: the same again tells."""
        current = self._parts.session(asked.session_id)
        if current is None:
            return [_refused(asked, "not_here")]
        view = await self._parts.ask(
            current,
            f"/games/{asked.game_id}/plays",
            body=lambda holder: PlayBody(
                play_id=asked.play_id,
                holder=holder,
                commitment=asked.commitment,
                client_seed=asked.client_seed,
                answers=asked.answers,
            ),
            answer=PlayView,
            timeout_s=CENTRAL_TIMEOUT_S,
        )
        if isinstance(view, Untold):
            trouble = view.trouble_by(_TROUBLES)
            return [_refused(asked, "needs_card" if trouble == "card_gone" else trouble)]
        log.info("played", tap_id=current.tap_id, play_id=asked.play_id, outcome=view.outcome)
        if self._parts.session(asked.session_id) is None:
            return []  # the member left: what was won is in the account, and not for whoever stands there
        if view.prize is not None:
            self._parts.won.put(asked.session_id, asked.play_id, view.prize, view.draw)
            await self._parts.look_again(current)
        return [_told(asked, view)]


def table(parts: Parts) -> Mapping[type, Answering]:
    """What this journey answers."""
    games = Games(parts)
    return {ListGames: games.list_games, PlayGame: games.play}


def _in_a_cut(offer: GameOffer) -> GameOffer:
    """A game as it is shown to anybody while central is away: no prizes are won."""
    return msgspec.structs.replace(offer, is_open=False, why_not="offline", plays_left=0, commitment="")


def _in_parts(request_id: str, games: Sequence[GameOffer], trouble: GameTrouble = "") -> list[Answer]:
    """A message for each game: all together would not fit a frame, one does (`GAME_BYTES_MAX`)."""
    if not games:
        return [GamesTold(request_id=request_id, trouble=trouble)]
    last = len(games) - 1
    return [
        GamesTold(request_id=request_id, games=(each,), has_more=at < last, trouble=trouble)
        for at, each in enumerate(games)
    ]


def _refused(asked: PlayGame, trouble: PlayTrouble) -> PlayTold:
    return PlayTold(request_id=asked.request_id, play_id=asked.play_id, outcome="refused", trouble=trouble)


def _told(asked: PlayGame, view: PlayView) -> PlayTold:
    return PlayTold(
        request_id=asked.request_id,
        play_id=view.play_id,
        outcome=view.outcome,
        face_id=view.face_id,
        prize=view.prize,
        is_fallback=view.is_fallback,
        draw=view.draw,
        right=view.right,
        right_answers=tuple(view.right_answers),
        explained=tuple(view.explained),
        plays_left=view.plays_left,
    )
