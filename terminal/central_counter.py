"""What a clerk at this terminal asks of central: by its token and the clerk's pass. Online only."""

from urllib.parse import quote as quoted

from loyalty.limits.terminal import CENTRAL_TIMEOUT_S, IDENTIFY_TIMEOUT_S
from terminal.central_link import CentralLink
from wire import api_counter


class CentralCounter:
    """Every call raises CentralUnreachable or CentralRefused. Repeating one with the same id is harmless."""

    def __init__(self, link: CentralLink) -> None:
        self._link = link

    async def sign_in(self, body: api_counter.SignInBody) -> api_counter.ClerkView:
        """A clerk begins to serve here."""
        return await self._link.call(
            "POST", "/counter/sign-in", body, api_counter.ClerkView, IDENTIFY_TIMEOUT_S
        )

    async def find(self, body: api_counter.FindBody) -> api_counter.FoundListView:
        """A member is found without a card."""
        return await self._link.call(
            "POST", "/counter/finds", body, api_counter.FoundListView, IDENTIFY_TIMEOUT_S
        )

    async def park(self, body: api_counter.ParkBody) -> api_counter.ParkedView:
        """A basket is put aside, for any till of the shop."""
        return await self._link.call(
            "POST", "/counter/parked", body, api_counter.ParkedView, CENTRAL_TIMEOUT_S
        )

    async def list_parked(self, body: api_counter.ParkedListBody) -> api_counter.ParkedListView:
        """What waits in this shop."""
        return await self._link.call(
            "POST", "/counter/parked/list", body, api_counter.ParkedListView, IDENTIFY_TIMEOUT_S
        )

    async def take(self, parked_id: str, body: api_counter.TakeUpBody) -> api_counter.TakenUpView:
        """One is taken up: by one till."""
        path = f"/counter/parked/{quoted(parked_id, safe='')}/take"
        return await self._link.call("POST", path, body, api_counter.TakenUpView, CENTRAL_TIMEOUT_S)
