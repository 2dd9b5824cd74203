"""Splitting a whole over parts, losing nothing: largest remainder."""

from collections.abc import Sequence

from loyalty.errors import LoyaltyError


class NothingToApportionOn(LoyaltyError):
    """A whole is to be split, but every part weighs nothing."""

    code = "nothing_to_apportion_on"
    text = "{whole} cannot be split: every line is worth 0. Give at least one line an amount above 0."


def apportion(whole: int, weights: Sequence[int]) -> list[int]:
    """Split `whole` over parts in proportion to their weights, losing no unit.

    Args:
        whole: points or minor units, >= 0.
        weights: shape (parts,), each >= 0.
    Returns: shape (parts,), summing to whole; equal remainders favour the earlier part. No part gets more
        than its weight as long as whole <= sum(weights).
    Raises: NothingToApportionOn: whole > 0 and all weights are 0.
    Source: largest remainder (Hamilton).
    """
    assert whole >= 0, "a negative whole is never split; split its opposite"
    total = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    if total == 0:
        raise NothingToApportionOn(whole=whole)
    parts = [whole * weight // total for weight in weights]
    left = whole - sum(parts)
    if left:
        by_remainder = sorted(range(len(weights)), key=lambda part: -(whole * weights[part] % total))
        for part in by_remainder[:left]:
            parts[part] += 1
    return parts
