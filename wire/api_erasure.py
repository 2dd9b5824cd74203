"""The JSON API's erasure of members."""

from wire.api_base import Body, View


class ErasureBody(Body, frozen=True):
    """Erase a member for good. `confirm_value`: stored value that was paid for is lost with it."""

    confirm_value: bool = False


class EndedView(View, frozen=True):
    """Value that ended with the member, in the asset's smallest unit; below 0: owed, and forgiven."""

    what: str
    asset: str
    amount: int


class ErasureView(View, frozen=True):
    """The member is erased; `ended`: what they held. Empty where they were erased before."""

    member_id: str
    ended: list[EndedView]
