"""How somebody wants the screen, for one visit. Drawing obeys it; screens need not know."""

from dataclasses import dataclass, fields, replace

from loyalty.limits.kiosk import KIOSK_SLOW_TIMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """Any of these together (EN 301 549 5.1, 8.3).

    is_large: text as large as the screen's words allow. is_contrast: light on black. is_left_handed: what is
    touched stands left. is_low: everything can be touched in the lower half. is_spoken: the screen is read
    out. is_slow: longer before the screen closes. is_calm: nothing moves.
    """

    is_large: bool = False
    is_contrast: bool = False
    is_left_handed: bool = False
    is_low: bool = False
    is_spoken: bool = False
    is_slow: bool = False
    is_calm: bool = False

    def toggled(self, name: str) -> "Mode":
        """The mode with one part switched over."""
        return replace(self, **{name: not getattr(self, name)})

    def joined(self, other: "Mode") -> "Mode":
        """Every part that either asks for."""
        names = [each.name for each in fields(self)]
        return Mode(**{name: getattr(self, name) or getattr(other, name) for name in names})

    def seconds(self, usual: int) -> int:
        """How long somebody is given who usually has so many seconds: listening takes longer."""
        return usual * KIOSK_SLOW_TIMES if self.is_slow or self.is_spoken else usual


PLAIN = Mode()
"""As the screen is for everybody."""
