"""Counters of limits and budgets by the simulation's own count, with what they stood at, commit by commit."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

from tools.simulation import offers
from tools.simulation.catalogue import BEGAN_MS, GAME, PLAYS_PER_DAY, PURSE_PER_DAY_MINOR, Ticket, local_day
from tools.simulation.offers import Offer

FURNISHED_WITHIN_MS: Final = 60_000
"""Until then the group was being made."""
Place = tuple[str, str]
"""The name of a counter and whose it is."""


@dataclass(slots=True)
class Gauge:
    """What tickets used and reservations keep. `beyond`: so much late tickets used above the limit."""

    used: int = 0
    held: int = 0
    loose: int = 0
    """What ended in the batch being read: it may still have been kept when others in it were decided."""
    beyond: int = 0
    log: list[tuple[int, int]] = field(default_factory=lambda: [(0, 0)])

    def move(self, commit: int, *, used: int = 0, held: int = 0) -> None:
        """Count something up or down."""
        self.used += used
        self.held += held
        if self.loose:
            self.log.append((commit, self.used + self.held + self.loose))
        self.log.append((commit, self.used + self.held))

    def values(self, since: int) -> set[int]:
        """What it stood at when that many commits had been made, and ever since."""
        found = set()
        for commit, value in reversed(self.log):
            found.add(value)
            if commit <= since:
                break
        return found


class Gauges:
    """All counters."""

    def __init__(self) -> None:
        self._by_place: dict[Place, Gauge] = defaultdict(Gauge)

    def __getitem__(self, place: Place) -> Gauge:
        return self._by_place[place]

    def items(self) -> Iterator[tuple[Place, Gauge]]:
        """All that were ever looked at."""
        yield from self._by_place.items()

    def most(self, place_of: Callable[[date], Place], moments: Iterable[int], since: int) -> int:
        """The most that a day's counter stood at, of all days between the moments: weeks may pass while it
        is asked again and again.
        """
        days = sorted({local_day(each) for each in moments})
        name, owner = place_of(days[0])
        first, last = days[0].isoformat(), days[-1].isoformat()
        series = name.removesuffix(first)
        places = {place_of(day) for day in days} | {
            place
            for place in self._by_place
            if place[1] == owner and place[0].startswith(series) and first < place[0][len(series) :] < last
        }
        return max(value for place in places for value in self._by_place[place].values(since))

    def settle(self) -> None:
        """The batch is over."""
        for gauge in self._by_place.values():
            gauge.loose = 0


def limits_of(offer: Offer, ticket: Ticket, day: date) -> list[tuple[Place, int]]:
    """The counters of an offer for a ticket, each with its limit."""
    owners = {"member": f"member/{ticket.member_id}", "shop": f"shop/{ticket.shop_id}", "group": ""}
    return [
        ((f"{offer.rule_id}/{per}/{window}/{day if window == 'day' else ''}", owners[per]), times)
        for per, window, times in offer.limits
    ]


def budget_of(offer: Offer) -> Place:
    """The counter of what an offer gave."""
    return f"{offer.rule_id}/budget", ""


def counter_of(what: str, shop_id: str, day: date) -> Place:
    """The counter of what the counter of a shop gives on a day: points, or a discount."""
    return f"latitude/{offers.CLERK}/{what}/{day}", f"shop/{shop_id}"


def top_up_of(member_id: str, day: date) -> Place:
    """The counter of what a member paid into the purse on a day."""
    return f"purse_top_up/{day}", f"member/{member_id}"


def rewards_of(sponsor_id: str, day: date) -> Place:
    """The counter of what a sponsor was rewarded in a month."""
    return f"sponsor_rewards/{day.isoformat()[:7]}", f"member/{sponsor_id}"


@lru_cache(4096)
def limit_of(place: Place) -> int | None:
    """What a counter's name allows, None for what only counts."""
    name = place[0]
    for offer in offers.OFFERS:
        if place == budget_of(offer):
            return offer.budget
        for per, window, times in offer.limits:
            if name.startswith(f"{offer.rule_id}/{per}/{window}/"):
                return times
    if name.startswith(f"latitude/{offers.CLERK}/points/"):
        return offers.GOODWILL_PER_DAY
    if name.startswith(f"latitude/{offers.CLERK}/discount/"):
        return offers.COUNTER_PER_DAY
    if name.startswith("sponsor_rewards/"):
        return offers.REWARDS_PER_MONTH
    if name.startswith(f"game/{GAME}/"):
        return PLAYS_PER_DAY
    if name.startswith("purse_top_up/"):
        return PURSE_PER_DAY_MINOR
    return None


@dataclass(frozen=True, slots=True)
class Own:
    """What a ticket's own reservation keeps of counters, which is free for the one that takes its place.

    `is_sure`: it stands; otherwise it may have ended, and what it kept may be free for all.
    """

    kept: Mapping[Place, int] = field(default_factory=dict)
    is_sure: bool = True

    def past(self, place: Place, stood: set[int]) -> set[int]:
        """What a counter stood at without it."""
        mine = self.kept.get(place, 0)
        less = {value - mine for value in stood}
        return less if self.is_sure else less | stood


NOTHING_OWN: Final = Own()


def possible(
    gauges: Gauges, offer: Offer, ticket: Ticket, at_ms: int, since: int, own: Own = NOTHING_OWN
) -> set[int]:
    """What an offer may have given a ticket decided at any moment since: all, what was left, or nothing."""
    whole = offers.whole_of(offer, ticket)
    if not whole or (offer is offers.FRIEND and at_ms < BEGAN_MS):  # nobody was brought before that
        return {0}
    found = {whole}
    if offer is offers.FRIEND and at_ms < BEGAN_MS + FURNISHED_WITHIN_MS:
        found.add(0)
    for place, times in limits_of(offer, ticket, local_day(at_ms)):
        stood = own.past(place, gauges[place].values(since))
        if min(stood) >= times:
            return {0}
        if max(stood) >= times:
            found.add(0)
    if offer.budget is not None:
        stood = own.past(budget_of(offer), gauges[budget_of(offer)].values(since))
        lefts = {min(whole, max(0, offer.budget - value)) for value in stood}
        found = lefts | ({0} & found)
    return found
