"""A small group on disk, or on a server, with its programs as real processes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import msgspec

from central.services.bundle import Services, build_services
from central.services.core.access import Actor
from central.services.core.clock import system_clock
from central.settings import load_secrets
from central.storage.opening import open_store
from tests.central_fixture import PROGRAMME, SHOPS, seed
from tools.demo.stack import Stack, StackPlan, short_directory
from wire import api_members

MEMBERS = 8


@dataclass(frozen=True)
class Holder:
    """A member and their card."""

    member_id: str
    card: str
    uid: str


HOLDERS = tuple(
    Holder(member_id=f"m-drill-{number}", card=f"29100000000{number:02}", uid=f"04D0D0D0D0{number:04X}")
    for number in range(MEMBERS)
)


@dataclass(frozen=True)
class Place:
    """The stack (nothing of it runs yet) and the tokens of its terminal and its office."""

    stack: Stack
    token: str
    office: str

    async def points_of(self, holder: Holder) -> int:
        """A balance as central tells it."""
        url = f"{self.stack.central_url}/api/v1/members/{holder.member_id}/balance"
        headers = {"Authorization": f"Bearer {self.office}"}
        async with aiohttp.ClientSession(headers=headers) as session, session.get(url) as response:
            content = await response.read()
            assert response.status == 200, content
            return msgspec.json.decode(content, type=api_members.BalanceView).points


Furnish = Callable[[Services, Actor], Awaitable[None]]


async def _with_nothing_more(_services: Services, _operator: Actor) -> None:
    return None


@asynccontextmanager
async def a_place(
    state: Path,
    server: str | None = None,
    *,
    programme: Mapping[str, object] = PROGRAMME,
    make_stack: Callable[[StackPlan], Stack] = Stack,
    furnish: Furnish = _with_nothing_more,
) -> AsyncIterator[Place]:
    """Make the group of `tests.central_fixture` with eight more members in `state`; stop all at the end.

    server: the address of an empty PostgreSQL database for it; a file in `state` without.
    furnish: what else is there before anything runs.
    """
    await asyncio.to_thread(state.mkdir, exist_ok=True)
    store = await open_store(server or f"sqlite:///{state / 'central.db'}")
    try:
        keys = await asyncio.to_thread(load_secrets, state / "central.keys")
        services = build_services(store, keys, system_clock)
        operator = await seed(services, programme)
        for holder in HOLDERS:
            body = api_members.MemberBody(member_id=holder.member_id, family_name="Drill")
            await services.members.enrol(operator, body)
            card = api_members.CardBody(card_number=holder.card, uid=holder.uid, member_id=holder.member_id)
            await services.cards.put_card(operator, card)
        await furnish(services, operator)
        terminal = await services.access.issue_token(
            operator, role="terminal", label="T1", shop_id=SHOPS[0], terminal_id="t-1"
        )
        office = await services.access.issue_token(operator, role="office", label="head office")
    finally:
        await store.close()
    token_file = state / "terminal.token"
    token_file.write_text(terminal.token, encoding="ascii")
    with short_directory() as sockets:
        stack = make_stack(
            StackPlan(state=state, sockets=sockets, terminal_token_file=token_file, server=server)
        )
        try:
            yield Place(stack=stack, token=terminal.token, office=office.token)
        finally:
            await stack.stop()
