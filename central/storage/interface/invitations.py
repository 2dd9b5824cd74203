"""The storage interface for invitations: links by which members complete their data at home."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from central.storage.interface.common import Recorded
from central.storage.interface.messages import MessageRow
from central.storage.interface.rows import CardRow, MemberRow
from central.storage.interface.standings import ConsentRow

if TYPE_CHECKING:
    from central.storage.interface.incidents import Completion


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRow:
    """A link and whose it is. `way`: kiosk or counter; `sealed`: the address that it proves."""

    group_id: str
    invitation_id: str
    member_id: str
    way: str
    input_hash: bytes
    link_hash: bytes
    sealed: bytes
    made_ms: int
    expires_ms: int
    token_id: str
    shop_id: str | None
    used_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """An invitation with the mail that carries it: kept together or not at all."""

    invitation: InvitationRow
    letter: MessageRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Somebody joins by an e-mail address: all of it or nothing."""

    member: MemberRow
    card: CardRow | None
    consent: ConsentRow
    invited: Invited


class AddressTaken(Exception):
    """Another member has this e-mail address."""


class InvitationStore(Protocol):
    """Verbs on them; same promises as `Store`."""

    async def join(self, joining: Joining) -> Recorded[InvitationRow]:
        """Enrol, and keep the invitation. Raises: IdempotencyConflict: the id or the card is taken."""
        ...

    async def find_invitation(self, group_id: str, invitation_id: str) -> InvitationRow | None: ...

    async def use_invitation(self, row: InvitationRow, completion: "Completion") -> bool:
        """Complete the data by a link, once. False: it was used meanwhile, or its time is over.

        Raises: GuardFailed: the data are others by now. AddressTaken.
        """
        ...

    async def list_ended_invitations(self, group_id: str, now_ms: int, limit: int) -> Sequence[InvitationRow]:
        """Those whose time is over."""
        ...

    async def forget_invitation(self, group_id: str, invitation_id: str) -> bool:
        """Forget one, with the address that it held."""
        ...
