"""What must hold of a terminal's outbox: no gap, nothing noted is lost, delivered in the order noted."""

from tools.simulation.fold import State, need
from tools.simulation.till import Till, raw_rows


class OutboxCheck:
    """Looks at one terminal's store after each of its writes."""

    def __init__(self, till: Till) -> None:
        self._till = till
        self._changes = -1
        self._epoch = -1
        self._last_seq = 0
        till.terminal.after_write = self.after_write

    def after_write(self) -> None:
        """The head agrees with the rows; after a crash everything told is still there. Raises: Violation."""
        terminal = self._till.terminal
        connection = terminal.connections[0]
        changes = connection.total_changes()
        if (terminal.epoch, changes) == (self._epoch, self._changes):
            return
        is_new_boot, self._epoch, self._changes = terminal.epoch != self._epoch, terminal.epoch, changes
        ((last, delivered, depth),) = raw_rows(
            connection, "SELECT last_seq, delivered, depth FROM outbox_head"
        )
        ((kept, waiting),) = raw_rows(
            connection, "SELECT count(*), count(*) FILTER (WHERE state <> 'refused') FROM outbox"
        )
        found = (last, depth)
        need(
            found == (delivered + kept, waiting),
            "4 outbox",
            terminal.name,
            "has a gap:",
            found,
            delivered,
            kept,
        )
        terminal.around.trace.note("outbox", terminal.name, last, delivered, depth)
        if is_new_boot:
            self.require_told()

    def require_told(self) -> None:
        """Everything a till was told of is noted here. Raises: Violation."""
        terminal = self._till.terminal
        rows = raw_rows(terminal.connections[0], "SELECT business_key, poi_transaction_id FROM till_fact")
        facts = dict(rows)
        for report in self._till.reports:
            if report.state == "done":
                found = facts.get(report.key)
                need(
                    found == report.entry_told,
                    "2 acknowledged",
                    terminal.name,
                    "forgot a ticket:",
                    report.key,
                )

    def at_the_end(self, state: State) -> None:
        """Peace: the queue is empty, all that was told is booked, in its order. Raises: Violation."""
        terminal = self._till.terminal
        self.require_told()
        rows = raw_rows(
            terminal.connections[0],
            "SELECT f.business_key, f.kind, o.state FROM till_fact AS f"
            " LEFT JOIN outbox AS o ON o.entry_id = f.entry_id ORDER BY f.rowid",
        )
        booked = {
            (row["shop_id"], row["business_key"]): number
            for number, row in enumerate(
                [sold.row for sold in state.sold.values()] + [back.row for back in state.back.values()]
            )
        }
        noted = {key: (kind, waits) for key, kind, waits in rows}
        for report in self._till.reports:
            _, waits = noted.get(report.key, (None, None))
            is_booked = (self._till.shop_id, report.key) in booked
            if report.state == "done" and waits != "refused":
                need(is_booked, "2 acknowledged", terminal.name, "noted and never booked:", report.key)
            if report.state == "refused" and not report.copies.under_way:
                need(not is_booked, "2 acknowledged", terminal.name, "refused and booked:", report.key)
            if report.ticket is not None and not self._till.may_be_refused(report.ticket):
                need(
                    waits != "refused",
                    "2 acknowledged",
                    terminal.name,
                    "a good ticket was refused:",
                    report.key,
                )
        sales = [key for key, (kind, waits) in noted.items() if kind == "sale" and waits is None]
        order = [booked[self._till.shop_id, key] for key in sales if (self._till.shop_id, key) in booked]
        need(order == sorted(order), "4 outbox", terminal.name, "delivered out of order")
