"""What clients were told: it stays true, whatever crashes; asked again, the answer is the same."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from tools.simulation.books import Books
from tools.simulation.catalogue import BY_UID, TICKET_AGE_MAX_MS
from tools.simulation.fold import State, need
from tools.simulation.network import Answer, Copies
from tools.simulation.trace import Trace

Told = dict[str, Any]
Row = dict[str, Any] | None

SAME: Final = {
    "sale": "sale_id transaction_id recorded_ms total_minor points redeemed_points redeemed_minor vouchers"
    " used_vouchers tenders other_minor",
    "return": "return_id sale_id transaction_id recorded_ms total_minor points points_owed restored_points"
    " restored_minor restored_vouchers ended_vouchers tenders other_minor",
    "reservation": "reservation_id expires_ms total_minor points redeem_points redeem_minor",
    "release": "reservation_id expires_ms",
    "move": "move_id kind member_id to_id points recorded_ms transaction_id balance_points",
    "correction": "correction_id member_id points reason requested_by requested_ms",
    "decision": "correction_id member_id points state decided_by decided_ms transaction_id",
    "goodwill": "goodwill_id member_id shop_id role points reason recorded_ms transaction_id balance_points",
    "card_made": "gift_card_id number",
    "card_sold": "act_id kind gift_card_id shop_id amount paid_minor balance recorded_ms transaction_id",
    "purse_filled": "act_id kind member_id shop_id amount paid_minor balance recorded_ms transaction_id",
    "service_sold": "act_id kind member_id shop_id amount paid_minor balance recorded_ms transaction_id",
    "service_drawn": "act_id kind member_id shop_id amount paid_minor balance recorded_ms transaction_id",
    "merge": "merge_id survivor_id duplicate_id reason requested_by requested_ms",
    "merge_decision": "merge_id survivor_id duplicate_id state decided_by decided_ms transaction_id",
    "lease": "lease_id amount expires_ms document signature",
    "lease_return": "lease_id amount expires_ms",
    "erasure": "member_id",
    "conversion": "conversion_id points balance_points voucher_id worth_minor last_day code recorded_ms",
    "forward": "forward_id points worth_minor balance_points shop_id recorded_ms",
    "play": "play_id game_id outcome face_id is_fallback prize draw plays_left shop_id day played_ms",
    "handover": "handover_id play_id game_id face_id shop_id handed_ms",
    "block": "card_number state reason",
}
"""What of an answer is the same for ever; balances and profiles are as of now.

