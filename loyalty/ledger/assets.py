"""Assets: what is counted, and with how many decimals."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asset:
    """A unit of value. `code` such as `PTS` or `CHF`; one major unit is 10**scale minor units."""

    code: str
    scale: int

    def __str__(self) -> str:
        return f"{self.code}/{self.scale}"


POINTS = Asset("PTS", 0)
