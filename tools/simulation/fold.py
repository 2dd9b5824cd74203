"""What the recount knows: the fold of central's journal and facts so far."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from tools.simulation import catalogue as it
from tools.simulation import prizes
from tools.simulation.gauges import Gauges, Place
from tools.simulation.offers import Priced
from tools.simulation.rows import Hold, Lot
from tools.simulation.trace import Violation

if TYPE_CHECKING:
    from tools.simulation.facts_leases import Leased

POINTS: Final = "PTS/0"
VOUCHERS: Final = "VCH.thanks/0"
OF_POINTS: Final = "VCH.points/0"
"""Vouchers that members made of points."""
MONEY: Final = "CHF/2"
NAMES_KEPT: Final = 4096
"""What follows from a name alone is reckoned once for it: more names than a seed has."""
SERVICES: Final = f"SRV.{it.SERVICE}/0"
DECIDED_WITHIN: Final = 15
"""A transaction may have been decided on what stood so many transactions before it was booked: guards let
through what still has room, whatever came in between.
"""


@dataclass(slots=True)
class Sold:
    """A sale in the books, and what has become of it."""

    ticket: it.Ticket
    row: dict[str, Any]
    priced: Priced
    uses: dict[Place, int] = field(default_factory=dict)
    """What it took of limits, by counter."""
    taken_of_budgets: dict[str, int] = field(default_factory=dict)
    """What it took of budgets, by rule."""
    budgets: dict[str, int] = field(default_factory=dict)
    """What is left of that to give back."""
    line_points: dict[int, int] = field(default_factory=dict)
    line_redeemed: dict[int, int] = field(default_factory=dict)
    line_amounts: dict[int, int] = field(default_factory=dict)
    returned: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    burned_from: list[tuple[str, int]] = field(default_factory=list)
    used: dict[str, bool] = field(default_factory=dict)
    """Vouchers that paid, and whether they are good again."""
    tenders: tuple[tuple[str, int], ...] = ()
    """Accounts of stored value that paid, with how much."""
    tender_left: dict[int, list[int]] = field(default_factory=dict)
    """By line what can still come back to points, to each tender, and at the end to other money: as
    if points could be divided. Whole ones leave a difference, which is money."""
    tenders_back: list[int] = field(default_factory=list)
    """What each tender got back, in the order of `tenders`."""
    other_back: int = 0
    allotted: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    """By account what it paid out of which lots, in order."""
    tender_back: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By account what came back."""
    sponsor: str | None = None
    undone: int = 0
    taken: int = 0
    owed: int = 0
    expired_by: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Points of the sale that expired, by the account they expired from."""
    restored: int = 0
    restored_due: int = 0
    """Points that paid for what came back; those that did not fit its price are not restored yet."""

    def are_back(self, shares: list[int]) -> bool:
        """Whether all units are back of the lines on which something fell; of none, no."""
        fell = [line for line, share in zip(self.ticket.lines, shares, strict=True) if share]
        return bool(fell) and all(self.returned[line.line_no] == line.quantity for line in fell)

    @property
    def is_back(self) -> bool:
        """Whether nothing is left with the customer."""
        return all(self.returned[line.line_no] == line.quantity for line in self.ticket.lines)


@dataclass(slots=True)
class Back:
    """A return in the books."""

    sale_id: str
    row: dict[str, Any]
    points: int
    restored: int
    budgets: dict[str, int]
    ended: set[str]
    """Vouchers it ended."""
    again: set[str]
    """Vouchers it made good again."""
    takes_from_sponsor: bool = False
    tenders: dict[str, int] = field(default_factory=dict)
    """What comes back to each account of stored value."""


@dataclass(slots=True)
class Voucher:
    """A voucher a sale gave. `stood`: after which commit it was there, and held."""

    voucher_id: str
    member_id: str | None
    account: str
    expires_ms: int
    lot_id: str
    taken_back: str | None = None
    stood: list[tuple[int, int, int]] = field(default_factory=list)

    def values(self, since: int) -> set[tuple[int, int]]:
        """What was there and what was held of it when that many commits had been made, and ever since."""
        found = set()
        for commit, remaining, held in reversed(self.stood):
            found.add((remaining, held))
            if commit <= since:
                break
        return found


@dataclass(slots=True)
class State:
    """The fold of everything so far."""

    commit: int = 0
    """The number of the commit being read."""
    seq: int = 0
    head: bytes = bytes(32)
    events: int = 0
    hashes: list[bytes] = field(default_factory=list)
    balances: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    lots: dict[str, Lot] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    let_go: list[tuple[int, dict[str, int]]] = field(default_factory=list)
    """By the transaction that came next: what a hold gave back of which lots as it ended."""
    kept: dict[str, Hold] = field(default_factory=dict)
    """Holds that were pending before and after the batch being read, and so all through it."""
    after: dict[tuple[str, str], int] = field(default_factory=dict)
    """By cause and member: the member's balance after its last transaction."""
    sold: dict[str, Sold] = field(default_factory=dict)
    back: dict[str, Back] = field(default_factory=dict)
    corrections: dict[str, dict[str, Any]] = field(default_factory=dict)
    moves: dict[str, dict[str, Any]] = field(default_factory=dict)
    booked_at: dict[str, int] = field(default_factory=dict)
    """By move, draw or load the commit with which it came into the books."""
    goodwill: dict[str, dict[str, Any]] = field(default_factory=dict)
    loads: dict[str, dict[str, Any]] = field(default_factory=dict)
    stored: dict[str, list[tuple[int, int, int]]] = field(
        default_factory=lambda: defaultdict(lambda: [(0, 0, 0)])
    )
    """By account of stored value: after which commit what of it was free, and what was there."""
    stored_after: dict[tuple[str, str], int] = field(default_factory=dict)
    """By cause and account of stored value: what it held after the transaction."""
    reserved: set[str] = field(default_factory=set)
    freed: dict[str, int] = field(default_factory=dict)
    """Reservations whose limits are free again, with the commit at which that was first seen."""
    taken_by: dict[str, str] = field(default_factory=dict)
    """The sale under each reservation."""
    vouchers: dict[str, Voucher] = field(default_factory=dict)
    gauges: Gauges = field(default_factory=Gauges)
    tickets_of: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    promised_now: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """By member: tickets on a quote's terms in the batch being read. They count no visit of their own, and
    are counted after those that do.
    """
    back_of: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(lambda: [(0, 0)]))
    """By member: after which commit how many tickets had come back whole."""
    homes: list[tuple[int, dict[str, str]]] = field(default_factory=lambda: [(0, {})])
    """After which commit who lived where."""
    merged: dict[str, tuple[str, int]] = field(default_factory=dict)
    """By duplicate into whom it was merged, and at which commit."""
    merges_waited: dict[str, float] = field(default_factory=dict)
    """By merge the commit until which it waited for a second person."""
    last_held: dict[str, int] = field(default_factory=dict)
    """By member the last commit after which something of theirs was held, or a limit kept."""
    merges: dict[str, dict[str, Any]] = field(default_factory=dict)
    leases: dict[str, "Leased"] = field(default_factory=dict)
    erased: dict[str, int] = field(default_factory=dict)
    """Members who are forgotten, with the commit."""
    plays: dict[str, dict[str, Any]] = field(default_factory=dict)
    seeds: set[str] = field(default_factory=set)
    """What central drew with so far."""
    handed_over: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Plays whose thing was fetched."""
    causes: set[tuple[str, str]] = field(default_factory=set)
    wanted: set[tuple[str, str]] = field(default_factory=set)
    """What has to be booked for the facts so far."""
    restored: list[tuple[int, str, int]] = field(default_factory=list)
    """What lots got back, with the number of the transaction."""
    taken: list[tuple[int, str, int]] = field(default_factory=list)
    """What was taken out of lots, likewise."""
    unclear: set[str] = field(default_factory=set)
    """Accounts whose holds changed in the batch being read: what stood in between is not known."""
    debts: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    """By member: what was owed after which transaction."""

    def balance(self, account: str, asset: str = POINTS) -> int:
        """What stands on an account."""
        return self.balances[account, asset]

    def has_prize(self, prize_id: str) -> bool:
        """Whether the game can give one: a unit is left, and what it costs."""
        prize = prizes.BY_ID[prize_id]
        is_left = self.balances[prizes.STOCK, prize.unit] > 0
        return is_left and self.balances[prizes.BUDGET, MONEY] >= prize.cost_minor

    def is_pool_empty(self) -> bool:
        """Whether the game has nothing to give any more."""
        return not any(map(self.has_prize, prizes.BY_ID))

    def who(self, member_id: str) -> str:
        """Who the record is now."""
        while member_id in self.merged:
            member_id = self.merged[member_id][0]
        return member_id

    def who_since(self, member_id: str, since: int) -> list[str]:
        """Whom the record stood for when that many commits had been made, and ever since."""
        found = []
        while member_id in self.merged:
            survivor, commit = self.merged[member_id]
            if commit > since:
                found.append(member_id)
            member_id = survivor
        return [*found, member_id]

    def of_one(self, one: str | None, other: str | None) -> bool:
        """Whether two records are of one person now; nobody is nobody."""
        return one == other or (one is not None and other is not None and self.who(one) == self.who(other))

    def living(self, ticket: it.Ticket) -> it.Ticket:
        """A ticket as whose it would be now."""
        if ticket.member_id is None or ticket.member_id not in self.merged:
            return ticket
        member_id = self.who(ticket.member_id)
        before, after = it.purse_of(ticket.member_id), it.purse_of(member_id)
        tenders = tuple((after if account == before else account, n) for account, n in ticket.tenders)
        return replace(ticket, member_id=member_id, tenders=tenders)

    def account_now(self, account: str) -> str:
        """The same account of whom its member is now."""
        owner, name, leaf = account.split("/", 2)
        return f"{owner}/{self.who(name)}/{leaf}" if owner == "member" else account

    def expired(self, sold: Sold, member_id: str | None) -> int:
        """Points of a sale that expired with a member, or with who was merged into the member."""
        return sum(
            amount
            for account, amount in sold.expired_by.items()
            if self.of_one(account.split("/")[1], member_id)
        )

    def owed(self, member_id: str) -> int:
        """What a member owes."""
        return -self.balance(f"member/{member_id}/points_owed")

    def owed_of_late(self, member_id: str) -> list[int]:
        """What a member owes or owed a moment ago, when what is booked now may have been decided."""
        history = self.debts[member_id]
        before = [owed for seq, owed in history if seq < self.seq - DECIDED_WITHIN][-1:] or [0]
        late = [owed for seq, owed in history if seq >= self.seq - DECIDED_WITHIN]
        return [self.owed(member_id), *before, *late]

    def lots_of(self, account: str) -> list[Lot]:
        """Its lots, what expires first first."""
        mine = [lot for lot in self.lots.values() if lot.account == account]
        return sorted(mine, key=lambda lot: (lot.expires_ms is None, lot.expires_ms or 0, lot.lot_id))

    def held(self, account: str) -> int:
        """What holds keep of it."""
        return sum(hold.amount for hold in self.kept.values() if hold.account == account)

    def stored_since(self, account: str, since: int) -> set[tuple[int, int]]:
        """What was free of stored value and what was there after that many commits, and ever since."""
        found = set()
        owner, name, leaf = account.split("/")
        people = self.who_since(name, since) if owner == "member" else [name]
        for each in people:
            for commit, free, balance in reversed(self.stored[f"{owner}/{each}/{leaf}"]):
                found.add((free, balance))
                if commit <= since:
                    break
        return found

    def returned_of(self, member_id: str, since: int) -> set[int]:
        """How many of a member's tickets had come back whole when that many commits were made, and since."""
        found = set()
        for commit, count in reversed(self.back_of[member_id]):
            found.add(count)
            if commit <= since:
                break
        return found

    def lived_together(self, one: str, other: str, since: int) -> set[bool]:
        """Whether two members were of one household when that many commits were made, and ever since."""
        found = set()
        for commit, homes in reversed(self.homes):
            found |= {
                a != b and homes.get(a) is not None and homes.get(a) == homes.get(b)
                for a in self.who_since(one, since)
                for b in self.who_since(other, since)
            }
            if commit <= since:
                break
        return found


