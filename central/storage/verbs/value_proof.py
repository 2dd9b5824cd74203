"""What must hold between the tables of stored value and the ledger, for the nightly proof."""

from collections.abc import Sequence

from central.storage.interface.claims import CounterFault
from central.storage.unit import Snapshot

_CARDS_THAT_HOLD = """
SELECT 'gift_card/' || c.gift_card_id, c.state, a.balance, 0
FROM gift_card AS c
JOIN account AS a ON a.group_id = c.group_id AND a.account = 'gift_card/' || c.gift_card_id || '/value'
WHERE c.group_id = :group_id AND c.state IN ('made', 'replaced', 'converted') AND a.balance <> 0
ORDER BY c.gift_card_id
"""
"""A card that was never sold is worth nothing, and neither is one whose value went elsewhere."""

_TENDERS_BESIDE_POSTINGS = """
SELECT 'tenders of ' || s.sale_id, '', s.paid, coalesce((
    SELECT sum(p.amount) FROM ledger_transaction AS t JOIN posting AS p
        ON p.group_id = t.group_id AND p.journal_seq = t.journal_seq
    WHERE t.group_id = :group_id AND t.transaction_id = s.sale_id || '/tenders'), 0)
FROM (SELECT sale_id, sum(amount_minor) AS paid FROM sale_tender
    WHERE group_id = :group_id GROUP BY sale_id) AS s
ORDER BY s.sale_id
"""
_RETURNS_BESIDE_TENDERS = """
SELECT 'came back to ' || s.sale_id, '', s.returned_minor, coalesce((
    SELECT sum(b.amount_minor) FROM sale_return AS r JOIN return_tender AS b
        ON b.group_id = r.group_id AND b.return_id = r.return_id
    WHERE r.group_id = :group_id AND r.sale_id = s.sale_id AND b.tender_no = s.tender_no), 0)
FROM sale_tender AS s WHERE s.group_id = :group_id
ORDER BY s.sale_id, s.tender_no
"""

_PRIZES_BESIDE_PLAYS = """
SELECT 'prizes of ' || g.game_id, '', coalesce((
    SELECT sum(a.balance) FROM account AS a
    WHERE a.group_id = :group_id
        AND a.account IN ('game/' || g.game_id || '/won', 'game/' || g.game_id || '/handed_over')), 0), (
    SELECT count(*) FROM game_play AS p INDEXED BY game_play_by_game
    WHERE p.group_id = :group_id AND p.game_id = g.game_id AND p.prize_id <> '')
FROM game AS g WHERE g.group_id = :group_id
ORDER BY g.game_id
"""
"""Each prize that left its pool was won by one play."""


def check_stored_value(snapshot: Snapshot, group_id: str) -> Sequence[CounterFault]:
    """Cards that hold what they may not, tenders and prizes that differ from what was posted or came back."""
    faults = [CounterFault(*row) for row in snapshot.all(_CARDS_THAT_HOLD, {"group_id": group_id})]
    return faults + [
        CounterFault(*row)
        for sql in (_TENDERS_BESIDE_POSTINGS, _RETURNS_BESIDE_TENDERS, _PRIZES_BESIDE_PLAYS)
        for row in snapshot.all(sql, {"group_id": group_id})
        if row[2] != row[3]
    ]
