"""Figures of a run: median, p95, min, max; machines are shared and noisy, so all four are always told."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figures:
    """A sample's figures in its own unit."""

    count: int
    minimum: float
    median: float
    p95: float
    p99: float
    maximum: float


def figures(sample: Sequence[float]) -> Figures:
    """The figures of a sample of at least one value (nearest rank)."""
    ordered = sorted(sample)

    def rank(per_cent: int) -> float:
        return ordered[min(len(ordered) - 1, -(-len(ordered) * per_cent // 100) - 1)]

    return Figures(
        count=len(ordered),
        minimum=ordered[0],
        median=rank(50),
        p95=rank(95),
        p99=rank(99),
        maximum=ordered[-1],
    )
