"""The services of games, built together."""

from dataclasses import dataclass

from central.services.core.context import Context
from central.services.games.handing import HandoverService
from central.services.games.playing import PlayService
from central.services.games.publishing import GamesService
from central.services.group.groups import GroupsService
from central.services.group.shops import ShopsService
from central.services.members.identify import IdentifyService
from central.services.tickets.tenders.guessing import Guesses


@dataclass(frozen=True, slots=True, kw_only=True)
class GameServices:
    """Published, played, handed over."""

    pools: GamesService
    plays: PlayService
    handovers: HandoverService


def build_games(
    context: Context,
    *,
    groups: GroupsService,
    shops: ShopsService,
    identify: IdentifyService,
    guesses: Guesses,
) -> GameServices:
    """Build them."""
    return GameServices(
        pools=GamesService(context, groups),
        plays=PlayService(context, groups, shops, identify),
        handovers=HandoverService(context, groups, shops, guesses),
    )
