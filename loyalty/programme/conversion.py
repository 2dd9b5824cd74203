"""Points into a voucher: how many, and for how much. Whole steps of the programme's rate, never rounded."""

from dataclasses import dataclass
from typing import Final

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.my_value import CONVERSION_CHOICES_MAX, CONVERSION_STEPS_MAX
from loyalty.limits.tickets import LINE_AMOUNT_MINOR_MAX
from loyalty.programme.programme import VoucherStep

CONVERTED: Final = "points"
"""The definition of vouchers that points became."""


class ConversionUnavailable(LoyaltyError):
    """The programme does not say what points are worth."""

    code = "conversion_unavailable"
    trouble = Trouble.REFUSED
    text = "This group's programme has no voucher_step: points cannot become a voucher."


class ConversionChanged(LoyaltyError):
    """The rate is another than the member was told, or no whole steps were asked for."""

    code = "conversion_changed"
    trouble = Trouble.CONFLICT
    text = (
        "What {points} points are worth has changed: now it goes by steps of {step_points} points, at most"
        " {steps_max} of them. Ask for the choices again."
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be had with one touch."""

    points: int
    worth_minor: int


def most_steps(step: VoucherStep) -> int:
    """How many steps one voucher may be worth."""
    return min(CONVERSION_STEPS_MAX, LINE_AMOUNT_MINOR_MAX // step.worth_minor)


def choices(step: VoucherStep | None, points: int) -> tuple[Choice, ...]:
    """What a member with `points` to spend may choose of: one step, about half, the most."""
    if step is None or points < step.points:
        return ()
    most = min(points // step.points, most_steps(step))
    steps = sorted({1, max(1, most // 2), most})
    assert len(steps) <= CONVERSION_CHOICES_MAX
    return tuple(Choice(each * step.points, each * step.worth_minor) for each in steps)


def check_conversion(step: VoucherStep | None, *, points: int, worth_minor: int) -> VoucherStep:
    """What a member agreed to must be what it comes to now.

    Raises: ConversionUnavailable, ConversionChanged.
    """
    if step is None:
        raise ConversionUnavailable
    steps, rest = divmod(points, step.points)
    if rest or not 0 < steps <= most_steps(step) or worth_minor != steps * step.worth_minor:
        raise ConversionChanged(
            points=points,
            worth_minor=worth_minor,
            step_points=step.points,
            step_minor=step.worth_minor,
            steps_max=most_steps(step),
        )
    return step
