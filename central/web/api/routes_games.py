"""Operations on games; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access, requests
from central.services.games import definition, handing, playing, publishing
from central.services.group import shops
from central.services.members import identify
from central.storage.base import IdempotencyConflict
from central.web.api.refusals import CARD_REFUSED
from central.web.api.route import Answer, Call, Route
from loyalty.programme.games import pool
from wire import api_games


async def put_game(call: Call) -> Answer:
    """Publish a game with its prizes; once published it may get more stock, budget, names, another end."""
    return Answer(await call.services.games.pools.put(call.actor, call.path["game_id"], call.body))


async def list_games(call: Call) -> Answer:
    """The group's games with what is left in their pools."""
    return Answer(await call.services.games.pools.list_games(call.actor))


async def get_game(call: Call) -> Answer:
    """A game with what is left in its pool, by the ledger."""
    return Answer(await call.services.games.pools.get(call.actor, call.path["game_id"]))


async def list_plays(call: Call) -> Answer:
    """A game's plays with their draws, a page by id: no member, no code."""
    found = await call.services.games.pools.list_plays(call.actor, call.path["game_id"], call.query)
    return Answer(found)


async def offer_games(call: Call) -> Answer:
    """The games of this shop, and whether this card's holder may play each now."""
    return Answer(await call.services.games.plays.offer(call.actor, call.body))


async def play_game(call: Call) -> Answer:
    """Play a game: central draws, and what is won is posted with the play."""
    view, is_replay = await call.services.games.plays.play(call.actor, call.path["game_id"], call.body)
    return Answer(view, is_replay=is_replay)


async def tell_play(call: Call) -> Answer:
    """A play again, with its prize, for the card it was played with."""
    return Answer(await call.services.games.plays.tell(call.actor, call.path["play_id"], call.body))


async def hand_over_prize(call: Call) -> Answer:
    """Hand over a thing that was won, once, for the code on its slip."""
    view, is_replay = await call.services.games.handovers.hand_over(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


_PREFIX: Final = "/api/v1"
_SHOP: Final = (shops.ShopNotFound, access.ShopNotYours, access.ShopMissing)

GAME_ROUTES: Final = (
    Route(
        method="PUT",
        path=f"{_PREFIX}/games/{{game_id}}",
        operation="put_game",
        tag="games",
        permission=access.PROGRAMME_WRITE,
        handler=put_game,
        body=api_games.GameBody,
        answer=api_games.GameView,
        errors=(
            pool.GameInvalid,
            pool.GameUnlawful,
            pool.GameFixed,
            definition.GameDayInvalid,
            definition.GameTooLong,
            publishing.GamesTooMany,
            requests.TryAgain,
        ),
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/games",
        operation="list_games",
        tag="games",
        permission=access.PROGRAMME_WRITE,
        handler=list_games,
        answer=api_games.GameListView,
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/games/{{game_id}}",
        operation="get_game",
        tag="games",
        permission=access.PROGRAMME_WRITE,
        handler=get_game,
        answer=api_games.GameView,
        errors=(definition.GameNotFound,),
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/games/{{game_id}}/plays",
        operation="list_plays",
        tag="games",
        permission=access.PROGRAMME_WRITE,
        handler=list_plays,
        query=api_games.PlaysQuery,
        answer=api_games.PlayListView,
        errors=(definition.GameNotFound,),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/game-offers",
        operation="offer_games",
        tag="games",
        permission=access.VALUE_MOVE,
        handler=offer_games,
        body=api_games.OffersBody,
        answer=api_games.OffersView,
        errors=(*_SHOP, *CARD_REFUSED),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/games/{{game_id}}/plays",
        operation="play_game",
        tag="games",
        permission=access.VALUE_MOVE,
        handler=play_game,
        body=api_games.PlayBody,
        answer=api_games.PlayView,
        errors=(
            *_SHOP,
            *CARD_REFUSED,
            definition.GameNotFound,
            pool.GameUnlawful,
            playing.GameNotOpen,
            playing.PlayedOut,
            playing.NoPrizesLeft,
            playing.GameChanged,
            IdempotencyConflict,
            requests.TryAgain,
        ),
        is_repeatable=True,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/plays/{{play_id}}/tell",
        operation="tell_play",
        tag="games",
        permission=access.VALUE_MOVE,
        handler=tell_play,
        body=api_games.OffersBody,
        answer=api_games.PlayView,
        errors=(*CARD_REFUSED, playing.PlayNotFound),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/prize-handovers",
        operation="hand_over_prize",
        tag="games",
        permission=access.VALUE_GOODWILL,
        handler=hand_over_prize,
        body=api_games.HandoverBody,
        answer=api_games.HandoverView,
        errors=(
            *_SHOP,
            handing.PrizeCodeInvalid,
            handing.PrizeUnknown,
            handing.PrizeHandedOver,
            handing.PrizeOver,
            identify.TooManyTries,
            IdempotencyConflict,
            requests.TryAgain,
        ),
        is_repeatable=True,
    ),
)