A voucher's `rows` are paper, in the language of the member whose card says who that is: once it is blocked,
the same voucher comes in the group's language. What they say stands in the voucher's other fields.
"""
AGAIN: Final = frozenset({408, 425, 429, 502, 503})
"""Answers that say: nothing is known, ask again with the same id."""


def _sale(state: State, told: Told) -> Row:
    sold = state.sold.get(told["sale_id"])
    return None if sold is None else sold.row | {"redeemed_points": sold.row["points_redeemed"]}


def _return(state: State, told: Told) -> Row:
    back = state.back.get(told["return_id"])
    return None if back is None else back.row | {"restored_points": back.row["points_restored"]}


def _move(state: State, told: Told) -> Row:
    moved = state.moves.get(told["move_id"])
    return moved and moved | {"balance_points": moved["balance_after"], "points": moved["amount"]}


def _spent(state: State, told: Told) -> Row:
    moved = state.moves.get(told.get("conversion_id") or told["forward_id"])
    return moved and moved | {"balance_points": moved["balance_after"], "points": moved["amount"]}


def _goodwill(state: State, told: Told) -> Row:
    given = state.goodwill.get(told["goodwill_id"])
    return given and given | {"balance_points": given["balance_after"]}


def _load(state: State, told: Told) -> Row:
    loaded = state.loads.get(told["act_id"])
    return loaded and loaded | {"balance": loaded["balance_after"]}


def _correction(state: State, told: Told) -> Row:
    return state.corrections.get(told["correction_id"])


def _merge(state: State, told: Told) -> Row:
    return state.merges.get(told["merge_id"])


def _lease(state: State, told: Told) -> Row:
    leased = state.leases.get(told["lease_id"])
    return None if leased is None else leased.row


def _play(state: State, told: Told) -> Row:
    played = state.plays.get(told["play_id"])
    return played and played | {"played_ms": played["recorded_ms"]}


def _handover(state: State, told: Told) -> Row:
    fetched = state.handed_over.get(told["play_id"])
    return fetched and fetched | {"shop_id": fetched["handed_shop_id"], "face_id": fetched["prize_id"]}


ROWS: Final[dict[str, Callable[[State, Told], Row]]] = {
    "sale": _sale,
    "return": _return,
    "move": _move,
    "goodwill": _goodwill,
    **dict.fromkeys(("conversion", "forward"), _spent),
    **dict.fromkeys(("card_sold", "purse_filled", "service_sold", "service_drawn"), _load),
    **dict.fromkeys(("correction", "decision"), _correction),
    **dict.fromkeys(("merge", "merge_decision"), _merge),
    **dict.fromkeys(("lease", "lease_return"), _lease),
    "play": _play,
    "handover": _handover,
}
"""Where in the books what was told stands, in the words of the answer."""


@dataclass(slots=True, eq=False)
class Op:
    """One act of a client under one id. `may_refuse`: codes that are right answers to it as well.

    `judge`: whether a code is right, by the books, when it is told. `must_refuse`: it may never be done.
    """

    kind: str
    op_id: str
    token: str
    path: str
    body: dict[str, Any]
    may_refuse: frozenset[str] = frozenset()
    must_refuse: bool = False
    judge: Callable[[str], bool] = lambda _: False
    state: str = "open"
    told: dict[str, Any] | None = None
    code: str = ""
    copies: Copies = field(default_factory=Copies)
    sends: int = 0

    def is_too_old(self, now_ms: int) -> bool:
        """Whether the ticket is history by now."""
        return now_ms - int(self.body.get("occurred_ms", now_ms)) >= TICKET_AGE_MAX_MS


class Promises:
    """Judges answers."""

    def __init__(self, books: Books, trace: Trace, now_ms: Callable[[], int]) -> None:
        self._books = books
        self._now_ms = now_ms
        self._trace = trace
        self.ops: list[Op] = []
        self.counts: dict[str, int] = {}
        self.numbers: dict[str, str] = {}
        """The numbers of vouchers that somebody holds, by voucher."""
        self.cards: dict[str, str] = {}
        """The numbers of gift cards that were sold, by card."""

    def open(self, op: Op) -> Op:
        """From now on it counts."""
        self.ops.append(op)
        return op

    def judge(self, op: Op, answer: Answer, *, is_alone: bool) -> bool:
        """Take an answer; whether it says what became of the act. Raises: Violation."""
        if answer.status in AGAIN:
            return False
        view = msgspec.json.decode(answer.body)
        if answer.status == 200:
            self._done(op, view, answer)
            return True
        need(answer.status != 500, "no internal error", op.kind, op.op_id, view)
        code = str(view.get("code"))
        if code == "clock_skew":  # weeks passed while it was on its way: sent again with the time of then
            return False
        if op.op_id in self._books.state.sold and code in self._may_refuse_forgotten(op):
            op.state = "forgotten"  # it is recorded, and nothing leads to its lines
            return True
        need(op.told is None, "2 acknowledged", op.kind, op.op_id, "was done and is now refused:", code)
        is_right = (
            code in op.may_refuse
            or (code == "ticket_too_old" and op.is_too_old(self._now_ms()))
            or op.judge(code)
        )
        need(is_right, "8 authority", op.kind, op.op_id, "is refused wrongly:", view)
        if not is_alone:
            return False
        op.state, op.code = "refused", code
        self._count(f"{op.kind} refused")
        self._trace.note("refused", op.kind, op.op_id, code)
        self.require_nothing_of(op)
        return True

    def _done(self, op: Op, view: dict[str, Any], answer: Answer) -> None:
        need(not op.must_refuse, "8 authority", op.kind, op.op_id, "must be refused, but was done")
        need(op.state != "refused", "2 acknowledged", op.kind, op.op_id, "was refused and is now done")
        told = {name: _without_paper(view[name]) for name in SAME[op.kind].split()}
        if op.told is not None:
            kept = {name: each for name, each in told.items() if not self._is_coarse(op, name)}
            is_same = all(self._are_same(name, each, op.told[name]) for name, each in kept.items())
            need(is_same, "3 duplicate", op.kind, op.op_id, "answers otherwise:", told, op.told)
            is_marked = answer.headers.get("Idempotent-Replayed") == "true"
            need(
                is_marked or op.kind in ("block", "release", "lease_return", "erasure"),
                "3 duplicate",
                op.kind,
                op.op_id,
                "is not marked as a replay",
            )
            return
        op.told, op.state = told, "done"
        for number, voucher in enumerate(told.get("vouchers", ()), start=1):
            self.numbers[f"{told['sale_id']}/{number}"] = voucher["code"]
        self._count(op.kind)
        self._trace.note("done", op.kind, op.op_id)
        self.require_kept(op)

    def require_kept(self, op: Op) -> None:
        """What was told stands in the books. Raises: Violation."""
        state, told = self._books.state, op.told
        assert told is not None
        row_of = ROWS.get(op.kind)
        if row_of is None:
            return
        row = row_of(state, told)
        need(row is not None, "2 acknowledged", op.kind, op.op_id, "was acknowledged and is not there")
        assert row is not None
        for name, value in told.items():
            if name in row and not self._is_coarse(op, name):
                need(
                    self._are_same(name, row[name], value),
                    "2 acknowledged",
                    op.kind,
                    op.op_id,
                    name,
                    value,
                    "but kept",
                    row[name],
                )

    def require_nothing_of(self, op: Op) -> None:
        """What was refused left nothing. Raises: Violation."""
        state = self._books.state
        found = {
            "sale": op.op_id in state.sold,
            "return": op.op_id in state.back,
            "move": op.op_id in state.moves,
            "conversion": op.op_id in state.moves,
            "forward": op.op_id in state.moves,
            "correction": op.op_id in state.corrections,
            "goodwill": op.op_id in state.goodwill,
            "card_sold": op.op_id in state.loads,
            "purse_filled": op.op_id in state.loads,
            "service_sold": op.op_id in state.loads,
            "service_drawn": op.op_id in state.loads,
            "reservation": op.op_id in state.reserved,
            "merge": op.op_id in state.merges,
            "lease": op.op_id in state.leases,
            "play": op.op_id in state.plays,
            "handover": any(row["handover_id"] == op.op_id for row in state.handed_over.values()),
        }.get(op.kind, False)
        need(not found, "2 acknowledged", op.kind, op.op_id, "was refused and is in the books:", op.code)

    def require_all(self) -> None:
        """All promises at once. Raises: Violation."""
        for op in self.ops:
            if op.state == "done":
                self.require_kept(op)
            elif op.state == "refused":
                self.require_nothing_of(op)

    def _may_refuse_forgotten(self, op: Op) -> tuple[str, ...]:
        """With what a ticket in the books may be refused, whose member was erased since.

        By its id it is known; under another its name at the till is gone, and its card dead.
        """
        if not self._is_forgotten(op):
            return ()
        is_its_id = op.body.get("sale_id") == op.op_id
        return ("lines_erased",) if is_its_id else ("lines_erased", "blocked_card", "ticket_too_old")

    def _is_coarse(self, op: Op, name: str) -> bool:
        """Whether it is forgotten by now: moments and words of somebody who was erased."""
        return name in ("recorded_ms", "reason") and self._is_forgotten(op)

    def _is_forgotten(self, op: Op) -> bool:
        state, holder = self._books.state, op.body.get("holder") or {}
        person = BY_UID.get(holder.get("value", ""))
        if op.op_id in state.back:
            return state.sold[state.back[op.op_id].sale_id].ticket.member_id in state.erased
        return person is not None and person.member_id in state.erased

    def _are_same(self, name: str, one: Any, other: Any) -> bool:
        """A member who was merged since is told as who they are now."""
        return bool(one == other or (name == "member_id" and self._books.state.of_one(one, other)))

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1


def _without_paper(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [_without_rows(each) if isinstance(each, dict) else each for each in value]


def _without_rows(view: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in view.items() if name != "rows"}
