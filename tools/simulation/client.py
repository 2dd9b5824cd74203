"""A client of central's API: knows its tokens, keeps its ids, repeats with the same ones."""

import asyncio
from typing import Any

import aiohttp
import msgspec

from tools.simulation.central import Central
from tools.simulation.network import Answer, Copies, Network, Request
from tools.simulation.promises import Op, Promises

TIMEOUT_S = 3.0
API = "/api/v1"


class Client:
    """One office or shop computer beside the terminals."""

    def __init__(
        self, name: str, *, network: Network, central: Central, tokens: dict[str, str], promises: Promises
    ) -> None:
        self.name = name
        self._network = network
        self._central = central
        self._tokens = tokens
        self._promises = promises
        self.clock_ms = 0
        """How wrong this computer's clock is."""

    async def ask(
        self, method: str, path: str, body: dict[str, Any] | None, token: str, copies: Copies | None = None
    ) -> Answer | None:
        """One try; None when nothing is known of what became of it."""
        headers = {"Authorization": f"Bearer {self._tokens[token]}", "Content-Type": "application/json"}
        content = b"" if body is None else msgspec.json.encode(body)
        request = Request(method, API + path, headers, content)
        try:
            return await self._network.exchange(
                self.name, self._central, self._central.serve, request, timeout_s=TIMEOUT_S, copies=copies
            )
        except (TimeoutError, aiohttp.ClientError, OSError):
            return None

    async def drive(self, op: Op, tries: int) -> bool:
        """Send until something is known, `tries` times at most; whether it is done."""
        for number in range(tries):
            if op.state == "refused":
                break
            if number:
                await asyncio.sleep(0.1 * 2 ** min(number, 5))
            op.sends += 1
            if "sent_ms" in op.body:
                op.body["sent_ms"] = self._central.around.now_ms() + self.clock_ms
            alone = op.copies.next_is_alone()
            answer = await self.ask("POST", op.path, op.body, op.token, op.copies)
            if answer is not None and self._promises.judge(op, answer, is_alone=bool(alone)):
                break
        return op.state == "done"