def need(holds: bool, invariant: str, text: str, *facts: object) -> None:
    """Raises: Violation."""
    if not holds:
        raise Violation(invariant, f"{text} {' '.join(map(str, facts))}".rstrip())


def unit_of(account: str) -> str:
    """The unit of an account of stored value."""
    return SERVICES if account.endswith("/services") else MONEY


@lru_cache(NAMES_KEPT)
def bounds_of(account: str) -> tuple[int | None, int | None]:
    """Floor and ceiling of an account, from the table of docs/ledger.md."""
    if account.endswith(("/issued", "/granted", "/stocked", "/points_owed", "/value_sold")):
        return None, 0
    if account == "group/points/corrected" or account.endswith("/value_redeemed"):
        return None, None
    return 0, None


@lru_cache(NAMES_KEPT)
def asset_is_right(account: str, asset: str) -> bool:
    """Whether an account takes the unit."""
    if account.startswith("gift_card/") or account.endswith("/purse"):
        return asset == MONEY
    if account.endswith("/services"):
        return asset == SERVICES
    if account.endswith("/value_sold"):
        return asset in (MONEY, SERVICES)
    if account.endswith("/value_redeemed"):
        return asset in (VOUCHERS, MONEY, SERVICES)
    if account == "group/value/expired":
        return asset in (VOUCHERS, OF_POINTS, MONEY, SERVICES)
    if account.endswith("/forward"):
        return asset == MONEY
    if account.endswith("/vouchers"):
        return asset in (VOUCHERS, OF_POINTS)
    if account.startswith("group/value/"):  # what is paid forward is money from there
        return asset in (VOUCHERS, OF_POINTS, MONEY)
    if account == "group/prizes/stocked" or account in (prizes.STOCK, prizes.WON, prizes.HANDED_OVER):
        return asset in it.PRIZE_UNITS
    if account.startswith("campaign/oil-third/") or account in (prizes.BUDGET, prizes.SPENT):
        return asset == MONEY
    return asset == POINTS or (asset == MONEY and account == "group/budget/granted")
