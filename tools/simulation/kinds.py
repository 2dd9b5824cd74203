"""What each kind of transaction may do, from docs/ledger.md alone: who pays, who gets, out of which lots."""

from collections.abc import Callable
from typing import Final

from tools.simulation import kinds_games as games
from tools.simulation import kinds_given as given
from tools.simulation import kinds_merged as merged
from tools.simulation import kinds_sales as sales
from tools.simulation import kinds_stored as stored
from tools.simulation.asked import Asked
from tools.simulation.fold import State, need
from tools.simulation.kinds_shared import has_lots
from tools.simulation.rows import Entry


def check_entry(state: State, entry: Entry, asked: Asked) -> None:
    """Hold one transaction against the state before it. Raises: Violation."""
    rule = RULES.get(entry.kind)
    need(rule is not None, "8 authority", "an unknown kind of transaction", entry.kind)
    assert rule is not None
    taken = sum(amount for _, amount in entry.taken)
    reached_lots = sum(lot[3] for lot in entry.lots) + sum(amount for _, amount in entry.restored)
    left = sum(posting[3] for posting in entry.postings if has_lots(posting[0]))
    reached = sum(posting[3] for posting in entry.postings if has_lots(posting[1]))
    need(
        (taken, reached_lots) == (left, reached),
        "1 conservation",
        "lots and postings of",
        entry.transaction_id,
    )
    for lot_id, amount in entry.taken:
        lot = state.lots.get(lot_id)
        is_there = lot is not None and amount <= lot.remaining
        need(is_there, "1 conservation", "a lot does not hold", amount, lot_id, entry.transaction_id)
    rule(state, entry, asked)


RULES: Final[dict[str, Callable[[State, Entry, Asked], None]]] = {
    "accrual": sales.accrual,
    "redemption": sales.redemption,
    "reversal": sales.reversal,
    "restoration": sales.restoration,
    "expiry": given.expiry,
    "erasure": given.erasure,
    "correction": given.correction,
    "donation": given.gift,
    "transfer": given.gift,
    "goodwill": given.goodwill,
    "conversion": given.conversion,
    "sponsorship": sales.sponsorship,
    "sponsorship_return": sales.sponsorship_return,
    "budget_grant": stored.budget_grant,
    "budget_use": stored.budget_use,
    "budget_return": stored.budget_return,
    "voucher_issue": stored.voucher_issue,
    "voucher_use": stored.voucher_use,
    "voucher_return": stored.voucher_return,
    "value_load": stored.value_load,
    "value_draw": stored.value_draw,
    "tender": stored.tender,
    "tender_return": stored.tender_return,
    "merge": merged.merge,
    "prize_grant": games.prize_grant,
    "prize": games.prize,
    "prize_handover": games.prize_handover,
}
