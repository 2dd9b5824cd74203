"""Whoever is to owe value in the clearing is known to the group."""

from central.services.group.groups import FunderNotThere
from central.storage.base import Store
from loyalty.programme.party import GROUP, PartyKind, PartyState


async def require_issuer(store: Store, group_id: str, funder: str, *, where: str) -> None:
    """Who issues meal vouchers is an active supplier of the group. Raises: FunderNotThere."""
    kind, _, funder_id = funder.partition("/")
    party = await store.find_party(group_id, kind, funder_id) if kind == PartyKind.SUPPLIER else None
    if party is None or party.state != PartyState.ACTIVE:
        proposal = "Meal vouchers are issued by a supplier: enter it first, then name supplier/ID."
        raise FunderNotThere(where=where, funder=funder, proposal=proposal)


async def require_funder(store: Store, group_id: str, funder: str, *, where: str) -> None:
    """Group, a shop, or an active supplier or association. Raises: FunderNotThere."""
    if funder == GROUP:
        return
    kind, _, funder_id = funder.partition("/")
    if kind == "shop":
        is_there = await store.find_shop(group_id, funder_id) is not None
    else:
        party = await store.find_party(group_id, kind, funder_id)
        is_there = party is not None and party.state == PartyState.ACTIVE
    if not is_there:
        raise FunderNotThere(where=where, funder=funder, proposal="Enter it first, or name the group.")
