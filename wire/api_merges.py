"""The JSON API's merging of two records of one person."""

from typing import Annotated

from msgspec import Meta

from loyalty.limits import texts as limits
from wire.api_base import Body, Id, View


class MergeBody(Body, frozen=True):
    """`duplicate_id` is the same person as the member of the path, and becomes part of it. For good."""

    merge_id: Id
    duplicate_id: Id
    reason: Annotated[str, Meta(min_length=1, max_length=limits.NAME_CHARS_MAX)]


class MergeView(View, frozen=True):
    """A merge; `state`: pending, done, refused.

    `points` (pending ones included) and `value_minor` (stored value, vouchers, services): what was moved, or
    is asked to be.
    """

    merge_id: str
    survivor_id: str
    duplicate_id: str
    reason: str
    state: str
    points: int
    value_minor: int
    requested_by: str
    requested_ms: int
    decided_by: str | None
    decided_ms: int | None
    transaction_id: str | None


class MergeListView(View, frozen=True):
    """Merges that wait for a second person, oldest first."""

    merges: list[MergeView]
