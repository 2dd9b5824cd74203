"""A group's habits of the ledger: part of its settings (docs/ledger.md)."""

from typing import Annotated

import msgspec
from msgspec import Meta

from loyalty.ledger.correction import CorrectionPolicy
from loyalty.ledger.merge import MergePolicy
from loyalty.ledger.pending import PendingPolicy
from loyalty.limits.ledger import (
    CORRECTION_ALONE_POINTS,
    CORRECTION_ALONE_POINTS_PER_DAY,
    CORRECTION_POINTS_MAX,
    MERGE_ALONE_MINOR,
    MERGE_ALONE_POINTS,
    PENDING_DAYS_MAX,
)
from loyalty.limits.texts import ID_CHARS_MAX
from loyalty.limits.value import STORED_VALUE_MINOR_MAX

_Points = Annotated[int, Meta(ge=0, le=CORRECTION_POINTS_MAX)]
_Minor = Annotated[int, Meta(ge=0, le=STORED_VALUE_MINOR_MAX)]


class LedgerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When points can be spent, and what one person may correct and merge alone."""

    pending_days: Annotated[int, Meta(ge=0, le=PENDING_DAYS_MAX)] = 0
    pending_awaits: Annotated[str, Meta(max_length=ID_CHARS_MAX)] = ""
    correction_alone_points: _Points = CORRECTION_ALONE_POINTS
    correction_alone_points_per_day: _Points = CORRECTION_ALONE_POINTS_PER_DAY

    merge_alone_points: _Points = MERGE_ALONE_POINTS
    merge_alone_minor: _Minor = MERGE_ALONE_MINOR

    @property
    def merge(self) -> MergePolicy:
        """What merges of members need no second person."""
        return MergePolicy(self.merge_alone_points, self.merge_alone_minor)

    @property
    def pending(self) -> PendingPolicy:
        """How long points wait."""
        return PendingPolicy(self.pending_days, self.pending_awaits)

    @property
    def correction(self) -> CorrectionPolicy:
        """What needs no second person."""
        return CorrectionPolicy(self.correction_alone_points, self.correction_alone_points_per_day)
