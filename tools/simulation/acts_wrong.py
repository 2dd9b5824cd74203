"""What must be refused: slips and tricks of people, each with the code that tells them so."""

from collections.abc import Callable
from typing import Final

from tools.simulation import catalogue as it
from tools.simulation.acts import TRIES, Acts, Basket, by_number
from tools.simulation.asked import Correction, Move
from tools.simulation.promises import Op


class Wrong(Acts):
    """People who ask for what they may not have."""

    async def err(self) -> None:
        """One of the slips."""
        slip = self._rng.choice(SLIPS)
        op = slip(self)
        if op is not None:
            op.must_refuse = True
            await self._client().drive(op, TRIES)

    def ahead(self) -> Op:
        """A ticket of the future."""
        occurred_ms = self._now_ms() + 1_000 * it.DAY_MS
        return self._wrong_sale("occurred_ahead", occurred_ms=occurred_ms)

    def not_in_steps(self) -> Op:
        """Points that make no whole voucher."""
        points = it.STEP_POINTS + 1
        return self._wrong_sale("redeeming_not_in_steps", redeem=points)

    def typed_redeeming(self) -> Op:
        """Whoever knows a number may not spend its points."""
        op = self._wrong_sale("strength_too_low", redeem=it.STEP_POINTS)
        op.body["holder"] = by_number(self._person())
        return op

    def other_currency(self) -> Op:
        """Euros in a group of francs."""
        op = self._wrong_sale("currency_mismatch")
        op.body["basket"] = op.body["basket"] | {"currency": "EUR"}
        return op

    def other_shop(self) -> Op:
        """A terminal that speaks for the other shop."""
        op = self._wrong_sale("shop_not_yours")
        op.body["shop_id"] = it.SHOPS[0] if op.token.endswith("2") else it.SHOPS[1]
        return op

    def made_up_reservation(self) -> Op:
        """A reservation that nobody made."""
        op = self._wrong_sale("reservation_not_found")
        op.body["reservation_id"] = "res-of-nobody"
        return op

    def typed_gift(self) -> Op:
        """Whoever knows a number may not give its points away."""
        move_id, giver = self._new_id("gift"), self._person()
        self._world.asked.moves[move_id] = Move(
            kind="donation", member_id=giver.member_id, other_id=it.ASSOCIATION, points=1
        )
        body = {
            "donation_id": move_id,
            "association_id": it.ASSOCIATION,
            "holder": by_number(giver),
            "points": 1,
        }
        return self._op("move", move_id, "t-1", "/donations", body, frozenset({"strength_too_low"}))

    def correction_by_a_terminal(self) -> Op:
        """A terminal may not correct points."""
        correction_id, person = self._new_id("cor"), self._person()
        self._world.asked.corrections[correction_id] = Correction(
            member_id=person.member_id, points=5, by="t-1"
        )
        body = {"correction_id": correction_id, "member_id": person.member_id, "points": 5, "reason": "x"}
        may = frozenset({"permission_missing"})
        return self._op("correction", correction_id, "t-1", "/corrections", body, may)

    def too_many_units(self) -> Op | None:
        """More comes back than was sold, or a line that was never sold."""
        done = [op for op in self._world.promises.ops if op.kind == "sale" and op.told is not None]
        if not done:
            return None
        told = self._rng.choice(done).told
        assert told is not None
        ticket = self._world.books.state.sold[told["sale_id"]].ticket
        line = self._rng.choice(ticket.lines)
        is_strange = self._rng.random() < 0.3
        lines = ((99, 1),) if is_strange else ((line.line_no, line.quantity + 1),)
        return self._return("t-1", told["sale_id"], ticket, lines)

    def _wrong_sale(self, code: str, *, occurred_ms: int | None = None, redeem: int = 0) -> Op:
        lines = (it.Line(1, it.SUN_CREAM, 1, 5_000),)
        more = {"redeem_points": redeem} if redeem else None
        op, _ = self._sale(
            Basket(lines),
            self._person(),
            occurred_ms=occurred_ms,
            more=more,
            redeem=redeem,
            may=frozenset({code}),
        )
        return op


SLIPS: Final[tuple[Callable[[Wrong], Op | None], ...]] = (
    Wrong.ahead,
    Wrong.not_in_steps,
    Wrong.typed_redeeming,
    Wrong.other_currency,
    Wrong.other_shop,
    Wrong.made_up_reservation,
    Wrong.typed_gift,
    Wrong.correction_by_a_terminal,
    Wrong.too_many_units,
)
