"""The verbs of `central.storage.interface.invitations` one line each; see `async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Recorded
from central.storage.interface.incidents import Completion
from central.storage.interface.invitations import InvitationRow, Joining
from central.storage.verbs import counter_enrolments, invitations


class InvitationVerbs(VerbRunner):
    """See `central.storage.interface.invitations.InvitationStore`; a part of `VerbStore`."""

    async def join(self, joining: Joining) -> Recorded[InvitationRow]:
        return await self._write(invitations.join, joining)

    async def find_invitation(self, group_id: str, invitation_id: str) -> InvitationRow | None:
        return await self._read(invitations.find_invitation, group_id, invitation_id)

    async def use_invitation(self, row: InvitationRow, completion: Completion) -> bool:
        return await self._write(counter_enrolments.use_invitation, row, completion)

    async def list_ended_invitations(self, group_id: str, now_ms: int, limit: int) -> Sequence[InvitationRow]:
        return await self._read(invitations.list_ended_invitations, group_id, now_ms, limit)

    async def forget_invitation(self, group_id: str, invitation_id: str) -> bool:
        return await self._write(invitations.forget_invitation, group_id, invitation_id)
