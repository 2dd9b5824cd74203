"""A till that is not there, at the other end of a wedge: what was typed into it, and its way to ask."""

from dataclasses import dataclass, field

from terminal.till.wedge.drivers import WedgeUnusable


@dataclass(slots=True)
class SimulatedWedge:
    """`typed`: all texts so far; `is_unplugged`: nothing reaches the till."""

    typed: list[str] = field(default_factory=list)
    asked: list[bytes] = field(default_factory=list)
    is_unplugged: bool = False
    asks: int | None = None

    def type_text(self, text: str) -> None:
        """See `Wedge`."""
        if self.is_unplugged:
            raise WedgeUnusable(place="simulated", reason="it is unplugged")
        self.typed.append(text)

    def take_request(self) -> bytes:
        """See `Wedge`."""
        return self.asked.pop(0) if self.asked else b""

    def close(self) -> None:
        """See `Wedge`."""
