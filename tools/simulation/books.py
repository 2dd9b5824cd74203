"""The recount: folds central's journal anew after every commit and holds it against what was asked."""

from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from tools.simulation import catalogue as it
from tools.simulation import gauges as count
from tools.simulation import offers
from tools.simulation.asked import Asked
from tools.simulation.facts import Facts
from tools.simulation.facts_erased import Erased
from tools.simulation.facts_games import Played
from tools.simulation.facts_leases import WITHOUT_END_MS, Leases
from tools.simulation.facts_merged import Merged
from tools.simulation.fold import POINTS, Back, Sold, State, asset_is_right, bounds_of, need, unit_of
from tools.simulation.rows import Entry, Hold, Lot, Rows

__all__ = ["Books", "State", "need"]


Lots = tuple[tuple[int, int | None], ...]
"""Units of lots, each with the moment at which they end."""


class Books:
    """Central's books by the simulation's own fold. `on_entry`: the rules of each kind of transaction."""

    def __init__(self, asked: Asked, on_entry: Callable[[State, Entry, Asked], None]) -> None:
        self.state = State()
        self.commits = 0
        self._asked = asked
        self._on_entry = on_entry
        self.history: dict[str, list[tuple[int, int]]] = defaultdict(list)
        """By member: the balances there were, each with the commit that made it."""
        self._stored = set[str]()
        """Accounts of stored value."""
        self._counters: dict[tuple[str, str], tuple[int, int]] = {}
        self.spendable: dict[str, list[tuple[int, Lots, int]]] = defaultdict(lambda: [(0, (), 0)])
        """By member: after a commit, what was free of which lots, and what was owed."""
        self.tickets: dict[str, list[tuple[int, int]]] = defaultdict(lambda: [(0, 0)])
        """By member: how many sales there were after a commit."""

    def read(self, rows: Rows, now_ms: int) -> bool:
        """Read what was committed since; whether there was anything."""
        state = self.state
        need(not rows.is_in_transaction, "2 acknowledged", "the store left a transaction open")
        event_seq, journal_seq, head = rows.head()
        holds, counters = rows.holds(), rows.counters()
        known = (state.events, state.seq, state.holds, self._counters)
        if (event_seq, journal_seq, holds, counters) == known:
            return False
        self._counters = counters
        self.commits += 1
        self._asked.commits = state.commit = self.commits
        state.promised_now.clear()
        self._merged_now = rows.merged()
        self._read_holds(state, holds, now_ms)
        self._fresh: list[dict[str, Any]] = []
        self._backs: list[Back] = []
        self._loads: list[dict[str, Any]] = []
        self._played: list[dict[str, Any]] = []
        entries = deque(rows.entries(state.seq))
        seen, self._now_ms = set[str](), now_ms
        facts = Facts(state, self._asked, rows, commit=self.commits, now_ms=now_ms)
        facts.ended_promises()
        leases = Leases(state, self._asked, rows, commit=self.commits)
        erased = Erased(state, self._asked, rows, commit=self.commits)
        played = Played(state, self._asked, rows, commit=self.commits, now_ms=now_ms)
        for seq, kind, body in rows.events(state.events):
            need(seq == state.events + 1, "5 journal", "an event number is missing before", seq)
            state.events = seq
            seen.update(each for each in body.values() if isinstance(each, str))
            if kind.startswith("member.merge"):
                self._read_merge(rows, kind, body, entries, seen)
            elif kind == "member.erased":
                erased.told(body["member_id"])
                self._read_until(entries, seen | {f"erasure/{body['member_id']}"})
                erased.done(body["member_id"])
            elif kind == "game.played":
                self._played.append(played.play(body["play_id"]))
            elif kind == "lease.granted":
                leases.granted(body["lease_id"])
            elif kind == "lease.returned":
                leases.returned(body["lease_id"])
            elif kind == "game.handed_over":
                played.handover(body["play_id"])
            else:
                self._read_event(facts, leases, kind, body)
        while entries:
            self._read_entry(entries.popleft())
        for row in self._loads:
            facts.close_load(row)
        for row in self._played:
            played.no_less_than_drawn(row)
        self._compare(rows, event_seq, journal_seq, head)
        leases.compare()
        erased.compare()
        leases.require_shares(self.history)
        self._note_standing()
        return True

    def is_unchanged_below(self, rows: Rows) -> None:
        """After a crash: the journal still begins as it was read."""
        known = self.state.hashes
        found = rows.hashes()
        gone = len(known) - len(found)
        need(gone <= 0, "2 acknowledged", "committed transactions are gone:", gone)
        need(found[: len(known)] == known, "5 journal", "history changed")

    def spendable_since(
        self, member_id: str, since: int, now_ms: int, until: int | None = None
    ) -> set[tuple[int, int]]:
        """What was free and what was owed when that many commits had been made, and ever since.

        Of what stood then as much is counted as is live now: the decision may be as late as that.
        `until`: what this and later commits left is no reason: an act is not refused for what it took itself.
        """
        found = set()
        for each in self.state.who_since(member_id, since):
            for commit, lots, owed in reversed(self.spendable[each]):
                if until is not None and commit >= until:
                    continue
                free = sum(units for units, expires_ms in lots if expires_ms is None or expires_ms > now_ms)
                found.add((free, owed))
                if commit <= since:
                    break
        return found

    def visits_since(self, member_id: str, since: int) -> set[int]:
        """Which visit the next one was when that many commits had been made, and ever since."""
        state, found = self.state, set[int]()
        for each in state.who_since(member_id, since):
            tickets = set[int]()
            for commit, count_ in reversed(self.tickets[each]):
                tickets.add(count_)
                if commit <= since:
                    break
            found |= {count_ - back + 1 for count_ in tickets for back in state.returned_of(each, since)}
        return found

    def _spendable(self, member_id: str) -> tuple[Lots, int]:
        """What is free of each lot, with its end; and what is owed."""
        state, account = self.state, f"member/{member_id}/points"
        held: dict[str, int] = defaultdict(int)
        for hold in state.holds.values():
            if hold.state == "pending" and hold.account == account:
                for lot_id, amount in hold.lots:
                    held[lot_id] += amount
        free = tuple(
            (lot.remaining - held[lot.lot_id], lot.expires_ms)
            for lot in state.lots.values()
            if lot.account == account and lot.remaining > held[lot.lot_id]
        )
        return free, state.owed(member_id)

    def _note_standing(self) -> None:
        for person in it.EVERYBODY:
            log, stands = self.spendable[person.member_id], self._spendable(person.member_id)
            if log[-1][1:] != stands:
                log.append((self.commits, *stands))
            tickets = self.state.tickets_of[person.member_id]
            if self.tickets[person.member_id][-1][1] != tickets:
                self.tickets[person.member_id].append((self.commits, tickets))
        held: dict[str, int] = defaultdict(int)
        for hold in self.state.holds.values():
            if hold.state == "pending":
                held[hold.account] += hold.amount
        owners = [*held, *(owner for (_, owner), (_, kept) in self._counters.items() if kept)]
        for owner in (each.split("/") for each in owners if each.startswith("member/")):
            self.state.last_held[owner[1]] = self.commits
        for account in self._stored:
            balance, history = self.state.balance(account, unit_of(account)), self.state.stored[account]
            if history[-1][1:] != (balance - held[account], balance):
                history.append((self.commits, balance - held[account], balance))

    # Holds --------------------------------------------------------------------------------------------------

    def _read_holds(self, state: State, holds: dict[str, Hold], now_ms: int) -> None:
        before = state.holds
        state.unclear = set()
        need(before.keys() <= holds.keys(), "5 journal", "a hold is gone")
        for hold_id, hold in holds.items():
            was = before.get(hold_id)
            if was == hold:
                continue
            state.unclear.add(hold.account)
            if was is None:
                self._read_new_hold(hold, now_ms)
                state.last_held[hold.account.split("/")[1]] = self.commits
            else:
                is_open = was.state == "pending"
                need(is_open, "3 duplicate", "an ended hold changed", hold_id, was.state, hold.state)
                if hold.state != "pending":
                    state.let_go.append((state.seq + 1, _given_back(hold)))
            if hold.state == "expired":
                ended_ms = hold.ended_ms or 0
                need(hold.expires_ms <= ended_ms <= now_ms, "7 clock", "a hold expired early", hold_id)
            need(hold.posted <= hold.amount, "1 conservation", "more posted than held", hold_id)
        # Only what was and stays pending is certain inside the batch.
        state.kept = {
            hold_id: hold
            for hold_id, hold in holds.items()
            if hold.state == "pending" and hold_id in before and before[hold_id].state == "pending"
        }
        for lot in state.lots.values():
            lot.held = 0
        for hold in state.kept.values():
            for lot_id, amount in hold.lots:
                state.lots[lot_id].held += amount
        state.holds = holds

    def _read_new_hold(self, hold: Hold, now_ms: int) -> None:
        if hold.cause_id in self._asked.leases:
            self._read_lease_hold(hold)
            return
        asked = self._asked.reservations.get(hold.cause_id)
        need(asked is not None, "8 authority", "nobody asked for the hold", hold.hold_id)
        assert asked is not None
        wanted = Facts.holds_of(hold.cause_id, asked).get(hold.hold_id)
        need(wanted is not None, "8 authority", "a hold nobody asked for", hold.hold_id)
        assert wanted is not None
        account, amount = wanted
        if account in self.state.vouchers:
            account = self.state.vouchers[account].account
        owner = account.split("/")[1]
        if owner in self._merged_now and hold.account != account:  # reserved after the merge, or before
            account = account.replace(owner, self._merged_now[owner])
        found = (hold.account, hold.amount, hold.expires_ms - hold.made_ms)
        right = (account, amount, it.HOLD_MS)
        need(found == right, "1 conservation", "a hold is not as asked:", found, right)
        in_lots = sum(part for _, part in hold.lots)
        has_lots = not account.startswith("campaign/")
        need(in_lots == (amount if has_lots else 0), "1 conservation", "hold and lots", hold.hold_id)
        need(hold.made_ms <= now_ms, "7 clock", "a hold of the future", hold.hold_id)

    def _read_lease_hold(self, hold: Hold) -> None:
        asked = self._asked.leases[hold.cause_id]
        found = (hold.account, hold.expires_ms, sum(part for _, part in hold.lots))
        right = (f"member/{asked.member_id}/points", WITHOUT_END_MS, hold.amount)
        need(found == right, "6 leases", "a hold is not as asked:", hold.hold_id, found, right)

    # Events -------------------------------------------------------------------------------------------------

    def _read_event(self, facts: Facts, leases: Leases, kind: str, body: dict[str, Any]) -> None:
        """Facts by their events; others (shops, cards, tokens) are not money."""
        if kind == "sale.committed":
            row = facts.sale(body["sale_id"])
            self._fresh.append(row | {"cause": body["sale_id"]})
            if (lease_id := self.state.sold[body["sale_id"]].ticket.lease_id) is not None:
                leases.drawn(body["sale_id"], lease_id, row["points_redeemed"])
        elif kind == "sale.returned":
            back = facts.return_(body["return_id"])
            self._fresh.append(back.row | {"cause": body["return_id"]})
            self._backs.append(back)
        elif kind == "reservation.made":
            facts.reservation(body["reservation_id"])
        elif kind == "reservation.released":
            facts.released(body["reservation_id"])
        elif kind == "goodwill.given":
            self._fresh.append(facts.goodwill(body["goodwill_id"]) | {"cause": body["goodwill_id"]})
        elif kind == "value.service_drawn":
            facts.draw(body["act_id"])
            self._loads.append(self.state.loads[body["act_id"]])
        elif kind in ("value.gift_card_activated", "value.purse_topped_up", "value.service_sold"):
            facts.load(body["act_id"])
            self._loads.append(self.state.loads[body["act_id"]])
        elif kind.startswith("correction."):
            facts.correction(body["correction_id"])
        elif kind == "value.moved":
            row = facts.move(body["move_id"])
            is_spent = row["kind"] in ("conversion", "forward")
            cause = f"conversion/{body['move_id']}" if is_spent else body["move_id"]
            self._fresh.append(row | {"cause": cause})
        elif kind == "household.changed":
            facts.household(body["household_id"])

    def _read_merge(
        self, rows: Rows, kind: str, body: dict[str, Any], entries: deque[Entry], seen: set[str]
    ) -> None:
        """A merge parts its batch: what was booked before it was booked for two, what comes after for one."""
        facts = Merged(self.state, self._asked, rows, commit=self.commits)
        row = facts.row(body["merge_id"])
        if kind != "member.merged":
            return
        seen.add(row["transaction_id"] or "")
        self._read_until(entries, seen)
        if row["transaction_id"]:
            self.state.wanted.add(("merge", row["transaction_id"]))
        facts.done(row)

    def _read_until(self, entries: deque[Entry], causes: set[str]) -> None:
        """What was booked up to the last transaction of what has been told so far."""
        last = max((each.seq for each in entries if {each.cause_id, each.transaction_id} & causes), default=0)
        while entries and entries[0].seq <= last:
            self._read_entry(entries.popleft())

    # The journal --------------------------------------------------------------------------------------------

    def _read_entry(self, entry: Entry) -> None:
        state, now_ms = self.state, self._now_ms
        need(entry.seq == state.seq + 1, "5 journal", "a number is missing before", entry.seq)
        need(entry.row_hash == entry.chained_to(state.head), "5 journal", "the chain breaks at", entry.seq)
        need(bool(entry.postings), "1 conservation", "a transaction moves nothing", entry.transaction_id)
        need(entry.recorded_ms <= now_ms, "7 clock", "recorded in the future", entry.transaction_id)
        cause = (entry.kind, entry.transaction_id)
        need(cause not in state.causes, "3 duplicate", "booked twice:", *cause)
        state.causes.add(cause)
        self._on_entry(state, entry, self._asked)
        state.seq, state.head = entry.seq, entry.row_hash
        state.hashes.append(entry.row_hash)
        for source, target, asset, amount in entry.postings:
            is_right = amount > 0 and asset_is_right(source, asset) and asset_is_right(target, asset)
            need(is_right, "1 conservation", "a posting of", amount, asset, source, target)
            state.balances[source, asset] -= amount
            state.balances[target, asset] += amount
        for lot_id, account, _, amount, expires_ms, source_id, *_ in entry.lots:
            need(lot_id not in state.lots, "3 duplicate", "a lot twice:", lot_id)
            state.lots[lot_id] = Lot(lot_id, account, amount, expires_ms, source_id, amount, entry.seq)
        for lot_id, amount in entry.taken:
            state.lots[lot_id].remaining -= amount
            state.taken.append((entry.seq, lot_id, amount))
        for lot_id, amount in entry.restored:
            state.lots[lot_id].remaining += amount
            state.restored.append((entry.seq, lot_id, amount))
        for account, asset in sorted({(name, each[2]) for each in entry.postings for name in each[:2]}):
            self._read_balance(entry, account, asset)

    def _read_balance(self, entry: Entry, account: str, asset: str) -> None:
        state = self.state
        balance = state.balances[account, asset]
        floor, ceiling = bounds_of(account)
        need(floor is None or balance >= floor, "1 conservation", "below its floor:", account, balance)
        need(ceiling is None or balance <= ceiling, "1 conservation", "above its ceiling:", account, balance)
        if account.endswith(("/value", "/purse", "/services")):
            state.stored_after[entry.cause_id, account] = balance
            self._stored.add(account)
        if not account.startswith("member/"):
            return
        member_id = account.split("/")[1]
        state.after[entry.cause_id, member_id] = state.balance(f"member/{member_id}/points")
        if account.endswith("/points"):
            self.history[member_id].append((self.commits, balance))
        elif account.endswith("/points_owed"):
            state.debts[member_id].append((entry.seq, -balance))

    # What stands --------------------------------------------------------------------------------------------

    def _compare(self, rows: Rows, event_seq: int, journal_seq: int, head: bytes) -> None:
        """What stands in the tables against the fold."""
        state = self.state
        heads = (event_seq, journal_seq)
        need(heads == (state.events, state.seq), "5 journal", "heads", event_seq, journal_seq)
        need(head == state.head, "5 journal", "the head's hash")
        lot_held = self._compare_accounts(rows)
        self._compare_lots(rows, lot_held)
        sales, returns, moves, plays, goodwill = rows.counts(
            "sale", "sale_return", "value_move", "game_play", "goodwill"
        )
        need(sales == len(state.sold), "5 journal", "sales and their events")
        need(returns == len(state.back), "5 journal", "returns and their events")
        need(moves == len(state.moves), "5 journal", "moves and their events")
        need(plays == len(state.plays), "5 journal", "plays and their events")
        need(goodwill == len(state.goodwill), "5 journal", "goodwill and its events")
        for row in self._fresh:
            cause = (row["cause"], row["member_id"])
            right = state.after.get(cause, row["balance_after"])
            told = row["balance_after"]
            need(told == right, "1 conservation", "the balance told", cause, told, right)
        for back in self._backs:
            self._close_return(rows, back)
        self._compare_limits()
        optional = (
            "erasure",
            "expiry",
            "reversal",
            "sponsorship_return",
            "voucher_return",
            "budget_grant",
            "prize_grant",
        )
        missing = state.wanted - state.causes
        need(not missing, "1 conservation", "not booked:", sorted(missing)[:3])
        more = {cause for cause in state.causes - state.wanted if cause[0] not in optional}
        need(not more, "3 duplicate", "booked for nothing:", sorted(more)[:3])

    def _compare_accounts(self, rows: Rows) -> dict[str, int]:
        """Balances, and what holds keep; what they keep of each lot."""
        state = self.state
        held: dict[tuple[str, str], int] = defaultdict(int)
        lot_held: dict[str, int] = defaultdict(int)
        for hold in state.holds.values():
            if hold.state == "pending":
                held[hold.account, hold.asset] += hold.amount
                for lot_id, amount in hold.lots:
                    lot_held[lot_id] += amount
        totals: dict[str, int] = defaultdict(int)
        balances = state.balances
        for account, asset, balance, kept in rows.accounts():
            totals[asset] += balance
            found, right = (balance, kept), (balances[account, asset], held[account, asset])
            if found != right:
                need(False, "1 conservation", "an account differs:", account, found, right)
            floor, _ = bounds_of(account)
            if floor is not None and balance - kept < floor:
                need(False, "1 conservation", "more is promised than there is:", account, found)
        need(not any(totals.values()), "1 conservation", "all accounts sum to", dict(totals))
        return lot_held

    def _compare_lots(self, rows: Rows, lot_held: dict[str, int]) -> None:
        state = self.state
        in_lots: dict[str, int] = defaultdict(int)
        for lot_id, remaining, kept, account in rows.lots():
            lot = state.lots[lot_id]
            found, right = (remaining, kept), (lot.remaining, lot_held[lot_id])
            if found != right or not 0 <= kept <= remaining <= lot.amount:
                need(False, "1 conservation", "a lot differs:", lot_id, found, right)
            if account != lot.account:
                need(False, "1 conservation", "a lot is elsewhere:", lot_id, account)
            in_lots[lot.account] += remaining
        together: dict[str, int] = defaultdict(int)
        for (account, _), balance in state.balances.items():
            together[account] += balance
        for account, balance in together.items():
            if account.endswith(("/vouchers", "/value", "/purse", "/services", "/forward")) or (
                account.startswith("member/") and account.endswith("/points")
            ):
                need(in_lots[account] == balance, "1 conservation", "lots and balance of", account)
        for voucher_id, lot_id in rows.voucher_lots():
            voucher, lot = state.vouchers[voucher_id], state.lots[lot_id]
            where = lot.account if lot.remaining else state.account_now(lot.account)
            if where != voucher.account:
                need(False, "1 conservation", "a voucher elsewhere:", voucher_id)
            assert lot.expires_ms is not None
            voucher.lot_id, voucher.expires_ms = lot_id, lot.expires_ms
            stands = (lot.remaining, lot_held[lot_id])
            if voucher.stood[-1][1:] != stands:
                voucher.stood.append((self.commits, *stands))

    def _close_return(self, rows: Rows, back: Back) -> None:
        """Count it for the returns to come; where nothing was booked all its points had expired."""
        state = self.state
        sold = state.sold[back.sale_id]
        return_id = back.row["return_id"]
        if back.points and ("reversal", f"{return_id}/reversal") not in state.causes:
            gone = sold.undone + back.points - sold.taken - sold.owed
            gone_by_time = state.expired(sold, sold.ticket.member_id)
            need(gone <= gone_by_time, "1 conservation", "a return took nothing back", return_id)
        if back.takes_from_sponsor and ("sponsorship_return", f"{return_id}/sponsor") not in state.causes:
            is_gone = state.expired(sold, sold.sponsor) >= offers.FRIEND_POINTS
            need(is_gone, "1 conservation", "a sponsor kept the points of", back.sale_id)
        returned = {account: minor for _, account, _, minor in rows.tenders(back.sale_id)}
        self._paid_back(sold, returned, return_id)
        for voucher_id in back.ended:
            voucher = state.vouchers[voucher_id]
            lot, was_held = state.lots[voucher.lot_id], any(held for _, _, held in voucher.stood)
            is_over = lot.remaining == 0 or was_held
            need(is_over, "1 conservation", "a voucher outlived the goods that earned it:", voucher_id)
        sold.undone += back.points
        sold.restored += back.restored
        left = {(*place, ""): amount for place, amount in sold.uses.items()}
        for rule_id, amount in sold.budgets.items():
            place = count.budget_of(offers.BY_RULE[rule_id])
            if amount:
                left[*place, "CHF/2" if offers.BY_RULE[rule_id].is_price else POINTS] = amount
        found = rows.left_of(back.sale_id)
        need(found == left, "1 conservation", "what a return leaves used:", return_id, found, left)

    def _paid_back(self, sold: Sold, found: dict[str, int], return_id: str) -> None:
        """What is noted of each tender beside what it got by the recount, never more than it paid."""
        for (account, amount), back in zip(sold.tenders, sold.tenders_back, strict=True):
            is_right = found[account] == back <= amount
            need(is_right, "1 conservation", "came back to a tender:", return_id, account, found[account])

    def _compare_limits(self) -> None:
        """Counters and budgets beside the simulation's own count; late tickets alone pass a limit."""
        state, counters = self.state, dict(self._counters)
        for place, gauge in state.gauges.items():
            most = count.limit_of(place)
            if place[0].endswith("/budget"):
                rule_id = place[0].removesuffix("/budget")
                asset = "CHF/2" if offers.BY_RULE[rule_id].is_price else POINTS
                found = state.balance(f"campaign/{rule_id}/spent", asset)
                need(found == gauge.used, "1 conservation", "spent of a budget:", rule_id, found, gauge.used)
                left = state.balance(f"campaign/{rule_id}/budget", asset)
                is_whole = left + found == (most or 0)
                need(is_whole, "1 conservation", "a budget came to", rule_id, left, found)
                continue
            kept = counters.pop(place, (0, 0))
            right = (gauge.used, gauge.held)
            need(kept == right, "1 conservation", "a limit counts", place, kept, "instead of", right)
            is_within = most is None or gauge.used + gauge.held <= most + gauge.beyond
            need(is_within, "1 conservation", "more than a limit allows:", place, right, most)
        more = {place: kept for place, kept in counters.items() if any(kept)}
        need(not more, "1 conservation", "limits count what nobody used:", more)
        state.gauges.settle()


def _given_back(hold: Hold) -> dict[str, int]:
    """What an ended hold gave back of each lot: all but what was posted, which came of the first ones."""
    posted, back = hold.posted, dict[str, int]()
    for lot_id, amount in hold.lots:
        taken = min(posted, amount)
        posted -= taken
        back[lot_id] = amount - taken
    return back
